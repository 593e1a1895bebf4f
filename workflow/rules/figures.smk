"""Stages 4 and 5, tables and figures.

In: the files of earlier stages that a figure's configuration names. Out: tables/<figure>.csv, in
long form, with all numbers that the figure shows; figures/<figure>.{pdf,svg,png}, drawn from the
table alone; and a target for every figure and every stage.
"""


rule table:
    input:
        unpack(
            lambda wildcards: checked(
                JOBS.table(wildcards.figure),
                [PLAN.table_file(wildcards.figure)],
                PLAN.table_inputs(wildcards.figure),
            )
        ),
    output:
        f"{RESULTS}/tables/{{figure}}.csv",
    log:
        f"{LOGS}/tables/{{figure}}.log",
    benchmark:
        f"{TIMES}/tables/{{figure}}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=lambda wildcards, attempt: NEEDS.table.mem_mb(attempt),
        runtime=lambda wildcards, attempt: NEEDS.table.runtime(attempt),
    params:
        job=lambda wildcards: JOBS.table(wildcards.figure).parameters,
    script:
        "../scripts/table.py"


rule figure:
    input:
        lambda wildcards: checked(
            JOBS.figure(wildcards.figure),
            PLAN.figure_files([wildcards.figure]),
            [PLAN.table_file(wildcards.figure)],
        ),
    output:
        pdf=f"{RESULTS}/figures/{{figure}}.pdf",
        svg=f"{RESULTS}/figures/{{figure}}.svg",
        png=report(
            f"{RESULTS}/figures/{{figure}}.png",
            caption="../report/figure.rst",
            category=lambda wildcards: JOBS.category(wildcards.figure),
            labels={"figure": "{figure}"},
        ),
    log:
        f"{LOGS}/figures/{{figure}}.log",
    benchmark:
        f"{TIMES}/figures/{{figure}}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=lambda wildcards, attempt: NEEDS.figure.mem_mb(attempt),
        runtime=lambda wildcards, attempt: NEEDS.figure.runtime(attempt),
    params:
        job=lambda wildcards: JOBS.figure(wildcards.figure).parameters,
    script:
        "../scripts/figure.py"


for figure_name in CONFIG["figures"]:

    rule:
        name:
            figure_name
        input:
            PLAN.figure_files([figure_name]),


rule data:
    input:
        PLAN.stage_files("data"),


rule models:
    input:
        PLAN.stage_files("models"),


rule measures:
    input:
        PLAN.stage_files(*CONFIG["measures"]),


rule tables:
    input:
        [PLAN.table_file(figure) for figure in CONFIG["figures"]],
