"""The contract of a network: all that a measure needs, for any spin type."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

Result = TypeVar("Result")
Update = Callable[[np.ndarray], np.ndarray]


class Walk:
    """The dynamics of one batch of states; this class keeps no memory of the batch."""

    def __init__(self, step: Update) -> None:
        self._step = step

    def __call__(self, states: np.ndarray) -> np.ndarray:
        """The next states (S, N); ``states``: the last returned ones, as far as kept."""
        return self._step(states)

    def keep(self, rows: np.ndarray) -> None:
        """Keep only these rows."""


class Step:
    """One time step of every state of a batch, (S, N) to (S, N), rows independent.

    It is made from its ``update``. If small batches, or a memory of previous states, make a step
    faster, a subclass implements this. ``tolerance``: for continuous spins, (S, N, d), two states
    count as equal if half the mean square change of a site is at most this; 0 for discrete spins,
    whose states are compared exactly.
    """

    tolerance = 0.0

    def __init__(self, update: Update, tolerance: float = 0.0) -> None:
        self._update = update
        self.tolerance = tolerance

    def __call__(self, states: np.ndarray) -> np.ndarray:
        """The states (S, N) one time step later."""
        return self._update(states)

    def walk(self) -> Walk:
        """The same step for one batch, perhaps with a memory of it."""
        return Walk(self)

    def by_batches(self, follow: Callable[[slice], Result], count: int) -> list[Result]:
        """The results of ``follow`` on ``count`` rows, whole or in batches, in order."""
        return [follow(slice(0, count))]


@dataclass(frozen=True)
class Network:
    """One network of N sites; states are (S, N) int8 or, for unit vectors, (S, N, d) floats.

    step: its synchronous dynamics. sweep: takes a generator; the step that updates site after site
    in random order. measure: energy per site and smallest stability of states, each (S,). overlap:
    of states with the same number of other states, (S,). nearest: largest overlap of states with
    any of (P, N) examples, or its negative if the network cannot distinguish the two, (S,). random:
    takes a number and a generator; that many random states. corrupt: takes states, an initial
    overlap and a generator; corrupted states.
    """

    step: Step
    sweep: Callable[[np.random.Generator], Step]
    measure: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
    overlap: Callable[[np.ndarray, np.ndarray], np.ndarray]
    nearest: Callable[[np.ndarray, np.ndarray], np.ndarray]
    random: Callable[[int, np.random.Generator], np.ndarray]
    corrupt: Callable[[np.ndarray, float, np.random.Generator], np.ndarray]
