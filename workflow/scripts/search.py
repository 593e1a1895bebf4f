"""Attractor search: where training, test, corrupted and random starts end."""

import importlib

import numpy as np

from plmemory.datasets.selection import trained_on
from plmemory.files.jobs import logged
from plmemory.files.labelled import Dataset, read_dataset
from plmemory.files.provenance import write_dataset
from plmemory.machine import backend as backends
from plmemory.measures.attractors import search as attractors
from plmemory.measures.attractors import starts
from plmemory.networks.ising.couplings import coupling_cosine, energies, reconstruction_error
from plmemory.seeds import generator

job = snakemake
with logged(job.log[0]) as log:
    params, settings = job.params, job.params.search
    model, dataset = read_dataset(job.input.model), read_dataset(job.input.data)
    backend = backends.select(params.device, params.dtype)
    train, test = trained_on(dataset, model)
    common = {
        "most": settings["starts"],
        "random": settings["random_starts"],
        "corrupted_overlap": settings["corrupted_overlap"],
    }
    found, extra = [], {}

    def keep(name, axes, value):
        extra.setdefault(name, (("replicate", *axes), []))[1].append(value)

    for r, couplings in enumerate(model["couplings"].values):
        rng = generator(params.seed, "search", *job.wildcards, r)
        if "fields" in model:
            potts = importlib.import_module("plmemory.potts_dynamics")
            network = potts.network(couplings, model["fields"].values[r])
            batch = starts.of_potts(train[r], test[r], states=couplings.shape[1], rng=rng, **common)
        else:
            network = attractors.ising(couplings, backend)
            batch = starts.of_ising(train[r], test[r], rng=rng, **common)
        if "features" in dataset:
            batch["feature"] = dataset["features"].values[r]
        search = attractors.search(
            network,
            batch,
            train=train[r],
            test=test[r],
            max_steps=settings["max_steps"],
            further_steps=settings["further_steps"],
        )
        found.append(search)
        keep("test_nearest_train", ("test_start",), network.nearest(batch["test"], train[r]))
        if "couplings" in dataset:
            # Under the couplings of nature: the learnt ones have an energy of their own.
            true, states = dataset["couplings"].values[None], search.final[None]
            reduced = dataset.attrs["sample_temperature"] * model.attrs["inverse_temperature"]
            ideal = true / reduced  # what samples without end would teach
            keep("trajectory_energy", ("trajectory",), energies(true, states)[0])
            keep("sample_energy", ("test_start",), energies(true, batch["test"][None])[0])
            keep("gamma", (), reconstruction_error(couplings[None], ideal)[0])
            keep("cosine", (), coupling_cosine(couplings[None], ideal)[0])
        if settings["sequential_starts"]:
            unseen = batch["test"][: settings["sequential_starts"]]
            rngs = [generator(params.seed, "order", *job.wildcards, r, run) for run in range(2)]
            sweeps = settings["max_steps"] + settings["further_steps"]
            orders = attractors.orders(network, unseen, rngs, sweeps)
            for quantity, values in orders._asdict().items():
                keep(f"sequential_{quantity}", ("sequential_start",), values)
        log.info("replicate %d: %d attractors", r, len(search.catalogue.period))
    result = Dataset(attractors.labelled(found), attrs=model.attrs)
    for name, (axes, values) in extra.items():
        result[name] = (axes, np.array(values))
    write_dataset(result, job.output[0], {"seed": params.seed, **settings})
