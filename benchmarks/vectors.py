"""A step of vector networks by factors, compared with the whole array of couplings."""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.cases import Case, Cost, Outcome, Run, size
from plmemory.machine.backend import select
from plmemory.networks.vectors.couplings import Factors, dense
from plmemory.networks.vectors.states import directions
from plmemory.networks.vectors.synchronous import Synchronous
from plmemory.seeds import generator

STEPS = 50


def patterns(count: int, sites: int, dimension: int) -> np.ndarray:
    """Random patterns (P, N, d), from which the dynamics starts."""
    rng = generator(1, "benchmarks", "vectors", count, sites, dimension)
    return directions((count, sites, dimension), rng).astype(np.float32)


def _hebb(memories: np.ndarray) -> Factors:
    return Factors(memories / np.float32(memories.shape[1]), memories)


def ours(device: str, states: int, memories: np.ndarray) -> Run:
    """The value is the states after all steps; the cost 4 P N d operations each.

    Steps are taken as the dynamics takes them, with one pool of threads for all.
    """
    step = Synchronous(_hebb(memories), select(device))

    def follow(part: slice) -> np.ndarray:
        spins = memories[:states][part]
        for _ in range(STEPS):
            spins = step(spins)
        return spins

    def run() -> Outcome:
        (spins,) = step.by_batches(follow, states)
        operations = 4.0 * memories.size * len(spins) * STEPS
        return Outcome(spins, units=STEPS, cost=Cost(operations, "float32"))

    return run


def whole_array(states: int, memories: np.ndarray, _: np.ndarray) -> Run:
    """The same steps with all N^2 d^2 couplings."""
    numbers = memories[0].size
    transposed = dense(_hebb(memories)).reshape(numbers, numbers).T.copy()

    def run() -> Outcome:
        spins = memories[:states]
        for _ in range(STEPS):
            fields = (spins.reshape(len(spins), -1) @ transposed).reshape(spins.shape)
            spins = fields / np.sqrt(np.einsum("sia,sia->si", fields, fields))[..., None]
        return Outcome(spins, units=STEPS)

    return run


def difference(_: np.ndarray, one: np.ndarray, other: np.ndarray) -> float:
    """One minus the smallest overlap of two final states."""
    return float(1 - np.einsum("sia,sia->s", one, other).min() / one.shape[1])


def cases(quick: bool, device: str) -> list[Case]:
    """Far above the capacity, where every step moves every spin."""
    count, sites, dimension, states = (50, 200, 4, 50) if quick else (500, 1000, 8, 200)
    return [
        Case(
            name="vector step",
            size=size(N=sites, P=count, d=dimension, S=states),
            peer="all couplings as one array",
            data=partial(patterns, count, sites, dimension),
            ours=partial(ours, device, states),
            theirs=partial(whole_array, states),
            difference=difference,
            tolerance=1e-3,
            needs="numpy",
            device=device,
        )
    ]
