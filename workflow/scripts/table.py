"""The tidy table of one figure, from the results that it summarises."""

import importlib

import pandas as pd
import xarray as xr

from plmemory.files import lineage
from plmemory.files.jobs import logged
from plmemory.files.whole import whole

job = snakemake
params = job.params.job


def read(path):
    """A result, with the attributes of its data set from the configuration."""
    result = xr.load_dataset(path)
    return result.assign_attrs(described=params["datasets"][result.attrs["dataset"]])


with logged(job, f"table {job.wildcards.figure}"):
    module = importlib.import_module(f"plmemory.figures.{params['kind']}.table")
    if "tables" in params:
        tables = {}
        for (name, kind), path in zip(params["tables"], job.input.tables, strict=True):
            published = importlib.import_module(f"plmemory.figures.{kind}.published")
            tables[name] = (pd.read_csv(path), published)
        results = {"tables": tables}
    else:
        results = {stage: [read(path) for path in paths] for stage, paths in job.input.items()}
    table = module.build(**results, **params["options"])
    with whole(job.output[0]) as unfinished:
        table.to_csv(unfinished, index=False, float_format="%.9g", lineterminator="\n")
    lineage.note(job.output, params["lineage"])
