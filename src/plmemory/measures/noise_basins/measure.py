"""How much noise a denoiser can remove, from training images and from its own samples."""

from __future__ import annotations

import importlib
from collections.abc import Sequence

import numpy as np

from plmemory.datasets.selection import tested_on, trained_on
from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend
from plmemory.measures.job import Job
from plmemory.measures.kinds import KINDS, least_overlap, told_by_distance
from plmemory.networks.denoising import Denoise, sampled, schedule, white_noise
from plmemory.networks.final_states import pixels
from plmemory.networks.ising.states import overlap

TYPES = ("train", "test", *KINDS)


def measure(
    job: Job,
    backend: Backend,
    *,
    states: int,
    trials: int,
    returned: float,
    delta: float,
    samples: int,
    steps: int,
    smallest_sigma: float,
    sigmas: Sequence[float],
) -> Dataset:
    """``basin`` (replicate, type, state): the largest of the ``sigmas`` at which a state returns.

    At this sigma and all smaller ones at least a fraction ``returned`` of the trials ends near the
    state. 0 if there is none; NaN if there are fewer states of a type (see ``TYPES``; test images
    only if the data set has some).
    """
    module = importlib.import_module(f"plmemory.networks.{job.spins}.denoiser")
    train = trained_on(job.dataset, job.model)
    test = tested_on(job.dataset, job.model) if "test" in job.dataset else None
    found = np.full((len(train), len(TYPES), states), np.nan)
    for r, examples in enumerate(train):
        rng = job.rng("noise basins", job.data, job.rule, job.patterns, r)
        denoise = module.denoiser(job.model, r, backend, examples)

        def ends(start: np.ndarray, sigma: float, denoise: Denoise = denoise) -> np.ndarray:
            *_, (_, last) = sampled(denoise, start, schedule(sigma, smallest_sigma, steps))
            return pixels(last)

        def noise(shape: tuple[int, ...], rng: np.random.Generator = rng) -> np.ndarray:
            return white_noise(shape, rng, backend.dtype)

        largest = max(sigmas)
        drawn = ends(largest * noise((samples, examples.shape[1])), largest)
        kinds, *_ = told_by_distance(drawn, examples, delta)
        of_type = [rng.permutation(examples), examples[:0] if test is None else test[r]]
        of_type += [drawn[kinds == kind] for kind in range(len(KINDS))]
        for place, images in enumerate(of_type):
            clean = np.repeat(images[:states], trials, axis=0)
            if not len(clean):
                continue
            holds = np.ones(len(clean) // trials, dtype=bool)
            basin = np.zeros(len(holds))
            for sigma in sorted(sigmas):
                # Drawn for all, so that the noise of a state does not depend on the others.
                noisy = clean + sigma * noise(clean.shape)
                tried = np.repeat(holds, trials)
                if not tried.any():
                    continue
                near = overlap(ends(noisy[tried], sigma), clean[tried]) >= least_overlap(delta)
                holds[holds] = near.reshape(-1, trials).mean(axis=1) >= returned
                basin[holds] = sigma
            found[r, place, : len(basin)] = basin
    return Dataset(
        {
            "basin": (("replicate", "type", "state"), found),
            "type": ("type", np.array(TYPES)),
        },
        attrs={"sites": train.shape[2]},
    )
