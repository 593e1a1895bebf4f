"""Copies of this checkout in which the real workflow runs or is planned."""

import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from checkout import CHECKOUT, copied
from part import PART

from plmemory.plan import configuration, inheritance

RAW_MNIST = CHECKOUT / "results/raw/mnist"
IDENTITY = ("-c", "user.name=test", "-c", "user.email=test@example.org")


@dataclass(frozen=True)
class Workflow:
    """A checkout at ``folder``, run at test scale; ``overlays`` are laid over test.yaml."""

    folder: Path
    overlays: tuple[Path, ...] = ()

    def command(self, *arguments: str) -> list[str]:
        configs = ["config/test.yaml", *map(str, self.overlays)]
        program = [sys.executable, "-m", "snakemake", "--cores", "2"]
        return [*program, *arguments, "--configfile", *configs]

    def run(self, *arguments: str, prefix=(), env=None) -> subprocess.CompletedProcess:
        """Run Snakemake to its end; ``stdout`` of the result is its whole output."""
        return subprocess.run(
            [*prefix, *self.command(*arguments)],
            cwd=self.folder,
            env=os.environ | (env or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def finish(self, *arguments: str) -> str:
        """Run Snakemake, which must succeed; returns its output."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout[-1500:]
        return done.stdout

    def plan(self, *arguments: str) -> set[str]:
        """The files that Snakemake would make."""
        said = self.finish("--dry-run", *arguments)
        lines = re.findall(r"^    output: (.*)$", said, flags=re.MULTILINE)
        return {file for line in lines for file in line.split(", ")}

    def over(self, folder: Path, settings: dict) -> "Workflow":
        """The same checkout with ``settings`` laid over its configuration."""
        overlay = folder / "overlay.yaml"
        overlay.write_text(yaml.safe_dump(settings))
        return Workflow(self.folder, (*self.overlays, overlay))

    def copy(self, folder: Path) -> "Workflow":
        """A copy of everything, including results and modification times, at another place."""
        shutil.copytree(self.folder, folder, symlinks=True, dirs_exist_ok=True)
        return Workflow(folder, self.overlays)

    def config(self) -> dict:
        """The complete configuration."""
        written: dict = {}
        for path in ("config/config.yaml", "config/test.yaml", *self.overlays):
            read = yaml.safe_load((self.folder / path).read_text())
            written = inheritance.laid_over(written, read)
        return configuration.complete(written)

    def rule(self, dataset: str, name: str) -> dict:
        """A learning rule as it is for a data set."""
        config = self.config()
        return (config["learning"] | config["datasets"][dataset]["learning"])[name]

    def results(self) -> dict[str, bytes]:
        """Content of every result by its path, without files that depend on time or place.

        Left out are logs, run times, and the separate folder of the results page (page/here).
        """
        root = self.folder / "results"
        return {
            str(file.relative_to(self.folder)): file.read_bytes()
            for file in sorted(root.glob("*/**/*"))
            if file.is_file()
            and not {"logs", "raw", "times", "here"} & set(file.relative_to(root).parts)
        }

    def outputs(self) -> set[str]:
        """The results that are outputs of rules, without files beside them.

        Left out are lineages, and the files that the results page needs.
        """
        made = {file for file in self.results() if not Path(file).name.startswith(".")}
        return {file for file in made if "page" not in file.split("/") or file.endswith(".html")}


@pytest.fixture(scope="session")
def clean(tmp_path_factory) -> Workflow:
    """The working tree (tracked and new files) committed to a new repository, without results.

    The raw files of MNIST come from this checkout if it has them, else from the web or npm.
    """
    folder = copied(tmp_path_factory.mktemp("clean") / "checkout")
    for arguments in (["init"], ["add", "--all"], ["commit", "--message", "test"]):
        command = ["git", *IDENTITY, *arguments, "--quiet"]
        if arguments == ["add", "--all"]:
            command.pop()
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    if not RAW_MNIST.is_dir():
        return Workflow(folder)
    sources = {"datasets": {"mnist": {"files": str(RAW_MNIST)}}}
    return Workflow(folder).over(tmp_path_factory.mktemp("sources"), sources)


def once(tmp_path_factory, name: str, make: Callable[[Path], object]) -> Path:
    """The folder ``name``, filled by ``make`` once, even if several processes run the tests."""
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # the folder of each process is in a common one
        root = root.parent
    folder, made = root / name, root / f"{name} is made"
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            make(folder)
            made.touch()
    return folder


@pytest.fixture(scope="session")
def finished(clean, tmp_path_factory) -> Workflow:
    """A checkout in which everything has been made. Do not change it: other processes use it."""
    folder = once(tmp_path_factory, "finished", lambda folder: clean.copy(folder).finish())
    return Workflow(folder, clean.overlays)


@pytest.fixture(scope="session")
def again(clean, tmp_path_factory) -> Workflow:
    """A second clean run, of PART alone. Do not change it."""
    folder = once(tmp_path_factory, "again", lambda folder: clean.copy(folder).finish(*PART))
    return Workflow(folder, clean.overlays)
