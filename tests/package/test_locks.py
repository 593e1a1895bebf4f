"""The locks and the conda environment hold what the project asks for, in versions that fit."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

CHECKOUT = Path(__file__).parents[2]
PIN = re.compile(r"[A-Za-z0-9_.-]+==[^\s;]+")


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]


def pins(name):
    """Version by name of a lock, in which every line is a pin."""
    lines = (CHECKOUT / name).read_text().splitlines()
    assert [line for line in lines if not PIN.fullmatch(line)] == []
    found = {canonicalize_name(line.split("==")[0]): Version(line.split("==")[1]) for line in lines}
    assert len(found) == len(lines)
    return found


def asked(project, *extras):
    groups = [project["dependencies"], *(project["optional-dependencies"][name] for name in extras)]
    return [Requirement(text) for group in groups for text in group]


@pytest.mark.parametrize(
    ("lock", "extras"),
    [
        ("requirements.lock", ("workflow", "proteins", "notebook", "dev")),
        ("requirements-docs.lock", ("docs",)),
        ("requirements-gpu.lock", ("gpu",)),
    ],
)
def test_every_requirement_is_locked_at_a_version_that_fits(project, lock, extras):
    locked = pins(lock) | pins("requirements.lock")
    for requirement in asked(project, *extras):
        version = locked[canonicalize_name(requirement.name)]
        assert version in requirement.specifier, f"{requirement} and {version}"


@pytest.mark.parametrize("lock", ["requirements-docs.lock", "requirements-gpu.lock"])
def test_another_lock_installs_beside_the_main_one(lock):
    assert pins(lock).keys().isdisjoint(pins("requirements.lock"))


def test_the_main_lock_holds_neither_torch_nor_a_gpu():
    heavy = {"torch", "triton"}
    names = pins("requirements.lock").keys()
    assert {name for name in names if name in heavy or name.startswith("nvidia")} == set()


def test_the_core_has_lower_bounds_alone(project):
    for requirement in asked(project):
        assert [clause.operator for clause in requirement.specifier] == [">="], str(requirement)


def test_the_makefile_takes_the_versions_that_the_project_does(project):
    (versions,) = re.findall(r"^VERSIONS := (.*)$", (CHECKOUT / "Makefile").read_text(), re.M)
    fits = SpecifierSet(project["requires-python"])
    assert versions.split() == [f"3.{minor}" for minor in range(30) if f"3.{minor}" in fits]


def test_conda_has_the_versions_of_the_lock(project):
    *conda, pip = yaml.safe_load((CHECKOUT / "environment.yml").read_text())["dependencies"]
    (python,) = (entry.removeprefix("python=") for entry in conda if "=" in entry)
    assert python in SpecifierSet(project["requires-python"])
    # Pins alone: a reference to another file would be lost where Snakemake copies this one to.
    assert pip == {"pip": (CHECKOUT / "requirements.lock").read_text().splitlines()}
