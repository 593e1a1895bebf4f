"""Stage 2, learning.

In: a data set. Out: models/<data set>/<rule>/P<number of patterns>.nc: couplings, history and
convergence of all replicates of one learning rule at one load.
"""


rule train:
    input:
        lambda wildcards: checked(
            JOBS.train(*wildcards),
            [PLAN.file(Result("models", *wildcards))],
            [data_of(wildcards)],
        ),
    output:
        f"{RESULTS}/models/{{dataset}}/{{rule}}/{{patterns}}.nc",
    log:
        f"{LOGS}/models/{{dataset}}/{{rule}}/{{patterns}}.log",
    conda:
        "../../environment.yml"
    threads: CONFIG["threads"]
    resources:
        mem_mb=lambda wildcards, attempt: NEEDS.train(*wildcards).mem_mb(attempt),
        runtime=lambda wildcards, attempt: NEEDS.train(*wildcards).runtime(attempt),
        gpu=GPUS,
    params:
        job=lambda wildcards: JOBS.train(*wildcards).parameters,
    script:
        "../scripts/train.py"
