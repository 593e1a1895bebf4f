"""One SLURM at a time, even if several processes run the tests: there is one slurm.conf."""

import fcntl
import tempfile
from pathlib import Path

import pytest
from cluster import slurm


@pytest.fixture(scope="module")
def possible():
    """SLURM's programs, installed if needed, for one test module at a time."""
    with (Path(tempfile.gettempdir()) / "plmemory-test-slurm.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        reason = slurm.missing()
        if reason:
            pytest.skip(f"no SLURM: {reason}")
        slurm.install()
        yield
