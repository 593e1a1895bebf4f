"""Only what changed is made again: read from what Snakemake plans after a change."""

import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

from plmemory.plan.plan import Plan

RESULTS = "results/test"


@contextmanager
def edited(workflow, name, line="\n_EDITED = True\n"):
    """A source file with a line more, for a while."""
    file = workflow.folder / name
    before = file.read_text()
    file.write_text(before + line)
    try:
        yield
    finally:
        file.write_text(before)


@pytest.fixture(scope="module")
def finished(finished, tmp_path_factory):
    """A copy of our own, whose sources are edited for a while."""
    return finished.copy(tmp_path_factory.mktemp("edited"))


@pytest.fixture(scope="module")
def everything(clean):
    """All files of the run; raw files lie beside it."""
    return {file for file in clean.plan() if file.startswith(f"{RESULTS}/")}


def figures_of(workflow, *kinds):
    """Names of the figures of these kinds."""
    figures = workflow.config()["figures"]
    return {name for name, figure in figures.items() if figure["figure"] in kinds}


def made_of(workflow, figures):
    """Table and figure of each of ``figures``, and of the one that compares published numbers."""
    published = figures_of(workflow, "generalization", "pair_overlaps")
    figures = {*figures, *(["reproduction"] if published & set(figures) else [])}
    return {f"{RESULTS}/tables/{figure}.csv" for figure in figures} | drawn(figures)


def drawn(figures):
    """The pictures of ``figures``, and the page that shows them."""
    ends = ("pdf", "svg", "png")
    pictures = {f"{RESULTS}/figures/{figure}.{end}" for figure in figures for end in ends}
    return pictures | {f"{RESULTS}/page/index.html"}


def parts(file):
    """A file's place below the results: its stage, data set, rule, ..."""
    return Path(file).relative_to(RESULTS).with_suffix("").parts


def trained(workflow, files):
    """Settings of the rule behind each model among ``files``."""
    models = {file: parts(file) for file in files if parts(file)[0] == "models"}
    return {file: workflow.rule(*place[1:3]) for file, place in models.items()}


def following(workflow, everything, models):
    """``models`` and all that is made from them."""
    rules = {parts(model)[1:3] for model in models}
    assert rules
    own = {file for file in everything if parts(file)[1:3] in rules and parts(file)[0] != "data"}
    plan = Plan(workflow.config())
    figures = {
        name
        for name, figure in plan.config["figures"].items()
        for dataset, rule in rules
        if dataset in figure["datasets"] and rule in plan.rules(name, dataset)
    }
    return own | made_of(workflow, figures)


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


def test_nothing_after_better_prose(finished):
    with edited(finished, "src/plmemory/networks/relax.py", "\n# A comment.\n"):
        assert finished.plan() == set()


def test_one_kind_of_figure_after_its_drawing_changed(finished):
    with edited(finished, "src/plmemory/figures/pair_overlaps/draw.py"):
        assert finished.plan() == drawn(figures_of(finished, "pair_overlaps"))


def test_the_page_alone_after_its_looks_changed(finished):
    with edited(finished, "src/plmemory/figures/page/page.css", "\nbody { margin: 0; }\n"):
        assert finished.plan() == drawn([])


def test_one_figure_after_its_settings_changed(finished, tmp_path):
    loads = finished.config()["figures"]["random_training"]["loads"]
    fewer = finished.over(tmp_path, {"figures": {"random_training": {"loads": loads[:-1]}}})
    assert fewer.plan() == made_of(finished, ["random_training"])


def test_all_figures_after_the_style_changed_and_nothing_else(finished):
    with edited(finished, "src/plmemory/figures/shared/style.py"):
        assert finished.plan() == drawn(finished.config()["figures"])


def test_tables_alone_after_the_theory_of_a_rule_changed(finished):
    with edited(finished, "src/plmemory/learning/pseudo_inverse/theory.py"):
        planned = finished.plan()
    assert {parts(file)[0] for file in planned} == {"tables", "figures", "page"}
    assert f"{RESULTS}/tables/random_capacity.csv" in planned
    assert f"{RESULTS}/tables/mnist_generalization.csv" not in planned


@pytest.mark.parametrize(
    ("module", "methods"),
    [
        ("hebb", {"hebb", "unlearning", "daydreaming"}),  # they start from Hebb's couplings
        ("pseudo_inverse", {"pseudo_inverse"}),
        ("maximum_stability", {"maximum_stability"}),
    ],
)
def test_one_rule_after_its_module_changed(finished, everything, module, methods):
    rules = trained(finished, everything)
    changed = [model for model, settings in rules.items() if settings["method"] in methods]
    with edited(finished, f"src/plmemory/learning/{module}/learn.py"):
        assert finished.plan() == following(finished, everything, changed)


def test_one_rule_of_one_data_set_after_its_inverse_temperature_changed(
    finished, everything, tmp_path
):
    colder = {"datasets": {"random": {"learning": {"pl": {"inverse_temperature": 2.0}}}}}
    changed = [file for file in everything if parts(file)[:3] == ("models", "random", "pl")]
    expected = following(finished, everything, changed)
    assert finished.over(tmp_path, colder).plan() == expected


def test_only_rules_that_run_the_dynamics_are_trained_again_after_it_changed(finished, everything):
    with edited(finished, "src/plmemory/networks/relax.py"):
        planned = finished.plan()
    assert {file for file in everything if parts(file)[0] == "retrieval"} <= planned
    assert not {file for file in planned if parts(file)[0] == "data"}
    rules = trained(finished, everything)
    # Gradient descent may record the overlap reached on the way; closed-form rules do not.
    watched = {name for name, rule in rules.items() if rule.get("record_overlap") is not None}
    assert watched
    assert trained(finished, planned).keys() == watched


def test_the_dynamics_of_colours_is_hashed_where_it_runs(finished, everything):
    with edited(finished, "src/plmemory/networks/potts/network.py"):
        planned = finished.plan()
    searched = {file for file in everything if parts(file)[:2] == ("attractors", "dhfr")}
    assert searched
    assert searched <= planned
    assert not {file for file in planned if parts(file)[0] in ("data", "models")}


def test_an_added_load_is_computed_alone(finished, tmp_path):
    figure = finished.config()["figures"]["random_retrieval_maps"]
    more = {"figures": {"random_retrieval_maps": {"loads": [*figure["loads"], 0.35]}}}
    new = {f"{RESULTS}/data/random/P00021.nc"}  # 0.35 of 60 sites
    for rule in figure["rules"]:
        new |= {f"{RESULTS}/{stage}/random/{rule}/P00021.nc" for stage in ("models", "retrieval")}
    planned = finished.over(tmp_path, more).plan()
    assert planned == new | made_of(finished, ["random_retrieval_maps"])


def test_memory_and_threads_retrain_nothing(finished, tmp_path):
    more = finished.over(tmp_path, {"threads": 2})
    resources = ["--set-resources", "train:mem_mb=9000", "measure:mem_mb=9000"]
    assert more.plan(*resources, "--set-threads", "measure=2") == set()
