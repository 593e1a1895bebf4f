"""Zero-temperature dynamics, compared with full matrix products for all states and steps."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np

from benchmarks.cases import Case, Cost, Outcome, Run, size
from benchmarks.descent import patterns
from plmemory.learning.pseudo_likelihood_optimum import learn as pseudo_likelihood_optimum
from plmemory.machine.backend import select
from plmemory.networks.ising.signs import prepare
from plmemory.networks.ising.states import corrupt
from plmemory.networks.ising.synchronous import relax
from plmemory.seeds import generator

STEPS = 100
OVERLAP = 0.7  # of the starts with their pattern


class Start(NamedTuple):
    """Couplings (N, N) and states (S, N)."""

    couplings: np.ndarray
    states: np.ndarray


def retrieval(count: int, sites: int, states: int) -> Start:
    """Corrupted patterns under the couplings of pseudo-likelihood at b = 2."""
    xi = patterns(count, sites)
    learned = pseudo_likelihood_optimum.learn(
        xi[None],
        select("cpu"),
        scaled_norm=2.0,
        inverse_temperature=1.0,
        tolerance=1e-4,
        max_iterations=1000,
    )
    rng = generator(1, "benchmarks", "recall", count, sites)
    chosen = xi[rng.integers(count, size=states)]
    return Start(learned.couplings[0], corrupt(chosen, OVERLAP, rng))


def ours(device: str, start: Start) -> Run:
    """The value is the final states."""
    backend = select(device)

    def run() -> Outcome:
        relaxed = relax(start.couplings[None], start.states[None], backend, max_steps=STEPS)
        # Detecting that a state has settled takes one more step than reaching it.
        moved = np.minimum(relaxed.steps + np.maximum(relaxed.period, 1), STEPS).sum()
        operations = 2.0 * moved * start.couplings.size
        return Outcome(relaxed.states[0], cost=Cost(operations, "float32"))

    return run


def full_product(start: Start, _: np.ndarray) -> Run:
    """All states, all steps, in float32."""
    transposed = np.ascontiguousarray(start.couplings.T, dtype=np.float32)

    def run() -> Outcome:
        return Outcome(_iterate(transposed, start.states.astype(np.float32)).astype(np.int8))

    return run


def _iterate(
    transposed: np.ndarray, states: np.ndarray, tolerance: np.ndarray | float = 0.0
) -> np.ndarray:
    fields = np.empty_like(states)
    for _ in range(STEPS):
        np.matmul(states, transposed, out=fields)
        if np.any(tolerance):
            fields[np.abs(fields) <= tolerance] = 0
        np.sign(fields, out=fields)
        if not fields.all():
            np.copyto(fields, states, where=fields == 0)
        states, fields = fields, states
    return states


def difference(start: Start, one: np.ndarray, other: np.ndarray) -> float:
    """Fraction of final states that differ.

    States that the peer's rounding in float32 may have decided are compared with a full product in
    float64, in which fields below the rounding of the couplings are zero, as in our code.
    """
    differ = np.flatnonzero((one != other).any(axis=1))
    transposed = np.ascontiguousarray(start.couplings.T, dtype=np.float64)
    tolerance = prepare(start.couplings).tolerance
    exact = _iterate(transposed, start.states[differ].astype(np.float64), tolerance)
    return float((exact != one[differ]).any(axis=1).sum() / len(one))


def _case(name: str, count: int, sites: int, states: int, rounds: int, device: str) -> Case:
    return Case(
        name=f"{STEPS} steps, {name}",
        size=size(N=sites, P=count, S=states),
        peer="full matrix product",
        data=partial(retrieval, count, sites, states),
        ours=partial(ours, device),
        theirs=full_product,
        difference=difference,
        tolerance=0.0,
        needs="numpy",
        rounds=rounds,
        device=device,
    )


def cases(quick: bool, device: str) -> list[Case]:
    """Well inside the basins, at their edge, and where patterns are no longer retrieved."""
    if quick:
        return [_case("retrieval near its limit", 100, 200, 1000, 2, device)]
    sites, states, rounds = 1000, 10000, 3
    return [
        _case("easy retrieval", sites // 5, sites, states, rounds, device),
        _case("retrieval near its limit", sites // 2, sites, states, rounds, device),
        _case("beyond retrieval", 4 * sites // 5, sites, states, rounds, device),
    ]
