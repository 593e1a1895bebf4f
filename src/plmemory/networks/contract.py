"""What a network is: all that a measure needs to know of one, whatever its spins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

Result = TypeVar("Result")
Update = Callable[[np.ndarray], np.ndarray]


class Walk:
    """A batch of states on its way; this plain kind remembers nothing of it."""

    def __init__(self, step: Update) -> None:
        self._step = step

    def __call__(self, states: np.ndarray) -> np.ndarray:
        """The next states (S, N); ``states``: what was returned last, without rows not kept."""
        return self._step(states)

    def keep(self, rows: np.ndarray) -> None:
        """Forget all rows but these."""


class Step:
    """One time step of every state of a batch, (S, N) to (S, N), rows independent.

    Made from its ``update``. A step that gains by following small batches, or by remembering
    where they were, is a subclass that says how. ``tolerance``: of states with continuous spins,
    (S, N, d), half the mean square by which a site may change where a state counts as the same; 0
    for discrete spins, whose states are compared themselves.
    """

    tolerance = 0.0

    def __init__(self, update: Update, tolerance: float = 0.0) -> None:
        self._update = update
        self.tolerance = tolerance

    def __call__(self, states: np.ndarray) -> np.ndarray:
        """The states (S, N) one time step later."""
        return self._update(states)

    def walk(self) -> Walk:
        """The same step for one batch, which it may remember."""
        return Walk(self)

    def by_batches(self, follow: Callable[[slice], Result], count: int) -> list[Result]:
        """The results of ``follow`` on ``count`` rows, whole or in batches, in order."""
        return [follow(slice(0, count))]


@dataclass(frozen=True)
class Network:
    """One network of N sites; states are (S, N) int8, of unit vectors (S, N, d) of floats.

    step: its synchronous dynamics. sweep: from a generator the step that updates site after site
    in random order. measure: energy per site and smallest stability of states, each (S,).
    overlap: of states with as many other states, (S,). nearest: largest overlap of states with any
    of (P, N) examples, or with its negative where the network cannot tell the two apart, (S,).
    random: from a number and a generator so many random states. corrupt: states at an initial
    overlap, drawn by a generator.
    """

    step: Step
    sweep: Callable[[np.random.Generator], Step]
    measure: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
    overlap: Callable[[np.ndarray, np.ndarray], np.ndarray]
    nearest: Callable[[np.ndarray, np.ndarray], np.ndarray]
    random: Callable[[int, np.random.Generator], np.ndarray]
    corrupt: Callable[[np.ndarray, float, np.random.Generator], np.ndarray]
