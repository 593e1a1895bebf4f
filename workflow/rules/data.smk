"""Stage 1, data sets.

In: nothing but the configuration, for MNIST four files of the user's, a mirror's or npm's, and for
proteins an alignment (and structure) of the user's or of an installed package.
Out: results/data/<data set>.nc, a pool of training and test examples, or, for patterns that are
drawn anew at every load, results/data/<data set>/P<number of patterns>.nc.
"""

MNIST_FILES = [
    f"results/data/raw/mnist/{part}-{content}-ubyte"
    for part in ("train", "t10k")
    for content in ("images-idx3", "labels-idx1")
]


rule random_patterns:
    output:
        "results/data/{dataset}/{patterns}.nc",
    log:
        "results/logs/data/{dataset}/{patterns}.log",
    wildcard_constraints:
        dataset=names_of("random"),
    conda:
        "../../environment.yml"
    resources:
        mem_mb=lambda wildcards: 500 + memory_of_patterns(wildcards),
    params:
        code=code("random_patterns.py"),
        seed=config["seed"],
        dataset=dataset_settings,
    script:
        "../scripts/random_patterns.py"


rule features:
    output:
        "results/data/{dataset}/{patterns}.nc",
    log:
        "results/logs/data/{dataset}/{patterns}.log",
    wildcard_constraints:
        dataset=names_of("features"),
    conda:
        "../../environment.yml"
    resources:
        mem_mb=lambda wildcards: 500 + memory_of_patterns(wildcards),
    params:
        code=code("features.py"),
        seed=config["seed"],
        dataset=dataset_settings,
    script:
        "../scripts/features.py"


rule spin_glass:
    output:
        "results/data/{dataset}.nc",
    log:
        "results/logs/data/{dataset}.log",
    wildcard_constraints:
        dataset=names_of("spin_glass"),
    # First: training on the most patterns takes longer than any other job, and is not to
    # outlast the rest.
    priority: 1
    conda:
        "../../environment.yml"
    threads: config["threads"]
    resources:
        mem_mb=4000,
    params:
        code=code("spin_glass.py"),
        seed=config["seed"],
        dataset=lambda wildcards: dataset_settings(wildcards, "replicates"),
    script:
        "../scripts/spin_glass.py"


rule proteins:
    input:
        alignment_files,
    output:
        "results/data/{dataset}.nc",
    log:
        "results/logs/data/{dataset}.log",
    wildcard_constraints:
        dataset=names_of("proteins"),
    conda:
        "../../environment.yml"
    resources:
        mem_mb=4000,
    params:
        code=code("proteins.py"),
        seed=config["seed"],
        dataset=lambda wildcards: dataset_settings(wildcards, "replicates"),
    script:
        "../scripts/proteins.py"


rule mnist_files:
    output:
        MNIST_FILES,
    log:
        "results/logs/data/mnist_files.log",
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=500,
    params:
        code=code("mnist_files.py"),
        files=config["sources"]["mnist"]["files"],
        mirrors=config["sources"]["mnist"]["mirrors"],
    script:
        "../scripts/mnist_files.py"


rule mnist:
    input:
        MNIST_FILES,
    output:
        "results/data/{dataset}.nc",
    log:
        "results/logs/data/{dataset}.log",
    wildcard_constraints:
        dataset=names_of("mnist"),
    conda:
        "../../environment.yml"
    resources:
        mem_mb=3000,
    params:
        code=code("mnist.py"),
        threshold=lambda wildcards: DATASETS[wildcards.dataset]["threshold"],
    script:
        "../scripts/mnist.py"
