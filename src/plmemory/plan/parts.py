"""How many jobs share the rows of a network."""

from __future__ import annotations

from plmemory.errors import InputError
from plmemory.plan.about import Rule, Settings
from plmemory.plan.needs import HELD, Needs
from plmemory.plan.plan import Plan

AUTO = "auto"
# Megabytes of arrays of the size of the couplings in one part (docs/scaling.md).
PART = 4000


def check(entry: Settings, rule: Rule) -> None:
    """Check that the rows of a rule can be distributed over the requested number of jobs.

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
    return -(-max(1, HELD * Needs(plan).couplings_memory(dataset)) // PART)


def split(plan: Plan) -> list[tuple[str, str]]:
    """Data sets and rules whose models are learnt in parts."""
    return [
        (dataset, rule)
        for dataset in plan.config["datasets"]
        for rule in plan.learning(dataset)
        if parts(plan, dataset, rule) > 1
    ]


def names(count: int) -> list[str]:
    """The names of the files of ``count`` parts, in the order of their rows."""
    return [f"{number}of{count}" for number in range(1, count + 1)]
