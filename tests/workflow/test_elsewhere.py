"""The workflow from anywhere: another folder, another workflow, a path with spaces."""

import os
import subprocess
import sys

import pytest

MODEL = "models/random/hebb/P00030.nc"
SMALL = {"datasets": {"random": {"sites": 60, "replicates": 2}}, "run": "small", "device": "cpu"}
MODULE = """
module memory:
    snakefile: "{snakefile}"
    config: {config!r}
    prefix: "memory"

use rule * from memory as memory_*

rule everything:
    default_target: True
    input: "memory/results/small/figures/random_symmetry.png", "memory/results/small/{model}",
"""
FIGURE = {"random_symmetry": {"loads": [0.5], "rules": ["maximum_stability"]}}


def snakemake(folder, *arguments):
    """Run Snakemake in a folder; what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", "2", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout


@pytest.fixture
def checkout(clean, tmp_path):
    return clean.copy(tmp_path / "a checkout, Ä").folder


def test_from_another_folder_by_the_path_of_the_snakefile(checkout, tmp_path):
    here = tmp_path / "where I stand"
    here.mkdir()
    (here / "small.yaml").write_text(str(SMALL).replace("'", '"'))
    snakefile = str(checkout / "Snakefile")
    target = f"results/small/{MODEL}"
    snakemake(here, "-s", snakefile, target, "--configfile", "small.yaml")
    assert (here / target).is_file()
    other = tmp_path / "there"
    arguments = ["-s", snakefile, "--directory", str(other), "results/laptop/data/random/P00025.nc"]
    snakemake(here, *arguments)
    assert (other / "results/laptop/data/random/P00025.nc").is_file()
    assert not (checkout / "results/small").exists()
    assert not (checkout / "results/laptop").exists()


def test_the_configuration_where_the_user_stands_comes_first(checkout, tmp_path):
    here = tmp_path / "mine"
    (here / "config").mkdir(parents=True)
    own = (checkout / "config/config.yaml").read_text().replace("run: laptop", "run: own")
    (here / "config/config.yaml").write_text(own)
    said = snakemake(here, "-s", str(checkout / "Snakefile"), "--dry-run", "data")
    assert "results/own/data/random" in said


def test_as_a_module_with_a_prefix(checkout, tmp_path):
    here = tmp_path / "another workflow"
    here.mkdir()
    config = SMALL | {"figures": FIGURE}
    text = MODULE.format(snakefile=checkout / "Snakefile", config=config, model=MODEL)
    (here / "Snakefile").write_text(text)
    snakemake(here)
    assert (here / "memory/results/small/figures/random_symmetry.png").is_file()
    assert (here / "memory/results/small" / MODEL).is_file()
    assert not (here / "results").exists()
    for targets in ([], ["everything"], ["memory_random_symmetry"]):
        assert "Nothing to be done" in snakemake(here, "--dry-run", *targets)


def test_results_on_another_disk_through_a_link(clean, tmp_path):
    workflow = clean.copy(tmp_path / "checkout")
    disk = tmp_path / "disk"
    disk.mkdir()
    results = workflow.folder / "results"
    (results / "README.md").unlink(missing_ok=True)
    if results.exists():
        results.rmdir()
    results.symlink_to(disk)
    workflow.finish(f"results/test/{MODEL}")
    assert (disk / "test" / MODEL).is_file()
