"""How well the training patterns are stored: stabilities, fixed points, critical overlap."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from plmemory.datasets.selection import trained_on
from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend
from plmemory.measures.critical_overlap import Boundaries, boundaries
from plmemory.measures.job import Job
from plmemory.measures.nested import Nested, nested
from plmemory.networks.ising.by_rows import Held, Rows, couplings
from plmemory.networks.ising.states import overlap, spins
from plmemory.networks.relax import Relaxed, relax_with


class OfNetwork(NamedTuple):
    """The measurements of one network.

    Stabilities (P, N), final states from its patterns and from random states, boundaries and their
    starts.
    """

    stabilities: np.ndarray
    asymmetry: float
    final_overlap: float
    from_random: Relaxed
    starts: Nested
    critical: Boundaries


def measure(
    job: Job,
    backend: Backend,
    *,
    max_steps: int,
    patterns: int,
    target: float,
    sequential: bool,
    stability_range: tuple[float, float],
    stability_bins: int,
) -> Dataset:
    """Moments and histogram of the stabilities, and final states of patterns and random states.

    ``patterns``: the number of training patterns, and of random states, followed for ``max_steps``.
    ``target``: see ``critical_overlap``. ``sequential``: whether to measure also the half overlap
    of sequential updates, from the same starts.
    """
    trained = trained_on(job.dataset, job.model)
    replicates = len(trained)
    # Without the rule: all rules get the same corrupted patterns, so differences are paired.
    rngs = [job.rng("storage", job.data, job.patterns, r) for r in range(replicates)]
    # One after the other: all couplings together may not fit into memory.
    networks = (couplings(job.model, r) for r in range(replicates))
    of_networks = [
        _of_network(network, memories, rng, backend, max_steps, patterns, target)
        for network, memories, rng in zip(networks, trained, rngs, strict=True)
    ]
    found = np.stack([one.stabilities for one in of_networks])
    edges = np.linspace(*stability_range, stability_bins + 1)
    density = [np.histogram(one, edges)[0] / one.size / np.diff(edges) for one in found]
    period = np.stack([one.from_random.period for one in of_networks])
    by_replicate = {
        "mean_stability": found.mean(axis=(1, 2)),
        # Over the patterns of one row: the means of finite rows differ, unlike in theory.
        "std_stability": np.sqrt(found.var(axis=1).mean(axis=1)),
        "min_stability": found.min(axis=(1, 2)),
        "fixed_point_fraction": (found > 0).all(axis=2).mean(axis=1),
        "stable_site_fraction": (found > 0).mean(axis=(1, 2)),
        "final_overlap": np.array([one.final_overlap for one in of_networks]),
        "critical_overlap": np.concatenate([one.critical.critical_overlap for one in of_networks]),
        "half_overlap": np.concatenate([one.critical.half_overlap for one in of_networks]),
        "asymmetry": np.array([one.asymmetry for one in of_networks]),
        "random_fixed_fraction": (period == 1).mean(axis=1),
        "random_cycle_fraction": (period > 1).mean(axis=1),
        "random_unsettled_fraction": (period == 0).mean(axis=1),
        "random_steps": np.stack([one.from_random.steps for one in of_networks]).mean(axis=1),
    }
    if sequential:
        # Imported here: loading compiled code takes longer than most jobs, which do not need it.
        from plmemory.networks.ising.sequential import sequential as sweep

        sweeps = (
            sweep(
                np.asarray(couplings(job.model, r)),
                job.rng("sequential", job.data, job.patterns, r),
            )
            for r in range(replicates)
        )
        starts = [one.starts for one in of_networks]
        by_replicate["half_overlap_sequential"] = boundaries(
            sweeps, starts, max_steps=max_steps, target=target, cycles=False
        ).half_overlap
    return Dataset(
        {name: (("replicate",), values) for name, values in by_replicate.items()}
        | {
            "stability_density": (("replicate", "stability"), np.array(density)),
            "stability": ("stability", (edges[1:] + edges[:-1]) / 2),
        }
    )


def _of_network(
    network: Held | Rows,
    trained: np.ndarray,
    rng: np.random.Generator,
    backend: Backend,
    max_steps: int,
    patterns: int,
    target: float,
) -> OfNetwork:
    step, watched = network.step(backend), trained[:patterns]
    ends = relax_with(step, watched, max_steps)
    random = spins((patterns, trained.shape[1]), rng)
    from_random = relax_with(step, random, max_steps)
    starts = nested(trained, patterns, rng)
    return OfNetwork(
        network.stabilities(trained),
        network.asymmetry(),
        float(overlap(ends.states, watched).mean()),
        from_random,
        starts,
        boundaries([step], [starts], max_steps=max_steps, target=target),
    )
