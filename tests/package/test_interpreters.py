"""The package on its own: a fresh environment of every Python found, and the README's example."""

import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

import plmemory

CHECKOUT = Path(__file__).parents[2]
VERSIONS = ("3.11", "3.12", "3.13")
ASK = "import sys; print('%d.%d' % sys.version_info[:2])"
IN_THE_SOURCE = (
    "CHANGELOG.md",
    "CITATION.cff",
    "MANIFEST.in",
)  # beside what builds take of themselves
# None of these comes with the library.
NOT_THE_CORES = {"torch", "snakemake", "pandas", "matplotlib", "xarray", "biopython", "jsonschema"}
pytestmark = pytest.mark.interpreters


def run(*command: str | Path, **options) -> str:
    """What a command that must succeed prints, without this checkout on Python's path."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@functools.cache
def interpreters() -> dict[str, str]:
    """A Python of each version: of PLMEMORY_PYTHONS, this one, or what the system's path has."""
    named = os.environ.get("PLMEMORY_PYTHONS", "").split(os.pathsep)
    found: dict[str, str] = {}
    for program in [*filter(None, named), sys.executable, *(f"python{v}" for v in VERSIONS)]:
        if shutil.which(program):
            said = subprocess.run([program, "-c", ASK], capture_output=True, text=True)
            if said.returncode == 0:  # and no shim without a Python behind it
                found.setdefault(said.stdout.strip(), program)
    return found


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> dict[str, Path]:
    """Source and wheel by suffix, as `make dist` builds them, without a trace in the checkout."""
    folder = tmp_path_factory.mktemp("dist")
    source = folder / "source"
    shutil.copytree(CHECKOUT / "src", source / "src", ignore=shutil.ignore_patterns("*.egg-info"))
    for name in ("pyproject.toml", "README.md", "LICENSE", *IN_THE_SOURCE):
        shutil.copy(CHECKOUT / name, source)
    run(sys.executable, "-m", "build", "--outdir", folder / "dist", source)
    return {path.suffix: path for path in (folder / "dist").iterdir()}


@pytest.fixture
def wheel(built) -> Path:
    """The wheel, which was built from the source."""
    return built[".whl"]


PAGE = CHECKOUT / "src/plmemory/figures/page"


def test_an_index_would_take_source_and_wheel(built):
    assert built.keys() == {".gz", ".whl"}
    run(sys.executable, "-m", "twine", "check", "--strict", *built.values())
    stem = f"plmemory-{plmemory.__version__}"
    assert built[".gz"].name == f"{stem}.tar.gz"
    assert built[".whl"].name.startswith(f"{stem}-py3")
    with tarfile.open(built[".gz"]) as source:
        top = {name.split("/")[1] for name in source.getnames() if "/" in name}
    made = {"PKG-INFO", "setup.cfg"}
    assert top == {"pyproject.toml", "README.md", "LICENSE", *IN_THE_SOURCE, "src"} | made
    modules = {str(p.relative_to(CHECKOUT / "src")) for p in (CHECKOUT / "src").rglob("*.py")}
    with zipfile.ZipFile(built[".whl"]) as archive:
        names = set(archive.namelist())
    packed = {name for name in names if not name.startswith(f"{stem}.dist-info/")}
    page = [p for suffix in ("html", "css", "js") for p in PAGE.glob(f"*.{suffix}")]
    others = {"plmemory/py.typed", "plmemory/__init__.pyi"}
    assert packed == modules | others | {str(p.relative_to(CHECKOUT / "src")) for p in page}


def example() -> str:
    """The first code that the README shows of the library; the second draws, with more packages."""
    readme = (CHECKOUT / "README.md").read_text()
    return re.findall(r"^```python\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)[0]


@pytest.fixture
def folder(tmp_path):
    """A folder for an environment, some 500 MB that need not be kept."""
    yield tmp_path
    shutil.rmtree(tmp_path / "venv", ignore_errors=True)


def installed(folder: Path, version: str, *requirements: str | Path) -> Path:
    """The Python of a new environment of that version, in which these were installed."""
    if version not in interpreters():
        pytest.skip(f"no Python {version} found: not tried; PLMEMORY_PYTHONS names one by its path")
    run(interpreters()[version], "-m", "venv", "--without-pip", folder / "venv")
    python = folder / "venv/bin/python"
    pip = (sys.executable, "-m", "pip", "--python", python)
    run(*pip, "install", "--quiet", "--no-compile", *requirements)
    listed = json.loads(run(*pip, "list", "--format", "json"))
    assert {package["name"].lower() for package in listed} & NOT_THE_CORES == set()
    assert run(python, "-c", ASK).strip() == version
    return python


@pytest.mark.parametrize("version", VERSIONS)
def test_the_readmes_example_runs_where_the_core_alone_is_installed(wheel, folder, version):
    python = installed(folder, version, wheel)
    (folder / "example.py").write_text(example())
    assert run(python, "-W", "error", "example.py", cwd=folder).strip()


def test_it_runs_with_the_oldest_versions_that_are_allowed(wheel, folder):
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    oldest = [requirement.replace(">=", "==") for requirement in project["dependencies"]]
    python = installed(folder, VERSIONS[0], wheel, *oldest)
    (folder / "example.py").write_text(example())
    assert run(python, "-W", "error", "example.py", cwd=folder).strip()
