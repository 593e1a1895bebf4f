"""Overlaps with training patterns, unseen patterns and hidden features after some steps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plmemory.datasets.selection import tested_on, trained_on
from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend
from plmemory.measures.job import Job
from plmemory.measures.nested import choose
from plmemory.networks.relax import relax_with

STARTS = ("train", "test", "feature")


def measure(job: Job, backend: Backend, *, steps: Sequence[int], starts: int) -> Dataset:
    """``overlap`` (replicate, start, steps) with the starts, the mean over ``states`` of them.

    ``states`` (replicate, start); ``density`` (replicate,): features a site, D/N.
    """
    train, test = trained_on(job.dataset, job.model), tested_on(job.dataset, job.model)
    features = job.dataset["features"].values
    owner = job.dataset["feature_replicate"].values
    kept: list[list[list[float]]] = []
    states: list[list[int]] = []
    for r in range(len(train)):
        network = job.network(r, backend)
        rng = job.rng("retained", job.data, job.patterns, r)
        kinds = (train[r], test[r], features[owner == r])
        begun = [choose(held, starts, rng) for held in kinds]
        states.append([len(batch) for batch in begun])
        kept.append([])
        for batch in begun:
            now, done, means = batch, 0, []
            for count in sorted(steps):
                now, done = relax_with(network.step, now, count - done).states, count
                means.append(float(network.overlap(now, batch).mean()))
            kept[r].append(means)
    density = np.bincount(owner, minlength=len(train)) / train.shape[2]
    return Dataset(
        {
            "start": ("start", np.array(STARTS)),
            "steps": ("steps", np.array(sorted(steps))),
            "overlap": (("replicate", "start", "steps"), np.array(kept)),
            "states": (("replicate", "start"), np.array(states)),
            "density": ("replicate", density),
        }
    )
