"""The four raw files of MNIST, complete and checked, from the user, a mirror or npm."""

from pathlib import Path

from plmemory.datasets import mnist_files
from plmemory.jobs import logged

MIRROR_TIMEOUT = 10.0  # seconds without an answer

job = snakemake
with logged(job.log[0]) as log:
    own = job.params.files
    source = mnist_files.obtain(
        Path(job.output[0]).parent, Path(own) if own else None, job.params.mirrors, MIRROR_TIMEOUT
    )
    log.info("source: %s", source)
