"""Compute what all rows of a network need, for the jobs that learn parts of them."""

import importlib

from plmemory.files.jobs import logged
from plmemory.files.labelled import open_dataset
from plmemory.files.provenance import write_result
from plmemory.learning import shared
from plmemory.learning.model import choice, examples
from plmemory.machine import backend as backends

job = snakemake
patterns = job.wildcards.patterns
with logged(job, f"learning rule {job.wildcards.rule}"):
    params = job.params.job
    rngs = choice(params, patterns)
    chosen = examples(open_dataset(job.input[0]), patterns, rngs, infinite=params["infinite"])
    backend = backends.select(params["device"], params["dtype"])
    method = importlib.import_module(f"plmemory.learning.{params['method']}.learn")
    found = [method.share(spins, backend) for spins in chosen.patterns]
    write_result(shared.labelled(found), job)
