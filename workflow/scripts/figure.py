"""One figure, drawn from its table and nothing else."""

import importlib

import pandas as pd

from plmemory.figures.shared import style
from plmemory.files.jobs import logged

job = snakemake
with logged(job.log[0]):
    module = importlib.import_module(f"plmemory.figures.{job.params.module}")
    figure = module.draw(pd.read_csv(job.input[0]))
    style.save(figure, job.output.png.removesuffix(".png"))
