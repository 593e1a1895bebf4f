"""The schema of the configuration, composed from the settings of all things."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from plmemory.plan import about, registry
from plmemory.plan.about import REQUIRED, Setting

NAME = r"^[a-z][a-z0-9_.]*\Z"
# Names that a reader of a CSV file would take for a missing value or a truth value.
TAKEN = {"nan", "null", "none", "na", "true", "false", "inf", "yes", "no", "on", "off"}

TOP: dict[str, Setting] = {
    "run": Setting(
        {"type": "string", "pattern": r"^(?!raw\Z)[A-Za-z0-9][A-Za-z0-9_.-]*\Z"},
        "name",
        "of this run, not `raw`: its results lie in a folder of this name",
    ),
    "results": about.text("folder", "in which the runs lie, each in a folder of its own"),
    "seed": about.integer(
        "integer ≥ 0",
        "master seed; every job derives its own from it and from the names in its path",
        at_least=0,
    ),
    "device": about.choice(
        "where networks are trained and run; `auto` takes a GPU where there is one",
        "auto",
        "cpu",
        "cuda",
    ),
    "dtype": about.choice("type of couplings and local fields", "float32", "float64"),
    "threads": about.integer("cores", "of one job that computes", at_least=1),
}
SECTIONS = ("datasets", "learning", "measures", "figures")

INHERIT, TITLE = "from", "title"  # a title is not inherited
DATASET: dict[str, Setting] = {
    "kind": Setting({"type": "string"}, "a kind of data set", "which of the other keys there are"),
    TITLE: about.text(
        "text", "what legends and titles call it; `null`: its kind says", null=True, default=None
    ),
    "replicates": about.integer(
        "count",
        "independent draws of the patterns, of the training examples from the pool, or of "
        "instances with examples of their own",
        at_least=1,
        default=1,
    ),
    "draws": about.text(
        "data set",
        "of the same raw files, whose draws of training examples this one shares; `null`: its own",
        null=True,
        default=None,
    ),
    "learning": Setting(
        {"type": "object"}, "as below", "rules that differ for this data set", default={}
    ),
    "measures": Setting(
        {"type": "object"}, "as below", "measures that differ for this data set", default={}
    ),
}
RULE: dict[str, Setting] = {
    "method": Setting({"type": "string"}, "a learning rule", "which of the other keys there are"),
    TITLE: about.text(
        "text", "what legends call it; `null`: its method says", null=True, default=None
    ),
    "parts": Setting(
        {"type": ["integer", "string"], "minimum": 1, "pattern": "^auto$"},
        "count, or `auto`",
        "jobs that share the rows, where these are learnt apart; `auto`: as memory asks for",
        default=1,
    ),
    "grid": Setting(
        {
            "type": ["object", "null"],
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": {
                "type": "array",
                "items": {"type": "number", "minimum": 0},
                "minItems": 1,
                "uniqueItems": True,
            },
        },
        "one setting with values",
        "makes a family, one rule `<name>_<value>` a value; its name stands for all of them",
        default=None,
    ),
}
_NAMES = {"type": "string"}
FIGURE: dict[str, Setting] = {
    "figure": Setting(
        {"type": "string"}, "a kind of figure", "what is drawn; the entry's own name if not given"
    ),
    "datasets": about.listed(
        "names of `datasets`",
        "that are shown; none where a figure is of theory alone",
        _NAMES,
        at_least=0,
        default=[],
    ),
}
FIGURE_RULES: dict[str, Setting] = {
    "rules": about.listed("names of `learning`", "that are shown", _NAMES),
    "loads": about.listed(
        "α = P/N",
        "at which networks are trained; P is rounded to the nearest whole number",
        {"type": "number", "exclusiveMinimum": 0},
        null=True,
        default=None,
    ),
    "patterns": about.listed(
        "P, or `all`",
        "numbers of training patterns, in the place of `loads`",
        {"type": ["integer", "string"], "minimum": 1, "pattern": "^all$"},
        null=True,
        default=None,
    ),
}


def dataset(kind: str) -> dict[str, Setting]:
    """All keys of a data set of this kind."""
    return DATASET | dict(registry.datasets()[kind].settings)


def rule(method: str) -> dict[str, Setting]:
    """All keys of a rule of this method."""
    return RULE | dict(registry.rules()[method].settings)


def measure(name: str) -> dict[str, Setting]:
    """All keys of a measure."""
    return dict(registry.measures()[name].settings)


def figure(kind: str) -> dict[str, Setting]:
    """All keys of a figure of this kind."""
    described = registry.figures()[kind]
    return FIGURE | (FIGURE_RULES if described.rules else {}) | dict(described.options)


KINDS: dict[str, tuple[str, Callable[[], Mapping[str, Any]]]] = {
    # section: the key that names the kind of an entry, and the existing kinds
    "datasets": ("kind", registry.datasets),
    "learning": ("method", registry.rules),
    "figures": ("figure", registry.figures),
}
SETTINGS = {"datasets": dataset, "learning": rule, "measures": measure, "figures": figure}


def defaults(settings: Mapping[str, Setting]) -> dict[str, Any]:
    """The values of the keys that an entry may leave out."""
    found = {name: setting.default for name, setting in settings.items()}
    return {name: value for name, value in found.items() if value is not REQUIRED}
