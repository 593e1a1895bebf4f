"""The workflow on a real SLURM, started and stopped here: its jobs run there, and agree."""

import re
import subprocess
import sys

import pytest
from cluster import slurm

TARGET = "random_training"
RUN_LIMIT = 600  # seconds


@pytest.fixture(scope="module")
def cluster():
    reason = slurm.missing()
    if reason:
        pytest.skip(f"no SLURM: {reason}")
    slurm.install()
    with slurm.running() as started:
        yield started


@pytest.fixture(scope="module")
def submitted(cluster, clean, tmp_path_factory):
    """A checkout after a run through the profile, and what Snakemake said."""
    workflow = clean.copy(tmp_path_factory.mktemp("submitted"))
    command = [sys.executable, "-m", "snakemake", "--profile", "workflow/profiles/slurm"]
    # This cluster has no accounting, and a shared file system without delay.
    site = ["--slurm-no-account", "--slurm-init-seconds-before-status-checks", "1"]
    kept = ["--slurm-keep-successful-logs", "--latency-wait", "5"]
    kept += ["--seconds-between-status-checks", "2"]
    configs = ["--configfile", "config/test.yaml", *map(str, workflow.overlays)]
    done = subprocess.run(
        [*command, *site, *kept, TARGET, *configs],
        cwd=workflow.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=RUN_LIMIT,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    return workflow, done.stdout


def test_every_result_was_made_by_a_job_that_slurm_completed(cluster, submitted):
    workflow, said = submitted
    completed = {
        job["JobId"]
        for job in cluster.completed()
        if job["JobState"] == "COMPLETED" and job["WorkDir"] == str(workflow.folder)
    }
    announced = re.findall(r"submitted with SLURM jobid (\d+)", said)
    assert announced
    assert completed == set(announced)
    made = set()
    for log in (workflow.folder / ".snakemake/slurm_logs").rglob("*.log"):
        assert log.stem in completed
        for line in re.findall(r"^    output: (.*)$", log.read_text(), flags=re.MULTILINE):
            made |= set(line.split(", "))
    assert made == workflow.results().keys()
    assert any(file.endswith(".pdf") for file in made)


def test_resources_come_from_the_rules_and_the_profile(submitted):
    _, said = submitted
    jobs = re.findall(r"^rule train:\n(?:    .*\n)*?    resources: (.*)$", said, flags=re.MULTILINE)
    assert jobs
    assert all("runtime=720" in resources for resources in jobs)
    assert all("mem_mb=500" in resources for resources in jobs)  # 60 sites take next to nothing


def test_the_same_bytes_as_on_this_machine(submitted, clean, tmp_path):
    local = clean.copy(tmp_path / "local")
    local.finish(TARGET)
    here, there = local.results(), submitted[0].results()
    assert here.keys() == there.keys()
    assert {name for name in here if here[name] != there[name]} == set()


def test_nothing_is_left_to_do(submitted):
    assert submitted[0].plan(TARGET) == set()
