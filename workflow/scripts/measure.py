"""One measure of one model."""

import importlib

from plmemory.files.jobs import logged
from plmemory.files.labelled import open_dataset
from plmemory.files.provenance import write_result
from plmemory.machine import backend as backends
from plmemory.measures.job import Job

job = snakemake
with logged(job, f"measure {job.wildcards.measure}") as log:
    params, names = job.params.job, job.wildcards
    given = Job(
        model=open_dataset(job.input.model),
        dataset=open_dataset(job.input.data),
        data=names.dataset,
        rule=names.rule,
        patterns=names.patterns,
        seed=params["seed"],
        spins=params["spins"],
    )
    module = importlib.import_module(f"plmemory.measures.{names.measure}.measure")
    backend = backends.select(params["device"], params["dtype"])
    result = module.measure(given, backend, **params["settings"])
    result.attrs = given.model.attrs | result.attrs
    write_result(result, job)
