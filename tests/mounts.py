"""Mounts that tests have to themselves: small disks, and folders that cannot be written."""

import shutil
import subprocess


def private_mounts():
    """A command's prefix that gives it mounts of its own, or None where that is not allowed."""
    prefix = ["unshare", "--mount", "--map-root-user"]
    if shutil.which("unshare") is None:
        return None
    probe = subprocess.run([*prefix, "true"], capture_output=True)
    return prefix if probe.returncode == 0 else None
