"""The weight of the correct pattern in the exact denoiser, by overlap with this pattern."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plmemory.datasets.selection import trained_on
from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend
from plmemory.measures.job import Job
from plmemory.networks.empirical_denoiser.denoiser import Empirical
from plmemory.networks.empirical_denoiser.weights import weights
from plmemory.networks.ising.states import corrupt, flips


def measure(
    job: Job, backend: Backend, *, initial_overlaps: Sequence[float], starts: int
) -> Dataset:
    """``weight`` (replicate, initial_overlap), the mean of ``starts`` corrupted patterns.

    In double precision: a weight depends on a small difference of large energies.
    ``initial_overlap``: the overlap nearest to the requested one, for a whole number of pixels.
    """
    train = trained_on(job.dataset, job.model)
    _, count, sites = train.shape
    turned = {flips(sites, overlap) for overlap in initial_overlaps}
    overlaps = np.array([1 - 2 * number / sites for number in sorted(turned, reverse=True)])
    overlaps = overlaps[(overlaps > 0) & (overlaps < 1)]
    found = np.empty((len(train), len(overlaps)))
    for r, patterns in enumerate(train):
        denoiser = Empirical(patterns.astype(np.float64))
        for place, overlap in enumerate(overlaps.tolist()):
            rng = job.rng("pattern weight", job.data, job.patterns, r, place)
            chosen = rng.integers(0, count, starts)
            states = corrupt(patterns[chosen], overlap, rng).astype(np.float64)
            found[r, place] = weights(denoiser, states, chosen, overlap).mean()
    return Dataset(
        {
            "weight": (("replicate", "initial_overlap"), found),
            "initial_overlap": ("initial_overlap", overlaps),
        },
        attrs={"sites": sites},
    )
