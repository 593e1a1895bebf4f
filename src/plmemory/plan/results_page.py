"""The results page of a run from its existing results; missing figures are shown as such.

python -m plmemory.plan.results_page                       # of config/config.yaml
python -m plmemory.plan.results_page config/paper.yaml     # of that file laid over it
"""

from __future__ import annotations

import sys
from pathlib import Path

from plmemory.errors import InputError
from plmemory.plan import configuration
from plmemory.plan.jobs import Jobs
from plmemory.plan.plan import Plan
from plmemory.plan.registry import PACKAGE

CHECKOUT = PACKAGE.parents[1]
BASE = Path("config/config.yaml")


def write(jobs: Jobs) -> Path:
    """Write the page of a run; it carries a lineage only if no figure is missing or outdated."""
    from plmemory.figures.page import write as results
    from plmemory.files import lineage

    page, job = Path(jobs.plan.page_file), jobs.page()
    page.parent.mkdir(parents=True, exist_ok=True)
    if results.write(job.settings["run"], page.parents[1]):
        lineage.note([str(page)], job.lineage)
    return page


def of_files(files: list[Path]) -> Jobs:
    """The jobs of the base configuration with ``files`` laid over it."""
    over = [file for file in files if file.absolute() != BASE.absolute()]
    return Jobs(Plan(configuration.of_files([BASE, *over])), CHECKOUT / "workflow/scripts")


if __name__ == "__main__":
    try:
        print(write(of_files([Path(name) for name in sys.argv[1:]])))
    except (InputError, OSError) as fault:
        sys.exit(f"Error: {fault}")
