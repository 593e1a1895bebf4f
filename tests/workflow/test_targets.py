"""What can be asked for by name, and what a reader gets."""

import os
import re
import subprocess
import sys

import pytest

from plmemory.plan import registry

STAGES = {"data": "data", "models": "models", "measures": "attractors", "tables": "tables"}
RESULTS = "results/test"
NOWHERE = "http://127.0.0.1:9"  # the discard port: whoever goes online through it fails


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_is_a_target(clean, stage):
    planned = clean.plan(stage)
    assert any(file.startswith(f"{RESULTS}/{STAGES[stage]}/") for file in planned)
    assert not any(file.startswith(f"{RESULTS}/figures/") for file in planned)


def test_a_figure_is_a_target(clean):
    drawn = {
        file for file in clean.plan("mnist_statistics") if file.startswith(f"{RESULTS}/figures/")
    }
    assert drawn == {f"{RESULTS}/figures/mnist_statistics.{end}" for end in ("pdf", "svg", "png")}


def test_every_configured_figure_is_made(finished):
    made = {file for file in finished.outputs() if file.startswith(f"{RESULTS}/figures/")}
    figures = finished.config()["figures"]
    assert made == {
        f"{RESULTS}/figures/{figure}.{end}" for figure in figures for end in ("pdf", "svg", "png")
    }


def test_the_page_shows_every_figure_and_is_made_again_by_hand_as_it_was(finished, tmp_path):
    page = f"{RESULTS}/page/index.html"
    text = finished.results()[page].decode()
    for figure in finished.config()["figures"]:
        assert f'id="{figure}"' in text
    assert "outdated" not in text
    assert "missing" not in re.sub("(?s)<head>.*</head>", "", text).split("<main")[0]
    copy = finished.copy(tmp_path)
    (tmp_path / page).unlink()
    files = ["config/test.yaml", *map(str, copy.overlays)]
    command = [sys.executable, "-m", "plmemory.plan.results_page", *files]
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "src")}
    subprocess.run(command, cwd=tmp_path, env=environment, check=True)
    assert copy.results() == finished.results()
    assert copy.plan() == set()


def test_a_figure_that_fails_is_missing_on_the_page_and_the_log_says_why(finished, tmp_path):
    workflow = finished.copy(tmp_path)
    with (tmp_path / "src/plmemory/figures/pair_overlaps/draw.py").open("a") as source:
        source.write("raise RuntimeError('no figure')\n")
    done = workflow.run()
    assert done.returncode != 0
    text = (tmp_path / f"{RESULTS}/page/index.html").read_text()
    assert "The log of figures/mnist_statistics ends: RuntimeError: no figure" in text
    assert 'src="figures/random_capacity.svg"' in text
    assert f"{RESULTS}/page/index.html" in workflow.plan()


def test_every_thing_of_the_workflow_is_run_at_test_scale(clean):
    scripts = {file.stem for file in (clean.folder / "workflow/scripts").glob("*.py")}
    said = clean.finish("--dry-run", "--forceall")
    run = set(re.findall(r"^(?:local)?rule (\w+):$", said, re.MULTILINE))
    assert scripts - {"dataset", "raw", "share", "gather"} <= run  # parts: test_parts.py
    assert {"pool", "draw", "raw_mnist"} <= run
    config, planned = clean.config(), clean.plan()
    figures = {figure["figure"] for figure in config["figures"].values()}
    assert figures == registry.figures().keys()
    models = [file.split("/")[3:5] for file in planned if "/models/" in file]
    assert {clean.rule(*model)["method"] for model in models} == registry.rules().keys()
    measured = {file.split("/")[2] for file in planned}
    assert registry.measures().keys() <= measured


@pytest.mark.parametrize("fails", [False, True])
def test_a_run_does_not_wait_for_the_schedulers_timers(finished, tmp_path, fails):
    workflow = finished.copy(tmp_path)
    (tmp_path / f"{RESULTS}/figures/mnist_statistics.png").unlink()
    if fails:
        with (tmp_path / "src/plmemory/figures/pair_overlaps/draw.py").open("a") as source:
            source.write("raise RuntimeError('no figure')\n")
    patient = workflow.command("mnist_statistics", "--max-jobs-per-timespan", "100/10m")
    done = subprocess.run(patient, cwd=tmp_path, capture_output=True, timeout=120)
    assert (done.returncode != 0) == fails


def test_every_job_leaves_a_log(finished):
    results = finished.folder / RESULTS
    assert len(list((results / "logs").rglob("*.log"))) >= len(list(results.rglob("*.nc")))


def test_lint_finds_nothing(clean):
    said = clean.finish("--lint")
    assert "Congratulations" in said


def test_the_report_needs_no_network(finished, tmp_path):
    report = tmp_path / "report.html"
    offline = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY"), NOWHERE)
    done = finished.run("--report", str(report), env=offline)
    assert done.returncode == 0, done.stdout[-3000:]
    page = report.read_text()
    for wanted in (
        "spin glass",
        "mnist",
        "Retrieval maps",
        "Run test: random, N = 60, 2 replicates",
    ):
        assert wanted in page
    for figure in finished.config()["figures"]:
        assert figure in page
    # What the page itself would load must be inside it.
    assert not re.findall(r"<(?:script|link|img)[^>]*(?:src|href)=[\"']https?://", page)


def test_the_report_of_a_figure_needs_no_other(finished, tmp_path):
    workflow = finished.copy(tmp_path)
    for figure in (tmp_path / f"{RESULTS}/figures").iterdir():
        if figure.stem != "mnist_statistics":
            figure.unlink()
    workflow.finish("mnist_statistics", "--report", "report.html")
    page = (tmp_path / "report.html").read_text()
    assert "Overlaps between the training examples" in page
    assert "Retrieval maps" not in page


@pytest.mark.parametrize(
    ("target", "meant"),
    [("mnist_generalisation", "mnist_generalization"), ("model", "models")],
)
def test_a_misspelt_target_suggests_the_nearest(clean, target, meant):
    done = clean.run(target)
    assert done.returncode != 0
    assert f"target: found '{target}'; did you mean '{meant}'?" in done.stdout
    assert "Traceback" not in done.stdout
