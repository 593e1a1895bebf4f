"""How well the training patterns are stored: stabilities, fixed points, critical overlap."""

import numpy as np

from plmemory.files.jobs import logged
from plmemory.files.labelled import Dataset, read_dataset
from plmemory.files.provenance import write_dataset
from plmemory.machine import backend as backends
from plmemory.measures.retrieval import maps as retrieval
from plmemory.networks import relax as dynamics
from plmemory.networks.ising import couplings as measures
from plmemory.networks.ising.states import overlap, spins
from plmemory.seeds import generator

job = snakemake
with logged(job.log[0]):
    params, settings = job.params, job.params.storage
    model, patterns = read_dataset(job.input.model), read_dataset(job.input.data)["train"].values
    couplings = model["couplings"].values
    replicates, _, sites = couplings.shape
    backend = backends.select(params.device, params.dtype)
    name, load = job.wildcards.dataset, job.wildcards.patterns
    # Not the rule: all rules meet the same corrupted patterns, so that they compare in pairs.
    rngs = [generator(params.seed, "storage", name, load, r) for r in range(replicates)]
    subsample, max_steps = settings["patterns"], settings["max_steps"]

    stabilities = measures.stabilities(couplings, patterns)
    edges = np.linspace(*settings["stability_range"], settings["stability_bins"] + 1)
    density = [np.histogram(one, edges)[0] / one.size / np.diff(edges) for one in stabilities]
    watched = patterns[:, :subsample]
    ends = dynamics.relax(couplings, watched, backend, max_steps=max_steps)
    random = np.stack([spins((subsample, sites), rng) for rng in rngs])
    from_random = dynamics.relax(couplings, random, backend, max_steps=max_steps)
    by_replicate = {
        "mean_stability": stabilities.mean(axis=(1, 2)),
        # Of the patterns of one row: the means of finite rows differ, which theory does not know.
        "std_stability": np.sqrt(stabilities.var(axis=1).mean(axis=1)),
        "min_stability": stabilities.min(axis=(1, 2)),
        "fixed_point_fraction": (stabilities > 0).all(axis=2).mean(axis=1),
        "stable_site_fraction": (stabilities > 0).mean(axis=(1, 2)),
        "final_overlap": overlap(ends.states, watched).mean(axis=1),
        "critical_overlap": retrieval.critical_overlap(
            couplings,
            patterns,
            backend,
            rngs,
            max_steps=max_steps,
            target=settings["target"],
            subsample=subsample,
        ),
        "asymmetry": measures.asymmetry(couplings),
        "random_fixed_fraction": (from_random.period == 1).mean(axis=1),
        "random_cycle_fraction": (from_random.period > 1).mean(axis=1),
        "random_unsettled_fraction": (from_random.period == 0).mean(axis=1),
        "random_steps": from_random.steps.mean(axis=1),
    }
    result = Dataset(
        {name: (("replicate",), values) for name, values in by_replicate.items()}
        | {
            "stability_density": (("replicate", "stability"), np.array(density)),
            "stability": ("stability", (edges[1:] + edges[:-1]) / 2),
        },
        attrs=model.attrs,
    )
    write_dataset(result, job.output[0], {"seed": params.seed, **settings})
