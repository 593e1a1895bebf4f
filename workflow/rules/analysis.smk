"""Stage 4, one tidy table a figure.

In: the files of earlier stages that the figure's configuration names. Out:
results/tables/<figure>.csv, in long form, and everything that the figure shows.
"""


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
