"""Nothing old passes for new, whoever made it: what results carry is compared with what is planned.

Snakemake's folder remembers nothing of results that are copied, shared with another working folder
or merely touched.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

HEBB = "models/random/hebb/P00030.nc"
TABLE = "tables/random_symmetry.csv"
FIGURE = "figures/random_symmetry.png"
SMALL = {
    "run": "small",
    "datasets": {"random": {"sites": 60, "replicates": 2}},
    "figures": {"random_symmetry": {"loads": [0.5], "rules": ["maximum_stability"]}},
}
TARGETS = ("random_symmetry", f"results/small/{HEBB}")


def forget(workflow):
    """Remove what Snakemake remembers."""
    shutil.rmtree(workflow.folder / ".snakemake")


def below(folder, *files):
    return {f"{folder}/small/{file}" for file in files}


@pytest.fixture(scope="module")
def made(clean, tmp_path_factory):
    """A checkout in which one small figure and one model have been made, and nothing else."""
    folder = tmp_path_factory.mktemp("small")
    workflow = clean.copy(folder / "checkout").over(folder, SMALL)
    workflow.finish(*TARGETS)
    return workflow


@pytest.fixture
def small(made, tmp_path):
    """A copy of it."""
    return made.copy(tmp_path / "checkout")


def test_results_are_what_they_carry_whether_remembered_or_not(small, tmp_path):
    forget(small)
    assert small.plan(*TARGETS) == set()
    (tmp_path / "wider").mkdir()
    wider = SMALL | {"datasets": {"random": {"sites": 60, "replicates": 3}}}
    changed = small.over(tmp_path / "wider", wider)
    remembered = small.copy(tmp_path / "remembered")
    forget(small)
    planned = changed.plan(*TARGETS)
    assert planned >= below("results", HEBB, TABLE, FIGURE)
    assert planned == type(small)(remembered.folder, changed.overlays).plan(*TARGETS)


def test_touching_does_not_make_new_what_is_old(small):
    source = small.folder / "src/plmemory/learning/hebb/learn.py"
    source.write_text(source.read_text() + "\nEDITED = True\n")
    assert small.plan(*TARGETS) == below("results", HEBB)
    small.finish("--touch", *TARGETS)
    assert small.plan(*TARGETS) == below("results", HEBB)


@pytest.mark.parametrize("spoiled", [TABLE, FIGURE, f".{TABLE}", f".{FIGURE}"])
def test_content_that_no_job_made_is_made_again(small, spoiled):
    file = small.folder / "results/small" / spoiled.removeprefix(".")
    if spoiled.startswith("."):  # what it is made by is lost
        file.with_name(f".{file.stem}.lineage").unlink()
    else:
        file.write_bytes(file.read_bytes() + b"\n")
    figure = FIGURE if "figures" in spoiled else TABLE
    assert below("results", figure, FIGURE) <= small.plan("random_symmetry")
    small.finish("random_symmetry")
    assert small.plan(*TARGETS) == set()


def test_two_working_folders_with_one_folder_of_results(clean, tmp_path):
    """Each sees what the other made, though its own memory says that all is done."""
    disk = tmp_path / "disk"
    folders = []
    for name, replicates in (("one", 2), ("other", 3)):
        (tmp_path / name).mkdir()
        random = {"sites": 60, "replicates": replicates}
        settings = SMALL | {"results": str(disk), "datasets": {"random": random}}
        workflow = clean.copy(tmp_path / name / "checkout")
        folders.append(workflow.over(tmp_path / name, settings))
    one, other = folders
    target = f"{disk}/small/{HEBB}"
    one.finish(target)
    made = Path(target).read_bytes()
    assert one.plan(target) == set()
    assert target in other.plan(target)
    other.finish(target)
    assert other.plan(target) == set()
    assert Path(target).read_bytes() != made
    assert target in one.plan(target)
    one.finish(target)
    assert Path(target).read_bytes() == made


def test_a_source_that_is_edited_while_a_run_is_under_way_ends_its_job(clean, tmp_path):
    workflow = clean.copy(tmp_path / "checkout").over(tmp_path, SMALL)
    source = workflow.folder / "src/plmemory/learning/hebb/learn.py"
    edit = "\nwith open(__file__, 'a') as _itself:\n    _itself.write('EDITED = True\\n')\n"
    source.write_text(source.read_text() + edit)
    done = workflow.run(f"results/small/{HEBB}")
    assert done.returncode != 0
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("Error: ")]
    expected = "found an edit since this run was planned, expected none; start it again"
    assert line == f"Error: learning rule hebb: {source}: {expected}"
    assert not (workflow.folder / "results/small" / HEBB).exists()


def test_two_first_runs_at_once_obtain_the_same_raw_files(clean, tmp_path):
    runs = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        runs.append(clean.over(tmp_path / name, {"run": name}))
    folder = clean.copy(tmp_path / "checkout").folder
    runs = [type(clean)(folder, run.overlays) for run in runs]
    targets = [f"results/{name}/data/mnist.nc" for name in ("one", "other")]
    processes = [
        subprocess.Popen(
            run.command(target),
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for run, target in zip(runs, targets, strict=True)
    ]
    for process in processes:
        said, _ = process.communicate()
        assert process.returncode == 0, said[-2000:]
    assert all((folder / target).is_file() for target in targets)
    raw = sorted(file.name for file in (folder / "results/raw/mnist").iterdir())
    assert len(raw) == 4
    assert not list(folder.glob("results/*/data/mnist.raw"))
