"""The Makefile: which Python it takes, odd paths, and what it removes."""

import os
import pty
import shutil
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
# Stands for a Python of some version: says it, and makes an environment of itself.
PYTHON = """#!/bin/bash
case "$1" in
  -c) echo {version} ;;
  -m) mkdir -p .venv/bin
      cp "$0" .venv/bin/python{version}
      ln -sf python{version} .venv/bin/python
      for program in mkdocs pip pytest snakemake; do
        printf '#!/bin/bash\\necho "${{0##*/}} $*" >> ran\\n' > .venv/bin/$program
        chmod +x .venv/bin/$program
      done ;;
esac
"""
PROGRAMS = ("bash", "chmod", "cp", "find", "grep", "ln", "mkdir", "rmdir", "touch", "tr")


@pytest.fixture
def clone(tmp_path) -> Path:
    """A folder with the Makefile and what its environment is made from."""
    return populated(tmp_path / "clone")


def populated(folder: Path) -> Path:
    folder.mkdir()
    locks = (f"requirements{kind}.lock" for kind in ("", "-docs", "-gpu"))
    for name in ("Makefile", "pyproject.toml", *locks):
        shutil.copy(CHECKOUT / name, folder / name)
    return folder


def interpreters(folder: Path, *versions: str) -> Path:
    """A folder with a stand-in for each Python."""
    folder.mkdir()
    for version in versions:
        program = folder / f"python{version}"
        program.write_text(PYTHON.format(version=version))
        program.chmod(0o755)
    return folder


def make(
    folder: Path,
    *arguments: str,
    first: Path | None = None,
    home: str | None = None,
    stdout: int = subprocess.PIPE,
) -> subprocess.CompletedProcess:
    """Run make in ``folder`` with ``first`` before, and no Python in, the system's programs."""
    programs = folder.parent / "programs"
    if not programs.exists():
        programs.mkdir()
        for name in PROGRAMS:
            (programs / name).symlink_to(shutil.which(name))
    path = os.pathsep.join(map(str, filter(None, [first, programs])))
    return subprocess.run(
        [shutil.which("make"), *arguments],
        cwd=folder,
        env={"PATH": path, "HOME": home or str(folder.parent)},
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
    )


def ran(folder: Path) -> list[str]:
    return (folder / "ran").read_text().splitlines()


def version(folder: Path) -> str:
    """Of the Python that the environment is made with."""
    return (folder / ".venv/bin/python").resolve().name


@pytest.mark.parametrize(
    ("there", "taken"),
    [
        (("3.10", "3.11", "3.13"), "python3.11"),
        (("3.13", "3.12"), "python3.12"),
        (("3.13", "3.14"), "python3.13"),
    ],
)
def test_the_first_python_that_fits_is_taken(clone, there, taken):
    done = make(clone, "figures", first=interpreters(clone.parent / "found", *there))
    assert done.returncode == 0, done.stderr
    assert version(clone) == taken
    assert ran(clone)[-1] == "snakemake --cores all --configfile config/config.yaml"


def test_a_terminal_gets_bars_of_progress(clone):
    found = interpreters(clone.parent / "found", "3.11")
    ours, terminal = pty.openpty()
    assert make(clone, "figures", first=found, stdout=terminal).returncode == 0
    os.close(terminal)
    os.close(ours)
    expected = "snakemake --cores all --logger rich --configfile config/config.yaml"
    assert ran(clone)[-1] == expected


def test_names_that_shells_would_run_stay_names(clone):
    found = interpreters(clone.parent / "found", "3.11")
    name = "a`touch sprung`; touch sprung; \"touch sprung\" 'b'.yaml"
    for target in ("figures", "report"):
        assert make(clone, target, f"CONFIG={name}", first=found).returncode == 0
        assert f"--configfile {name}" in ran(clone)[-1]
    run = "`>sprung`"
    (clone / "results" / run).mkdir(parents=True)
    assert make(clone, "clean", f"RUN={run}", first=found).returncode == 0
    assert list((clone / "results").iterdir()) == []
    make(clone, "figures", "CORES=1; touch sprung", first=found)
    assert ran(clone)[-1].startswith("snakemake --cores 1; touch sprung --configfile")
    assert not (clone / "sprung").exists()


def test_a_python_that_does_not_run_is_passed_over(clone):
    found = interpreters(clone.parent / "found", "3.11", "3.12")
    (found / "python3.11").write_text("#!/bin/bash\nexit 127\n")  # as a shim of pyenv does
    assert make(clone, "test-unit", first=found).returncode == 0
    assert version(clone) == "python3.12"


def test_no_python_that_fits_is_one_line(clone):
    done = make(clone, "test-unit", first=interpreters(clone.parent / "found", "3.10", "3.14"))
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert (
        "found no Python that fits, expected Python 3.11 3.12 3.13; name one: make PYTHON=" in line
    )


def test_a_python_that_is_named_is_taken_or_refused(clone):
    found = interpreters(clone.parent / "found", "3.10", "3.11", "3.13")
    assert make(clone, "test-unit", first=found).returncode == 0
    assert version(clone) == "python3.11"
    assert make(clone, "test-unit", f"PYTHON={found / 'python3.13'}").returncode == 0
    assert version(clone) == "python3.13"
    done = make(clone, "test-unit", "PYTHON=python3.10", first=found)
    (line,) = done.stderr.splitlines()
    assert "found python3.10, expected Python 3.11 3.12 3.13" in line
    assert version(clone) == "python3.13"


def test_the_environment_keeps_its_python_when_the_lock_changes(clone):
    found = interpreters(clone.parent / "found", "3.12")
    assert make(clone, "test-unit", first=found).returncode == 0
    interpreters(clone.parent / "more", "3.11")
    (clone / "ran").unlink()
    assert make(clone, "test-unit", first=clone.parent / "more").returncode == 0
    assert [line.split()[0] for line in ran(clone)] == ["pytest"]
    os.utime(clone / "requirements.lock", (2e9, 2e9))
    assert make(clone, "test-unit", first=clone.parent / "more").returncode == 0
    assert "pip install --quiet --requirement requirements.lock" in ran(clone)
    assert version(clone) == "python3.12"


@pytest.mark.parametrize("target", ["docs", "gpu"])
def test_what_not_all_need_comes_by_a_target_of_its_own(clone, target):
    found = interpreters(clone.parent / "found", "3.11")
    assert make(clone, target, first=found).returncode == 0
    lock = f"pip install --quiet --requirement requirements-{target}.lock"
    assert lock in ran(clone)
    (clone / "ran").unlink()
    assert make(clone, target, "figures", first=found).returncode == 0
    assert lock not in ran(clone)


@pytest.mark.parametrize("name", ["accent-é", "per%cent", "a+b@c=d,e~f_g.h"])
def test_odd_paths_work(tmp_path, name):
    clone = populated(tmp_path / name)
    found = interpreters(tmp_path / "found", "3.11")
    done = make(clone, "figures", "CONFIG=my config.yaml", first=found)
    assert done.returncode == 0, done.stderr
    assert ran(clone)[-1] == "snakemake --cores all --configfile my config.yaml"


@pytest.mark.parametrize("name", ["with space", "bra{c}es", "co:lon", "quo'te", "a$b", "ha#sh"])
def test_paths_that_snakemake_cannot_have_are_one_line(tmp_path, name):
    done = make(populated(tmp_path / name), "figures")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert f"in the path of this folder, {tmp_path / name}; move it" in line


def test_a_home_that_cannot_be_written_is_replaced(clone):
    found = interpreters(clone.parent / "found", "3.11")
    assert make(clone, "test-unit", first=found).returncode == 0
    program = clone / ".venv/bin/snakemake"
    program.write_text('#!/bin/bash\necho "${XDG_CACHE_HOME-} ${XDG_CONFIG_HOME-}" > kept\n')
    for home, kept in (
        (str(clone.parent), ""),
        ("/dev/null", f"{clone}/.snakemake/cache {clone}/.snakemake/config"),
    ):
        assert make(clone, "figures", home=home).returncode == 0
        assert (clone / "kept").read_text().strip() == kept


def runs(results: Path, *names: str) -> None:
    for name in names:
        (results / name / "tables").mkdir(parents=True)
        (results / name / "tables/basins.csv").write_text("1")
        (results / name / ".hidden").write_text("1")
    (results / "README.md").write_text("kept")


def test_cleaning_removes_one_run(clone):
    runs(clone / "results", "laptop", "paper")
    assert make(clone, "clean", "RUN=laptop").returncode == 0
    assert sorted(os.listdir(clone / "results")) == ["README.md", "paper"]
    assert (clone / "results/paper/tables/basins.csv").is_file()


@pytest.mark.parametrize(
    "arguments",
    [[], *([f"RUN={name}"] for name in ["", "tset", ".", "..", "../clone", "laptop/tables", "*"])],
)
def test_cleaning_wants_the_name_of_a_run(clone, arguments):
    runs(clone / "results", "laptop", "paper")
    done = make(clone, "clean", *arguments)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "expected one of: laptop paper" in line
    assert (clone / "results/laptop/tables/basins.csv").is_file()


@pytest.mark.parametrize("linked", ["results", "results/laptop"])
def test_a_link_to_another_disk_is_emptied_and_stays(clone, linked):
    disk = clone.parent / "disk"
    disk.mkdir()
    (clone / linked).parent.mkdir(exist_ok=True)
    (clone / linked).symlink_to(disk)
    if linked == "results":
        runs(disk, "laptop", "paper")
    else:
        (disk / "tables").mkdir()
        (disk / "tables/basins.csv").write_text("1")
    assert make(clone, "clean", "RUN=laptop").returncode == 0
    assert (clone / linked).is_symlink()
    assert sorted(os.listdir(disk)) == (["README.md", "paper"] if linked == "results" else [])


def test_a_link_inside_a_run_is_removed_and_its_target_kept(clone):
    runs(clone / "results", "laptop")
    kept = clone.parent / "kept"
    kept.mkdir()
    (kept / "mine.npy").write_text("1")
    (clone / "results/laptop/link").symlink_to(kept)
    assert make(clone, "clean", "RUN=laptop").returncode == 0
    assert (kept / "mine.npy").is_file()
