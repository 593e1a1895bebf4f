"""Independent random patterns: the input of one load, for all replicates."""

from plmemory.datasets.random import load as random
from plmemory.files.jobs import logged
from plmemory.files.provenance import write_dataset
from plmemory.seeds import generator

job = snakemake
with logged(job.log[0]):
    parameters = job.params.dataset
    name, patterns = job.wildcards.dataset, job.wildcards.patterns
    rngs = [
        generator(job.params.seed, "data", name, patterns, replicate)
        for replicate in range(parameters["replicates"])
    ]
    dataset = random.generate(int(patterns[1:]), parameters["sites"], rngs)
    dataset.attrs["dataset"] = name
    write_dataset(dataset, job.output[0], {"seed": job.params.seed, **parameters})
