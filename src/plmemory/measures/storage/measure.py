"""How well the training patterns are stored: stabilities, fixed points, critical overlap."""

from __future__ import annotations

import numpy as np

from plmemory.datasets.selection import trained_on
from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend
from plmemory.measures.critical_overlap import boundaries
from plmemory.measures.job import Job
from plmemory.measures.nested import nested
from plmemory.networks.ising.couplings import asymmetry, stabilities
from plmemory.networks.ising.states import overlap, spins
from plmemory.networks.ising.synchronous import Synchronous, relax


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
    """Moments and histogram of the stabilities, and where patterns and random states end.

    ``patterns``: how many training patterns, and random states, are followed for ``max_steps``.
    ``target``: see ``critical_overlap``; with ``sequential`` also the half overlap of updates site
    after site, from the same starts.
    """
    couplings, trained = job.model["couplings"].values, trained_on(job.dataset, job.model)
    replicates, _, sites = couplings.shape
    # Not the rule: all rules meet the same corrupted patterns, so that they compare in pairs.
    rngs = [job.rng("storage", job.data, job.patterns, r) for r in range(replicates)]
    found = stabilities(couplings, trained)
    edges = np.linspace(*stability_range, stability_bins + 1)
    density = [np.histogram(one, edges)[0] / one.size / np.diff(edges) for one in found]
    watched = trained[:, :patterns]
    ends = relax(couplings, watched, backend, max_steps=max_steps)
    random = np.stack([spins((patterns, sites), rng) for rng in rngs])
    from_random = relax(couplings, random, backend, max_steps=max_steps)
    starts = [nested(memories, patterns, rng) for memories, rng in zip(trained, rngs, strict=True)]
    steps = (Synchronous(network, backend) for network in couplings)
    critical = boundaries(steps, starts, max_steps=max_steps, target=target)
    by_replicate = {
        "mean_stability": found.mean(axis=(1, 2)),
        # Of the patterns of one row: the means of finite rows differ, which theory does not know.
        "std_stability": np.sqrt(found.var(axis=1).mean(axis=1)),
        "min_stability": found.min(axis=(1, 2)),
        "fixed_point_fraction": (found > 0).all(axis=2).mean(axis=1),
        "stable_site_fraction": (found > 0).mean(axis=(1, 2)),
        "final_overlap": overlap(ends.states, watched).mean(axis=1),
        "critical_overlap": critical.critical_overlap,
        "half_overlap": critical.half_overlap,
        "asymmetry": asymmetry(couplings),
        "random_fixed_fraction": (from_random.period == 1).mean(axis=1),
        "random_cycle_fraction": (from_random.period > 1).mean(axis=1),
        "random_unsettled_fraction": (from_random.period == 0).mean(axis=1),
        "random_steps": from_random.steps.mean(axis=1),
    }
    if sequential:
        # Loaded only here: most jobs do without compiled code, which takes longer than they do.
        from plmemory.networks.ising.sequential import sequential as sweep

        sweeps = (
            sweep(network, job.rng("sequential", job.data, job.patterns, r))
            for r, network in enumerate(couplings)
        )
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
