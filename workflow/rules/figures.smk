"""Stage 5, figures.

In: a figure's table, and nothing else. Out: results/figures/<figure>.{pdf,svg,png}, and a target
rule for every figure and every stage.
"""


rule figure:
    input:
        "results/tables/{figure}.csv",
    output:
        pdf="results/figures/{figure}.pdf",
        svg="results/figures/{figure}.svg",
        png=report(
            "results/figures/{figure}.png",
            caption="../report/figure.rst",
            category=lambda wildcards: category(wildcards.figure),
            labels={"figure": "{figure}"},
        ),
    log:
        "results/logs/figures/{figure}.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
    params:
        code=lambda wildcards: code("figure.py", f"plmemory.figures.{module(wildcards.figure)}"),
        module=lambda wildcards: module(wildcards.figure),
        caption=lambda wildcards: CAPTIONS[wildcards.figure],
    script:
        "../scripts/figure.py"


for figure_name in FIGURES:

    rule:
        name:
            figure_name
        input:
            figure_files([figure_name]),


rule data:
    input:
        stage_files("data"),


rule models:
    input:
        stage_files("models"),


rule attractors:
    input:
        [
            file
            for figure in FIGURES
            for stage in TABLE_INPUTS[figure]
            if stage not in ("data", "models", "tables")
            for file in results_of(stage, figure)
        ],


rule tables:
    input:
        expand("results/tables/{figure}.csv", figure=FIGURES),
