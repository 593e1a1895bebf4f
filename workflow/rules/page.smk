"""Stage 6, the results page.

In: all figures, with their tables. Out: page/index.html, which needs only the folder that it is
in. If figures fail, it is made from the existing results (onerror in the Snakefile), as by `make page`.
"""


rule page:
    input:
        lambda wildcards: checked(
            JOBS.page(), [PLAN.page_file], PLAN.figure_files(CONFIG["figures"])
        ),
    output:
        PLAN.page_file,
    log:
        f"{LOGS}/page.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=lambda wildcards, attempt: NEEDS.page.mem_mb(attempt),
        runtime=lambda wildcards, attempt: NEEDS.page.runtime(attempt),
    params:
        job=lambda wildcards: JOBS.page().parameters,
    script:
        "../scripts/page.py"
