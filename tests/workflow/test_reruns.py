"""Only what changed is made again: read from what Snakemake plans after a change."""

import shutil
import subprocess
from contextlib import contextmanager

import pytest

# Figures whose tables are also read by the figure `reproduction`.
PUBLISHED = {"mnist_statistics", "mnist_generalization", "spin_glass_generalization"}


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
    """Table and figure of each of ``figures``, and of the one that compares published numbers."""
    figures = {*figures, *(["reproduction"] if PUBLISHED & set(figures) else [])}
    return {f"results/tables/{figure}.csv" for figure in figures} | drawn(figures)


def drawn(figures):
    return {
        f"results/figures/{figure}.{end}" for figure in figures for end in ("pdf", "svg", "png")
    }


def trained(workflow, files):
    """Settings of the rule behind each model among ``files``."""
    config = workflow.config()
    found = {}
    for file in files:
        match file.split("/"):
            case ["results", "models", dataset, rule, _] if rule != "true_couplings":
                found[file] = config["learning"][config["datasets"][dataset]["kind"]][rule]
    return found


def following(workflow, everything, models):
    """``models`` and all that is made from them."""
    rules = {tuple(model.split("/")[2:4]) for model in models}
    assert rules
    own = {file for file in everything if tuple(file.split("/")[2:4]) in rules}
    figures = {
        name
        for name, figure in workflow.config()["figures"].items()
        for dataset, rule in rules
        if dataset in figure["datasets"] and rule in figure.get("rules", [])
    }
    return own | made_of(figures)


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


@pytest.mark.parametrize(
    ("module", "methods"),
    [
        ("hebb", {"hebb", "unlearning"}),  # unlearning starts from Hebb's couplings
        ("pseudo_inverse", {"pseudo_inverse"}),
        ("maximum_stability", {"maximum_stability"}),
    ],
)
def test_one_rule_after_its_module_changed(finished, everything, module, methods):
    rules = trained(finished, everything)
    changed = [model for model, settings in rules.items() if settings["method"] in methods]
    with edited(finished, f"src/plmemory/learning/{module}.py"):
        assert finished.plan() == following(finished, everything, changed)


def test_one_rule_of_one_data_set_after_its_inverse_temperature_changed(
    finished, everything, tmp_path
):
    colder = {"learning": {"random": {"pl": {"inverse_temperature": 2.0}}}}
    changed = [file for file in everything if file.startswith("results/models/random/pl/")]
    expected = following(finished, everything, changed)
    assert finished.over(tmp_path, colder).plan() == expected


def test_only_rules_that_run_the_dynamics_are_trained_again_after_it_changed(finished, everything):
    with edited(finished, "src/plmemory/dynamics.py"):
        planned = finished.plan()
    assert {file for file in everything if file.startswith("results/retrieval/")} <= planned
    assert not {file for file in planned if file.startswith("results/data/")}
    rules = trained(finished, everything)
    # Gradient descent may record the overlap reached on the way; closed-form rules do not.
    watched = {name for name, rule in rules.items() if rule.get("record_overlap") is not None}
    assert watched
    assert trained(finished, planned).keys() == watched


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
