"""Raw files of a data set, complete and checked, from wherever they can be had."""

import importlib
from pathlib import Path

from plmemory.files.jobs import logged

job = snakemake
params = job.params.job
with logged(job, f"data set {params['dataset']}") as log:
    module = importlib.import_module(f"plmemory.datasets.{params['kind']}.raw")
    source = module.obtain(Path(job.output[0]).parent, **params["settings"])
    log.info("source: %s", source)
