"""Where the time of a workflow run went: ``python -m benchmarks.jobs [log of Snakemake]``.

Without an argument the newest log of this folder is taken. Prints, by rule or measure and data set,
the number of ended jobs and their run time, by the whole seconds in Snakemake's log.
"""

from __future__ import annotations

import collections
import datetime
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

LOGS = Path(".snakemake/log")
# The position of the data set in the output path of a rule.
DATASET = {"pool": -1, "draw": -2, "train": -3, "part": -4, "gather": -3, "measure": -3}


class Job(NamedTuple):
    """A job that ended, ``name`` its rule, or measure, and data set."""

    name: str
    output: str
    seconds: float


def ended(lines: Iterable[str]) -> list[Job]:
    """The jobs that ended in a log of Snakemake, in that order."""
    jobs, started = [], {}
    clock = datetime.datetime.min
    rule = output = ""
    for line in lines:
        if found := re.match(r"\[(\w+ \w+ +\d+ [\d:]+ \d+)\]", line):
            clock = datetime.datetime.strptime(found[1], "%a %b %d %H:%M:%S %Y")
        elif found := re.match(r"(?:local)?rule (\w+):", line):
            rule, output = found[1], ""
        elif found := re.match(r" +output: ([^,\n]+)", line):
            output = found[1]
        elif found := re.match(r" +jobid: (\d+)", line):
            started[found[1]] = clock, rule, output
        elif (found := re.match(r"Finished jobid: (\d+)", line)) and found[1] in started:
            begin, ran, made = started.pop(found[1])
            if made:  # not only a target
                jobs.append(Job(_name(ran, made), made, (clock - begin).total_seconds()))
    return jobs


def _name(rule: str, output: str) -> str:
    """The rule and its data set, if it has one; for measures their own name.

    Outputs end in <data set>.nc, <data set>/<load>.nc or <stage>/<data set>/<rule>/<load>.nc.
    """
    if rule not in DATASET:
        return rule
    parts = output.removesuffix(".nc").split("/")
    return f"{parts[-4] if rule == 'measure' else rule}, {parts[DATASET[rule]]}"


def table(jobs: Iterable[Job]) -> str:
    """The sums as a table in Markdown, the largest first."""
    seconds: collections.Counter[str] = collections.Counter()
    number: collections.Counter[str] = collections.Counter()
    for job in jobs:
        seconds[job.name] += round(job.seconds)
        number[job.name] += 1
    rows = [f"| {name} | {number[name]} | {total} |" for name, total in seconds.most_common()]
    rows.append(f"| all | {number.total()} | {seconds.total()} |")
    return "\n".join(["| jobs | number | s |", "|---|---:|---:|", *rows])


def main(arguments: list[str]) -> int:
    """Print the table of one log."""
    log = Path(arguments[0]) if arguments else max(LOGS.glob("*.log"), default=None)
    if log is None or not log.is_file():
        sys.exit(f"Error: {log or LOGS}: found no log, expected one of Snakemake")
    print(table(ended(log.read_text().splitlines())))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
