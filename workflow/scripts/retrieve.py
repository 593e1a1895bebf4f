"""Retrieval maps: where patterns corrupted to every initial overlap end."""

import numpy as np

from plmemory.files.jobs import logged
from plmemory.files.labelled import Dataset, read_dataset
from plmemory.files.provenance import write_dataset
from plmemory.machine import backend as backends
from plmemory.measures.retrieval import maps as retrieval
from plmemory.networks.ising.couplings import stabilities
from plmemory.seeds import generator
from plmemory.theory.one_step import one_step_map

job = snakemake
with logged(job.log[0]):
    params, settings = job.params, job.params.retrieval
    model, patterns = read_dataset(job.input.model), read_dataset(job.input.data)["train"].values
    couplings = model["couplings"].values
    initial = np.array(settings["initial_overlaps"])
    name, load = job.wildcards.dataset, job.wildcards.patterns
    # Not the rule: all rules meet the same corrupted patterns, so that they compare in pairs.
    rngs = [generator(params.seed, "retrieval", name, load, r) for r in range(len(couplings))]
    found = retrieval.retrieval_map(
        couplings,
        patterns,
        initial,
        backends.select(params.device, params.dtype),
        rngs,
        max_steps=settings["max_steps"],
        subsample=settings["patterns"],
    )
    measured = stabilities(couplings, patterns)
    curves = ("replicate", "initial_overlap", "pattern")
    result = Dataset(
        {
            "final_overlap": (curves, found.final_overlap),
            "one_step_overlap": (curves, found.one_step_overlap),
            "one_step_from_stabilities": ("initial_overlap", one_step_map(measured, initial)),
            "initial_overlap": ("initial_overlap", initial),
        },
        attrs=model.attrs,
    )
    write_dataset(result, job.output[0], {"seed": params.seed, **settings})
