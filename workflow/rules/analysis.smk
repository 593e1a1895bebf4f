"""Stage 4, one tidy table a figure.

In: the files of earlier stages that the figure's configuration names. Out:
results/tables/<figure>.csv, in long form, and everything that the figure shows.
"""

# What each figure's table is made from: a stage of the workflow, per data set, rule and load.
TABLE_INPUTS = {
    "random_retrieval_maps": ["retrieval"],
    "random_training": ["models"],
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

# The tables that hold published numbers beside ours.
PUBLISHED = ["mnist_statistics", "mnist_generalization", "spin_glass_generalization"]


def results_of(stage, figure):
    """The files of one stage that a figure's configuration asks for."""
    if stage == "tables":
        return expand("results/tables/{figure}.csv", figure=PUBLISHED)
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
        case "protein_generalization":
            return {"states": 21}
    return {}


rule table:
    input:
        unpack(lambda wildcards: table_inputs(wildcards.figure)),
    output:
        "results/tables/{figure}.csv",
    log:
        "results/logs/tables/{figure}.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=2000,
    params:
        code=lambda wildcards: code("table.py", f"plmemory.tables.{module(wildcards.figure)}"),
        module=lambda wildcards: module(wildcards.figure),
        options=lambda wildcards: settings(
            FIGURES[wildcards.figure].get("options", {}) | known(wildcards.figure)
        ),
    script:
        "../scripts/table.py"
