"""The container recipe: what it copies is there, and is all that the workflow needs.

Building it needs Docker and its registry; here its folder is made by hand, without the installation
of the lock (tests/package/test_locks.py).
"""

import json
import shutil
import subprocess
import sys

from checkout import CHECKOUT

FOLDER = "/opt/plmemory/"


def instructions(word):
    """What follows an instruction of the Dockerfile, once an occurrence."""
    lines = (CHECKOUT / "Dockerfile").read_text().splitlines()
    return [line.removeprefix(f"{word} ") for line in lines if line.startswith(f"{word} ")]


def test_the_workflow_plans_in_what_the_recipe_copies(clean, tmp_path):
    copies = tmp_path / "copies"
    for instruction in instructions("COPY"):
        *sources, target = instruction.split()
        folder = copies / target.removeprefix(FOLDER)
        assert target.startswith(FOLDER)
        for source in sources:
            if (clean.folder / source).is_dir():
                shutil.copytree(clean.folder / source, folder)
            else:
                folder.mkdir(parents=True, exist_ok=True)
                shutil.copy2(clean.folder / source, folder)
    # What is installed was copied before: the lock, then the project.
    assert [command.split()[-1] for command in instructions("RUN")] == [
        f"{FOLDER}requirements.lock",
        FOLDER.rstrip("/"),
    ]
    (entry,) = instructions("ENTRYPOINT")
    program, *arguments = json.loads(entry)
    assert program == "snakemake"
    command = [sys.executable, "-m", "snakemake", *arguments, "--cores", "all", "--dry-run"]
    command = [part.replace(FOLDER, f"{copies}/") for part in command]
    (tmp_path / "work").mkdir()
    # As in the container, where the user stands has no configuration: that of the recipe is read.
    files = ["--configfile", f"{copies}/config/test.yaml"]
    done = subprocess.run([*command, *files], cwd=tmp_path / "work", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "results/test/figures/random_basins.pdf" in done.stdout


def test_the_python_of_the_recipe_is_one_that_the_project_runs_on():
    (base,) = instructions("FROM")
    assert base == "python:3.11-slim"
    assert "python=3.11" in (CHECKOUT / "environment.yml").read_text()
