"""Every command that README and docs name can be given: targets, options and files are there."""

import argparse
import itertools
import re
import shlex
import tomllib
from functools import cache
from pathlib import Path

import pytest
import yaml

from plmemory.plan import configuration, inheritance
from plmemory.plan.command_line import check_targets
from plmemory.plan.plan import Plan

CHECKOUT = Path(__file__).parents[2]
PAGES = [
    *(CHECKOUT / name for name in ("README.md", "CONTRIBUTING.md", "config/README.md")),
    *sorted((CHECKOUT / "docs").rglob("*.md")),
]
PAGES = [page for page in PAGES if not page.name.endswith(".in.md")]
PROGRAMS = ("make", "snakemake", "pip", "python3", "python", "conda")
INDENTED = re.compile(rf"^    ((?:{'|'.join(PROGRAMS)}) .*)$", re.M)
QUOTED = re.compile(r"`((?:make|snakemake) [^`]+)`")
BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.M | re.S)


def commands():
    """Where a command stands, and its words; those after && are commands too."""
    for page in PAGES:
        text = page.read_text()
        for line in [*INDENTED.findall(text), *QUOTED.findall(text)]:
            for part in " ".join(shlex.split(line, comments=True)).split(" && "):
                if part.split()[0] in PROGRAMS and "<" not in part:  # <name> stands for one
                    yield page.relative_to(CHECKOUT).as_posix(), part


COMMANDS = sorted(set(commands()))


@cache
def makefile():
    text = (CHECKOUT / "Makefile").read_text()
    targets = re.findall(r"^([a-z./-]+):", text, re.M)
    return {t for t in targets if not t.startswith(".PHONY")}, set(re.findall(r"\b[A-Z]+\b", text))


def written(*files):
    found = yaml.safe_load((CHECKOUT / "config/config.yaml").read_text())
    for file in files:
        found = inheritance.laid_over(found, file)
    return found


def given(text, page):
    """The configuration files of a command: shown by its page, whose example is mine.yaml."""
    blocks = BLOCK.findall((CHECKOUT / page).read_text())
    for name in text:
        if name == "mine.yaml":
            yield example(page)
        elif shown := [block for block in blocks if block.startswith(f"# {name}\n")]:
            yield yaml.safe_load(shown[0])
        else:
            yield yaml.safe_load((CHECKOUT / name).read_text())


def example(page):
    """The whole file that a page shows, a run with its own name, or that of the README."""
    for name in (page, "README.md"):
        blocks = [yaml.safe_load(b) for b in BLOCK.findall((CHECKOUT / name).read_text())]
        for block in blocks:
            if "run" in block:
                return block
    raise AssertionError(f"{page}: no file of an own run")


@cache
def snakemake() -> argparse.ArgumentParser:
    from snakemake.cli import get_argument_parser

    return get_argument_parser()


def check_snakemake(words, page):
    told = snakemake().parse_args(words[1:])  # ends the program for an option that is none
    for profile in told.profile or ():
        assert (CHECKOUT / profile / "profile.yaml").is_file()
    config = configuration.complete(written(*given(map(str, told.configfile or ()), page)))
    check_targets(words, Plan(config))
    for option in told.set_resources or ():
        rules = (CHECKOUT / "workflow/rules").glob("*.smk")
        assert f"rule {option}:" in "".join(rule.read_text() for rule in rules)


def check_make(words):
    targets, variables = makefile()
    for word in words[1:]:
        name, equals, _ = word.partition("=")
        assert name in (variables if equals else targets), word


def check_install(words):
    extras = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    for option, word in itertools.pairwise(words):
        if option in ("-r", "-f"):
            assert (CHECKOUT / word).is_file()
    for asked in re.findall(r"\.\[([a-z,]+)\]", " ".join(words)):
        assert set(asked.split(",")) <= extras["optional-dependencies"].keys()


@pytest.mark.parametrize(("page", "command"), COMMANDS)
def test_a_command_of_the_docs_can_be_given(page, command):
    words = command.split()
    if words[0] == "make":
        check_make(words)
    elif words[0] == "snakemake":
        check_snakemake(words, page)
    else:
        check_install(words)
        assert not [w for w in words if w.endswith(".py") and not (CHECKOUT / w).is_file()]


def test_there_are_commands_of_every_kind():
    named = [command.split()[0] for _, command in COMMANDS]
    assert named.count("snakemake") >= 10
    assert named.count("make") >= 10


@pytest.mark.parametrize(
    ("page", "block"),
    [
        (page.relative_to(CHECKOUT).as_posix(), block)
        for page in PAGES
        for block in BLOCK.findall(page.read_text())
    ],
)
def test_a_configuration_of_the_docs_is_one(page, block):
    shown = yaml.safe_load(block)
    config = configuration.complete(written(shown))
    for section in ("datasets", "figures"):
        assert shown.get(section, {}).keys() <= config[section].keys()
