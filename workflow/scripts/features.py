"""Random features and the training and test patterns that mix them, for all replicates."""

from plmemory.datasets.features import load as features
from plmemory.files.jobs import logged
from plmemory.files.provenance import write_dataset
from plmemory.seeds import generator

job = snakemake
with logged(job.log[0]):
    parameters = dict(job.params.dataset)
    name, patterns = job.wildcards.dataset, job.wildcards.patterns
    rngs = [
        # Not the load: all loads of a replicate share its features and test patterns.
        generator(job.params.seed, "data", name, replicate)
        for replicate in range(parameters.pop("replicates"))
    ]
    dataset = features.generate(int(patterns[1:]), rngs=rngs, **parameters)
    dataset.attrs["dataset"] = name
    write_dataset(dataset, job.output[0], {"seed": job.params.seed, **job.params.dataset})
