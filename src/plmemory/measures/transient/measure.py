"""Transients: overlaps with the clean image during the dynamics, and baselines."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from plmemory.datasets.selection import tested_on, trained_on
from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend
from plmemory.measures.job import Job
from plmemory.measures.nested import choose
from plmemory.networks.contract import Network
from plmemory.networks.relax import relax_with
from plmemory.networks.vectors.states import directions, overlap

STARTS = ("train", "test")
CORRUPTIONS = ("none", "flipped", "masked")


def measure(
    job: Job,
    backend: Backend,
    *,
    times: Sequence[int],
    starts: int,
    flipped: float,
    masked: float,
) -> Dataset:
    """Overlaps from training and test examples, clean and corrupted, and from random states.

    Corruptions: a fraction ``flipped`` of all components changes sign, or a fraction ``masked`` of
    the sites gets random directions (rounded to whole numbers).

    Returns ``overlap`` (replicate, start, corruption, state, time), with the clean example;
    ``random`` (replicate, random_state, time), of random states with the nearest training example
    or its negative. Baselines, which use no couplings: ``nearest_train`` (replicate, start,
    corruption, state), the overlap of the clean example with the training example that is nearest
    to the corrupted one, and ``mean_image`` (replicate, start, state), that with the mean of the
    training examples, each site of which is normalised. ``start``, ``corruption``, ``time``.
    """
    train, test = trained_on(job.dataset, job.model), tested_on(job.dataset, job.model)
    count = min(starts, train.shape[1], test.shape[1])
    corruptions: tuple[Callable[..., np.ndarray], ...] = (
        lambda states, rng: states.copy(),
        lambda states, rng: flip(states, flipped, rng),
        lambda states, rng: mask(states, masked, rng),
    )
    found: dict[str, list[np.ndarray]] = {}
    for replicate, examples in enumerate(train):
        # Without the rule: all rules get the same corrupted examples, so differences are paired.
        rng = job.rng("transient", job.data, job.patterns, replicate)
        network = job.network(replicate, backend)
        clean = np.stack([choose(each, count, rng) for each in (examples, test[replicate])])
        begun = np.stack([[corrupt(c, rng) for corrupt in corruptions] for c in clean])
        begun = begun.astype(backend.dtype)
        flat = (-1, *clean.shape[2:])
        wanted = np.broadcast_to(clean[:, None], begun.shape).reshape(flat)
        curves = _followed(network, begun.reshape(flat), times, _with(network, wanted))
        nearest = _nearest(begun.reshape(flat), examples)
        random = _followed(network, network.random(count, rng), times, _near(network, examples))
        mean = mean_image(examples)
        for name, values in (
            ("overlap", curves.reshape(*begun.shape[:3], -1)),
            ("nearest_train", network.overlap(nearest, wanted).reshape(begun.shape[:3])),
            ("mean_image", overlap(clean, mean)),
            ("random", random),
        ):
            found.setdefault(name, []).append(values)
    axes = {
        "overlap": ("start", "corruption", "state", "time"),
        "nearest_train": ("start", "corruption", "state"),
        "mean_image": ("start", "state"),
        "random": ("random_state", "time"),
    }
    return Dataset(
        {
            **{name: (("replicate", *axes[name]), np.stack(v)) for name, v in found.items()},
            "start": ("start", list(STARTS)),
            "corruption": ("corruption", list(CORRUPTIONS)),
            "time": ("time", np.array(times)),
        }
    )


def flip(states: np.ndarray, fraction: float, rng: np.random.Generator) -> np.ndarray:
    """The states (S, N, d), each with the signs of a ``fraction`` of its components changed."""
    flat = states.reshape(len(states), -1).copy()
    order = rng.random(flat.shape).argsort(axis=1)[:, : round(fraction * flat.shape[1])]
    np.put_along_axis(flat, order, -np.take_along_axis(flat, order, axis=1), axis=1)
    return flat.reshape(states.shape)


def mask(states: np.ndarray, fraction: float, rng: np.random.Generator) -> np.ndarray:
    """The states (S, N, d), each with a ``fraction`` of its sites in random directions."""
    count, sites, _ = states.shape
    hidden = rng.random((count, sites)).argsort(axis=1) < round(fraction * sites)
    return np.where(hidden[..., None], directions(states.shape, rng), states)


def mean_image(examples: np.ndarray) -> np.ndarray:
    """The direction of the mean of examples (P, N, d) at each site; zero if the mean vanishes.

    Among all states it has the largest mean overlap with the examples.
    """
    mean = examples.mean(axis=0, dtype=np.float64)
    lengths = np.linalg.norm(mean, axis=-1, keepdims=True)
    return np.divide(mean, lengths, out=np.zeros_like(mean), where=lengths > 0)


def _with(network: Network, wanted: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """A function of states (S, N, d): their overlaps with the ``wanted`` ones, (S,)."""
    return lambda states: network.overlap(states, wanted)


def _near(network: Network, examples: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """A function of states (S, N, d): their overlaps with the nearest example, (S,)."""
    return lambda states: network.nearest(states, examples)


def _nearest(states: np.ndarray, examples: np.ndarray) -> np.ndarray:
    """The nearest of the examples (P, N, d) to each state (S, N, d)."""
    overlaps = states.reshape(len(states), -1) @ examples.reshape(len(examples), -1).T
    return examples[overlaps.argmax(axis=1)]


def _followed(
    network: Network,
    states: np.ndarray,
    times: Sequence[int],
    look: Callable[[np.ndarray], np.ndarray],
) -> np.ndarray:
    """What ``look`` sees (S,) of ``states`` at all ``times``, (S, time)."""
    seen, now = [], 0
    for time in times:
        states, now = relax_with(network.step, states, time - now).states, time
        seen.append(look(states))
    return np.stack(seen, axis=1)
