"""A few examples, corrupted and retrieved, to be shown as images."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from plmemory.datasets.selection import tested_on, trained_on
from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend
from plmemory.measures.job import Job
from plmemory.networks.relax import relax_with

UNLABELLED = -1


def measure(
    job: Job, backend: Backend, *, number: int, initial_overlap: float, max_steps: int
) -> Dataset:
    """At most ``number`` training and test examples each, of one replicate, in three stages."""
    network = job.network(0, backend)
    sets = {"train": trained_on, "test": tested_on}
    all_states = [of(job.dataset, job.model)[0] for of in sets.values()]
    number = min(number, *map(len, all_states))
    stages, labels = [], []
    for (name, of), states in zip(sets.items(), all_states, strict=True):
        rng = job.rng("examples", name, job.data, job.rule, job.patterns)
        chosen = rng.choice(len(states), number, replace=False)
        original = states[chosen]
        corrupted = network.corrupt(original, initial_overlap, rng)
        retrieved = relax_with(network.step, corrupted, max_steps).states
        stages.append([original, corrupted, retrieved])
        labels.append(_labels(job, of, name, len(states))[chosen])
    return Dataset(
        {
            "state": (("set", "stage", "example", "site"), np.array(stages)),
            "label": (("set", "example"), np.array(labels)),
            "set": ("set", list(sets)),
            "stage": ("stage", ["original", "corrupted", "retrieved"]),
        },
        attrs={"image_shape": job.dataset.attrs["image_shape"]},
    )


def _labels(job: Job, of: Callable[..., np.ndarray], name: str, count: int) -> np.ndarray:
    """The labels of the first replicate's examples, -1 where there are none."""
    if f"{name}_label" not in job.dataset:
        return np.full(count, UNLABELLED)
    return of(job.dataset, job.model, "_label")[0]
