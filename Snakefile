"""Associative memories trained by pseudo-likelihood: from data to every figure.

    snakemake --cores all                          every figure of config/config.yaml
    snakemake --cores all mnist_generalization     one figure
    snakemake --cores all data                     one stage: data, models, attractors, tables
    snakemake --cores all --configfile config/paper.yaml

Stages: results/data -> results/models -> results/attractors -> results/tables -> results/figures.
"""

from snakemake.utils import min_version

min_version("9.27")


configfile: "config/config.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/training.smk"
include: "workflow/rules/attractors.smk"
include: "workflow/rules/analysis.smk"
include: "workflow/rules/figures.smk"


report: "workflow/report/workflow.rst"


onsuccess:
    cancel_timers()


onerror:
    cancel_timers()


rule all:
    default_target: True
    input:
        figure_files(FIGURES),
