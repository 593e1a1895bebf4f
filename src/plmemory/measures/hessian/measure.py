"""Curvature of the energy at memories and at minima from random states."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from plmemory.datasets.selection import trained_on
from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend
from plmemory.measures.hessian.curvature import modes
from plmemory.measures.job import Job
from plmemory.measures.nested import choose
from plmemory.networks.relax import relax_with
from plmemory.networks.vectors.couplings import Factors, factors
from plmemory.networks.vectors.network import vectors

STARTS = ("memory", "random")


def measure(
    job: Job,
    backend: Backend,
    *,
    max_steps: int,
    memories: int,
    random_starts: int,
    kept_overlap: float,
) -> Dataset:
    """The normal modes at the minima that are reached, in double precision.

    A state counts (``kept``) if it is a fixed point without negative eigenvalues and, if it started
    on a pattern, its final overlap with this pattern is at least ``kept_overlap``. Other states
    have NaN modes.

    Returns ``eigenvalue`` and ``participation`` (replicate, state, mode), ``field`` (replicate,
    state, site), ``overlap`` (with the pattern started from, else NaN) and ``kept`` (replicate,
    state), and ``start`` (state,).
    """
    trained, double = trained_on(job.dataset, job.model), replace(backend, dtype="float64")
    count = min(memories, trained.shape[1])
    found: dict[str, list[np.ndarray]] = {}
    for replicate, patterns in enumerate(trained):
        exact = Factors(*(p.astype(np.float64) for p in factors(job.model, replicate)))
        network = vectors(exact, double)
        rng = job.rng("hessian", job.data, job.rule, job.patterns, replicate)
        chosen = choose(patterns, count, rng).astype(np.float64)
        starts = np.concatenate([chosen, network.random(random_starts, rng)])
        relaxed = relax_with(network.step, starts, max_steps)
        overlap = np.full(len(starts), np.nan)
        overlap[:count] = network.overlap(relaxed.states[:count], chosen)
        sites, components = starts.shape[1:]
        shape = (len(starts), sites * (components - 1))
        values, participation = np.full((2, *shape), np.nan)
        field = np.full((len(starts), sites), np.nan)
        for place in np.flatnonzero((relaxed.period == 1) & ~(overlap < kept_overlap)):
            at = modes(exact, relaxed.states[place])
            if at.eigenvalue[0] > 0:
                values[place], participation[place], field[place] = at
        kept = ~np.isnan(values).any(axis=1)
        each = {"eigenvalue": values, "participation": participation, "field": field}
        for name, array in (each | {"overlap": overlap, "kept": kept}).items():
            found.setdefault(name, []).append(array)
    axes = {"eigenvalue": ("mode",), "participation": ("mode",), "field": ("site",)}
    return Dataset(
        {
            "start": ("state", np.array([STARTS[0]] * count + [STARTS[1]] * random_starts)),
            **{
                name: (("replicate", "state", *axes.get(name, ())), np.stack(arrays))
                for name, arrays in found.items()
            },
        }
    )
