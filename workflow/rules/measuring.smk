"""Stage 3, measures of the learnt networks.

In: a model and its data set. Out: <measure>/<data set>/<rule>/P<number of patterns>.nc, for
every measure that a figure needs.
"""


rule measure:
    input:
        data=lambda wildcards: checked(
            JOBS.measure(Result(*wildcards)),
            [PLAN.file(Result(*wildcards))],
            [data_of(wildcards)],
        ),
        model=f"{RESULTS}/models/{{dataset}}/{{rule}}/{{patterns}}.nc",
    output:
        f"{RESULTS}/{{measure}}/{{dataset}}/{{rule}}/{{patterns}}.nc",
    log:
        f"{LOGS}/{{measure}}/{{dataset}}/{{rule}}/{{patterns}}.log",
    benchmark:
        f"{TIMES}/{{measure}}/{{dataset}}/{{rule}}/{{patterns}}.tsv"
    conda:
        "../../environment.yml"
    threads: CONFIG["threads"]
    resources:
        mem_mb=lambda wildcards, attempt: NEEDS.measure(Result(*wildcards)).mem_mb(attempt),
        runtime=lambda wildcards, attempt: NEEDS.measure(Result(*wildcards)).runtime(attempt),
        gpu=GPUS,
    params:
        job=lambda wildcards: JOBS.measure(Result(*wildcards)).parameters,
    script:
        "../scripts/measure.py"
