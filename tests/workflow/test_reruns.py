"""Only what changed is made again: read from what Snakemake plans after a change."""

import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def edited(workflow, name):
    """A source file with a line more, for a while."""
    file = workflow.folder / name
    before = file.read_text()
    file.write_text(before + "\n# edited\n")
    try:
        yield
    finally:
        file.write_text(before)


@pytest.fixture(scope="module")
def everything(clean):
    """All files of the workflow."""
    return clean.plan()


def made_of(figures):
    """Table and figure of each of ``figures``."""
    tables = {f"results/tables/{figure}.csv" for figure in figures}
    return tables | drawn(figures)


def drawn(figures):
    return {
        f"results/figures/{figure}.{end}" for figure in figures for end in ("pdf", "svg", "png")
    }


def figures_with(workflow, dataset, rule):
    return [
        name
        for name, figure in workflow.config()["figures"].items()
        if dataset in figure["datasets"] and rule in figure.get("rules", [])
    ]


def of_rule(workflow, everything, dataset, rule):
    """Models of a rule and all that is made from them."""
    own = {file for file in everything if f"/{dataset}/{rule}/" in file}
    assert own
    return own | made_of(figures_with(workflow, dataset, rule))


def test_nothing_after_a_finished_run(finished):
    assert finished.plan() == set()


def test_nothing_after_a_fresh_clone_beside_kept_results(finished, tmp_path):
    clone = tmp_path / "clone"
    command = ["git", "clone", "--quiet", str(finished.folder), str(clone)]
    subprocess.run(command, check=True, capture_output=True)
    for kept in ("results", ".snakemake"):
        shutil.copytree(finished.folder / kept, clone / kept, dirs_exist_ok=True)
    assert type(finished)(clone, finished.overlays).plan() == set()


def test_nothing_after_touching_everything(finished, tmp_path):
    workflow = finished.copy(tmp_path / "touched")
    for file in workflow.folder.rglob("*"):
        if file.is_file() and not {".git", ".snakemake"} & set(file.parts):
            file.touch()
    assert workflow.plan() == set()


@pytest.mark.parametrize("figure", ["random_training", "mnist_statistics"])
def test_one_figure_after_its_drawing_changed(finished, figure):
    with edited(finished, f"src/plmemory/figures/{figure}.py"):
        assert finished.plan() == drawn([figure])


def test_one_figure_after_its_settings_changed(finished, tmp_path):
    loads = finished.config()["figures"]["random_training"]["loads"]
    fewer = finished.over(tmp_path, {"figures": {"random_training": {"loads": loads[:-1]}}})
    assert fewer.plan() == made_of(["random_training"])


def test_all_figures_after_the_style_changed_and_nothing_else(finished):
    with edited(finished, "src/plmemory/figures/style.py"):
        assert finished.plan() == drawn(finished.config()["figures"])


@pytest.mark.parametrize("rule", ["hebb", "pseudo_inverse"])
def test_one_rule_after_its_module_changed(finished, everything, rule):
    expected = set()
    for dataset in ("random", "mnist"):
        if any(f"/{dataset}/{rule}/" in file for file in everything):
            expected |= of_rule(finished, everything, dataset, rule)
    with edited(finished, f"src/plmemory/learning/{rule}.py"):
        assert finished.plan() == expected


def test_one_rule_of_one_data_set_after_its_inverse_temperature_changed(
    finished, everything, tmp_path
):
    colder = {"learning": {"random": {"pl": {"inverse_temperature": 2.0}}}}
    expected = of_rule(finished, everything, "random", "pl")
    assert finished.over(tmp_path, colder).plan() == expected


def test_closed_form_rules_are_not_trained_again_after_the_dynamics_changed(finished, everything):
    with edited(finished, "src/plmemory/dynamics.py"):
        planned = finished.plan()
    retrieved = {file for file in everything if file.startswith("results/retrieval/")}
    assert retrieved <= planned
    trained = {file for file in planned if file.startswith("results/models/")}
    # Gradient descent records the overlap reached on the way, so it runs the dynamics.
    assert trained == {
        file
        for file in everything
        if file.startswith("results/models/") and Path(file).parent.name.startswith("pl")
    }
    assert not {file for file in planned if file.startswith("results/data/")}


def test_an_added_load_is_computed_alone(finished, tmp_path):
    figure = finished.config()["figures"]["random_retrieval_maps"]
    more = {"figures": {"random_retrieval_maps": {"loads": [*figure["loads"], 0.35]}}}
    new = {"results/data/random/P00021.nc"}  # 0.35 of 60 sites
    for rule in figure["rules"]:
        new |= {f"results/{stage}/random/{rule}/P00021.nc" for stage in ("models", "retrieval")}
    assert finished.over(tmp_path, more).plan() == new | made_of(["random_retrieval_maps"])


def test_memory_and_threads_retrain_nothing(finished, tmp_path):
    more = finished.over(tmp_path, {"threads": 2})
    resources = ["--set-resources", "train:mem_mb=9000", "search:mem_mb=9000"]
    assert more.plan(*resources, "--set-threads", "retrieve=2") == set()
