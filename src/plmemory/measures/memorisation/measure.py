"""Final states of a memory from noise and unseen images: memorised, spurious or generalised."""

from __future__ import annotations

import importlib
from collections.abc import Sequence

import numpy as np

from plmemory.datasets.selection import tested_on, trained_on
from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend
from plmemory.measures.job import Job
from plmemory.measures.kinds import by_weight, least_overlap, told_by_distance
from plmemory.networks.final_states import Ends, Protocol, pixels
from plmemory.networks.nearest import nearest_overlap

UNTOLD = -1  # the criterion does not apply to these states


def measure(
    job: Job,
    backend: Backend,
    *,
    samples: int,
    delta: float,
    kept: int,
    noisy_overlap: float,
    max_steps: int,
    steps: int,
    largest_sigma: float,
    sigmas: Sequence[float],
    attractor_sigmas: Sequence[float],
) -> Dataset:
    """The kind of every final state, and its overlaps with real images.

    One half of the unseen examples serves as starts, ``samples`` of them, and as real images for
    comparison; the other half is held out. Along ``end`` (with ``end_start``, ``end_dynamics`` and
    ``end_sigma``): ``kind`` by distance and ``kind_by_weight`` (replicate, end, sample), see
    ``kinds``, ``nearest_train``, ``nearest_other``, ``nearest_heldout`` overlaps and ``settled``.
    For real images ``real_heldout`` (replicate, real) and, of the starts among them as if they were
    final states, ``real_kind`` (replicate, sample). Also ``kept`` final states of the first
    replicate with the nearest training and held-out image.
    """
    protocol = Protocol(noisy_overlap, max_steps, steps, largest_sigma, sigmas, attractor_sigmas)
    module = importlib.import_module(f"plmemory.networks.{job.spins}.final_states")
    train, test = trained_on(job.dataset, job.model), tested_on(job.dataset, job.model)
    quantities: dict[str, list[list[np.ndarray]]] = {}
    real_kind, real_heldout = [], []
    found: list[Ends] = []
    examples: list[np.ndarray] = []
    for r in range(len(train)):
        rng = job.rng("memorisation", job.data, job.rule, job.patterns, r)
        # The same for all data sets that share their draws.
        chosen = job.rng("held out", job.model.attrs["draws"], job.patterns, r)
        unseen = test[r][chosen.permutation(len(test[r]))]
        images, heldout = np.array_split(unseen, 2)
        heldout, seen = pixels(heldout), pixels(train[r])
        real = pixels(images)
        real_kind.append(told_by_distance(real[:samples], seen, delta)[0])
        real_heldout.append(nearest_overlap(real, heldout))
        follow = (protocol, train[r], images[:samples], rng)
        found = list(module.final_states(job.model, r, backend, *follow))
        for ends in found:
            for name, values in _judged(ends, seen, heldout, delta).items():
                quantities.setdefault(name, [[] for _ in train])[r].append(values)
        if r == 0:
            examples = [_examples(ends.states[:kept], seen, heldout) for ends in found]
    axes = ("replicate", "end", "sample")
    shape = {k: v for k, v in job.dataset.attrs.items() if k == "image_shape"}
    variables = {name: (axes, np.array(values)) for name, values in quantities.items()}
    return Dataset(
        {
            "end_start": ("end", np.array([ends.start for ends in found])),
            "end_dynamics": ("end", np.array([ends.dynamics for ends in found])),
            "end_sigma": ("end", np.array([ends.sigma for ends in found])),
            **variables,
            "real_kind": (("replicate", "sample"), np.array(real_kind)),
            "real_heldout": (("replicate", "real"), np.array(real_heldout)),
            "kept": (("end", "image", "example", "pixel"), np.array(examples)),
            "image": ("image", np.array(["sample", "train", "heldout"])),
        },
        attrs={"near": least_overlap(delta), **shape},
    )


def _judged(
    ends: Ends, train: np.ndarray, heldout: np.ndarray, delta: float
) -> dict[str, np.ndarray]:
    states, weight = ends.states, ends.weight
    kind, seen, other = told_by_distance(states, train, delta)
    untold = np.full(len(states), UNTOLD, np.int8)
    return {
        "kind": kind,
        "kind_by_weight": untold if weight is None else by_weight(weight, states),
        "nearest_train": seen,
        "nearest_other": other,
        "nearest_heldout": nearest_overlap(states, heldout),
        "settled": ends.settled,
    }


def _examples(states: np.ndarray, train: np.ndarray, heldout: np.ndarray) -> np.ndarray:
    """States (E, N) with the nearest of the training and of the held-out images: (3, E, N)."""
    nearest = [
        images[np.abs(states.astype(np.int32) @ images.T.astype(np.int32)).argmax(axis=1)]
        for images in (train, heldout)
    ]
    return np.stack([states, *nearest])
