"""Retrieval maps: the final states of patterns corrupted to every initial overlap."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plmemory.datasets.selection import trained_on
from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend
from plmemory.measures.job import Job
from plmemory.measures.retrieval.maps import retrieval_map
from plmemory.networks.ising.couplings import stabilities
from plmemory.theory.one_step import one_step_map


def measure(
    job: Job,
    backend: Backend,
    *,
    max_steps: int,
    initial_overlaps: Sequence[float],
    patterns: int,
) -> Dataset:
    """Final and one-step overlap of ``patterns`` of each replicate, by initial overlap.

    Also the one-step map that follows from the measured stabilities.
    """
    couplings, trained = job.model["couplings"].values, trained_on(job.dataset, job.model)
    initial = np.array(initial_overlaps)
    # Without the rule: all rules get the same corrupted patterns, so differences are paired.
    rngs = [job.rng("retrieval", job.data, job.patterns, r) for r in range(len(couplings))]
    found = retrieval_map(
        couplings, trained, initial, backend, rngs, max_steps=max_steps, subsample=patterns
    )
    curves = ("replicate", "initial_overlap", "pattern")
    from_stabilities = one_step_map(stabilities(couplings, trained), initial)
    return Dataset(
        {
            "final_overlap": (curves, found.final_overlap),
            "one_step_overlap": (curves, found.one_step_overlap),
            "one_step_from_stabilities": ("initial_overlap", from_stabilities),
            "initial_overlap": ("initial_overlap", initial),
        }
    )
