"""Shared by all stages: the checked configuration and the plan made of it.

In: `config`. Out: PLAN (paths, and what each thing is made from) and JOBS (parameters of every
job). A job is identified by the names in its path alone.
"""

import re
import sys
import threading
from pathlib import Path

import yaml
from snakemake.exceptions import WorkflowError

CHECKOUT = Path(str(workflow.current_basedir)).parents[1]
# The package of this very checkout runs, in this process and in every job's.
sys.path.insert(0, str(CHECKOUT / "src"))

from plmemory.errors import InputError
from plmemory.plan import command_line, configuration, consistency, inheritance, sources
from plmemory.plan.jobs import Jobs
from plmemory.plan.plan import Plan, Result

sources.run_from(CHECKOUT / "src")

try:
    command_line.check(sys.argv, [BASE_CONFIG, *workflow.configfiles])
    written = inheritance.laid_over(yaml.safe_load(BASE_CONFIG.read_text()), config)
    PLAN = Plan(configuration.complete(written, workflow.config_settings.config))
    consistency.check(PLAN)
    if workflow.modifier.namespace is None:  # the targets of another workflow are its own
        command_line.check_targets(sys.argv, PLAN)
except InputError as fault:
    raise WorkflowError(str(fault)) from None

CONFIG, RESULTS, RAW = PLAN.config, PLAN.root, PLAN.raw_root
LOGS = f"{RESULTS}/logs"
JOBS = Jobs(PLAN, CHECKOUT / "workflow" / "scripts")
GPUS = int(CONFIG["device"] == "cuda")
POOLS = [name for name in CONFIG["datasets"] if PLAN.kind(name).pool]
DRAWN = [name for name in CONFIG["datasets"] if not PLAN.kind(name).pool]


def any_of(names):
    """Wildcard constraint: one of these names (a name that never is, if none)."""
    return "|".join(map(re.escape, names)) or "none-configured"


wildcard_constraints:
    dataset=any_of(CONFIG["datasets"]),
    rule=r"[a-z][a-z0-9_.]*",
    patterns=r"P(\d\d\d\d\d+|inf|all)",
    measure=any_of(CONFIG["measures"]),
    figure=any_of(CONFIG["figures"]),


def data_of(wildcards):
    return PLAN.data_file(wildcards.dataset, wildcards.patterns)


def cancel_timers():
    """Cancel the scheduler's looks at waiting jobs (profiles/default), which Python would await."""
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.cancel()
