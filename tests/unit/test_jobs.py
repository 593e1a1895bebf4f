"""How a job of the workflow ends: well, or by one line; and nothing runs that was not hashed."""

import errno
import json
import logging
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from plmemory.errors import InputError, TrainingError
from plmemory.files import jobs, lineage, progress, syntax
from plmemory.plan import sources

SOURCE = Path(jobs.__file__).parents[2]


def running():
    """The modules of this package that this process has imported."""
    return {name for name in sys.modules if name.partition(".")[0] == "plmemory"}


def hashed(sources):
    """The code of a job in which these sources were hashed."""
    code = jobs.Hashed("c")
    code.sources = dict(sources)
    return code


def as_it_is(module):
    """Digests of content and syntax of a module."""
    return syntax.read(Path(sys.modules[module].__file__))[:2]


def descended(*lineages):
    """The lineage of a job whose inputs have these."""
    lineage = jobs.Descended("l")
    lineage.lineages, lineage.contents = lineages, {}
    return lineage


@pytest.fixture
def job(tmp_path):
    """A job whose modules were all hashed."""
    code = hashed({module: as_it_is(module) for module in running()})
    told = SimpleNamespace(job={"code": code, "lineage": descended()})
    return SimpleNamespace(log=[str(tmp_path / "job.log")], input=[], output=[], params=told)


def fails(job, fault, capsys):
    """What a job says on the screen, and in its log, that ends by a fault."""
    with pytest.raises(SystemExit) as left, jobs.logged(job, "data set toy"):
        raise fault
    assert left.value.code == 1
    assert logging.getLogger("plmemory").handlers == []
    screen = capsys.readouterr()
    assert screen.out == ""
    return screen.err, Path(job.log[0]).read_text()


def test_progress_goes_to_the_log_and_the_screen_stays_empty(job, capsys):
    with jobs.logged(job, "data set toy") as log:
        log.info("epoch %d of %d", 3, 7)
    assert Path(job.log[0]).read_text().endswith(" epoch 3 of 7\n")
    assert capsys.readouterr() == ("", "")
    assert logging.getLogger("plmemory").handlers == []


@pytest.mark.parametrize("kind", [InputError, TrainingError])
def test_a_fault_of_the_input_is_one_line_that_says_what_was_to_be_made(job, capsys, kind):
    screen, log = fails(job, kind("side: found 5, expected an even number"), capsys)
    assert screen == "Error: data set toy: side: found 5, expected an even number\n"
    assert log.endswith(" side: found 5, expected an even number\n")
    assert "Traceback" not in log


def test_any_other_fault_is_one_line_that_names_the_log_with_the_traceback(job, capsys):
    screen, log = fails(job, ZeroDivisionError("division by zero"), capsys)
    assert screen == f"Error: ZeroDivisionError: division by zero (traceback in {job.log[0]})\n"
    assert "Traceback" in log
    assert log.endswith("ZeroDivisionError: division by zero\n")


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device", "results/a.nc"),
            "no space left on the disk while writing results/a.nc",
        ),
        (
            OSError(errno.ENOSPC, "No space left on device"),
            "no space left on the disk while writing a result",
        ),
        (
            PermissionError(errno.EACCES, "Permission denied", "results/a.nc"),
            "[Errno 13] Permission denied: 'results/a.nc' (traceback in {log})",
        ),
        (
            MemoryError("Unable to allocate 3 GiB"),
            "data set toy: out of memory: Unable to allocate 3 GiB (traceback in {log})",
        ),
        (KeyboardInterrupt(), "interrupted"),
    ],
)
def test_faults_of_the_machine_are_one_line(job, capsys, fault, message):
    screen, _ = fails(job, fault, capsys)
    assert screen == f"Error: {message.format(log=job.log[0])}\n"


def test_an_interruption_while_a_class_is_made_is_one(job, capsys):
    class Interrupts:
        def __set_name__(self, owner, name):
            raise KeyboardInterrupt

    with pytest.raises(SystemExit), jobs.logged(job, "data set toy"):
        type("Made", (), {"field": Interrupts()})
    assert capsys.readouterr().err == "Error: interrupted\n"


def test_the_time_left_follows_from_what_was_done_since_the_beginning(monkeypatch, caplog):
    clock = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: clock[0])
    caplog.set_level(logging.INFO, "plmemory")
    work = progress.Progress("rule")
    for now, done in ((100.0, 0.25), (104.9, 0.3), (105.0, 0.375), (109.9, 0.5), (116.0, 0.25)):
        clock[0] = now
        work.tell(done, f"epoch {now:g}")
    assert caplog.messages == [
        "rule: epoch 105, 38 % done, about 25 s left",
        "rule: epoch 116, 25 % done, time left not known",
    ]


def test_a_module_that_ran_and_was_not_hashed_is_named(job, capsys):
    del job.params.job["code"].sources["plmemory.files.jobs"]
    with pytest.raises(SystemExit) as left, jobs.logged(job, "data set toy") as log:
        log.info("all is made")
    assert left.value.code == 1
    screen = capsys.readouterr().err
    assert "code: found plmemory.files.jobs that ran and was not hashed" in screen
    assert screen.count("\n") == 1


def test_modules_that_were_hashed_and_did_not_run_are_fine(job):
    job.params.job["code"].sources["plmemory.never"] = ("content", "syntax")
    with jobs.logged(job, "data set toy"):
        pass


@pytest.mark.parametrize("edit", ["# prose\n", "MORE = 1\n", "MORE ="])
def test_an_edit_of_a_script_while_its_run_is_under_way_ends_the_job(job, tmp_path, capsys, edit):
    script = tmp_path / "script.py"
    script.write_text("VALUE = 1\n")
    job.params.job["code"].sources[str(script)] = syntax.read(script)[:2]
    syntax.read.cache_clear()
    script.write_text("VALUE = 1\n" + edit)
    if edit.startswith("#"):
        with jobs.logged(job, "data set toy"):
            pass
        return
    with pytest.raises(SystemExit), jobs.logged(job, "data set toy"):
        pass
    expected = f"{script}: found an edit since this run was planned, expected none; start it again"
    assert capsys.readouterr().err == f"Error: data set toy: {expected}\n"


def test_an_edit_of_a_module_that_ran_ends_the_job(job, capsys):
    job.params.job["code"].sources["plmemory.errors"] = ("content", "syntax")
    with pytest.raises(SystemExit), jobs.logged(job, "data set toy"):
        pass
    assert "plmemory/errors.py: found an edit since" in capsys.readouterr().err


def test_an_input_that_another_run_has_made_meanwhile_ends_the_job(job, tmp_path, capsys):
    table = str(tmp_path / "toy.csv")
    Path(table).write_text("value\n1\n")
    lineage.note([table], "planned")
    job.input, job.params.job["lineage"] = [table], descended("planned")
    with jobs.logged(job, "figure toy"):
        pass
    lineage.note([table], "another")
    with pytest.raises(SystemExit), jobs.logged(job, "figure toy"):
        pass
    assert f"Error: figure toy: {table}: found it made otherwise" in capsys.readouterr().err


def test_a_damaged_input_is_disowned_and_named_before_anything_is_done(job, tmp_path, capsys):
    file = str(tmp_path / "toy.nc")
    Path(file).write_bytes(bytes(1000))
    lineage.append(file, "0123456789abcdef")
    with Path(file).open("r+b") as stream:
        stream.seek(500)
        stream.write(b"\x01")
    assert lineage.carried([file]) == "0123456789abcdef"
    job.input, job.params.job["lineage"] = [file], descended("0123456789abcdef")
    begun = []
    with pytest.raises(SystemExit), jobs.logged(job, "measure toy"):
        begun.append(1)
    expected = "found other content than its checksum says, expected what its job wrote"
    said = f"Error: measure toy: {file}: {expected}; start this run again, which makes it anew\n"
    assert capsys.readouterr().err == said
    assert not begun
    assert lineage.carried([file]) == ""


def test_what_a_killed_job_had_begun_to_write_is_removed(job, tmp_path):
    job.output = [str(tmp_path / "toy[1].nc")]
    left, other = tmp_path / ".toy[1].nc.0123abcd", tmp_path / ".toy1.nc.0123abcd"
    left.write_bytes(b"half")
    other.write_bytes(b"another's")
    with jobs.logged(job, "measure toy"):
        pass
    assert not left.exists()
    assert other.exists()


def test_a_file_of_the_users_that_changes_meanwhile_ends_the_job(job, tmp_path, capsys):
    file = tmp_path / "mine.csv"
    file.write_text("1,-1\n")
    job.params.job["lineage"].contents = {str(file): lineage.content(str(file))}
    with jobs.logged(job, "data set mine"):
        pass
    file.write_text("-1,1\n")
    with pytest.raises(SystemExit), jobs.logged(job, "data set mine"):
        pass
    assert f"Error: data set mine: {file}: found a change since" in capsys.readouterr().err


SCRIPT = """\
import importlib, json, sys
from types import SimpleNamespace
from plmemory.files.jobs import Descended, Hashed, logged
from plmemory.networks.ising.network import ising
code, lineage = Hashed("c"), Descended("l")
code.sources, lineage.lineages, lineage.contents = json.loads(sys.argv[2]), (), {}
told = SimpleNamespace(job={"code": code, "lineage": lineage})
with logged(SimpleNamespace(log=[sys.argv[1]], input=[], output=[], params=told), "toy"):
    importlib.import_module(sys.argv[3])
"""


def run(folder, *hashed):
    """The script in a fresh process, with the modules that the planner hashed for it."""
    script = folder / "script.py"
    script.write_text(SCRIPT)
    known = json.dumps(sources.code(script, *hashed).sources)
    picked = "plmemory.learning.hebb.learn"
    return subprocess.run(
        [sys.executable, str(script), str(folder / "log"), known, picked],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(SOURCE)},
    )


def test_what_is_hashed_for_a_script_covers_what_it_runs(tmp_path):
    done = run(tmp_path, "plmemory.learning.hebb.learn")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_module_picked_by_name_that_nobody_named_stops_the_job(tmp_path):
    done = run(tmp_path)
    assert done.returncode == 1
    expected = "code: found plmemory.learning that ran and was not hashed"
    assert done.stderr == f"Error: RuntimeError: {expected} (traceback in {tmp_path / 'log'})\n"
