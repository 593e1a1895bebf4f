"""The seconds of jobs, from a log of Snakemake."""

from benchmarks import jobs

LOG = """\
[Mon Nov 23 23:59:58 2026]
localrule train:
    input: results/laptop/data/random/P00400.nc
    output: results/laptop/models/random/pl/P00400.nc
    jobid: 65
[Mon Nov 23 23:59:59 2026]
localrule figure:
    output: results/laptop/figures/a.pdf, results/laptop/figures/a.svg
    jobid: 7
[Tue Nov 24 00:00:03 2026]
Finished jobid: 65 (Rule: train)
[Tue Nov 24 00:00:04 2026]
rule train:
    output: results/laptop/models/random/hebb/P00400.nc
    jobid: 66
[Tue Nov 24 00:00:06 2026]
Finished jobid: 66 (Rule: train)
localrule all:
    jobid: 0
Finished jobid: 0 (Rule: all)
"""

OUTPUTS = {
    "raw_mnist": ("results/raw/mnist/t10k-images-idx3-ubyte", "raw_mnist"),
    "pool": ("/elsewhere/my runs/laptop/data/mnist_0.nc", "pool, mnist_0"),
    "draw": ("results/laptop/data/random/P00400.nc", "draw, random"),
    "train": ("results/laptop/models/mnist/pl_lambda_0.1/P00020.nc", "train, mnist"),
    "measure": ("results/laptop/storage/random/pl_lambda_0.1/P00400.nc", "storage, random"),
    "table": ("results/laptop/tables/random_basins.csv", "table"),
    "figure": ("results/laptop/figures/random_basins.pdf", "figure"),
}


def test_jobs_that_ended_are_summed_by_rule_and_data_set():
    ended = jobs.ended(LOG.splitlines())
    assert ended == [
        ("train, random", "results/laptop/models/random/pl/P00400.nc", 5.0),
        ("train, random", "results/laptop/models/random/hebb/P00400.nc", 2.0),
    ]
    assert jobs.table(ended).splitlines()[2:] == ["| train, random | 2 | 7 |", "| all | 2 | 7 |"]


def test_every_rule_of_the_workflow_has_a_name_of_its_own():
    lines = ["[Mon Nov 23 23:59:58 2026]"]
    for number, (rule, (output, _)) in enumerate(OUTPUTS.items()):
        lines += [f"rule {rule}:", f"    output: {output}", f"    jobid: {number}"]
    lines += [f"Finished jobid: {number} (Rule: x)" for number in range(len(OUTPUTS))]
    assert [job.name for job in jobs.ended(lines)] == [name for _, name in OUTPUTS.values()]
