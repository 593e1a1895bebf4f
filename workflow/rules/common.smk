"""Shared by all stages: the checked configuration and the plan made of it.

In: `config`. Out: PLAN (paths, and the inputs of each result), JOBS (parameters of every
job) and NEEDS (its memory and run time). A job is identified only by the names in its path.
"""

import functools
import os
import re
import sys
import threading
from pathlib import Path

import yaml
from snakemake.exceptions import WorkflowError
from snakemake.logging import logger

CHECKOUT = Path(str(workflow.current_basedir)).parents[1]
# The package of this checkout is used, in this process and in every job.
sys.path.insert(0, str(CHECKOUT / "src"))

from plmemory.errors import InputError
from plmemory.files import lineage
from plmemory.plan import (
    command_line,
    configuration,
    consistency,
    held,
    inheritance,
    parts,
    results_page,
    sources,
)
from plmemory.plan.jobs import Jobs
from plmemory.plan.needs import Needs
from plmemory.plan.plan import Plan, Result

sources.run_from(CHECKOUT / "src")

try:
    command_line.check(sys.argv, [BASE_CONFIG, *workflow.configfiles])
    written = inheritance.laid_over(yaml.safe_load(BASE_CONFIG.read_text()), config)
    PLAN = Plan(configuration.complete(written, workflow.config_settings.config))
    consistency.check(PLAN)
    JOBS = Jobs(PLAN, CHECKOUT / "workflow" / "scripts")
    NEEDS = Needs(PLAN)
    if workflow.is_main_process:
        held.check(PLAN, JOBS)
    if workflow.modifier.namespace is None:  # targets may belong to the importing workflow
        command_line.check_targets(sys.argv, PLAN)
    SPLIT = [f"{dataset}/{rule}" for dataset, rule in parts.split(PLAN)]
except InputError as fault:
    raise WorkflowError(str(fault)) from None

CONFIG, RESULTS = PLAN.config, PLAN.root
LOGS = f"{RESULTS}/logs"
TIMES = f"{RESULTS}/times"  # of jobs, separate from results, which are identical in every run
PLACE = workflow.modifier.path_modifier  # with the prefix of another workflow that imports this one
GPUS = int(CONFIG["device"] == "cuda")
POOLS = [name for name in CONFIG["datasets"] if PLAN.kind(name).pool]
DRAWN = [name for name in CONFIG["datasets"] if not PLAN.kind(name).pool]


def any_of(names):
    """Wildcard constraint: one of these names (an impossible name if there are none)."""
    return "|".join(map(re.escape, names)) or "none-configured"


wildcard_constraints:
    dataset=any_of(CONFIG["datasets"]),
    rule=r"[a-z][a-z0-9_.]*",
    patterns=r"P(\d\d\d\d\d+|inf|all)",
    measure=any_of(CONFIG["measures"]),
    figure=any_of(CONFIG["figures"]),


def data_of(wildcards):
    return PLAN.data_file(wildcards.dataset, wildcards.patterns)


def shared_of(wildcards):
    dataset, rule, patterns, _ = wildcards
    shares = PLAN.method(dataset, rule).shares(PLAN.rule(dataset, rule))
    return [PLAN.part_file(dataset, rule, patterns, "shared")] if shares else []


def checked(job, made, inputs):
    """The ``inputs`` of a job; if what it ``made`` has another lineage, it is made again.

    Snakemake itself compares only with the metadata in its own folder, which does not know results
    from elsewhere.
    """
    files = tuple(PLACE.replace_prefix(file, "output") for file in made)
    if workflow.is_main_process and outdated(files, job.lineage):
        workflow.dag.forcefiles.update(files)
    return inputs


@functools.cache
def outdated(files, planned):
    """Whether files exist and carry another lineage than planned."""
    found = any(map(os.path.isfile, files)) and lineage.carried(files) != planned
    if found:
        tell_of_outdated()
    return found


@functools.cache  # once
def tell_of_outdated():
    logger.info("Results made otherwise than now planned are made again, which is called forced.")


def cancel_timers():
    """Cancel pending checks of waiting jobs (profiles/default), for which Python would wait."""
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.cancel()


def page_of_what_there_is():
    """Write the page from existing results, if this run should have made it and could not."""
    if any(job.rule.name == "page" for job in workflow.dag.jobs):
        try:
            logger.info(f"Results, those that are missing too: {results_page.write(JOBS)}")
        except (OSError, InputError) as fault:
            logger.error(f"results page: {fault}")
