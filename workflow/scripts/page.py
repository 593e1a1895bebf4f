"""The results page of a run, from its figures, their tables and the logs of its jobs."""

from pathlib import Path

from plmemory.figures.page import write
from plmemory.files import lineage
from plmemory.files.jobs import logged

job = snakemake
params = job.params.job
with logged(job, "results page"):
    if write.write(params["run"], Path(job.output[0]).parents[1]):
        lineage.note(job.output, params["lineage"])
