"""Associative memories trained by pseudo-likelihood: from data to every figure.

    snakemake --cores all                          every figure of config/config.yaml
    snakemake --cores all mnist_generalization     one figure
    snakemake --cores all data                     one stage: data, models, measures, tables
    snakemake --cores all --configfile config/paper.yaml

Put targets before `--configfile`, which takes all words after it as configuration files.
Stages: data -> models -> <measures> -> tables -> figures -> page, below results/<run>.
"""

from pathlib import Path

from snakemake.utils import min_version

min_version("9.27")

# The configuration in the working folder, else the one beside this file.
BASE_CONFIG = Path("config/config.yaml").absolute()
if not BASE_CONFIG.is_file():
    BASE_CONFIG = Path(str(workflow.current_basedir)) / "config" / "config.yaml"


configfile: str(BASE_CONFIG)


include: "workflow/rules/common.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/training.smk"
include: "workflow/rules/measuring.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/page.smk"


report: "workflow/report/workflow.rst"


onsuccess:
    cancel_timers()


onerror:
    cancel_timers()
    page_of_what_there_is()


rule all:
    default_target: True
    input:
        PLAN.figure_files(CONFIG["figures"]),
        PLAN.page_file,
