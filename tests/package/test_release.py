"""What a release says of itself agrees: version, changelog, citation, and what a forge is told."""

import ast
import datetime
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.version import Version

import plmemory

CHECKOUT = Path(__file__).parents[2]
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
TEMPLATES = sorted((CHECKOUT / ".github/ISSUE_TEMPLATE").glob("*.yml"))
HEADING = re.compile(r"(\d+\.\d+\.\d+) - (\d{4}-\d{2}-\d{2})")


@pytest.fixture(scope="module")
def citation():
    return yaml.safe_load((CHECKOUT / "CITATION.cff").read_text())


def test_the_version_stands_in_one_place_and_the_citation_has_it(citation):
    assert PROJECT["dynamic"] == ["version"]
    assert citation["version"] == plmemory.__version__
    source = (CHECKOUT / "src/plmemory/__init__.py").read_text()
    (stated,) = (
        node.value
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__version__"
    )
    assert ast.literal_eval(stated) == plmemory.__version__  # a build reads it and runs nothing


def test_the_changelog_has_what_is_not_released_and_then_releases_newest_first():
    text = (CHECKOUT / "CHANGELOG.md").read_text()
    first, *releases = re.split(r"^## ", text, flags=re.M)[1:]
    assert first.startswith("Unreleased\n")
    found = [HEADING.fullmatch(part.splitlines()[0]) for part in releases]
    assert None not in found
    versions = [Version(match[1]) for match in found]
    dates = [datetime.date.fromisoformat(match[2]) for match in found]
    assert versions == sorted(versions, reverse=True)
    assert dates == sorted(dates, reverse=True)
    current = Version(plmemory.__version__)
    if versions and versions[0] == current:
        return
    assert all(version < current for version in versions)
    assert "\n- " in first


def test_the_citation_says_what_the_project_and_its_readme_say(citation):
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors", "type"} <= citation.keys()
    assert citation["title"].startswith(PROJECT["name"])
    topic = citation["title"].partition(": ")[2]
    assert topic.lower() in PROJECT["description"].lower()
    assert citation["license"] == PROJECT["license"]
    assert (CHECKOUT / "LICENSE").read_text().startswith("MIT License")
    readme = (CHECKOUT / "README.md").read_text()
    for reference in citation["references"]:
        assert reference["title"] in readme
        assert all(author["family-names"] in readme for author in reference["authors"])
        assert all(entry["value"] in readme for entry in reference["identifiers"])


def test_the_forge_runs_what_every_machine_runs_with_every_python():
    described = yaml.safe_load((CHECKOUT / ".github/workflows/ci.yml").read_text())
    (job,) = described["jobs"].values()
    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert commands == [".ci/run"]
    assert subprocess.run(["test", "-x", CHECKOUT / commands[0]]).returncode == 0
    (pythons,) = (s["with"]["python-version"] for s in job["steps"] if "with" in s)
    (versions,) = re.findall(r"^VERSIONS := (.*)$", (CHECKOUT / "Makefile").read_text(), re.M)
    assert sorted(pythons.split()) == sorted(versions.split())
    assert described["permissions"] == {"contents": "read"}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_of_issues_is_a_form_of_questions(path):
    form = yaml.safe_load(path.read_text())
    if path.stem == "config":
        assert form == {"blank_issues_enabled": True}
        return
    assert {"name", "description", "body"} <= form.keys()
    names = [field["id"] for field in form["body"]]
    assert len(set(names)) == len(names)
    assert all(field["type"] == "textarea" for field in form["body"])
    assert all(field["attributes"]["label"].endswith("?") for field in form["body"])
    assert any(field.get("validations", {}).get("required") for field in form["body"])


def test_how_to_report_a_weakness_is_read_at_a_glance():
    lines = (CHECKOUT / "SECURITY.md").read_text().splitlines()
    assert len(lines) <= 12
    linked = re.findall(r"\]\(([^)]+)\)", "\n".join(lines))
    assert linked
    assert all((CHECKOUT / name).is_file() for name in linked)
