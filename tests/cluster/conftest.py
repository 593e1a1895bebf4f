"""One SLURM at a time, though several processes share the tests: there is one slurm.conf."""

import fcntl
import tempfile
from pathlib import Path

import pytest
from cluster import slurm


@pytest.fixture(scope="module")
def possible():
    """SLURM's programs, installed where need be, for one module of tests at a time."""
    with (Path(tempfile.gettempdir()) / "plmemory-test-slurm.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        reason = slurm.missing()
        if reason:
            pytest.skip(f"no SLURM: {reason}")
        slurm.install()
        yield
