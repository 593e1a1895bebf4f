"""Stage 1, data sets.

In: the configuration, the user's files that it names, raw files from a mirror or a package.
Out: data/<data set>.nc, a pool of training and test examples, or, for patterns that are drawn
for every load, data/<data set>/P<number of patterns>.nc. Raw files are stored once for all runs and
are not an output of any run: otherwise two simultaneous runs would lock each other out. The output
of their rule is a temporary file with their location.
"""

for dataset_name in filter(PLAN.raw_file, POOLS):

    rule:
        name:
            f"raw_{dataset_name}"
        input:
            [file for files in PLAN.own_files(dataset_name).values() for file in files],
        output:
            temp(PLAN.raw_file(dataset_name)),
        log:
            f"{LOGS}/data/{dataset_name}.raw.log",
        localrule: True
        conda:
            "../../environment.yml"
        resources:
            mem_mb=500,
            runtime=60,
        params:
            job=JOBS.raw(dataset_name).parameters,
        script:
            "../scripts/raw.py"


rule pool:
    input:
        unpack(
            lambda wildcards: checked(
                JOBS.load(wildcards.dataset, ""),
                [PLAN.data_file(wildcards.dataset, "")],
                PLAN.data_inputs(wildcards.dataset),
            )
        ),
    output:
        f"{RESULTS}/data/{{dataset}}.nc",
    log:
        f"{LOGS}/data/{{dataset}}.log",
    benchmark:
        f"{TIMES}/data/{{dataset}}.tsv"
    wildcard_constraints:
        dataset=any_of(POOLS),
    # First: the training on most patterns takes longer than any other job, and should not
    # outlast the rest.
    priority: 1
    conda:
        "../../environment.yml"
    threads: CONFIG["threads"]
    resources:
        mem_mb=lambda wildcards, attempt: NEEDS.pool(wildcards.dataset).mem_mb(attempt),
        runtime=lambda wildcards, attempt: NEEDS.pool(wildcards.dataset).runtime(attempt),
    params:
        job=lambda wildcards: JOBS.load(wildcards.dataset, "").parameters,
    script:
        "../scripts/dataset.py"


rule draw:
    input:
        lambda wildcards: checked(JOBS.load(*wildcards), [data_of(wildcards)], []),
    output:
        f"{RESULTS}/data/{{dataset}}/{{patterns}}.nc",
    log:
        f"{LOGS}/data/{{dataset}}/{{patterns}}.log",
    benchmark:
        f"{TIMES}/data/{{dataset}}/{{patterns}}.tsv"
    wildcard_constraints:
        dataset=any_of(DRAWN),
    conda:
        "../../environment.yml"
    resources:
        mem_mb=lambda wildcards, attempt: NEEDS.draw(*wildcards).mem_mb(attempt),
        runtime=lambda wildcards, attempt: NEEDS.draw(*wildcards).runtime(attempt),
    params:
        job=lambda wildcards: JOBS.load(wildcards.dataset, wildcards.patterns).parameters,
    script:
        "../scripts/dataset.py"
