"""Attractor search: from many starts to a catalogue of fixed points and cycles.

All phases of a cycle are one attractor, represented by its lexicographically smallest state. For
Ising spins without fields, either both a state and its negative are attractors, or neither is; they
count as two. The search works for any ``Network``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from plmemory.networks.contract import Network, Step
from plmemory.networks.relax import Relaxed, relax_with


class Trajectories(NamedTuple):
    """One entry (S,) for each start; the kinds of starts follow one another.

    ``start``: the number of its kind. ``overlap``: of the final state with the start itself.
    ``steps``, ``period``: as in ``relax.Relaxed``, further steps included. ``nearest_train``,
    ``nearest_test``: overlap of the state after all these steps with the nearest example, NaN
    without examples. ``attractor``: its index in the catalogue, -1 for states still moving after
    the last step.
    """

    start: np.ndarray
    overlap: np.ndarray
    steps: np.ndarray
    period: np.ndarray
    nearest_train: np.ndarray
    nearest_test: np.ndarray
    attractor: np.ndarray


class Catalogue(NamedTuple):
    """Distinct attractors, those reached from most starts first (then in the order of states).

    ``state`` (A, N): the representative. ``period`` (A,). ``starts`` (K, A): how many starts of
    each kind reach it. ``energy``: per site, mean over a cycle. ``stability``: smallest over the
    sites and phases. ``nearest_train``, ``nearest_test``: overlap of the representative with the
    nearest example, NaN without examples.
    """

    state: np.ndarray
    period: np.ndarray
    starts: np.ndarray
    energy: np.ndarray
    stability: np.ndarray
    nearest_train: np.ndarray
    nearest_test: np.ndarray


class Search(NamedTuple):
    """The result of ``search``: the names of the kinds of starts, and what was found.

    ``final`` (S, N): the states after ``max_steps`` steps, in the order of the trajectories.
    """

    kinds: tuple[str, ...]
    trajectories: Trajectories
    catalogue: Catalogue
    final: np.ndarray


def search(
    network: Network,
    starts: Mapping[str, np.ndarray],
    *,
    train: np.ndarray,
    test: np.ndarray | None,
    max_steps: int,
    further_steps: int = 0,
) -> Search:
    """Follow every start to its attractor, and catalogue the attractors found.

    The overlap with the start and the final states are those after ``max_steps`` steps. States
    still moving then are followed for ``further_steps`` more, to the attractors of the catalogue.

    ``starts``: states (S, N) int8 by the name of their kind (train, test, corrupted, random, ...);
    ``train``, ``test``: the examples (P, N) for comparison; None if there are no unseen ones.
    """
    states = np.concatenate(list(starts.values()))
    kind = np.repeat(np.arange(len(starts)), [len(batch) for batch in starts.values()])
    relaxed = relax_with(network.step, states, max_steps)
    ended = _followed(network.step, relaxed, further_steps)
    settled = np.flatnonzero(ended.period)
    canonical = _canonical(network.step, ended.states[settled], ended.period[settled])
    first, place = _distinct(canonical)
    attractor = np.full(len(states), -1)
    attractor[settled] = place
    reached = np.zeros((len(starts), len(first)), dtype=np.int64)
    np.add.at(reached, (kind[settled], place), 1)
    found, period = canonical[first], ended.period[settled][first]
    energy, stability = _along_orbits(network, found, period)
    return Search(
        tuple(starts),
        Trajectories(
            kind,
            network.overlap(relaxed.states, states),
            ended.steps,
            ended.period,
            _nearest(network, ended.states, train),
            _nearest(network, ended.states, test),
            attractor,
        ),
        Catalogue(
            found,
            period,
            reached,
            energy,
            stability,
            _nearest(network, found, train),
            _nearest(network, found, test),
        ),
        relaxed.states,
    )


def basin_entropy(count: np.ndarray) -> np.ndarray:
    """Entropy -sum p log p, in nats, of the attractors that n starts of each kind reach: (K,).

    ``count`` (K, A). The estimate from a finite n is too small, by about (A - 1) / (2n) if n is
    much larger than the number A of attractors, and it never exceeds log n: compare kinds and loads
    at equal n. NaN where no start of the kind reached an attractor.
    """
    total = count.sum(axis=1, keepdims=True)
    share = np.divide(count, total, out=np.zeros(count.shape), where=total > 0)
    terms = share * np.log(share, out=np.zeros(share.shape), where=share > 0)
    return np.where(total[:, 0] > 0, np.abs(terms.sum(axis=1)), np.nan)


class Orders(NamedTuple):
    """Sequential dynamics in two random orders, (S,): whether both ``settled`` at fixed points.

    ``overlap``: of the first final state with the start. ``agreement``: overlap of the two final
    states; ``differ``: whether they differ, settled or not.
    """

    settled: np.ndarray
    overlap: np.ndarray
    agreement: np.ndarray
    differ: np.ndarray


def orders(
    network: Network,
    states: np.ndarray,
    rngs: tuple[np.random.Generator, np.random.Generator],
    max_steps: int,
) -> Orders:
    """Whether the random order of sequential updates decides where ``states`` (S, N) end."""
    one, two = (relax_with(network.sweep(rng), states, max_steps, cycles=False) for rng in rngs)
    return Orders(
        (one.period == 1) & (two.period == 1),
        network.overlap(one.states, states),
        network.overlap(one.states, two.states),
        (one.states != two.states).any(axis=1),
    )


def labelled(searches: Sequence[Search]) -> dict[str, tuple[tuple[str, ...], np.ndarray]]:
    """The searches of R replicates with equal starts as variables: name to (dimensions, array).

    Catalogues differ in length, so the attractors of the replicates follow one another along
    ``attractor``; ``attractor_replicate`` is the replicate of each, and ``trajectory_attractor`` is
    an index along that dimension. ``start`` numbers the kinds of starts.
    """
    kinds = searches[0].kinds
    catalogues = [found.catalogue for found in searches]
    sizes = [len(catalogue.period) for catalogue in catalogues]
    offsets = np.cumsum([0, *sizes[:-1]])
    variables: dict[str, tuple[tuple[str, ...], np.ndarray]] = {
        "start": (("start",), np.array(kinds)),
        "trajectory_start": (("trajectory",), searches[0].trajectories.start),
        "attractor_replicate": (("attractor",), np.repeat(np.arange(len(searches)), sizes)),
        "basin_entropy": (
            ("replicate", "start"),
            np.stack([basin_entropy(catalogue.starts) for catalogue in catalogues]),
        ),
    }
    for name in ("overlap", "steps", "period", "nearest_train", "nearest_test"):
        values = np.stack([getattr(found.trajectories, name) for found in searches])
        variables[f"trajectory_{name}"] = (("replicate", "trajectory"), values)
    places = np.stack([found.trajectories.attractor for found in searches])
    variables["trajectory_attractor"] = (
        ("replicate", "trajectory"),
        np.where(places >= 0, places + offsets[:, None], -1),
    )
    dimensions = {"state": ("attractor", "site"), "starts": ("start", "attractor")}
    for name in Catalogue._fields:
        values = np.concatenate(
            [getattr(catalogue, name) for catalogue in catalogues],
            axis=1 if name == "starts" else 0,
        )
        variables[f"attractor_{name}"] = (dimensions.get(name, ("attractor",)), values)
    return variables


def _followed(step: Step, relaxed: Relaxed, further_steps: int) -> Relaxed:
    """The same, with states that still move followed for further steps."""
    moving = np.flatnonzero(relaxed.period == 0)
    further = relax_with(step, relaxed.states[moving], further_steps)
    states, steps, period = (part.copy() for part in relaxed)
    states[moving], period[moving] = further.states, further.period
    steps[moving] += further.steps
    return Relaxed(states, steps, period)


def _nearest(network: Network, states: np.ndarray, examples: np.ndarray | None) -> np.ndarray:
    if examples is None or not len(states):
        return np.full(len(states), np.nan)
    return network.nearest(states, examples)


def _orbits(
    step: Step, states: np.ndarray, period: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Walk once around each cycle; yields, for each phase, its rows and their states."""
    rows, walker = np.arange(len(states)), states
    for phase in range(period.max(initial=0)):
        if phase:
            longer = period[rows] > phase
            rows, walker = rows[longer], step(walker[longer])
        yield rows, walker


def _canonical(step: Step, states: np.ndarray, period: np.ndarray) -> np.ndarray:
    """The lexicographically smallest state of the cycle of each state (S, N)."""
    smallest = states.copy()
    for rows, phase in _orbits(step, states, period):
        best = smallest[rows]
        differ = (phase != best).argmax(axis=1)[:, None]
        smaller = np.take_along_axis(phase < best, differ, axis=1)
        smallest[rows] = np.where(smaller, phase, best)
    return smallest


def _along_orbits(
    network: Network, states: np.ndarray, period: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Mean energy and smallest stability over the phases of each attractor."""
    energy, stability = np.zeros(len(states)), np.full(len(states), np.inf)
    for rows, phase in _orbits(network.step, states, period):
        energies, stabilities = network.measure(phase)
        energy[rows] += energies
        stability[rows] = np.minimum(stability[rows], stabilities)
    return energy / period, stability


def _distinct(states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distinct rows of (S, N): the first index of each, and for each row its number among them.

    The most frequent rows come first, equally frequent ones in lexicographic order.
    """
    # Flipping the sign bit makes the order of the bytes that of the numbers.
    keys = np.ascontiguousarray(states.view(np.uint8) ^ 0x80).view(f"V{states.shape[1]}").ravel()
    _, first, place, count = np.unique(
        keys, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.argsort(-count, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return first[order], rank[place]
