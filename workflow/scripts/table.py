"""The tidy table of one figure, from the results that it summarises."""

import importlib

import pandas as pd
import xarray as xr

from plmemory.files.jobs import logged
from plmemory.files.provenance import whole


def read(path):
    """A result, or the table of another figure."""
    return pd.read_csv(path) if path.endswith(".csv") else xr.load_dataset(path)


job = snakemake
with logged(job.log[0]):
    module = importlib.import_module(f"plmemory.tables.{job.params.module}")
    results = {stage: [read(path) for path in paths] for stage, paths in job.input.items()}
    table = module.build(**results, **job.params.options)
    with whole(job.output[0]) as unfinished:
        table.to_csv(unfinished, index=False, float_format="%.9g", lineterminator="\n")
