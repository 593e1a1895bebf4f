"""Stage 2, learning.

In: a data set. Out: models/<data set>/<rule>/P<number of patterns>.nc: couplings, history and
convergence of all replicates of one learning rule at one load. If a rule learns them in
parts, these are parts/<data set>/<rule>/P<number of patterns>/<part>.nc, with some rows each;
beside them is shared.nc with what all rows need, if the rule shares something.
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
    benchmark:
        f"{TIMES}/models/{{dataset}}/{{rule}}/{{patterns}}.tsv"
    wildcard_constraints:
        dataset=f"(?!(?:{any_of(SPLIT)})/)(?:{any_of(CONFIG['datasets'])})",
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


rule share:
    input:
        lambda wildcards: checked(
            JOBS.share(*wildcards), [PLAN.part_file(*wildcards, "shared")], [data_of(wildcards)]
        ),
    output:
        temp(f"{RESULTS}/parts/{{dataset}}/{{rule}}/{{patterns}}/shared.nc"),
    log:
        f"{LOGS}/parts/{{dataset}}/{{rule}}/{{patterns}}/shared.log",
    conda:
        "../../environment.yml"
    threads: CONFIG["threads"]
    resources:
        mem_mb=lambda wildcards, attempt: NEEDS.share(*wildcards).mem_mb(attempt),
        runtime=lambda wildcards, attempt: NEEDS.share(*wildcards).runtime(attempt),
        gpu=GPUS,
    params:
        job=lambda wildcards: JOBS.share(*wildcards).parameters,
    script:
        "../scripts/share.py"


rule part:
    input:
        lambda wildcards: checked(
            JOBS.part(*wildcards),
            [PLAN.part_file(*wildcards)],
            [data_of(wildcards), *shared_of(wildcards)],
        ),
    output:
        temp(f"{RESULTS}/parts/{{dataset}}/{{rule}}/{{patterns}}/{{part}}.nc"),
    log:
        f"{LOGS}/parts/{{dataset}}/{{rule}}/{{patterns}}/{{part}}.log",
    benchmark:
        f"{TIMES}/parts/{{dataset}}/{{rule}}/{{patterns}}/{{part}}.tsv"
    wildcard_constraints:
        part=r"\d+of\d+",
    conda:
        "../../environment.yml"
    threads: CONFIG["threads"]
    resources:
        mem_mb=lambda wildcards, attempt: NEEDS.part(*wildcards).mem_mb(attempt),
        runtime=lambda wildcards, attempt: NEEDS.part(*wildcards).runtime(attempt),
        gpu=GPUS,
    params:
        job=lambda wildcards: JOBS.part(*wildcards).parameters,
    script:
        "../scripts/train.py"


rule gather:
    input:
        lambda wildcards: checked(
            JOBS.train(*wildcards),
            [PLAN.file(Result("models", *wildcards))],
            [
                PLAN.part_file(*wildcards, part)
                for part in parts.names(parts.parts(PLAN, wildcards.dataset, wildcards.rule))
            ],
        ),
    output:
        f"{RESULTS}/models/{{dataset}}/{{rule}}/{{patterns}}.nc",
    log:
        f"{LOGS}/models/{{dataset}}/{{rule}}/{{patterns}}.log",
    benchmark:
        f"{TIMES}/models/{{dataset}}/{{rule}}/{{patterns}}.tsv"
    wildcard_constraints:
        dataset=f"(?=(?:{any_of(SPLIT)})/)(?:{any_of(CONFIG['datasets'])})",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=lambda wildcards, attempt: NEEDS.gather.mem_mb(attempt),
        runtime=lambda wildcards, attempt: NEEDS.gather.runtime(attempt),
    params:
        job=lambda wildcards: JOBS.train(*wildcards).parameters,
    script:
        "../scripts/gather.py"
