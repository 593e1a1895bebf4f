"""One protein family: filtered, without duplicates, split by identity clusters."""

from plmemory.datasets.proteins import load as proteins
from plmemory.files.jobs import logged
from plmemory.files.provenance import write_dataset
from plmemory.seeds import generator

job = snakemake
with logged(job.log[0]) as log:
    parameters = job.params.dataset
    rng = generator(job.params.seed, "data", job.wildcards.dataset)
    dataset = proteins.load(rng=rng, **parameters)
    dataset.attrs["dataset"] = job.wildcards.dataset
    for attribute, value in dataset.attrs.items():
        log.info("%s: %s", attribute, value)
    write_dataset(dataset, job.output[0], {"seed": job.params.seed, **parameters})
