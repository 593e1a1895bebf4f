"""The workflow on a real SLURM, started and stopped here: its jobs run there, and agree.

And what a scheduler does to jobs, done to them: nothing is lost. Each of these faults meets the one
job of a small run while it runs: a data set and its model, N = 60, as one group. What the run
leaves, or the next one makes, has the bytes of a run without SLURM.
"""

import contextlib
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from cluster import slurm

# Every rule of the workflow, and a third of the jobs of what is run twice without SLURM.
SUBMITTED = ("random_stabilities", "mnist_completion", "spin_glass_inference", "protein_contacts")
LIMIT = 1800  # seconds, on a busy machine
NODE = socket.gethostname().split(".")[0]
# This cluster has no accounting and a file system without delay, and is asked often.
SITE = ["--slurm-no-account", "--slurm-init-seconds-before-status-checks", "1"]
SITE += ["--latency-wait", "5", "--seconds-between-status-checks", "1"]
# A job of SLURM costs more than the small jobs in it; large ones are noticed late to have ended.
# Figures stay apart: four are one already, by the figure that reads the tables of three others.
TOGETHER = ["--group-components", "training=4", "measuring=4"]
ONE_JOB = ["--groups", "draw=small", "train=small"]
ONCE = ["--retries", "0"]


@pytest.fixture(scope="module")
def possible():
    """SLURM's programs, installed if needed."""
    reason = slurm.missing()
    if reason:
        pytest.skip(f"no SLURM: {reason}")
    slurm.install()


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
        timeout=LIMIT,
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


@pytest.fixture(scope="module")
def checkout(clean, tmp_path_factory):
    return clean.copy(tmp_path_factory.mktemp("faults") / "checkout")


@pytest.fixture(scope="module")
def right(checkout):
    """The bytes that a run without SLURM makes."""
    return Session(checkout, "here").content_made_here()


class Session:
    """Runs of Snakemake into one folder of results."""

    def __init__(self, checkout, run, *settings):
        self.checkout, self.run = checkout, run
        self.settings = [f"run={run}", *settings]
        self.model = f"results/{run}/models/random/hebb/P00030.nc"
        self.folder = checkout.folder
        self.said = ""

    def command(self, *arguments):
        program = [sys.executable, "-m", "snakemake", self.model, *arguments]
        configs = ["--configfile", "config/test.yaml", *map(str, self.checkout.overlays)]
        return [*program, *configs, "--config", *self.settings]

    def slurm(self, *arguments):
        profile = ["--profile", "workflow/profiles/slurm"]
        return self.command(*profile, *SITE, *ONE_JOB, *arguments)

    @contextlib.contextmanager
    def submitted(self, *arguments):
        """A session while its job runs, whose number it gives; then wait for the session's end."""
        log = self.folder / f"{self.run}.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                self.slurm(*arguments), cwd=self.folder, stdout=output, stderr=subprocess.STDOUT
            )
            try:
                yield process, wait_for(lambda: running(log.read_text()), process)
                process.wait(LIMIT)
            finally:
                process.kill()
                process.wait()
        self.said = log.read_text()

    def start(self, *arguments):
        """One more run, to its end."""
        return subprocess.run(
            self.slurm(*arguments),
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LIMIT,
        )

    def finish(self):
        """One more run, which must succeed."""
        done = self.start()
        assert done.returncode == 0, done.stdout[-3000:]

    def told_by_slurm(self, job):
        """What SLURM wrote of a job that failed, in the file that the screen names."""
        (log,) = set(re.findall(rf"log: (\S+/{job}\.log) \(check", self.said))
        return (self.folder / log).read_text()

    def content(self):
        return (self.folder / self.model).read_bytes()

    def content_made_here(self):
        command = self.command("--cores", "1")
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True)
        return self.content()


def state(job):
    return slurm.ask("squeue", "--noheader", "--states=all", "--format=%T", f"--jobs={job}")


def node():
    return slurm.ask("sinfo", "--noheader", "--format=%T")


def running(said):
    """The number of the job that Snakemake submitted last, once it runs."""
    jobs = re.findall(r"submitted with SLURM jobid (\d+)", said)
    return jobs[-1] if jobs and state(jobs[-1]) == "RUNNING" else None


def alive(process):
    """The children of a process that have not ended."""
    children = psutil.Process(process.pid).children()
    return [child for child in children if child.status() != psutil.STATUS_ZOMBIE]


def wait_for(found, process=None):
    limit = time.monotonic() + LIMIT
    while not (value := found()):
        assert process is None or process.poll() is None, "the session ended early"
        assert time.monotonic() < limit
        time.sleep(0.1)
    return value


def change(what, *settings):
    subprocess.run(["scontrol", "update", what, *settings], check=True, timeout=60)


def limits(cluster):
    """Time limits in minutes of ended jobs, and how they ended, in the order of their numbers."""
    jobs = sorted(cluster.completed(), key=lambda job: int(job["JobId"]))
    return [(job["JobState"], int(job["TimeLimit"])) for job in jobs]


def test_gpus_are_asked_for_by_partition_and_model(cluster, checkout, right):
    # There is no GPU here: SLURM refuses, and Snakemake tells what it was asked.
    gpu = ["--set-resources", "train:slurm_partition=test", "train:gpu_model=a100"]
    alone = ["--groups", "draw=small"]
    done = Session(checkout, "here", "device=cuda").start(*ONCE, *gpu, *alone)
    assert done.returncode == 1
    assert "SLURM sbatch failed" in done.stdout
    assert re.search(r"sbatch .* -p test .* --gpus=a100:1 ", done.stdout), done.stdout[-3000:]


def test_a_cancelled_job_is_named_and_made_by_the_next_run(cluster, checkout, right):
    session = Session(checkout, "cancelled")
    with session.submitted(*ONCE) as (process, job):
        slurm.ask("scancel", job)
    assert process.returncode == 1
    assert re.search(rf"JOB {job} ON \S+ CANCELLED AT", session.told_by_slurm(job))
    assert not (session.folder / session.model).exists()
    session.finish()
    assert session.content() == right


def test_a_job_past_its_time_limit_is_repeated_with_twice_the_time(cluster, checkout, right):
    session = Session(checkout, "late")
    before = len(limits(cluster))
    with session.submitted() as (process, job):
        change(f"JobId={job}", "EndTime=now")
    assert process.returncode == 0, session.said[-3000:]
    # SLURM ends it within 30 s; if it is about to start its next step before, it refuses the step.
    told = session.told_by_slurm(job)
    assert "DUE TO TIME LIMIT" in told or "Job/step already completing" in told
    # Minutes of the data set and of its model, at both attempts; one after the other in a group.
    asked = [int(minutes) for minutes in re.findall(r"runtime=(\d+)", session.said)]
    assert asked == [6, 6, 11, 11]  # 5.0-something, and twice that
    assert limits(cluster)[before + 1 :] == [("COMPLETED", 11 + 11)]
    assert session.content() == right


def test_a_preempted_job_starts_again(cluster, checkout, right):
    session = Session(checkout, "preempted")
    with session.submitted(*ONCE) as (process, job):
        # While it is requeued SLURM calls a job cancelled: nobody may ask meanwhile.
        process.send_signal(signal.SIGSTOP)
        wait_for(lambda: not alive(process))
        # What preemption with PreemptMode=REQUEUE does to a job; it then waits for two minutes.
        slurm.ask("scontrol", "requeue", job)
        wait_for(lambda: state(job) == "PENDING" and node() == "idle")
        # A second try within the second in which the first one ended has its credential revoked.
        change(f"JobId={job}", "StartTime=now+2")
        wait_for(lambda: state(job) not in ("", "PENDING", "COMPLETING"))
        process.send_signal(signal.SIGCONT)
    assert process.returncode == 0, session.said[-3000:]
    assert session.content() == right


def test_jobs_wait_for_a_node_that_drains(cluster, checkout, right):
    session = Session(checkout, "drained")
    change(f"NodeName={NODE}", "State=DRAIN", "Reason=test")
    try:
        log = session.folder / "drained.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                session.slurm(*ONCE), cwd=session.folder, stdout=output, stderr=subprocess.STDOUT
            )
        wait_for(lambda: slurm.ask("squeue", "--noheader", "--states=PENDING"), process)
        assert not (session.folder / session.model).exists()
    finally:
        change(f"NodeName={NODE}", "State=RESUME")
    assert process.wait(LIMIT) == 0, log.read_text()[-3000:]
    assert session.content() == right


def test_a_killed_session_is_unlocked_and_its_jobs_are_ended(cluster, checkout, right):
    session = Session(checkout, "killed")
    with session.submitted() as (process, job):
        slurm.ask("scontrol", "suspend", job)  # so that it cannot end by itself meanwhile
        process.kill()
    # As docs/cluster.md says.
    (name,) = re.findall(r"SLURM run ID: (\S+)", session.said)
    slurm.ask("scancel", f"--name={name}")
    wait_for(lambda: state(job) == "CANCELLED")
    locked = session.start()
    assert locked.returncode != 0
    assert "--unlock" in locked.stdout
    assert session.start("--unlock").returncode == 0
    session.finish()
    assert session.content() == right
