"""One model from the rows that were learnt in parts."""

from plmemory.files import checkpoints
from plmemory.files.jobs import logged
from plmemory.files.labelled import open_dataset
from plmemory.files.provenance import write_result
from plmemory.learning.gathered import gathered

job = snakemake
with logged(job, f"learning rule {job.wildcards.rule}"):
    parts = [open_dataset(file) for file in job.input]
    # A single job may have begun to learn all rows before parts were configured.
    checkpoints.discard(job.output[0])
    write_result(gathered(parts, job.params.job["combined"]), job)
