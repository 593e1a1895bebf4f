"""The configuration, its schema and its documentation agree."""

import copy
import re
from pathlib import Path

import pytest
import yaml

from plmemory.errors import InputError
from plmemory.plan import configuration

CHECKOUT = Path(__file__).parents[2]
# Entries below these keys have names of the user's own.
NAMED = {"sources": 1, "datasets": 1, "learning": 2, "search": 1, "figures": 1}


def read(name):
    return yaml.safe_load((CHECKOUT / name).read_text())


@pytest.fixture(scope="module")
def schema():
    return read("workflow/schemas/config.schema.yaml")


@pytest.fixture
def config():
    return read("config/config.yaml")


def merged(below, above):
    """As Snakemake merges a --configfile over the Snakefile's."""
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    return {
        key: merged(below[key], above[key]) if key in above and key in below else value
        for key, value in (below | above).items()
    }


@pytest.mark.parametrize("overlay", [None, "paper", "test", "basins", "spin_glass"])
def test_configurations_are_valid(config, schema, overlay):
    if overlay:
        config = merged(config, read(f"config/{overlay}.yaml"))
    configuration.check(config, schema)
    configuration.check_consistency(config)


def keys(config):
    """Pairs of a section and a key in it, names of the user's own left out."""
    for section, entry in config.items():
        if not isinstance(entry, dict):
            yield "Top level", section
            continue
        entries = [entry]
        for _ in range(NAMED.get(section, 0)):
            entries = [inner for outer in entries for inner in outer.values()]
        yield from ((section, key) for inner in entries for key in inner)


def documented():
    """Pairs of a section and a key that has a row in its table."""
    section = None
    for line in (CHECKOUT / "config/README.md").read_text().splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ").strip("`")
        elif row := re.match(r"\| `(\w+)` \| (.+?) \| (.+) \|$", line):
            yield section, row.group(1)


def test_every_key_is_documented_and_nothing_else(config):
    known = set(keys(config)) | {("figures", "patterns")}  # the alternative to loads
    assert set(documented()) == known


def mappings(config, *path):
    """The path of every mapping in which the schema, not the user, names the keys."""
    yield path
    for key, value in config.items():
        if isinstance(value, dict):
            yield from mappings(value, *path, key)


def test_unknown_keys_are_refused_everywhere(config, schema):
    paths = list(mappings(config))
    assert len(paths) > 30
    for path in paths:
        broken = copy.deepcopy(config)
        entry = broken
        for key in path:
            entry = entry[key]
        entry["unknown_key"] = 1
        with pytest.raises(InputError, match="unknown_key"):
            configuration.check(broken, schema)


@pytest.mark.parametrize("family", ["ising_rule", "potts_rules"])
def test_every_method_has_keys_of_its_own(config, schema, family):
    entry = schema["$defs"][family]
    methods = entry.get("additionalProperties", entry)["properties"]["method"]["enum"]
    kind = {"ising_rule": "random", "potts_rules": "proteins"}[family]
    for method in methods:
        config["learning"][kind] = {"one": {"method": method, "unknown_key": 1}}
        with pytest.raises(InputError, match=r"unknown key 'unknown_key'|missing key"):
            configuration.check(config, schema)


def test_every_key_is_required(config, schema):
    for section, entry in config.items():
        broken = {key: value for key, value in config.items() if key != section}
        with pytest.raises(InputError, match=f"missing key '{section}'"):
            configuration.check(broken, schema)
        if section in NAMED or not isinstance(entry, dict):
            continue
        for key in entry:
            broken = copy.deepcopy(config)
            del broken[section][key]
            with pytest.raises(InputError, match=f"{section}: missing key '{key}'"):
                configuration.check(broken, schema)
