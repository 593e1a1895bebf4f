"""The gallery of the documentation: every figure of a run, what to see, its files and its time.

``docs/site`` adds it to the pages that are files; ``plan.reference`` writes the latter.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from pathlib import Path

from plmemory.plan import configuration, registry, told
from plmemory.plan.needs import Needs
from plmemory.plan.plan import Plan, Result

PICTURES = "pictures"
MINUTE = 60

HEAD = """# Gallery

The {figures} figures of the run `{run}` (`config/config.yaml`), as `make figures` makes them.
Each is drawn from a table of its own and from nothing else;
[figures and their tables](figures.md) explains the columns.

*How long* is the processor time on one core of all that a figure is made from, as it is
[predicted](cluster.md#memory-and-run-time) from the sizes. The median prediction is twice what was
measured. Figures share jobs, so several together take less than their sum.
"""


def plan(checkout: Path) -> Plan:
    """The plan of config/config.yaml."""
    return Plan(configuration.of_files([checkout / "config/config.yaml"]))


def pictures(plan: Plan, checkout: Path) -> dict[str, Path]:
    """The pictures that the run has made, by figure."""
    files = {
        name: checkout / plan.root / "figures" / f"{name}.svg" for name in plan.config["figures"]
    }
    return {name: file for name, file in files.items() if file.is_file()}


def page(plan: Plan, made: Collection[str]) -> str:
    """Every figure of the plan, in chapters by kind of data, then kinds without a figure.

    made: figures that have a picture, ``pictures/<name>.svg`` beside the page.
    """
    figures, needs = plan.config["figures"], Needs(plan)
    chapters: dict[str, list[str]] = {}
    for name in figures:
        chapters.setdefault(_chapter(plan, name), []).append(name)
    parts = [HEAD.format(run=plan.config["run"], figures=len(figures))]
    for chapter, names in chapters.items():
        parts.append(f"## {chapter}")
        parts += [_entry(plan, needs, name, name in made) for name in names]
    drawn = {entry["figure"] for entry in figures.values()}
    rest = [kind for kind in registry.figures() if kind not in drawn]
    if rest:
        parts += ["## Not in this run", *map(_kind, rest)]
    return "\n\n".join(parts) + "\n"


def seconds(plan: Plan, needs: Needs, figure: str) -> float:
    """Processor time of all jobs below a figure, on one core, as predicted."""
    return sum(_cost(needs, job) for job in set(told.behind(plan, figure)) if job.stage != "tables")


def _cost(needs: Needs, job: Result) -> float:
    if job.stage == "data":
        return needs.draw(job.dataset, job.patterns).seconds
    if job.stage == "models":
        return needs.train(job.dataset, job.rule, job.patterns).seconds
    return needs.measure(job).seconds


def _chapter(plan: Plan, figure: str) -> str:
    """The subject of the figure, in a few words."""
    names = plan.config["figures"][figure]["datasets"]
    if "tables" in plan.figure(figure).inputs:
        return "All together"
    if not names:
        return "Theory alone"
    return f"`{plan.dataset(names[0])['kind']}`"


def _entry(plan: Plan, needs: Needs, name: str, made: bool) -> str:
    kind = plan.config["figures"][name]["figure"]
    about = registry.figures()[kind]
    alone, _, _ = about.caption.partition(":")
    picture = f"![{alone}]({PICTURES}/{name}.svg){{ loading=lazy .figure }}"
    command = f"snakemake --cores all {name}"
    lines = [
        f"### `{name}`",
        picture if made else f"No picture yet: `{command}` makes it, then `make docs` shows it.",
        *([f"**What to see.** {about.see}"] if about.see else []),
        f"**Caption.** {about.caption}",
        f"**Kind** [`{kind}`](figures.md#{kind}). **How long** {time(seconds(plan, needs, name))}. "
        f"**File** `{plan.root}/figures/{name}.svg`, also `.pdf` and `.png`; its numbers are in "
        f"`{plan.root}/tables/{name}.csv`.",
        f"    {command}",
    ]
    return "\n\n".join(lines)


def _kind(name: str) -> str:
    about = registry.figures()[name]
    return f"### `{name}`\n\n{about.caption}\n\nSee [its table](figures.md#{name})."


def time(seconds: float) -> str:
    """A time in words: under a minute, or whole minutes."""
    if seconds < MINUTE:
        return "under a minute"
    minutes = math.ceil(seconds / MINUTE)
    return f"at most {minutes} minute{'s' * (minutes > 1)} or so"
