"""Faults end with one clear line, leave nothing half-written and lose nothing finished."""

import os
import re
import shutil
import signal
import subprocess
import time

import pytest
import xarray as xr
import yaml
from mounts import private_mounts

from plmemory.errors import InputError
from plmemory.plan import configuration, consistency, inheritance
from plmemory.plan.plan import Plan

MODEL = "results/test/models/random/pl/P00012.nc"
RAW = "results/raw/mnist/train-images-idx3-ubyte"
POOL = "results/test/data/mnist.nc"
IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"


@pytest.fixture
def workflow(clean, tmp_path):
    return clean.copy(tmp_path / "checkout")


def fails(workflow, settings, tmp_path, *arguments, env=None):
    """What a run says that must fail, without a traceback and without leftovers."""
    done = workflow.over(tmp_path, settings).run(*arguments, env=env)
    assert done.returncode != 0, done.stdout[-3000:]
    assert "Traceback" not in done.stdout
    return done.stdout


def assert_one_line(said, *words):
    """Exactly one line of the message, and in it the key or file, what was found and expected."""
    lines = [line for line in said.splitlines() if all(word in line for word in words)]
    assert len(lines) == 1, said[-3000:]


def pl(**changed):
    return {"datasets": {"random": {"learning": {"pl": changed}}}}


CONFIGURATIONS = {
    "unknown key at the top": ({"seeds": 1}, "unknown key 'seeds'", "'seed'"),
    "unknown key inside": (
        pl(inverse_temprature=1.0),
        "datasets.random.learning.pl",
        "'inverse_temprature'",
        "inverse_temperature",
    ),
    "wrong type": (pl(epochs="many"), "datasets.random.learning.pl.epochs", "'many'", "integer"),
    "number in quotes": (
        {"datasets": {"random": {"sites": "60"}}},
        "datasets.random.sites",
        "'60'",
        "integer",
    ),
    "negative load": (
        {"figures": {"random_training": {"loads": [-0.5]}}},
        "figures.random_training.loads",
        "-0.5",
        "more than 0",
    ),
    "load of no pattern": (
        {"figures": {"random_training": {"loads": [0.001]}}},
        "figures.random_training.loads",
        "less than one",
        "at least 1",
    ),
    "more patterns than MNIST holds": (
        {"figures": {"mnist_generalization": {"loads": [400.0]}}},
        "figures.mnist_generalization.loads",
        "78400",
        "60000",
    ),
    "inverse temperature of zero": (
        pl(inverse_temperature=0),
        "datasets.random.learning.pl.inverse_temperature",
        "found 0,",
        "more than 0",
    ),
    "negative inverse temperature": (
        pl(inverse_temperature=-1.0),
        "datasets.random.learning.pl.inverse_temperature",
        "found -1.0,",
        "more than 0",
    ),
    "unknown learning rule": (
        {"figures": {"random_training": {"rules": ["hopfield"]}}},
        "figures.random_training.rules",
        "'hopfield'",
        "pseudo_inverse",
    ),
    "unknown data set": (
        {"figures": {"random_training": {"datasets": ["emnist"]}}},
        "figures.random_training.datasets",
        "'emnist'",
        "mnist",
    ),
    "odd number of steps": (
        {"measures": {"retrieval": {"max_steps": 7}}},
        "measures.retrieval.max_steps",
        "found 7,",
        "multiple of 2",
    ),
    "several keys missing": (
        {"datasets": {"other": {"kind": "spin_glass", "side": 6}}},
        "datasets.other: missing keys 'temperature', 'couplings', 'boundary'",
        "'max_sweeps'",
    ),
    "a circle of entries": (
        {"learning": {"one": {"from": "two"}, "two": {"from": "one"}}},
        "learning.one.from",
        "circle",
    ),
    "inheritance from nothing": (
        {"learning": {"one": {"from": "hopfield"}}},
        "learning.one.from: found 'hopfield'",
        "expected one of",
    ),
    "all of what is drawn anew": (
        {"figures": {"random_capacity": {"loads": None, "patterns": ["all"]}}},
        "figures.random_capacity.patterns: found 'all' for 'random'",
        "expected numbers",
    ),
    "contacts without a structure": (
        {"datasets": {"dhfr": {"structure": None, "chain": None}}},
        "figures.protein_contacts.datasets: found 'dhfr' without structure",
        "expected",
    ),
    "a figure that cannot show the spins": (
        {"figures": {"random_capacity": {"datasets": ["dhfr"], "patterns": [30], "loads": None}}},
        "figures.random_capacity.datasets: found 'dhfr'",
        "Potts spins",
        "Ising spins",
    ),
    "a rule for other spins": (
        {"figures": {"mnist_generalization": {"rules": ["potts"]}}},
        "figures.mnist_generalization.rules: found 'potts', a rule for Potts spins",
        "expected one for 'mnist' (Ising spins",
    ),
    "a name that reads as a missing value": (
        {"datasets": {"nan": {"kind": "random", "sites": 10}}},
        "datasets: found an entry named 'nan'",
        "expected",
    ),
    "a name that is a truth value": (
        {"datasets": {False: {"kind": "random", "sites": 10}}},
        "datasets: found an entry named False",
        "expected",
    ),
    "a name that is a number": (
        {"datasets": {1234: {"kind": "random", "sites": 10}}},
        "datasets: found an entry named 1234",
        "expected",
    ),
    "a figure named like a target": (
        {"figures": {"models": {"from": "random_basins"}}},
        "figures.models: found the name of a target",
        "expected",
    ),
    "a run that leaves its folder": ({"run": "../other"}, "run: found '../other'", "expected"),
}


# Those that Snakemake is started with: found in one entry, between entries, in a name that is none.
STARTED = ("unknown key inside", "contacts without a structure", "a name that is a number")


@pytest.mark.parametrize("case", CONFIGURATIONS)
def test_configuration(clean, case):
    """What common.smk asks of a configuration ends in one line, which it hands to Snakemake."""
    settings, *words = CONFIGURATIONS[case]
    written = {}
    for name in ("config.yaml", "test.yaml"):
        file = clean.folder / "config" / name
        written = inheritance.laid_over(written, yaml.safe_load(file.read_text()))
    with pytest.raises(InputError) as found:
        consistency.check(Plan(configuration.complete(inheritance.laid_over(written, settings))))
    message = str(found.value)
    assert "\n" not in message
    assert not [word for word in ("config: ", *words) if word not in message]


@pytest.mark.parametrize("case", STARTED)
def test_a_fault_of_the_configuration_is_all_that_snakemake_says(clean, tmp_path, case):
    settings, *words = CONFIGURATIONS[case]
    said = fails(clean, settings, tmp_path)
    assert_one_line(said, "config: ", *words)
    assert not (clean.folder / "results/test").exists()


def test_a_key_given_twice(clean, tmp_path):
    twice = tmp_path / "twice.yaml"
    twice.write_text("seed: 1\ndatasets:\n  random: {sites: 10,\n    sites: 20}\n")
    done = type(clean)(clean.folder, (*clean.overlays, twice)).run("--dry-run")
    assert done.returncode != 0
    assert_one_line(done.stdout, str(twice), "line 4", "found the key 'sites' twice")


def test_two_options_for_configuration_files(clean):
    done = clean.run("--dry-run", "--configfile", "config/paper.yaml")
    assert done.returncode != 0
    assert_one_line(done.stdout, "--configfile: found twice", "expected once")


@pytest.mark.parametrize(
    "value",
    ["run=1234", "seed=7", "measures={storage: {patterns: 5, stability_range: [-1, 2.5]}}"],
)
def test_values_of_the_command_line_are_read_as_their_keys_ask(clean, value):
    assert clean.plan("random_capacity", "--config", value)


def test_a_method_without_its_folder(workflow, tmp_path):
    shutil.rmtree(workflow.folder / "src/plmemory/learning/storkey")
    said = fails(workflow, {}, tmp_path)
    assert_one_line(said, "config: learning.storkey.method: found 'storkey'", "expected one of")


def test_a_gpu_that_is_not_there(workflow, tmp_path):
    said = fails(workflow, {"device": "cuda"}, tmp_path, MODEL, env={"CUDA_VISIBLE_DEVICES": ""})
    assert_one_line(said, "Error: ", "device", "'cuda'", "no usable NVIDIA GPU", "cpu")
    assert not (workflow.folder / MODEL).exists()


def raw_files(folder, sizes):
    """Files of zeros, as long as they should be or not."""
    folder.mkdir()
    for name, size in sizes.items():
        with (folder / name).open("wb") as file:
            file.truncate(size)
    return {"datasets": {"mnist": {"files": str(folder)}}}


OTHERS = {
    LABELS: 60_008,
    "t10k-images-idx3-ubyte": 7_840_016,
    "t10k-labels-idx1-ubyte": 10_008,
}


def test_a_folder_without_all_files_of_mnist(clean, tmp_path):
    said = fails(clean, raw_files(tmp_path / "own", OTHERS), tmp_path, POOL)
    missing = str(tmp_path / "own" / IMAGES)
    assert_one_line(said, "config: datasets.mnist.files: found no file", missing, "expected")


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ({IMAGES: 1000}, ("found 1000 bytes", "expected 47040016 bytes", IMAGES)),
        ({IMAGES: 47_040_016}, ("found SHA-256", "expected ba891046", IMAGES)),
    ],
    ids=["truncated", "wrong checksum"],
)
def test_mnist_files_of_the_user(workflow, tmp_path, sizes, words):
    said = fails(workflow, raw_files(tmp_path / "own", OTHERS | sizes), tmp_path, POOL)
    assert_one_line(said, "Error: ", str(tmp_path / "own" / IMAGES), *words)
    raw = workflow.folder / RAW
    assert not raw.exists()
    assert not list(raw.parent.glob("*"))
    assert not (workflow.folder / POOL).exists()


def test_raw_files_damaged_after_they_were_obtained_are_obtained_again(finished, tmp_path):
    workflow = finished.copy(tmp_path / "checkout")
    raw, pool = workflow.folder / RAW, workflow.folder / POOL
    whole = raw.read_bytes()
    with raw.open("r+b") as file:
        file.truncate(1000)
    assert workflow.plan(POOL) == set()
    pool.unlink()
    workflow.finish(POOL)
    assert raw.read_bytes() == whole


def test_a_training_that_diverges(workflow, tmp_path):
    # Every step multiplies the couplings by 1 - rate l2 / N = -32.
    said = fails(workflow, pl(learning_rate=1000.0, l2=2.0, epochs=200), tmp_path, MODEL)
    assert_one_line(said, "Error: ", "learning_rate")
    assert not (workflow.folder / MODEL).exists()
    log = workflow.folder / "results/test/logs/models/random/pl/P00012.log"
    assert "learning_rate" in log.read_text()


def test_no_space_on_the_disk(workflow):
    prefix = private_mounts()
    if prefix is None:
        pytest.skip("unshare is missing or forbidden: no small disk to fill")
    # A disk of 64 kB for the results, seen by this run alone; what is left on it is listed last.
    shell = 'mkdir -p results; mount -t tmpfs -o size=64k none results || exit 9; "$@"; code=$?; '
    shell += 'echo "left over:"; find results -type f ! -path "*/logs/*"; exit $code'
    command = [*prefix, "bash", "-c", shell, "bash"]
    done = workflow.run("--keep-going", "random_training", prefix=command)
    assert done.returncode == 1, done.stdout[-3000:]
    assert "Traceback" not in done.stdout
    said, left = done.stdout.split("left over:")
    failed = re.findall(
        r"^Error: no space left on the disk while writing (.*)$", said, re.MULTILINE
    )
    assert failed
    assert len(failed) == len(re.findall(r"^Error: ", said, re.MULTILINE))
    assert not set(failed) & set(left.split())
    assert not [name for name in left.split() if "/." in name]  # no unfinished file


def interrupt(workflow, tell):
    """Stop a run by ``tell`` when its third model appears; the models finished by then."""
    process = subprocess.Popen(
        workflow.command("--cores", "1", "random_training"),
        cwd=workflow.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        # Tests that a shell runs in the background would hand on that they ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    models = workflow.folder / "results/test/models/random"
    while process.poll() is None and len(list(models.glob("*/P*.nc"))) < 3:
        time.sleep(0.05)
    assert process.poll() is None, process.communicate()[0][-3000:]
    *done, _ = sorted(models.glob("*/P*.nc"), key=lambda file: file.stat().st_mtime_ns)
    # In the middle of the next job, which is to say so in one line.
    logs = workflow.folder / "results/test/logs"
    ended = set(logs.rglob("*.log"))
    while process.poll() is None and set(logs.rglob("*.log")) <= ended:
        time.sleep(0.02)
    tell(process)
    said = process.communicate(timeout=120)[0]
    assert process.returncode != 0
    return done, said


def assert_goes_on(workflow, done):
    """The rest is made, and what was finished is left alone."""
    before = {file: file.stat().st_mtime_ns for file in done}
    for file in (workflow.folder / "results").rglob("*.nc"):
        xr.load_dataset(file)  # whole
    workflow.finish("random_training")
    assert {file: file.stat().st_mtime_ns for file in done} == before
    assert (workflow.folder / "results/test/figures/random_training.pdf").is_file()


def test_a_run_interrupted_by_the_user(workflow):
    def press_control_c(process):
        os.killpg(process.pid, signal.SIGINT)  # a terminal tells the whole group

    for _ in range(4):  # a job that had just ended cannot say so
        done, said = interrupt(workflow, press_control_c)
        if "Error: " in said:
            break
    assert "Error: interrupted" in said, said[-3000:]
    assert "Traceback" not in said
    assert_goes_on(workflow, done)


def test_a_run_killed_without_warning(workflow):
    done, _ = interrupt(workflow, lambda process: os.killpg(process.pid, signal.SIGKILL))
    refused = workflow.run("random_training")
    if refused.returncode != 0:  # its lock is left over, and the message says how to remove it
        assert "--unlock" in refused.stdout
        assert "Traceback" not in refused.stdout
        workflow.finish("--unlock")
    assert_goes_on(workflow, done)
