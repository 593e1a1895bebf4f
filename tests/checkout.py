"""This checkout, and copies of it."""

import shutil
import subprocess
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]


def copied(folder: Path) -> Path:
    """Copy the working tree, tracked and new files without results, into ``folder``."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (CHECKOUT / name).is_file():  # not deleted in the working tree
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, target)
    return folder
