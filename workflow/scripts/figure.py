"""One figure, drawn from its table and nothing else."""

import importlib

import pandas as pd

from plmemory.figures.shared import style
from plmemory.files import lineage
from plmemory.files.jobs import logged

job = snakemake
params = job.params.job
with logged(job, f"figure {job.wildcards.figure}"):
    module = importlib.import_module(f"plmemory.figures.{params['kind']}.draw")
    figure = module.draw(pd.read_csv(job.input[0]))
    style.save(figure, job.output.png.removesuffix(".png"), params["caption"])
    lineage.note(job.output, params["lineage"])
