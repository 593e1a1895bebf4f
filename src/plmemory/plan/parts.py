"""How many jobs share the rows of a network, and the memory that jobs ask for."""

from __future__ import annotations

from plmemory.errors import InputError
from plmemory.plan.about import Rule, Settings
from plmemory.plan.plan import Plan

FLOAT_BYTES = {"float32": 4, "float64": 8}
# Columns that an alignment may have: of a protein only the data tell their number.
UNKNOWN_SITES, UNKNOWN_COLOURS = 200, 21
AUTO = "auto"
# Megabytes of arrays of the couplings' size that a part is to hold, and how many such arrays it
# holds (docs/scaling.md).
PART, HELD = 4000, 6


def couplings_memory(plan: Plan, dataset: str) -> int:
    """All replicates' couplings, in MB."""
    sites = plan.sites(dataset)
    unknowns = (UNKNOWN_SITES * UNKNOWN_COLOURS) ** 2 if sites is None else sites**2
    size = FLOAT_BYTES[plan.config["dtype"]]
    return int(plan.dataset(dataset)["replicates"] * unknowns * size / 1e6)


def patterns_memory(plan: Plan, dataset: str, patterns: str) -> int:
    """All replicates' patterns while they are drawn or learnt, in MB."""
    sites, held = plan.sites(dataset), plan.available(dataset)
    count = int(patterns[1:]) if patterns[1:].isdigit() else held
    if sites is None or count is None:  # small beside the couplings
        return 0
    numbers = sites * plan.components(dataset) * count
    return int(plan.dataset(dataset)["replicates"] * numbers * 8 / 1e6)


def training_memory(plan: Plan, dataset: str, patterns: str, parts: int) -> int:
    """Learning the rows of one part, in MB."""
    couplings = HELD * couplings_memory(plan, dataset) // parts
    return 500 + couplings + patterns_memory(plan, dataset, patterns)


def check(entry: Settings, rule: Rule) -> None:
    """See that the rows of a rule's entry can be shared by as many jobs as it asks for.

    Raises
    ------
    InputError
        One line: the key, what was found, what was expected.
    """
    if entry["parts"] not in (1, AUTO) and not rule.rows(entry):
        raise InputError(
            f"parts: found {entry['parts']}, expected 1: the rows of this rule, with these "
            "settings, are not learnt apart"
        )


def parts(plan: Plan, dataset: str, rule: str) -> int:
    """How many jobs learn the rows of a model."""
    asked = plan.rule(dataset, rule)["parts"]
    if asked != AUTO:
        return int(asked)
    if not plan.method(dataset, rule).rows(plan.rule(dataset, rule)):
        return 1
    return -(-max(1, HELD * couplings_memory(plan, dataset)) // PART)


def split(plan: Plan) -> list[tuple[str, str]]:
    """Data sets and rules whose models are learnt in parts."""
    return [
        (dataset, rule)
        for dataset in plan.config["datasets"]
        for rule in plan.learning(dataset)
        if parts(plan, dataset, rule) > 1
    ]


def names(count: int) -> list[str]:
    """What files of so many parts are called, in the order of their rows."""
    return [f"{number}of{count}" for number in range(1, count + 1)]
