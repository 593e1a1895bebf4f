"""Stage 3, what the dynamics does with the learnt couplings.

In: a model and its data set. Out, per data set, rule and load:
results/attractors/.../P<...>.nc (where training, test, corrupted and random starts end, and the
catalogue of attractors), results/retrieval/.../P<...>.nc (retrieval maps), results/recall/.../P<...>.nc
(overlaps at finite temperature), results/storage/.../P<...>.nc
(stabilities, fixed points, critical overlap), results/examples/.../P<...>.nc (states to be looked at).
"""


rule search:
    input:
        data=data_of,
        model="results/models/{dataset}/{rule}/{patterns}.nc",
    output:
        "results/attractors/{dataset}/{rule}/{patterns}.nc",
    log:
        "results/logs/attractors/{dataset}/{rule}/{patterns}.log",
    conda:
        "../../environment.yml"
    threads: config["threads"]
    resources:
        mem_mb=lambda wildcards: 1000 + 4 * memory_of_couplings(wildcards.dataset),
        gpu=GPUS,
    params:
        code=code("search.py"),
        seed=config["seed"],
        device=config["device"],
        dtype=config["dtype"],
        search=lambda wildcards: settings(config["search"][kind(wildcards.dataset)]),
    script:
        "../scripts/search.py"


rule retrieve:
    input:
        data=data_of,
        model="results/models/{dataset}/{rule}/{patterns}.nc",
    output:
        "results/retrieval/{dataset}/{rule}/{patterns}.nc",
    log:
        "results/logs/retrieval/{dataset}/{rule}/{patterns}.log",
    conda:
        "../../environment.yml"
    threads: config["threads"]
    resources:
        mem_mb=lambda wildcards: 1000 + 4 * memory_of_couplings(wildcards.dataset),
        gpu=GPUS,
    params:
        code=code("retrieve.py"),
        seed=config["seed"],
        device=config["device"],
        dtype=config["dtype"],
        retrieval=lambda wildcards: settings(config["retrieval"]),
    script:
        "../scripts/retrieve.py"


rule recall:
    input:
        data=data_of,
        model="results/models/{dataset}/{rule}/{patterns}.nc",
    output:
        "results/recall/{dataset}/{rule}/{patterns}.nc",
    log:
        "results/logs/recall/{dataset}/{rule}/{patterns}.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=lambda wildcards: 1000 + 4 * memory_of_couplings(wildcards.dataset),
    params:
        code=code("recall.py"),
        seed=config["seed"],
        recall=settings(config["recall"]),
    script:
        "../scripts/recall.py"


rule storage:
    input:
        data=data_of,
        model="results/models/{dataset}/{rule}/{patterns}.nc",
    output:
        "results/storage/{dataset}/{rule}/{patterns}.nc",
    log:
        "results/logs/storage/{dataset}/{rule}/{patterns}.log",
    conda:
        "../../environment.yml"
    threads: config["threads"]
    resources:
        mem_mb=lambda wildcards: 1000 + 4 * memory_of_couplings(wildcards.dataset),
        gpu=GPUS,
    params:
        code=code("storage.py"),
        seed=config["seed"],
        device=config["device"],
        dtype=config["dtype"],
        storage=settings(config["storage"]),
    script:
        "../scripts/storage.py"


rule examples:
    input:
        data=data_of,
        model="results/models/{dataset}/{rule}/{patterns}.nc",
    output:
        "results/examples/{dataset}/{rule}/{patterns}.nc",
    log:
        "results/logs/examples/{dataset}/{rule}/{patterns}.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1500,
        gpu=GPUS,
    params:
        code=code("examples.py"),
        seed=config["seed"],
        device=config["device"],
        dtype=config["dtype"],
        examples=settings(config["examples"]),
    script:
        "../scripts/examples.py"
