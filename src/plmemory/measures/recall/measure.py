"""Recall at finite temperature: the overlap that remains under thermal noise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plmemory.datasets.selection import trained_on
from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend
from plmemory.measures.job import Job
from plmemory.measures.recall.recall import recall


def measure(
    job: Job,
    backend: Backend,
    *,
    temperatures: Sequence[float],
    order: str,
    sweeps: int,
    initial_overlap: float,
    patterns: int,
) -> Dataset:
    """Overlap with ``patterns`` of each replicate after ``sweeps`` at every temperature."""
    couplings, trained = job.model["couplings"].values, trained_on(job.dataset, job.model)
    # Without the rule: all rules get the same corrupted patterns, so differences are paired.
    rngs = [job.rng("recall", job.data, job.patterns, r) for r in range(len(couplings))]
    overlaps = recall(
        couplings,
        trained[:, :patterns],
        temperatures,
        rngs,
        initial_overlap=initial_overlap,
        sweeps=sweeps,
        order=order,
    )
    norm = np.linalg.norm(couplings.astype(np.float64), axis=2).mean()
    return Dataset(
        {
            "overlap": (("replicate", "temperature", "pattern"), overlaps),
            "temperature": ("temperature", temperatures, {"units": "norm of a row |J_i|"}),
        },
        attrs={"own_temperature": 1 / (job.model.attrs["inverse_temperature"] * norm)},
    )
