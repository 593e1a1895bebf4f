"""Shared by all stages: the checked configuration, and which file holds what.

In: `config`. Out: functions from names (data set, learning rule, number of patterns) to paths,
parameters and resources. A job is identified by those names alone.
"""

import sys
import threading
from pathlib import Path

import yaml
from snakemake.exceptions import WorkflowError

SOURCE = Path(workflow.basedir) / "src"
SCRIPTS = Path(workflow.basedir) / "workflow" / "scripts"
# The package of this very checkout runs, in this process and in every job's.
sys.path.insert(0, str(SOURCE))

from plmemory import configuration, sources
from plmemory.errors import InputError

sources.run_from(SOURCE)

SCHEMA = yaml.safe_load(
    (Path(workflow.basedir) / "workflow" / "schemas" / "config.schema.yaml").read_text()
)
try:
    configuration.check(config, SCHEMA)
    configuration.check_consistency(config)
except InputError as fault:
    raise WorkflowError(str(fault)) from None

DATASETS = config["datasets"]
FIGURES = config["figures"]
# Data sets whose patterns are drawn anew for every load; the others are pools to draw from.
GENERATED = {"random", "features"}
GPUS = int(config["device"] == "cuda")
FLOAT_BYTES = {"float32": 4, "float64": 8}[config["dtype"]]


wildcard_constraints:
    dataset="|".join(DATASETS),
    rule="[a-z0-9_.]+",
    patterns=r"P(\d\d\d\d\d+|inf|all)",
    figure="|".join(FIGURES),


def code(script, *modules):
    """Digest of all the source that a job runs: an edit makes the job out of date."""
    return sources.digest(SCRIPTS / script, *modules)


def kind(dataset):
    return DATASETS[dataset]["kind"]


def settings(entry, *without):
    """The leaf values of a configuration entry, as a job's parameters."""
    return {key: entry[key] for key in sorted(entry) if key not in without}


def dataset_settings(wildcards, *without):
    return settings(DATASETS[wildcards.dataset], "kind", *without)


def alignment_files(wildcards):
    """Files that a protein family's entry names; those in packages are covered by the lock."""
    entry = DATASETS[wildcards.dataset]
    named = [entry["alignment"], entry["structure"]]
    return [file for file in named if file and not file.startswith("package:")]


def data_file(dataset, patterns):
    if kind(dataset) in GENERATED:
        return f"results/data/{dataset}/{patterns}.nc"
    return f"results/data/{dataset}.nc"


def data_of(wildcards):
    return data_file(wildcards.dataset, wildcards.patterns)


def count(name):
    """The number of patterns in a name such as P00250."""
    return int(name[1:])


def names_of(*kinds):
    """Wildcard constraint: the data sets of these kinds (a name that never is, if none)."""
    return "|".join(name for name in DATASETS if kind(name) in kinds) or "none-configured"


def learning_rule(dataset, rule):
    return config["learning"][kind(dataset)][rule]


def method(dataset, rule):
    return learning_rule(dataset, rule)["method"]


def learning_modules(dataset, rule):
    """The modules that train.py imports by name, so that one rule's code concerns it alone."""
    modules = [f"plmemory.learning.{method(dataset, rule)}"]
    watched = learning_rule(dataset, rule).get("record_overlap") is not None
    return modules + ["plmemory.history"] * watched


def pattern_names(figure, dataset):
    """P00250 for every load (or number of patterns) that the figure asks for, or Pall."""
    counts = configuration.pattern_counts(FIGURES[figure], DATASETS[dataset])
    return ["Pall" if patterns == "all" else f"P{patterns:05d}" for patterns in counts]


def memory_of_couplings(dataset):
    """Size of all replicates' couplings in MB, for resource requests."""
    entry = DATASETS[dataset]
    sites = configuration.sites(entry)
    # Of a protein the alignment alone tells: 200 columns are allowed for.
    unknowns = (200 * 21) ** 2 if sites is None else sites**2
    return int(entry["replicates"] * unknowns * FLOAT_BYTES / 1e6)


def memory_of_patterns(wildcards):
    """Size of all replicates' patterns in MB while they are generated or learned."""
    entry = DATASETS[wildcards.dataset]
    sites = configuration.sites(entry)
    if sites is None:  # of a protein the alignment alone tells; they are small beside the couplings
        return 0
    return int(entry["replicates"] * sites * count(wildcards.patterns) * 8 / 1e6)


def module(figure):
    """The module that draws a figure; one serves all the figures of attractors."""
    return "attractors" if figure.startswith("attractors_") else figure


CAPTIONS = yaml.safe_load((Path(workflow.basedir) / "workflow/report/captions.yaml").read_text())
CATEGORIES = {
    "random": "Random patterns",
    "features": "Random features",
    "mnist": "MNIST",
    "spin": "Spin glass",
    "protein": "Proteins",
    "attractors": "Attractors",
    "reproduction": "Published values",
}


def figure_files(figures):
    return expand("results/figures/{figure}.{format}", figure=figures, format=["pdf", "svg", "png"])


def category(figure):
    return CATEGORIES[figure.split("_")[0]]


def stage_files(stage):
    return [file for figure in FIGURES for file in results_of(stage, figure)]


# What each figure's table is made from: a stage of the workflow, per data set, rule and load.
TABLE_INPUTS = {
    "random_retrieval_maps": ["retrieval"],
    "random_recall_temperature": ["recall"],
    "random_training": ["models", "storage"],
    "random_stabilities": ["storage"],
    "random_stability_moments": ["storage"],
    "random_basins": ["storage"],
    "random_capacity": ["storage"],
    "random_symmetry": ["storage"],
    "mnist_generalization": ["attractors"],
    "mnist_examples": ["examples"],
    "mnist_statistics": ["data"],
    "features_generalization": ["attractors"],
    "spin_glass_generalization": ["attractors"],
    "spin_glass_inference": ["attractors"],
    "protein_generalization": ["attractors"],
    "protein_contacts": ["data", "models"],
    "attractors_mnist": ["attractors"],
    "attractors_features": ["attractors"],
    "attractors_spin_glass": ["attractors"],
    "attractors_proteins": ["attractors"],
    "reproduction": ["tables"],
}


def exists(dataset, rule, name):
    """Whether there are couplings to learn. The pseudo-inverse has none from load 1 on."""
    learnt = config["learning"][kind(dataset)].get(rule, {})
    if learnt.get("method") != "pseudo_inverse":
        return True
    return count(name) < configuration.sites(DATASETS[dataset])


def results_of(stage, figure):
    """The files of one stage that a figure's configuration asks for."""
    if stage == "tables":
        return expand("results/tables/{figure}.csv", figure=configuration.PUBLISHED)
    found = []
    for dataset in FIGURES[figure]["datasets"]:
        names = pattern_names(figure, dataset)
        if stage == "data":
            found += [data_file(dataset, name) for name in names or [None]]
        else:
            found += [
                f"results/{stage}/{dataset}/{rule}/{name}.nc"
                for rule in FIGURES[figure].get("rules", [])
                for name in (["Pinf"] if rule == "true_couplings" else names)
                if exists(dataset, rule, name)
            ]
    return list(dict.fromkeys(found))


def table_inputs(figure):
    return {stage: results_of(stage, figure) for stage in TABLE_INPUTS[figure]}


def known(figure):
    """What a table must be told of its data sets, beside their results."""
    datasets = FIGURES[figure]["datasets"]
    match module(figure):
        case "features_generalization":
            return {"features": {name: DATASETS[name]["features"] for name in datasets}}
        case "spin_glass_generalization" | "spin_glass_inference":
            return {"temperature": DATASETS[datasets[0]]["temperature"]}
    return {}


def cancel_timers():
    """Cancel the scheduler's looks at waiting jobs (profiles/default), which Python would await."""
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.cancel()
