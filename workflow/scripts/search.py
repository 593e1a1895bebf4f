"""Attractor search: where training, test, corrupted and random starts end."""

import numpy as np
import xarray as xr

from plmemory import attractors
from plmemory import backend as backends
from plmemory.datasets.random import spins
from plmemory.datasets.selection import trained_on
from plmemory.jobs import logged
from plmemory.provenance import read_dataset, write_dataset
from plmemory.spins import corrupt, generator, nearest_overlap

job = snakemake
with logged(job.log[0]) as log:
    params, settings = job.params, job.params.search
    model, dataset = read_dataset(job.input.model), read_dataset(job.input.data)
    backend = backends.select(params.device, params.dtype)
    train, test = trained_on(dataset, model)
    searches, baseline = [], []
    for r, couplings in enumerate(model["couplings"].values):
        rng = generator(params.seed, "search", *job.wildcards, r)
        of_train = rng.permutation(train[r])[: settings["starts"]]
        of_test = rng.permutation(test[r])[: settings["starts"]]
        starts = {
            "train": of_train,
            "test": of_test,
            "corrupted": corrupt(of_train, settings["corrupted_overlap"], rng),
            "random": spins((settings["random_starts"], train.shape[-1]), rng),
        }
        found = attractors.search(
            attractors.ising(couplings, backend),
            starts,
            train=train[r],
            test=test[r],
            max_steps=settings["max_steps"],
        )
        searches.append(found)
        baseline.append(nearest_overlap(of_test, train[r]))
        log.info("replicate %d: %d attractors", r, len(found.catalogue.period))
    result = xr.Dataset(attractors.labelled(searches), attrs=model.attrs)
    result["test_nearest_train"] = (("replicate", "test_start"), np.stack(baseline))
    write_dataset(result, job.output[0], {"seed": params.seed, **settings})
