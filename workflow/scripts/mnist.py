"""MNIST as Ising patterns: deskewed, cropped, binarised."""

from pathlib import Path

from plmemory.datasets.mnist import load as mnist
from plmemory.datasets.mnist import raw as mnist_files
from plmemory.files.jobs import logged
from plmemory.files.provenance import write_dataset

job = snakemake
with logged(job.log[0]):
    threshold = job.params.threshold
    raw = mnist_files.read(Path(job.input[0]).parent)
    dataset = mnist.prepare(*raw, threshold=threshold)
    dataset.attrs["dataset"] = job.wildcards.dataset
    write_dataset(dataset, job.output[0], {"threshold": threshold})
