"""The cost of parts of a network, and the fits of the formulas in docs/scaling.md.

``python -m benchmarks.scaling [--only NAME]`` measures each stage at five sizes, by the processor
time (the best of three) and the peak memory of a separate process. It fits the constants of the
formulas and prints their relative errors. Only the first part of the rows is learnt, so N = 20 000
needs less than 2 GB.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from plmemory.files.labelled import Dataset, Stacked, open_dataset, write_file
from plmemory.machine.backend import select
from plmemory.machine.part import Part
from plmemory.networks.ising.by_rows import Held, Rows

RESULTS = Path(__file__).parent / "scaling.csv"
ROUNDS = 3
SITES = (1000, 2000, 5000, 10000, 20000)
COLUMNS = ("stage", "N", "P", "rows", "iterations", "seconds", "fitted_s", "peak_mb", "fitted_mb")
DESCENT: dict[str, Any] = {
    "inverse_temperature": 1.0,
    "learning_rate": 1.0,
    "batch_size": None,
    "initial": "zero",
    "initial_scale": 0.0,
    "symmetric": False,
    "l2": 0.0,
    "clip_norm": None,
    "decay": 1.0,
    "records": 2,
}
OPTIMUM = {"scaled_norm": 2.0, "inverse_temperature": 1.0, "tolerance": 1e-5, "max_iterations": 500}
STABILITY = {"symmetric": False, "gap": 1e-3, "max_iterations": 20000}
POTTS = {"states": 21, "inverse_temperature": 1.0, "learning_rate": 1.0, "symmetric": False}


class Size(NamedTuple):
    """N sites, P patterns (or states), n rows, and iterations (or epochs, or steps)."""

    sites: int
    patterns: int
    rows: int
    iterations: float

    @property
    def flat(self) -> float:
        """Numbers of the patterns, P N."""
        return float(self.patterns) * self.sites


class Stage(NamedTuple):
    """A stage, measured at sizes (N, P, parts), and the terms of its time and its memory.

    prepare: takes N, P, parts and a folder; returns the timed function, which returns rows and
    iterations.
    time, memory: terms whose weighted sums are seconds and bytes; for memory plus a constant.
    """

    prepare: Callable[..., Callable[[], tuple[int, float]]]
    sizes: tuple[tuple[int, int, int], ...]
    time: Callable[[Size], tuple[float, ...]]
    memory: Callable[[Size], tuple[float, ...]]


def learning(rule: str, settings: Mapping[str, Any], colours: int = 2) -> Callable[..., Any]:
    """Learning the first part of the rows of random patterns."""

    def prepare(sites: int, count: int, parts: int, _: Path) -> Callable[[], tuple[int, float]]:
        learn = importlib.import_module(f"plmemory.learning.{rule}.learn").learn
        backend, rng = select("cpu", "float32"), np.random.default_rng(1)
        patterns = rng.integers(0, colours, (1, count, sites), dtype=np.int8)
        if colours == 2:
            patterns *= 2
            patterns -= 1

        def run() -> tuple[int, float]:
            learned = learn(patterns, backend, [rng], **settings, part=Part(0, parts))
            iterations = learned.diagnostics.get("iterations", settings.get("epochs", 1))
            return learned.couplings.shape[1], float(np.max(iterations))

        return run

    return prepare


def _file(folder: Path, sites: int) -> Path:
    """A file of couplings (1, N, N), written in blocks."""
    rows = np.random.default_rng(1).normal(size=(1, sites // 20, sites)).astype(np.float32)
    dims = ("replicate", "site", "source")
    file = folder / "model.nc"
    write_file(Dataset({"couplings": (dims, Stacked([rows] * 20, 1))}), file, {})
    return file


def stepping(held: bool) -> Callable[..., Any]:
    """A step of states, with couplings in memory or read by rows."""

    def prepare(sites: int, states: int, _: int, folder: Path) -> Callable[[], tuple[int, float]]:
        start = np.random.default_rng(1).choice(np.array([-1, 1], np.int8), (states, sites))
        stored: Any = open_dataset(_file(folder, sites))["couplings"].stored
        if isinstance(stored, np.ndarray):
            network: Held | Rows = Held(stored[0]) if held else Rows(stored[0])
        else:
            network = Held(stored[0]) if held else Rows(stored.at(0))
        step = network.step(select("cpu", "float32"))

        def run() -> tuple[int, float]:
            step(start)
            return sites, 1.0

        return run

    return prepare


BY_TENTHS = tuple((n, n // 10, n // 250) for n in SITES)
BY_TWENTIETHS = tuple((n, n // 20, n // 500) for n in SITES)
LARGER = tuple((n, n // 20, n // 500) for n in (3000, 5000, 8000, 12000, 20000))
STAGES = {
    "descent, span": Stage(
        learning("pseudo_likelihood", DESCENT | {"space": "gram", "epochs": 40}),
        BY_TENTHS,
        lambda s: (
            2.0 * s.patterns**2 * (s.sites + s.iterations * s.rows) + 6.0 * s.rows * s.flat,
            s.iterations * s.rows * s.patterns,
        ),
        # The last term: compiled code, where it pays (pseudo_likelihood.learn).
        lambda s: (s.flat, float(s.rows) * s.sites, 1e6 * (s.iterations * s.flat >= 1 << 28)),
    ),
    "descent, tables": Stage(
        learning("pseudo_likelihood", DESCENT | {"space": "direct", "epochs": 8}),
        tuple((n, 1000, n // 250) for n in (9000, 10000, 12000, 16000, 20000)),
        lambda s: (4.0 * s.iterations * s.rows * s.flat,),
        lambda s: (s.flat, float(s.rows) * s.sites),
    ),
    "optimum": Stage(
        learning("pseudo_likelihood_optimum", OPTIMUM),
        BY_TWENTIETHS,
        lambda s: (
            4.0 * s.iterations * s.rows * s.patterns**2,
            s.iterations * s.rows * s.patterns,
            6.0 * s.patterns**2 * s.sites,
        ),
        lambda s: (s.flat, float(s.rows) * s.sites),
    ),
    "maximum stability": Stage(
        learning("maximum_stability", STABILITY),
        LARGER,
        lambda s: (
            4.0 * s.rows * s.flat + 2.0 * s.iterations * s.rows * s.patterns**2,
            s.iterations * s.rows * s.patterns,
            2.0 * s.patterns**2 * s.sites,
        ),
        lambda s: (s.flat, float(s.rows) * s.sites),
    ),
    "pseudo-inverse": Stage(
        learning("pseudo_inverse", {}),
        LARGER,
        lambda s: (
            4.0 * s.patterns**2 * s.sites,
            2.0 * s.rows * s.flat,
            float(s.rows) * s.sites,
        ),
        lambda s: (s.flat, float(s.rows) * s.sites),
    ),
    "Potts descent": Stage(
        learning("potts", POTTS | {"epochs": 8}, colours=21),
        tuple((n, 1000, n // 10) for n in (200, 300, 400, 600, 800)),
        lambda s: (s.iterations * s.rows * s.flat,),
        lambda s: (s.flat, float(s.rows) * s.sites),
    ),
    "step, held": Stage(
        stepping(held=True),
        tuple((n, 200, 1) for n in (1000, 2000, 3000, 4000, 6000)),
        lambda s: (2.0 * s.sites * s.flat,),
        lambda s: (float(s.sites) ** 2,),
    ),
    "step, by rows": Stage(
        stepping(held=False),
        tuple((n, 50, 1) for n in (5000, 7000, 10000, 14000, 20000)),
        lambda s: (float(s.sites) ** 2,),
        lambda s: (0.0,),
    ),
}


def measured(name: str, sites: int, count: int, parts: int) -> dict[str, Any]:
    """The best time of some rounds and the peak memory of this process."""
    stage = STAGES[name]
    with tempfile.TemporaryDirectory() as folder:
        stage.prepare(64, 20, 2, Path(folder))()  # loads and compiles
        run = stage.prepare(sites, count, parts, Path(folder))
        seconds = []
        for _ in range(ROUNDS):
            begin = time.process_time()
            rows, iterations = run()
            seconds.append(time.process_time() - begin)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = {"stage": name, "N": sites, "P": count, "rows": rows, "iterations": iterations}
    return size | {"seconds": min(seconds), "peak_mb": peak}


def fitted(terms: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Non-negative constants (T,) of terms (S, T) with the least squared relative errors."""
    from scipy.optimize import nnls

    return nnls(terms / numbers[:, None], np.ones(len(numbers)))[0]


def with_fits(stage: Stage, rows: list[dict[str, Any]]) -> np.ndarray:
    """Add the fitted values to the measurements; returns the constants of time, then of memory."""
    sizes = [Size(row["N"], row["P"], row["rows"], row["iterations"]) for row in rows]
    constants = []
    of_time = np.array([stage.time(size) for size in sizes])
    of_memory = np.array([(1.0, *(np.array(stage.memory(size)) / 1e6)) for size in sizes])
    for terms, name, fit in (
        (of_time, "seconds", "fitted_s"),
        (of_memory, "peak_mb", "fitted_mb"),
    ):
        found = fitted(terms, np.array([row[name] for row in rows]))
        constants.append(found)
        for row, value in zip(rows, terms @ found, strict=True):
            row[fit] = value
    return np.concatenate(constants)


def main() -> int:
    """Measure, fit, print and write."""
    parser = argparse.ArgumentParser(prog="benchmarks.scaling", description=__doc__)
    parser.add_argument("--only", default="", help="stages whose name begins with this")
    only = parser.parse_args().only
    context, rows = multiprocessing.get_context("spawn"), []
    for name, stage in STAGES.items():
        if name.startswith(only):
            found = []
            for size in stage.sizes:
                with context.Pool(1) as pool:
                    found.append(pool.apply(measured, (name, *size)))
            constants = with_fits(stage, found)
            print(name, " ".join(f"{constant:.3g}" for constant in constants))
            for row in found:
                print(" ".join(f"{row[column]:.4g}" for column in COLUMNS[1:]), flush=True)
            rows += found
    target = RESULTS.with_stem(f"scaling_{only}") if only else RESULTS
    with target.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows({k: f"{v:.4g}" if k != "stage" else v for k, v in r.items()} for r in rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
