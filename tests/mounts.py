"""Private mounts for tests: small disks, and folders that cannot be written."""

import shutil
import subprocess


def private_mounts():
    """The prefix of a command that gives it private mounts, or None if that is not allowed."""
    prefix = ["unshare", "--mount", "--map-root-user"]
    if shutil.which("unshare") is None:
        return None
    probe = subprocess.run([*prefix, "true"], capture_output=True)
    return prefix if probe.returncode == 0 else None
