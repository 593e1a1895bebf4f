"""Stage 2, learning.

In: a data set. Out: results/models/<data set>/<rule>/P<number of patterns>.nc: couplings, history
and convergence of all replicates of one learning rule at one load.
"""


rule train:
    input:
        data_of,
    output:
        "results/models/{dataset}/{rule}/{patterns}.nc",
    log:
        "results/logs/models/{dataset}/{rule}/{patterns}.log",
    wildcard_constraints:
        patterns=r"P(\d+|all)",
    conda:
        "../../environment.yml"
    threads: config["threads"]
    resources:
        mem_mb=lambda wildcards: (
            500 + 4 * memory_of_couplings(wildcards.dataset) + memory_of_patterns(wildcards)
        ),
        gpu=GPUS,
    params:
        code=lambda wildcards: code(
            "train.py", *learning_modules(wildcards.dataset, wildcards.rule)
        ),
        seed=config["seed"],
        device=config["device"],
        dtype=config["dtype"],
        replicates=lambda wildcards: DATASETS[wildcards.dataset]["replicates"],
        method=lambda wildcards: method(wildcards.dataset, wildcards.rule),
        parameters=lambda wildcards: settings(
            learning_rule(wildcards.dataset, wildcards.rule), "method"
        ),
    script:
        "../scripts/train.py"


rule true_couplings:
    input:
        "results/data/{dataset}.nc",
    output:
        "results/models/{dataset}/true_couplings/Pinf.nc",
    log:
        "results/logs/models/{dataset}/true_couplings/Pinf.log",
    wildcard_constraints:
        dataset=names_of("spin_glass"),
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
    params:
        code=code("true_couplings.py"),
        temperature=lambda wildcards: DATASETS[wildcards.dataset]["temperature"],
        dtype=config["dtype"],
    script:
        "../scripts/true_couplings.py"
