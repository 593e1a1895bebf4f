"""Retrieval step by step, and the map of one step iterated."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plmemory.datasets.selection import trained_on
from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend
from plmemory.measures.job import Job
from plmemory.measures.steps.steps import follow, iterate
from plmemory.networks.ising.states import flips
from plmemory.networks.ising.synchronous import Synchronous


def measure(
    job: Job,
    backend: Backend,
    *,
    steps: int,
    max_steps: int,
    initial_overlaps: Sequence[float],
    starts: int,
) -> Dataset:
    """Overlaps after 1 ... ``steps`` and after ``max_steps``, and those of the iterated map."""
    couplings, trained = job.model["couplings"].values, trained_on(job.dataset, job.model)
    sites = couplings.shape[-1]
    # The number of flipped sites is an integer.
    reached = np.array([1 - 2 * flips(sites, initial) / sites for initial in initial_overlaps])
    overlaps, ends, iterated = [], [], []
    for replicate, network in enumerate(couplings):
        step = Synchronous(network, backend)
        begun = np.resize(trained[replicate], (starts, sites))
        # Without the rule: all rules get the same corrupted patterns, so differences are paired.
        rng = job.rng("steps", job.data, job.patterns, replicate)
        found = [follow(step, begun, initial, steps, max_steps, rng) for initial in reached]
        overlaps.append(np.stack([after for after, _ in found], axis=1))
        ends.append([end for _, end in found])
        iterated.append(
            np.stack([iterate(step, begun, initial, steps, rng) for initial in reached], axis=1)
        )
    return Dataset(
        {
            "overlap": (("replicate", "step", "initial_overlap", "start"), np.array(overlaps)),
            "final_overlap": (("replicate", "initial_overlap", "start"), np.array(ends)),
            "iterated_overlap": (("replicate", "step", "initial_overlap"), np.array(iterated)),
            "initial_overlap": ("initial_overlap", reached),
            "step": ("step", np.arange(1, steps + 1)),
        },
        attrs={"max_steps": max_steps},
    )
