"""Check of the number of training examples, for data sets whose data must be read for it."""

from __future__ import annotations

import importlib
from functools import partial
from pathlib import Path

from plmemory.errors import InputError
from plmemory.files import lineage
from plmemory.plan import registry
from plmemory.plan.jobs import Jobs
from plmemory.plan.plan import Plan


def check(plan: Plan, jobs: Jobs) -> None:
    """Count the examples of kinds that have a part ``count``, before any job starts.

    Raises
    ------
    InputError
        One line: the key, what was found, what was expected.
    """
    asked: dict[str, dict[str, int]] = {}  # by data set and figure
    for figure, entry in plan.config["figures"].items():
        for dataset in entry["datasets"] if entry.get("patterns") else ():
            if registry.has("datasets", plan.dataset(dataset)["kind"], "count"):
                numbers = [n for n in plan.counts(figure, dataset) if isinstance(n, int)]
                asked.setdefault(dataset, {})[figure] = max(numbers, default=0)
    for dataset, figures in asked.items():
        held = _held(plan, jobs, dataset, max(figures.values()))
        for figure, number in figures.items():
            if number > held:
                raise InputError(
                    f"config: figures.{figure}.patterns: found P = {number} patterns, expected "
                    f"at most {held}, the training examples of the data set {dataset!r}"
                )


def _held(plan: Plan, jobs: Jobs, dataset: str, asked: int) -> int:
    """The number of examples, or a lower bound that is at least ``asked``."""
    file, job = plan.data_file(dataset, ""), jobs.load(dataset, "")
    made = Path(file).is_file() and lineage.carried([file]) == job.lineage
    if made and lineage.intact(file):
        from plmemory.files import labelled

        return labelled.size(file, "pattern")
    from plmemory.seeds import generator

    part = importlib.import_module(registry.module("datasets", job.settings["kind"], "count"))
    rng = partial(generator, job.settings["seed"], "data", dataset)
    found: int = part.count(rng, asked, **job.told["files"], **job.settings["settings"])
    return found
