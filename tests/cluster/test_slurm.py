"""The workflow on a real SLURM, started and stopped here: its jobs run there, and agree."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cluster import slurm

# Every rule of the workflow, and a third of the jobs of what is run twice without SLURM.
SUBMITTED = ("random_stabilities", "mnist_completion", "spin_glass_inference", "protein_contacts")
RUN_LIMIT = 1800  # seconds, on a busy machine
# This cluster has no accounting and a file system without delay, and is asked often.
SITE = ["--slurm-no-account", "--slurm-init-seconds-before-status-checks", "1"]
SITE += ["--latency-wait", "5", "--seconds-between-status-checks", "1"]
# A job of SLURM costs more than the small jobs in it; large ones are noticed late to have ended.
# Figures stay apart: four are one already, by the figure that reads the tables of three others.
TOGETHER = ["--group-components", "training=4", "measuring=4"]


@pytest.fixture(scope="module")
def cluster(possible):
    with slurm.running() as started:
        yield started


@pytest.fixture(scope="module")
def submitted(cluster, clean, tmp_path_factory):
    """A checkout after a run of SUBMITTED through the profile, and what Snakemake said."""
    workflow = clean.copy(tmp_path_factory.mktemp("submitted"))
    command = [sys.executable, "-m", "snakemake", "--profile", "workflow/profiles/slurm"]
    configs = ["--configfile", "config/test.yaml", *map(str, workflow.overlays)]
    done = subprocess.run(
        [*command, *SUBMITTED, *SITE, *TOGETHER, "--slurm-keep-successful-logs", *configs],
        cwd=workflow.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=RUN_LIMIT,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    return workflow, done.stdout


def processes(word):
    """Command lines of running processes in which ``word`` is."""
    lines = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(file.read_bytes().replace(b"\0", b" ").decode())
        except OSError:  # it has ended since
            continue
    return [line for line in lines if word in line]


def test_what_was_started_is_stopped_after_a_failure_too(possible):
    job = "sleep 98765.4"
    folders = []

    def fail_while_a_job_runs():
        with slurm.running() as started:
            folders.append(started.folder)
            # Like Snakemake's: a process of the job that starts a step.
            submit = ["sbatch", "--output=/dev/null", "--wrap", f"sh -c 'srun {job}; true'; true"]
            subprocess.run(submit, check=True, capture_output=True)
            limit = time.monotonic() + slurm.START_LIMIT
            while not processes(job) and time.monotonic() < limit:
                time.sleep(0.1)
            assert processes(job) == []

    with pytest.raises(AssertionError, match=job):
        fail_while_a_job_runs()
    for started in (job, str(folders[0]), "slurmctld -D", "slurmd -D"):
        assert processes(started) == []
    assert not folders[0].exists()
    assert not slurm.SYSTEM_CONF.is_symlink()


def logs(workflow):
    """What the jobs of SLURM said, by their numbers."""
    files = (workflow.folder / ".snakemake/slurm_logs").rglob("*.log")
    return {file.stem: file.read_text() for file in files}


def completed(cluster, workflow):
    """SLURM's record of the jobs that it completed in this checkout, by their numbers."""
    return {
        job["JobId"]: job
        for job in cluster.completed()
        if job["JobState"] == "COMPLETED" and job["WorkDir"] == str(workflow.folder)
    }


def test_every_result_was_made_by_a_job_that_slurm_completed(cluster, submitted):
    workflow, said = submitted
    announced = set(re.findall(r"submitted with SLURM jobid (\d+)", said))
    assert announced
    assert completed(cluster, workflow).keys() == logs(workflow).keys() == announced
    jobs = [
        set(re.findall(r"^ +output: (.*)$", log, flags=re.MULTILINE))
        for log in logs(workflow).values()
    ]
    made = {file for each in jobs for line in each for file in line.split(", ")}
    # Raw files, which are no results, are obtained where Snakemake runs: nodes are often offline.
    assert made == workflow.outputs()
    trained = [sum("/models/" in line for line in each) for each in jobs]
    assert max(trained) == 4  # together, as was asked for
    rules = {rule for log in logs(workflow).values() for rule in re.findall(r"rule (\w+):", log)}
    assert rules >= {"pool", "draw", "train", "measure", "table", "figure"}


def test_resources_come_from_the_rules(cluster, submitted):
    workflow, _ = submitted
    jobs = completed(cluster, workflow)
    trainings = [number for number, log in logs(workflow).items() if "rule train:" in log]
    assert trainings
    for number in trainings:
        asked = re.findall(r"\bruntime=(\d+)", logs(workflow)[number])
        # Minutes; trainings of a group run side by side.
        assert int(jobs[number]["TimeLimit"]) == max(map(int, asked)) < 15


def test_the_same_bytes_as_without_slurm(submitted, again):
    here, there = again.results(), submitted[0].results()
    assert there.keys() <= here.keys()
    assert {name for name in there if here[name] != there[name]} == set()


def test_nothing_is_left_to_do(submitted):
    assert submitted[0].plan(*SUBMITTED) == set()
