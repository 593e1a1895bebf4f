"""Another scheduler than SLURM: a stand-in for PBS that runs jobs in the background."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

PBS = Path(__file__).parent / "stand_in" / "pbs"
MODEL = "results/test/models/random/hebb/P00030.nc"
START_LIMIT = 600  # seconds, on a busy machine
SITE = ["--latency-wait", "5", "--seconds-between-status-checks", "1"]


@pytest.fixture
def scheduler(tmp_path):
    """The environment in which there is a PBS."""
    jobs, programs = tmp_path / "jobs", tmp_path / "programs"
    jobs.mkdir()
    programs.mkdir()
    for name in ("qsub", "qstat", "qdel"):
        (programs / name).symlink_to(PBS)
    return os.environ | {"STAND_IN": str(jobs), "PATH": f"{programs}:{os.environ['PATH']}"}


@pytest.fixture
def workflow(clean, tmp_path):
    return clean.copy(tmp_path / "checkout")


def command(workflow, *arguments):
    configs = ["--configfile", "config/test.yaml", *map(str, workflow.overlays)]
    program = [sys.executable, "-m", "snakemake", "--profile", "workflow/profiles/generic"]
    return [*program, MODEL, *SITE, *arguments, *configs]


def run(workflow, environment, *arguments):
    return subprocess.run(
        command(workflow, *arguments),
        cwd=workflow.folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=1200,
    )


def asked(environment):
    """What jobs asked for, in the order of their submission."""
    files = Path(environment["STAND_IN"]).glob("*/asked")
    return [file.read_text() for file in sorted(files, key=lambda file: file.stat().st_mtime_ns)]


def made_here(workflow):
    """The model as this machine makes it without a scheduler."""
    workflow.finish("--forceall", MODEL)
    return (workflow.folder / MODEL).read_bytes()


def test_jobs_run_there_and_make_the_same_bytes(workflow, scheduler):
    done = run(workflow, scheduler)
    assert done.returncode == 0, done.stdout[-3000:]
    # Data and model are a job each; both are small, so that five minutes and some are asked for.
    assert len(asked(scheduler)) == 2
    for line in asked(scheduler):
        assert "select=1:ncpus=1:mem=500mb -l walltime=360 " in line
    made = (workflow.folder / MODEL).read_bytes()
    assert made == made_here(workflow)


def test_a_killed_session_is_unlocked_and_goes_on(workflow, scheduler):
    session = subprocess.Popen(
        command(workflow),
        cwd=workflow.folder,
        env=scheduler,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    limit = time.monotonic() + START_LIMIT
    while not asked(scheduler):
        assert session.poll() is None
        assert time.monotonic() < limit
        time.sleep(0.1)
    session.kill()
    session.wait()
    locked = run(workflow, scheduler)
    assert locked.returncode != 0
    assert "--unlock" in locked.stdout  # Snakemake says what to do
    # As docs/cluster.md says; where it has ended already, qdel says so.
    for job in Path(scheduler["STAND_IN"]).iterdir():
        subprocess.run(["qdel", f"{job.name}.stand-in"], env=scheduler)
    assert run(workflow, scheduler, "--unlock").returncode == 0
    again = run(workflow, scheduler)
    assert again.returncode == 0, again.stdout[-3000:]
    made = (workflow.folder / MODEL).read_bytes()
    assert made == made_here(workflow)
