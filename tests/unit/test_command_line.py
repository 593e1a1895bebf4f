"""Slips on the command line: one line each, before anything runs."""

from pathlib import Path

import pytest
import yaml

from plmemory.errors import InputError
from plmemory.plan import command_line, configuration
from plmemory.plan.plan import Plan

CONFIG = Path(__file__).parents[2] / "config/config.yaml"


@pytest.mark.parametrize(
    "arguments",
    [
        ["snakemake", "--configfile", "a.yaml", "--configfile", "b.yaml"],
        ["snakemake", "--configfile=a.yaml", "--cores", "2", "--configfiles", "b.yaml"],
    ],
)
def test_files_of_which_the_last_alone_would_count_are_refused(arguments):
    with pytest.raises(InputError, match=r"^--configfile: found twice, expected once with all"):
        command_line.check(arguments, [])
    command_line.check(arguments[:3], [CONFIG])


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "a"),
        ("c:\n  - x: {d: 1}\n  - x:\n      d: 1\n      e: 2\n      d: 3\n", 6, "d"),
        ("1: a\n'1': b\n", 2, "1"),
    ],
)
def test_a_key_that_a_file_gives_twice_is_named_with_its_line(tmp_path, text, line, key):
    file = tmp_path / "own.yaml"
    file.write_text(text)
    expected = f"{file}: line {line}: found the key '{key}' twice, expected once"
    with pytest.raises(InputError) as found:
        command_line.check(["snakemake"], [CONFIG, file])
    assert str(found.value) == expected


def test_keys_may_stand_once_in_each_mapping_and_merges_often(tmp_path):
    file = tmp_path / "own.yaml"
    file.write_text("a: &a {b: 1}\nc: &c {b: 2}\nd:\n  <<: *a\n  <<: *c\n  a: 1\n")
    configuration.check_files([file])
    file.write_text("")
    configuration.check_files([file])


def test_targets_are_figures_targets_or_files():
    plan = Plan(configuration.complete(yaml.safe_load(CONFIG.read_text())))

    def check(*words, program="/usr/bin/snakemake"):
        command_line.check_targets([program, "--cores", "2", *words], plan)

    check("random_capacity", "all", "results/laptop/tables/random_capacity.csv", "own.csv")
    check(program="snakemake")
    with pytest.raises(InputError) as found:
        check("random_capacity", "random_capacty")
    assert str(found.value) == "target: found 'random_capacty'; did you mean 'random_capacity'?"
    with pytest.raises(InputError) as found:
        check("wwwwww", program="/checkout/snakemake/__main__.py")
    assert str(found.value).startswith("target: found 'wwwwww'; expected one of random_")
    check("wwwwww", program="/usr/bin/another")  # as a library: another program's words
