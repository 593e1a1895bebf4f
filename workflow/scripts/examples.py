"""A few examples, corrupted and retrieved: states to be looked at."""

import numpy as np

from plmemory.datasets.selection import trained_on
from plmemory.files.jobs import logged
from plmemory.files.labelled import Dataset, read_dataset
from plmemory.files.provenance import write_dataset
from plmemory.machine import backend as backends
from plmemory.networks import relax as dynamics
from plmemory.networks.ising.states import corrupt
from plmemory.seeds import generator

job = snakemake
with logged(job.log[0]):
    params, settings = job.params, job.params.examples
    model, dataset = read_dataset(job.input.model), read_dataset(job.input.data)
    backend = backends.select(params.device, params.dtype)
    network = model["couplings"].values[0]
    labels = {
        "train": dataset["train_label"].values[model["pattern_index"].values[0]],
        "test": dataset["test_label"].values,
    }
    stages, digits = [], []
    for name, states in zip(("train", "test"), trained_on(dataset, model), strict=True):
        rng = generator(params.seed, "examples", name, *job.wildcards)
        chosen = rng.choice(len(states[0]), settings["number"], replace=False)
        original = states[0][chosen]
        corrupted = corrupt(original, settings["initial_overlap"], rng)
        retrieved = dynamics.relax(
            network[None], corrupted[None], backend, max_steps=settings["max_steps"]
        ).states[0]
        stages.append([original, corrupted, retrieved])
        digits.append(labels[name][chosen])
    result = Dataset(
        {
            "state": (("set", "stage", "example", "site"), np.array(stages)),
            "digit": (("set", "example"), np.array(digits)),
            "set": ("set", ["train", "test"]),
            "stage": ("stage", ["original", "corrupted", "retrieved"]),
        },
        attrs=model.attrs | {"image_shape": dataset.attrs["image_shape"]},
    )
    write_dataset(result, job.output[0], {"seed": params.seed, **settings})
