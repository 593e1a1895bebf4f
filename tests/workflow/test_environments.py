"""The workflow runs the package of its own checkout, in environments that do not hold it."""

import os
import subprocess
import sysconfig
import venv
from pathlib import Path

import pytest
import yaml

MODEL = "results/test/models/random/hebb/P00030.nc"
# What Snakemake asks conda for. The environment that it gets was made by the fixture below.
CONDA = """#!/bin/sh
case "$1 $2" in
  "info --json") echo '{{"conda_prefix": "{folder}", "platform": "linux-64"}}' ;;
  "config --get") echo '{{"get": {{"channel_priority": "strict"}}}}' ;;
  "env create") while test "$1" != --prefix; do shift; done; ln -s {folder}/environment "$2" ;;
  *) echo conda 25.1.0 ;;
esac
"""
ACTIVATE = 'PATH="$1/bin:$PATH"\n'


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    """A folder with an environment of all that is installed here but this package, and a conda."""
    folder = tmp_path_factory.mktemp("conda")
    venv.create(folder / "environment", symlinks=True)
    packages = folder / "packages"
    packages.mkdir()
    for entry in Path(sysconfig.get_paths()["purelib"]).iterdir():
        if "plmemory" not in entry.name:
            (packages / entry.name).symlink_to(entry)
    (own,) = folder.glob("environment/lib/python*/site-packages")
    (own / "packages.pth").write_text(f"{packages}\n")
    (folder / "bin").mkdir()
    (folder / "bin/activate").write_text(ACTIVATE)
    (folder / "bin/conda").write_text(CONDA.format(folder=folder))
    (folder / "bin/conda").chmod(0o755)
    return folder


@pytest.fixture
def workflow(clean, tmp_path):
    return clean.copy(tmp_path / "checkout")


def test_the_package_need_not_be_installed(prefix, workflow):
    python = str(prefix / "environment/bin/python")
    bare = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    absent = "import importlib.util, numpy; assert importlib.util.find_spec('plmemory') is None"
    subprocess.run([python, "-c", absent], check=True, cwd=prefix, env=bare)
    command = [python, *workflow.command(MODEL)[1:]]
    done = subprocess.run(command, cwd=workflow.folder, env=bare, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    assert (workflow.folder / MODEL).is_file()


def test_every_rule_runs_in_an_environment_that_conda_makes(prefix, workflow):
    path = {"PATH": f"{prefix / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    done = workflow.run(MODEL, "--sdm", "conda", env=path)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "Creating conda environment environment.yml" in done.stdout
    assert (workflow.folder / MODEL).is_file()
    (copied,) = (workflow.folder / ".snakemake/conda").glob("*.yaml")
    assert yaml.safe_load(copied.read_text()) == yaml.safe_load(
        (workflow.folder / "environment.yml").read_text()
    )
