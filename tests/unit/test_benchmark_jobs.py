"""The seconds of jobs, from a log of Snakemake."""

from benchmarks import jobs

LOG = """\
[Mon Nov 23 23:59:58 2026]
localrule train:
    input: results/data/random/P00400.nc
    output: results/models/random/pl/P00400.nc
    jobid: 65
[Mon Nov 23 23:59:59 2026]
localrule figure:
    output: results/figures/a.pdf, results/figures/a.svg
    jobid: 7
[Tue Nov 24 00:00:03 2026]
Finished jobid: 65 (Rule: train)
[Tue Nov 24 00:00:04 2026]
rule train:
    output: results/models/random/hebb/P00400.nc
    jobid: 66
[Tue Nov 24 00:00:06 2026]
Finished jobid: 66 (Rule: train)
localrule all:
    jobid: 0
Finished jobid: 0 (Rule: all)
"""


def test_jobs_that_ended_are_summed_by_rule_and_data_set():
    ended = jobs.ended(LOG.splitlines())
    assert ended == [
        ("train, random", "results/models/random/pl/P00400.nc", 5.0),
        ("train, random", "results/models/random/hebb/P00400.nc", 2.0),
    ]
    assert jobs.table(ended).splitlines()[2:] == ["| train, random | 2 | 7 |", "| all | 2 | 7 |"]
