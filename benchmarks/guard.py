"""Whether this tree is slower than a release: both in turn, compared in pairs.

``python -m benchmarks.guard [REF]`` runs each case of ``benchmarks.guarded`` with the package of
REF (the last tag ``v...``) and with that of this tree, round by round, and compares processor
times. It ends with exit status 1 if a case is slower by more than 5 % with 97.5 % confidence. No
test calls it.
"""

from __future__ import annotations

import argparse
import io
import math
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.guarded import CASES

ROOT = Path(__file__).parents[1]
SLOWER = 1.05


class Compared(NamedTuple):
    """Our time over theirs: geometric mean of the rounds, and its two-sided 95 % interval."""

    ratio: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """The verdict: the interval compared with the allowed ratio."""
        if self.low > SLOWER:
            return "slower"
        return "fine" if self.high <= SLOWER else "unclear: more rounds, or a quieter machine"


def compared(ours: Sequence[float], theirs: Sequence[float]) -> Compared:
    """The comparison of times (rounds,) measured in pairs; at least two rounds."""
    from scipy.stats import t

    logs = np.log(np.asarray(ours) / np.asarray(theirs))
    reach = t.ppf(0.975, len(logs) - 1) * logs.std(ddof=1) / math.sqrt(len(logs))
    return Compared(*np.exp([logs.mean(), logs.mean() - reach, logs.mean() + reach]))


def last_release() -> str:
    """The newest tag of a version.

    Raises
    ------
    SystemExit
        If there is none.
    """
    found = _git("describe", "--tags", "--abbrev=0", "--match", "v[0-9]*")
    if found.returncode:
        raise SystemExit("guard: found no tag v..., expected one, or REF on the command line")
    return found.stdout.decode().strip()


def unpacked(ref: str, folder: Path) -> Path:
    """Unpack the package of ``ref`` into ``folder``; returns the path for PYTHONPATH.

    Raises
    ------
    SystemExit
        If there is no such commit with a package.
    """
    archive = _git("archive", ref, "src")
    if archive.returncode:
        raise SystemExit(f"guard: found {ref}, expected a commit with a package")
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as file:
        file.extractall(folder, filter="data")
    return folder / "src"


def _git(*words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=False)


def seconds(case: str, source: Path) -> float:
    """Processor seconds of a case with the package in ``source``; NaN if it cannot run it."""
    environment = os.environ | {"PYTHONPATH": str(source), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(ROOT / "benchmarks" / "guarded.py"), case]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr.strip().splitlines()[-1], file=sys.stderr)
        return math.nan
    place, measured = done.stdout.split("\t")
    if not Path(place).is_relative_to(source):
        raise RuntimeError(f"found the package in {place}, expected it in {source}")
    return float(measured)


def main() -> int:
    """Compare all cases, or those whose name begins with ``--only``; 1 if one is slower."""
    parser = argparse.ArgumentParser(prog="benchmarks.guard", description=__doc__)
    parser.add_argument("ref", nargs="?", help="a commit or tag; the last release by default")
    parser.add_argument("--only", default="", help="cases whose name begins with this")
    parser.add_argument("--rounds", type=int, default=5, help="at least two")
    arguments = parser.parse_args()
    if arguments.rounds < 2:
        parser.error(f"--rounds: found {arguments.rounds}, expected 2 or more")
    ref, slower = arguments.ref or last_release(), False
    with tempfile.TemporaryDirectory() as folder:
        release = unpacked(ref, Path(folder))
        print(f"this tree over {ref}: geometric mean of {arguments.rounds} rounds, 95 % interval")
        for case in filter(lambda name: name.startswith(arguments.only), CASES):
            pairs = []
            for turn in range(arguments.rounds):
                # Alternate, so that slow drifts of the machine affect both equally.
                order = [ROOT / "src", release][:: 1 if turn % 2 else -1]
                found = {source: seconds(case, source) for source in order}
                pairs.append((found[ROOT / "src"], found[release]))
            if np.isnan(pairs).any():
                print(f"{case:24}not compared: one of the two cannot run it")
                continue
            result = compared(*np.transpose(pairs))
            slower |= result.low > SLOWER
            span = f"{result.ratio:.3f}  {result.low:.3f} to {result.high:.3f}"
            print(f"{case:24}{span}  {result.verdict}", flush=True)
    return int(slower)


if __name__ == "__main__":
    sys.exit(main())
