"""Raw files of a data set, complete and checked, from the first source that works."""

import importlib
from pathlib import Path

from plmemory.files.jobs import logged

job = snakemake
params = job.params.job
with logged(job, f"data set {params['dataset']}") as log:
    module = importlib.import_module(f"plmemory.datasets.{params['kind']}.raw")
    # One copy for all runs, beside them, and for all data sets made from these files.
    folder = Path(job.output[0]).parents[2] / "raw" / params["kind"]
    source = module.obtain(folder, **params["settings"])
    log.info("source: %s", source)
    Path(job.output[0]).write_text(str(folder))
