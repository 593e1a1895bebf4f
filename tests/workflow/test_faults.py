"""Faults done to the jobs of a small workflow: it says so, and a further run ends as a clean one.

docs/reliability.md lists them all. The workflow has one figure of twenty spins, and a job a stage.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from checkout import copied
from mounts import private_mounts

HOOK = Path(__file__).parent / "faults"
STAGES = ("dataset", "train", "measure", "table", "figure")
MODEL = "results/small/models/random/pl/P00010.nc"
STORAGE = "results/small/storage/random/pl/P00010.nc"
SMALL = {
    "run": "small",
    "device": "cpu",
    "datasets": {"random": {"kind": "random", "sites": 20, "replicates": 2}},
    "learning": {
        "pl": {"method": "pseudo_likelihood", "epochs": 60, "records": 30, "batch_size": 5}
    },
    "figures": {
        "small": {"figure": "symmetry", "datasets": ["random"], "rules": ["pl"], "loads": [0.5]}
    },
}


@dataclass(frozen=True)
class Run:
    """A checkout with the small workflow in it."""

    folder: Path

    def command(self, *arguments):
        return [sys.executable, "-m", "snakemake", "--cores", "1", *arguments]

    def run(self, *arguments, prefix=(), env=None):
        """Run Snakemake to its end; its exit status and all that it said."""
        done = subprocess.run(
            [*prefix, *self.command(*arguments)],
            cwd=self.folder,
            env=os.environ | {"OMP_NUM_THREADS": "1"} | (env or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert "Traceback" not in done.stdout, done.stdout[-3000:]
        return done.returncode, done.stdout

    def results(self, folder="results"):
        """The content of every file by its path, hidden ones too; logs and times left out."""
        root = self.folder / folder / "small"
        return {
            str(file.relative_to(root)): file.read_bytes()
            for file in root.rglob("*")
            if file.is_file() and not {"logs", "times", "here"} & set(file.relative_to(root).parts)
        }

    def copy(self, folder):
        return Run(Path(shutil.copytree(self.folder, folder, symlinks=True)))


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """The small workflow, which writes checkpoints at every chance."""
    folder = copied(tmp_path_factory.mktemp("faults") / "checkout")
    laptop = yaml.safe_load((folder / "config/config.yaml").read_text())
    kept = {key: laptop[key] for key in ("results", "seed", "dtype", "threads")}
    kept["measures"] = {"storage": laptop["measures"]["storage"]}
    (folder / "config/config.yaml").write_text(yaml.safe_dump(kept | SMALL))
    source = folder / "src/plmemory/files/checkpoints.py"
    text, edits = re.subn(r"(?m)^(INTERVAL|SHARE) = [\d.]+", r"\1 = 0", source.read_text())
    assert edits == 2
    source.write_text(text)
    return Run(folder)


@pytest.fixture(scope="module")
def clean(fresh, tmp_path_factory):
    """A run without faults."""
    workflow = fresh.copy(tmp_path_factory.mktemp("clean") / "checkout")
    code, said = workflow.run()
    assert code == 0, said[-3000:]
    return workflow


def errors(said):
    """What jobs said, one line each."""
    return re.findall(r"^Error: (.*)$", said, flags=re.MULTILINE)


# On a disk of 8 MB for the results alone; what they are, and what another run would do.
ON_A_SMALL_DISK = """
mount -t tmpfs -o size=8m none results || exit 9
"$@"; code=$?
cp -a results made
"$@" --dry-run
exit $code
"""


def test_jobs_of_every_stage_are_killed_and_run_out_of_disk(fresh, clean, tmp_path):
    """One run, in which jobs are tried again: in the end it is a clean one, and done.

    Beside it a second one wants to run. The clock is a day behind when the training ends well.
    """
    workflow, memory = fresh.copy(tmp_path / "checkout"), tmp_path / "faults"
    prefix, made = private_mounts(), "made"
    memory.mkdir()
    faults = {stage: ["killed", "full disk"] for stage in STAGES}
    faults["train"] = ["killed while it learns", "killed", "full disk", "clock"]
    if prefix is None:
        shell, made = '"$@"; code=$?; "$@" --dry-run; exit $code', "results"
        faults = {stage: [f for f in own if f != "full disk"] for stage, own in faults.items()}
    else:
        shell = ON_A_SMALL_DISK
    (memory / "faults.json").write_text(json.dumps(faults))
    (workflow.folder / "results").mkdir(exist_ok=True)
    process = subprocess.Popen(
        [*(prefix or ()), "bash", "-c", shell, "bash", *workflow.command("--retries", "3")],
        cwd=workflow.folder,
        env=os.environ | {"OMP_NUM_THREADS": "1", "FAULTS": str(memory), "PYTHONPATH": str(HOOK)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    while process.poll() is None and not (memory / "dataset").exists():
        time.sleep(0.05)
    code, refused = workflow.run()
    said, _ = process.communicate()
    assert process.returncode == 0, said[-3000:]
    assert "Traceback" not in said

    assert code != 0
    assert "--unlock" in refused
    for stage in STAGES:
        assert len((memory / stage).read_text()) == max(len(faults[stage]), 3), stage
    kills = sum(fault.startswith("killed") for own in faults.values() for fault in own)
    assert len(re.findall(r"died with <Signals\.SIGKILL: 9>", said)) == kills
    full = [line for line in errors(said) if line.startswith("no space left on the disk while")]
    assert len(full) == len(errors(said)) == (0 if prefix is None else len(STAGES))

    log = (workflow.folder / made / "small/logs/models/random/pl/P00010.log").read_text()
    assert "checkpoint: going on after" in log
    assert workflow.results(made) == clean.results()
    assert "Nothing to be done" in said
    if prefix is None:
        pytest.skip("unshare is missing or forbidden: no small disk to fill")


def test_results_that_were_damaged_are_found_and_made_again(clean, tmp_path):
    workflow = clean.copy(tmp_path / "checkout")
    model, storage = workflow.folder / MODEL, workflow.folder / STORAGE
    content = bytearray(model.read_bytes())
    content[len(content) // 2] ^= 1
    model.write_bytes(content)
    os.truncate(storage, storage.stat().st_size - 100)
    code, said = workflow.run()
    assert code != 0
    expected = f"measure storage: {MODEL}: found other content than its checksum says, "
    expected += "expected what its job wrote; start this run again, which makes it anew"
    assert errors(said) == [expected]
    code, said = workflow.run()
    assert code == 0, said[-3000:]
    assert workflow.results() == clean.results()


def test_a_job_without_memory_says_so(clean, tmp_path):
    workflow = clean.copy(tmp_path / "checkout")
    config = workflow.folder / "config/config.yaml"
    before = config.read_text()
    config.write_text(before.replace("sites: 20", "sites: 200000"))
    limited = ["bash", "-c", 'ulimit -v 1500000; exec "$@"', "bash"]
    code, said = workflow.run("results/small/data/random/P100000.nc", prefix=limited)
    assert code != 0
    (line,) = errors(said)
    assert line.startswith("data set random: out of memory: Unable to allocate")
    assert workflow.results() == clean.results()


def test_results_that_are_read_only_are_named(clean, tmp_path):
    prefix = private_mounts()
    if prefix is None:
        pytest.skip("unshare is missing or forbidden: no folder that root cannot write to")
    workflow = clean.copy(tmp_path / "checkout")
    os.truncate(workflow.folder / STORAGE, 100)
    shell = "mount --bind results results && mount -o remount,bind,ro results || exit 9; "
    code, said = workflow.run(prefix=[*prefix, "bash", "-c", shell + 'exec "$@"', "bash"])
    assert code == 1
    assert "Write-protected output files" in said
    assert "affected files:\n        results/small/" in said
