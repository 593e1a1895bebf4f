"""The four raw files of MNIST, complete and checked, from the user, a mirror or npm."""

from pathlib import Path

from plmemory.datasets.mnist import raw as mnist_files
from plmemory.files.jobs import logged

MIRROR_TIMEOUT = 10.0  # seconds without a byte
MIRROR_LIMIT = 300.0  # seconds for all four files, 12 MB

job = snakemake
with logged(job.log[0]) as log:
    own = job.params.files
    source = mnist_files.obtain(
        Path(job.output[0]).parent,
        Path(own) if own else None,
        job.params.mirrors,
        timeout=MIRROR_TIMEOUT,
        limit=MIRROR_LIMIT,
    )
    log.info("source: %s", source)
