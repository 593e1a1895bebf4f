"""Equilibrium states of one spin glass, by parallel tempering."""

from plmemory.datasets.spin_glass import load as spin_glass
from plmemory.errors import InputError
from plmemory.files.jobs import logged
from plmemory.files.provenance import write_dataset
from plmemory.seeds import generator

job = snakemake
with logged(job.log[0]) as log:
    parameters = job.params.dataset
    rng = generator(job.params.seed, "data", job.wildcards.dataset)
    dataset = spin_glass.generate(rng=rng, threads=job.threads, **parameters)
    dataset.attrs["dataset"] = job.wildcards.dataset
    log.info("status: %s", dataset.attrs["status"])
    if dataset.attrs["status"] != "equilibrated":
        raise InputError(
            f"datasets.{job.wildcards.dataset}.max_sweeps: found {parameters['max_sweeps']}, "
            "which does not equilibrate the spin glass, expected more (or a higher temperature)"
        )
    write_dataset(dataset, job.output[0], {"seed": job.params.seed, **parameters})
