"""The couplings that a spin glass was sampled with, as a model: the limit of infinite data."""

import numpy as np

from plmemory.files.jobs import logged
from plmemory.files.labelled import Dataset, read_dataset
from plmemory.files.provenance import write_dataset
from plmemory.networks.ising.states import COUPLINGS

job = snakemake
with logged(job.log[0]):
    dataset = read_dataset(job.input[0])
    temperature = job.params.temperature
    couplings = (dataset["couplings"].values / temperature).astype(job.params.dtype)
    compared = np.arange(dataset.sizes["pattern"])  # examples to compare with, none was learnt
    model = Dataset(
        {
            "couplings": (
                ("replicate", "site", "source"),
                couplings[None],
                {"convention": COUPLINGS},
            ),
            "converged": (("replicate",), np.array([True])),
            "pattern_index": (("replicate", "pattern"), compared[None]),
        },
        attrs={
            "dataset": job.wildcards.dataset,
            "rule": "true_couplings",
            "method": "true_couplings",
            "b": np.nan,
            "l2": 0.0,
            "inverse_temperature": 1.0,
            "symmetric": 1,
            "patterns": np.inf,
            "alpha": np.inf,
            "device": "cpu",
            "converged": 1,
        },
    )
    write_dataset(model, job.output[0], {"temperature": temperature})
