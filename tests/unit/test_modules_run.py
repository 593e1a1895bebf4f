"""Modules of the plan that are run with `python -m`, and the page that one of them writes."""

import json
import re
import runpy
import sys
from pathlib import Path

import page_run
import pytest
from unit.test_plan_jobs import SCRIPTS, written

from plmemory.figures.page import write
from plmemory.figures.shared import style
from plmemory.files import lineage
from plmemory.plan import configuration, inheritance, reference, registry, results_page
from plmemory.plan.jobs import Jobs
from plmemory.plan.plan import Plan


def run(module, monkeypatch, *arguments):
    """Run a module of the plan as a program, with these arguments."""
    monkeypatch.setattr(sys, "argv", [module, *arguments])
    monkeypatch.delitem(sys.modules, f"plmemory.plan.{module}", raising=False)
    runpy.run_module(f"plmemory.plan.{module}", run_name="__main__")


def test_the_reference_rewrites_its_pages(monkeypatch):
    files = []
    monkeypatch.setattr(Path, "write_text", lambda file, *_, **__: files.append(file))
    run("reference", monkeypatch)
    root = registry.PACKAGE.parents[1]
    assert files == [root / name for name in reference.WRITTEN]


@pytest.mark.parametrize("module", ["found", "results_page"])
def test_a_wrong_argument_ends_in_one_line(module, monkeypatch, tmp_path):
    monkeypatch.chdir(registry.PACKAGE.parents[1])
    with pytest.raises(SystemExit) as end:
        run(module, monkeypatch, str(tmp_path / "nowhere.yaml"))
    assert re.fullmatch(r"[^\n]*nowhere.yaml[^\n]*", str(end.value.code))
    assert not (registry.PACKAGE.parents[1] / "docs/tables/nowhere.yaml").exists()


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Jobs of two figures, in a folder of which the results lie."""
    monkeypatch.setattr(write, "libraries", dict)
    config = written() | {"results": str(tmp_path / "deep/results")}
    kept = ("capacity", "vector_phase_diagram")
    config |= {"figures": {name: config["figures"][name] for name in kept}}
    return Jobs(Plan(configuration.complete(config)), SCRIPTS)


def test_the_page_of_a_run_is_written_and_has_a_lineage_if_it_is_whole(small, monkeypatch):
    page = results_page.write(small)
    assert page == Path(small.plan.page_file)
    assert "capacity" in page.read_text()
    assert lineage.carried([str(page)]) == ""
    root = page.parents[1]
    page_run.make(root, "capacity", "vector_phase_diagram")
    for name in ("capacity", "vector_phase_diagram"):
        files = [str(root / f"figures/{name}{end}") for end in style.SUFFIXES]
        lineage.note(files, small.figure(name).lineage)
    # Pictures that are there already are no others' files.
    (root / "page/data").mkdir()
    (root / "page/data/old.js").touch()
    (root / "times/tables").mkdir(parents=True)
    (root / "times/tables/capacity.tsv").write_text("s\th:m:s\n1.5\t0:00:01\n")
    page_run.make(root.parent / "paper", "reproduction")
    results_page.write(small)
    assert lineage.carried([str(page)]) == small.page().lineage
    files = {str(file.relative_to(root / "page")) for file in (root / "page").rglob("*.*")}
    made = {f"data/{name}.js" for name in ("capacity", "vector_phase_diagram")}
    made |= {f"figures/{name}.svg" for name in ("capacity", "vector_phase_diagram")}
    assert files >= made | {"index.html", "here/here.js", *write.ASSETS}
    assert "data/old.js" not in files
    here = (root / "page/here/here.js").read_text()
    told = json.loads(re.fullmatch(r"page\.here\((.*)\);\n", here)[1])
    assert told["runs"].keys() == {"paper"}
    assert told["runs"]["paper"] == {"figures": ["reproduction"], "page": False, "verdicts": {}}
    assert told["seconds"]["capacity"] == {"behind": 0, "jobs": 1, "own": 1.5}


def test_files_are_laid_over_the_base_which_may_be_named_too(tmp_path, monkeypatch):
    monkeypatch.chdir(registry.PACKAGE.parents[1])
    over = tmp_path / "over.yaml"
    over.write_text("run: mine\nseed: 5\n")
    jobs = results_page.of_files([results_page.BASE, over])
    assert (jobs.plan.config["run"], jobs.plan.config["seed"]) == ("mine", 5)
    base = results_page.of_files([]).plan.config
    assert base == configuration.of_files([results_page.BASE])
    assert jobs.plan.config == inheritance.laid_over(base, {"run": "mine", "seed": 5})
    assert jobs.scripts == registry.PACKAGE.parents[1] / "workflow/scripts"
