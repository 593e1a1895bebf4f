"""One data set: a pool of examples, or the patterns of one load for all replicates."""

import importlib
from functools import partial
from pathlib import Path

from plmemory.files.jobs import logged
from plmemory.files.provenance import write_result
from plmemory.seeds import generator

job = snakemake
params = job.params.job
name = job.wildcards.dataset
with logged(job, f"data set {name}") as log:
    module = importlib.import_module(f"plmemory.datasets.{params['kind']}.load")
    given = {setting: Path(path) for setting, path in params["files"].items()}
    if "patterns" in job.wildcards.keys():  # noqa: SIM118
        given["patterns"] = int(job.wildcards.patterns[1:])
    if "raw" in job.input.keys():  # noqa: SIM118
        given["raw"] = Path(Path(job.input.raw[0]).read_text())
    rng = partial(generator, params["seed"], "data", name)
    dataset = module.load(rng, **given, **params["settings"])
    dataset.attrs["dataset"] = name
    for attribute, value in dataset.attrs.items():
        log.info("%s: %s", attribute, value)
    write_result(dataset, job)
