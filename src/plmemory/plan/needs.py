"""The requests of jobs to a cluster: memory and run time, computed from their sizes.

A job that is tried again, because it lacked either or lost its node, requests twice as much as
before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from plmemory.plan import registry
from plmemory.plan.plan import Plan, Result, numbered

FLOAT_BYTES = {"float32": 4, "float64": 8}
# Number of arrays of the size of the couplings in a training (docs/scaling.md).
HELD = 6
# Number of arrays of the size of the patterns, in double precision, for what all rows share.
SHARED = 4
# Assumed sizes of an alignment: only the data of a protein determine them.
UNKNOWN_SITES, UNKNOWN_COLOURS, UNKNOWN_PATTERNS = 200, 21, 5000
# Factor on the computed run time, since cores differ, and minutes in addition, for nodes and file
# systems that start slowly.
SAFETY_FACTOR = 4
BESIDE_MINUTES = 5


@dataclass(frozen=True)
class Need:
    """Memory in megabytes and time on one core in seconds, as predicted."""

    megabytes: float
    seconds: float

    def mem_mb(self, attempt: int) -> int:
        """Megabytes to ask for at the first, second, ... attempt."""
        return math.ceil(self.megabytes * 2 ** (attempt - 1))

    def runtime(self, attempt: int) -> int:
        """Minutes to ask for at the first, second, ... attempt."""
        minutes = BESIDE_MINUTES + SAFETY_FACTOR * self.seconds / 60
        return math.ceil(minutes * 2 ** (attempt - 1))


class Needs:
    """What the jobs of a plan need."""

    gather = Need(1000, 300)
    table = Need(2000, 300)
    figure = Need(1000, 30)
    page = Need(2000, 60)

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.precision = FLOAT_BYTES[plan.config["dtype"]] / 4

    def pool(self, dataset: str) -> Need:
        """Make a data set of all examples."""
        return Need(4000 + self.patterns_memory(dataset, ""), self._making(dataset))

    def draw(self, dataset: str, patterns: str) -> Need:
        """Draw the patterns of one load."""
        return Need(500 + self.patterns_memory(dataset, patterns), self._making(dataset))

    def share(self, dataset: str, rule: str, patterns: str) -> Need:
        """Compute what all rows of couplings need: at most the cost of learning them."""
        held = SHARED * self.patterns_memory(dataset, patterns)
        return Need(500 + held, self.train(dataset, rule, patterns).seconds)

    def part(self, dataset: str, rule: str, patterns: str, part: str) -> Need:
        """Learn the rows of a part."""
        return self.train(dataset, rule, patterns, numbered(part)[1])

    def train(self, dataset: str, rule: str, patterns: str, parts: int = 1) -> Need:
        """Learn couplings, or the rows of one of several parts."""
        method, entry = self.plan.method(dataset, rule), self.plan.rule(dataset, rule)
        sizes = self._count(dataset, patterns), self._numbers(dataset)
        bytes_held = self.precision * method.holds(entry, *sizes, parts)
        held = bytes_held / 8 * self.patterns_memory(dataset, patterns)
        seconds = method.seconds(entry, *sizes)
        replicates = self.plan.dataset(dataset)["replicates"]
        return Need(
            500 + HELD * self.couplings_memory(dataset) / parts + held,
            self.precision * replicates * seconds / parts,
        )

    def measure(self, result: Result) -> Need:
        """Measure couplings."""
        measure, dataset, _, patterns = result
        seconds = registry.measures()[measure].seconds(
            self.plan.measure(dataset, measure), self._numbers(dataset)
        )
        replicates = self.plan.dataset(dataset)["replicates"]
        held = self.patterns_memory(dataset, patterns)
        return Need(
            1000 + 4 * self.couplings_memory(dataset) + held,
            self.precision * replicates * seconds,
        )

    def couplings_memory(self, dataset: str) -> int:
        """Megabytes of all replicates' couplings."""
        entry = self.plan.dataset(dataset)
        sites = self.plan.sites(dataset)
        unknowns = (UNKNOWN_SITES * UNKNOWN_COLOURS) ** 2 if sites is None else sites**2
        size = FLOAT_BYTES[self.plan.config["dtype"]]
        return int(entry["replicates"] * unknowns * size / 1e6)

    def patterns_memory(self, dataset: str, patterns: str) -> int:
        """Megabytes of all replicates' patterns while they are drawn or learnt."""
        entry = self.plan.dataset(dataset)
        sites = self.plan.sites(dataset)
        if sites is None:  # small beside the couplings
            return 0
        numbers = sites * self.plan.components(dataset) * self._count(dataset, patterns)
        return int(entry["replicates"] * numbers * 8 / 1e6)

    def _making(self, dataset: str) -> float:
        entry = self.plan.dataset(dataset)
        return entry["replicates"] * self.plan.kind(dataset).seconds(entry)

    def _count(self, dataset: str, patterns: str) -> int:
        """Patterns P of a load."""
        if patterns[1:].isdigit():
            return int(patterns[1:])
        return self.plan.available(dataset) or UNKNOWN_PATTERNS

    def _numbers(self, dataset: str) -> int:
        """The number of numbers in a pattern, over all its sites."""
        sites = self.plan.sites(dataset)
        if sites is None:
            return UNKNOWN_SITES * UNKNOWN_COLOURS
        return sites * self.plan.components(dataset)
