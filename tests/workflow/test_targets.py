"""What can be asked for by name, and what a reader gets."""

import re
import subprocess

import pytest

STAGES = {"data": "data", "models": "models", "attractors": "attractors", "tables": "tables"}
NOWHERE = "http://127.0.0.1:9"  # the discard port: whoever goes online through it fails


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_is_a_target(clean, stage):
    planned = clean.plan(stage)
    assert any(file.startswith(f"results/{STAGES[stage]}/") for file in planned)
    assert not any(file.startswith("results/figures/") for file in planned)


def test_a_figure_is_a_target(clean):
    drawn = {file for file in clean.plan("mnist_statistics") if file.startswith("results/figures/")}
    assert drawn == {f"results/figures/mnist_statistics.{end}" for end in ("pdf", "svg", "png")}


def test_every_configured_figure_is_made(finished):
    made = {file for file in finished.results() if file.startswith("results/figures/")}
    figures = finished.config()["figures"]
    assert made == {
        f"results/figures/{figure}.{end}" for figure in figures for end in ("pdf", "svg", "png")
    }


def test_every_rule_of_the_workflow_and_every_learning_rule_is_run_at_test_scale(clean):
    scripts = {file.stem for file in (clean.folder / "workflow/scripts").glob("*.py")}
    run = re.findall(r"^(?:local)?rule (\w+):$", clean.finish("--dry-run"), re.MULTILINE)
    assert scripts <= set(run)
    config = clean.config()
    kinds = {name: dataset["kind"] for name, dataset in config["datasets"].items()}
    models = [file.split("/")[2:4] for file in clean.plan("models") if "/models/" in file]
    learnt = {(kinds[dataset], rule) for dataset, rule in models}
    wanted = {(kind, rule) for kind, rules in config["learning"].items() for rule in rules}
    assert learnt - {("spin_glass", "true_couplings")} == wanted


@pytest.mark.parametrize("fails", [False, True])
def test_a_run_does_not_wait_for_the_schedulers_timers(finished, tmp_path, fails):
    workflow = finished.copy(tmp_path)
    (tmp_path / "results/figures/mnist_statistics.png").unlink()
    if fails:
        (tmp_path / "results/tables/mnist_statistics.csv").write_text("nothing\n")
    patient = workflow.command("mnist_statistics", "--max-jobs-per-timespan", "100/10m")
    done = subprocess.run(patient, cwd=tmp_path, capture_output=True, timeout=120)
    assert (done.returncode != 0) == fails


def test_every_job_leaves_a_log(finished):
    logs = list((finished.folder / "results/logs").rglob("*.log"))
    assert len(logs) >= len(list((finished.folder / "results").rglob("*.nc")))


def test_lint_finds_nothing(clean):
    said = clean.finish("--lint")
    assert "Congratulations" in said


def test_the_report_needs_no_network(finished, tmp_path):
    report = tmp_path / "report.html"
    offline = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY"), NOWHERE)
    done = finished.run("--report", str(report), env=offline)
    assert done.returncode == 0, done.stdout[-3000:]
    page = report.read_text()
    for wanted in ("Random patterns", "MNIST", "Retrieval maps of random patterns"):
        assert wanted in page
    for figure in finished.config()["figures"]:
        assert figure in page
    # What the page itself would load must be inside it.
    assert not re.findall(r"<(?:script|link|img)[^>]*(?:src|href)=[\"']https?://", page)
