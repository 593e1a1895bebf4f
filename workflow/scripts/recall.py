"""Recall at finite temperature: the overlap that random noise leaves."""

import numpy as np

from plmemory.files.jobs import logged
from plmemory.files.labelled import Dataset, read_dataset
from plmemory.files.provenance import write_dataset
from plmemory.networks.ising.sequential import recall
from plmemory.seeds import generator

job = snakemake
with logged(job.log[0]):
    params, settings = job.params, dict(job.params.recall)
    model, patterns = read_dataset(job.input.model), read_dataset(job.input.data)["train"].values
    couplings, temperatures = model["couplings"].values, settings["temperatures"]
    name, load = job.wildcards.dataset, job.wildcards.patterns
    # Not the rule: all rules meet the same corrupted patterns, so that they compare in pairs.
    rngs = [generator(params.seed, "recall", name, load, r) for r in range(len(couplings))]
    overlaps = recall(
        couplings,
        patterns[:, : settings["patterns"]],
        temperatures,
        rngs,
        initial_overlap=settings["initial_overlap"],
        sweeps=settings["sweeps"],
        order=settings["order"],
    )
    norm = np.linalg.norm(couplings.astype(np.float64), axis=2).mean()
    result = Dataset(
        {
            "overlap": (("replicate", "temperature", "pattern"), overlaps),
            "temperature": ("temperature", temperatures, {"units": "norm of a row |J_i|"}),
        },
        attrs=model.attrs | {"own_temperature": 1 / (model.attrs["inverse_temperature"] * norm)},
    )
    write_dataset(result, job.output[0], {"seed": params.seed, **settings})
