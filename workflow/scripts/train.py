"""Learn the couplings of all replicates by one rule at one load."""

import importlib

import numpy as np

from plmemory.datasets.selection import training_set
from plmemory.files.jobs import logged
from plmemory.files.labelled import Dataset, read_dataset
from plmemory.files.provenance import write_dataset
from plmemory.machine import backend as backends
from plmemory.networks.ising.states import COUPLINGS
from plmemory.seeds import generator

job = snakemake
with logged(job.log[0]) as log:
    params = job.params
    name, rule, patterns = job.wildcards.dataset, job.wildcards.rule, job.wildcards.patterns
    replicates = range(params.replicates)
    backend = backends.select(params.device, params.dtype)
    # The choice of training examples does not depend on the rule: all rules learn the same.
    choices = [generator(params.seed, "choice", name, patterns, r) for r in replicates]
    rngs = [generator(params.seed, "train", name, rule, patterns, r) for r in replicates]
    dataset = read_dataset(job.input[0])
    count = dataset.sizes["pattern"] if patterns == "Pall" else int(patterns[1:])
    chosen, index = training_set(dataset, count, len(rngs), choices)

    method = importlib.import_module(f"plmemory.learning.{params.method}")
    parameters = dict(params.parameters)
    if "alphabet" in dataset.attrs:
        states = parameters["states"] = len(dataset.attrs["alphabet"])
        if "penalty" in parameters:
            parameters |= method.penalties(parameters.pop("penalty"), chosen.shape[-1], states)
    if parameters.pop("reweighted", False):
        parameters["weights"] = dataset["weight"].values[index]
    if "records" in parameters:
        epochs, start = parameters["epochs"], parameters.pop("record_overlap")
        spaced = np.geomspace(1, epochs, parameters.pop("records"))
        parameters["record_epochs"] = sorted({round(epoch) for epoch in spaced})
        parameters["progress"] = lambda epoch, _, loss: log.info(
            "epoch %d of %d: loss %g", epoch, epochs, loss
        )
        if start is not None:
            history = importlib.import_module("plmemory.history")
            watchers = [generator(params.seed, "watch", name, patterns, r) for r in replicates]
            parameters["observe"] = history.retrieval_observer(chosen, start, backend, watchers)

    learned = method.learn(chosen, backend, rngs, **parameters)

    ising, potts = ("site", "source"), ("site", "colour", "source", "source_colour")
    axes = ising if learned.couplings.ndim == 3 else potts
    model = Dataset(
        {
            "couplings": (("replicate", *axes), learned.couplings, {"convention": COUPLINGS}),
            "converged": (("replicate",), np.asarray(learned.converged)),
        },
        attrs={
            "dataset": name,
            "rule": rule,
            "method": params.method,
            "b": params.parameters.get("scaled_norm") or float("nan"),
            "l2": params.parameters.get("l2") or 0.0,
            "inverse_temperature": params.parameters.get("inverse_temperature", float("nan")),
            "symmetric": int(params.parameters.get("symmetric", False)),
            "patterns": count,
            "alpha": chosen.shape[1] / chosen.shape[2],
            "device": backend.device,
            "converged": int(learned.converged.all()),
        },
    )
    if hasattr(learned, "fields"):
        model["fields"] = (("replicate", "site", "colour"), learned.fields)
    if index is not None:
        model["pattern_index"] = (("replicate", "pattern"), index)
    for quantity, values in learned.history.items():
        model[f"history_{quantity}"] = (("record", "replicate")[: np.ndim(values)], values)
    for quantity, values in learned.diagnostics.items():
        axes = ("replicate", *(f"{quantity}_{axis}" for axis in range(np.ndim(values) - 1)))
        model[f"final_{quantity}"] = (axes[: np.ndim(values)], values)
    if not learned.converged.all():
        log.warning("not converged in %d replicates", (~learned.converged).sum())
    write_dataset(model, job.output[0], {"seed": params.seed, **params.parameters})
