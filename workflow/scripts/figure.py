"""One figure, drawn from its table and nothing else."""

import importlib

import pandas as pd

from plmemory.figures.shared import look, style
from plmemory.files import lineage
from plmemory.files.jobs import logged

job = snakemake
params = job.params.job
with logged(job, f"figure {job.wildcards.figure}"):
    module = importlib.import_module(f"plmemory.figures.{params['kind']}.draw")
    told = [params[name] for name in ("titles", "head", "draws")]
    sheet = style.Sheet(look.told(params["looks"]), *told)
    figure = module.draw(pd.read_csv(job.input[0]), sheet)
    style.save(figure, job.output.png.removesuffix(".png"), params["caption"])
    lineage.note(job.output, params["lineage"])
