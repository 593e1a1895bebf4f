"""How many small faults in the sources the unit tests detect: make mutants, see CONTRIBUTING.md.

    python -m mutants --sample 150 --seed 1 [--of src/plmemory/figures ...]

The tests that call a function are found by running all tests once; the result is stored in
``build/mutants`` and renewed for changed test files.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from mutants.mutations import Mutant, mutants
from tests.checkout import CHECKOUT, copied

KEPT = CHECKOUT / "build/mutants"
ROOMS = ("src/plmemory", "workflow/scripts")
EQUIVALENT = Path(__file__).parent / "equivalent.txt"
COMPILED = re.compile(r"\bnjit\b|\bcompiled\b")
NOT_FOUND = 4  # exit status of pytest for missing tests
LONGEST = 40.0  # seconds of tests for one mutant, the fastest first
Called = dict[str, tuple[float, list[str]]]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m mutants", description=__doc__)
    parser.add_argument("--sample", type=int, default=150, help="how many mutants")
    parser.add_argument("--seed", type=int, default=1, help="which")
    parser.add_argument("--cores", type=int, default=2, help="how many at a time")
    parser.add_argument("--of", nargs="+", default=ROOMS, help="folders or files of the sources")
    told = parser.parse_args()
    every = [mutant for file in sources(told.of) for mutant in mutants(file, text_of(file))]
    known = equivalents(EQUIVALENT.read_text())
    told_apart = [m for m in every if named(m, text_of(m.file)) not in known]
    chosen = random.Random(told.seed).sample(told_apart, min(told.sample, len(told_apart)))
    found = judged(sorted(chosen), calls(), told.cores)
    print(f"{len(every)} mutants, {len(every) - len(told_apart)} of them known to be equivalent")
    print(f"seed {told.seed}: {sum(found)} of {len(found)} caught, {sum(found) / len(found):.1%}")


def sources(rooms: Iterable[str]) -> list[str]:
    """All sources that compute or draw; an ``about`` is compared with its page instead."""
    files = {
        str(file.relative_to(CHECKOUT))
        for room in rooms
        for file in ([CHECKOUT / room] if room.endswith(".py") else (CHECKOUT / room).rglob("*.py"))
    }
    return sorted(file for file in files if not file.endswith(("about.py", "__init__.py")))


def text_of(file: str) -> str:
    return (CHECKOUT / file).read_text()


def lines_of(mutant: Mutant, text: str) -> tuple[str, str]:
    """The changed lines, before and after, without common parts."""
    pair = text.splitlines(), mutant.applied(text).splitlines()
    changed = [line for line in difflib.ndiff(*pair) if line.startswith(("- ", "+ "))]
    return tuple(
        " ".join(" ".join(line[2:].split()) for line in changed if line[0] == sign) for sign in "-+"
    )


def named(mutant: Mutant, text: str) -> tuple[str, ...]:
    return (mutant.file, *lines_of(mutant, text))


def equivalents(text: str) -> set[tuple[str, ...]]:
    """Equivalent mutants: blocks of a file, - before, + after, and the reason."""
    blocks = [block.splitlines() for block in text.split("\n\n") if not block.startswith("#")]
    return {(file, old[2:], new[2:]) for file, old, new, *_ in blocks}


def shown(mutant: Mutant) -> str:
    old, new = lines_of(mutant, text_of(mutant.file))
    return f"{mutant.file}:{mutant.line}\n- {old}\n+ {new}\n"


def pytest(folder: Path, *arguments: str, limit: float | None = None, **env: str) -> int:
    """Run tests of a checkout; 0: all passed, 124: they took too long."""
    paths = os.pathsep.join(f"{folder}/{part}" for part in ("src", "tests", ""))
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *arguments]
    env |= {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}
    env = {"NUMBA_CACHE_DIR": f"{folder}/build/numba"} | env
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=os.environ | env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return process.wait(limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.wait()
        return 124


def calls() -> Called:
    """The functions that each test calls, and its time."""
    KEPT.mkdir(parents=True, exist_ok=True)
    found: Called = {}
    for test in sorted((CHECKOUT / "tests/unit").glob("test_*.py")):
        digest = hashlib.sha256(test.read_bytes()).hexdigest()[:16]
        kept = KEPT / f"{test.stem}.{digest}.json"
        if not kept.is_file():
            for old in KEPT.glob(f"{test.stem}.*"):
                old.unlink()
            arguments = ("-p", "mutants.called", str(test.relative_to(CHECKOUT)))
            pytest(CHECKOUT, *arguments, CALLED=str(kept))
        found |= json.loads(kept.read_text())
    return found


def tests_of(mutant: Mutant, called: Called) -> list[str]:
    """Tests that call its function, the enclosing one, or any of its file; the fastest first.

    Calls of compiled functions, and code that runs at import, are not seen: then all tests that
    call any function of the file are taken, or, if there are none, those of the files that name it.
    After these come the other tests of their files: if a cache or a fixture calls a function once,
    only the first test is registered.
    """

    def seconds(test: str) -> float:
        return called[test][0]

    name = mutant.function
    while name:
        if found := [
            test for test, (_, names) in called.items() if f"{mutant.file}::{name}" in names
        ]:
            break
        name = name.rpartition(".<locals>.")[0]
    else:
        file = f"{mutant.file}::"
        found = [t for t, (_, names) in called.items() if any(n.startswith(file) for n in names)]
    if not found:  # a module without functions
        word = re.compile(rf"\b{Path(mutant.file).stem}\b")
        found = [t for t in called if word.search(text_of(t.partition("::")[0]))]
    files = {test.partition("::")[0] for test in found}
    others = [test for test in called if test.partition("::")[0] in files and test not in found]
    spent, within = 0.0, []
    for test in [*sorted(found, key=seconds), *sorted(others, key=seconds)]:
        spent += called[test][0]
        if spent > LONGEST and within:
            break
        within.append(test)
    return within


def judged(chosen: list[Mutant], called: Called, cores: int) -> list[bool]:
    """Whether each mutant is caught."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as root:
        copies: SimpleQueue[Path] = SimpleQueue()
        for core in range(cores):
            copies.put(copy(Path(root) / str(core)))

        def caught(mutant: Mutant) -> bool:
            tests = tests_of(mutant, called)
            if not tests:
                print(shown(mutant), flush=True)
                return False
            folder, text = copies.get(), text_of(mutant.file)
            # numba does not notice changes in functions that a compiled function calls.
            own = {"NUMBA_CACHE_DIR": f"{folder}/build/own"} if COMPILED.search(text) else {}
            try:
                (folder / mutant.file).write_text(mutant.applied(text))
                expected = sum(called[test][0] for test in tests)
                # Some tests are named by a path.
                here = [test.replace(str(CHECKOUT), str(folder)) for test in tests]
                found = pytest(folder, *here, limit=60 + 10 * expected, **own)
                if found == NOT_FOUND:
                    raise RuntimeError(f"{mutant.file}: found no such test, delete {KEPT}")
                survives = found == 0
            finally:
                (folder / mutant.file).write_text(text)
                shutil.rmtree(folder / "build/own", ignore_errors=True)
                copies.put(folder)
            if survives:
                print(shown(mutant), flush=True)
            return not survives

        with ThreadPoolExecutor(cores) as pool:
            return list(pool.map(caught, chosen))


def copy(folder: Path) -> Path:
    """A copy of the working tree with the raw files, for tests that read them."""
    copied(folder)
    if (CHECKOUT / "results/raw").is_dir():
        (folder / "results/raw").symlink_to(CHECKOUT / "results/raw")
    return folder


if __name__ == "__main__":
    main()
