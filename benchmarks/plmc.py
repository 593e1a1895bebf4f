"""plmc on our Potts objective: until its objective is near enough, or to its own end.

Its build in single precision prints sums whose rounding errors exceed the tolerance. So it runs
until rounding stops it, and what it wrote is judged by the objective in double precision.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp

from benchmarks.cases import Outcome, Run, cores
from plmemory.datasets.proteins import alignments

PRINTED = re.compile(r"^\d+\t\S+\t\S+\t(\S+)\t")  # iteration, time, condition, objective, ...
ENDED = "Gradient optimization"


class Penalised(NamedTuple):
    """Sequences (P, N), and the penalties of couplings and fields."""

    sequences: np.ndarray
    couplings: float
    fields: float


class Parameters(NamedTuple):
    """Couplings (pair, q, q) of the pairs of sites in order, fields (N, q); q as plmc counts it."""

    letters: str
    couplings: np.ndarray
    fields: np.ndarray


def solve(program: str, problem: Penalised, goal: float | None = None) -> Run:
    """Stop as soon as the printed objective reaches the goal; the value is that objective.

    Without a goal, stop when plmc does; the value is the objective of its parameters.
    """
    folder = tempfile.TemporaryDirectory()
    alignment, written = Path(folder.name) / "alignment.fasta", Path(folder.name) / "parameters"
    texts = list(alignments.letters(problem.sequences))
    alignment.write_text("".join(f">{n}\n{text}\n" for n, text in enumerate(texts)))
    command = [program, "-t", "-1", "-n", str(cores()), "-o", str(written)]
    command += ["-le", str(problem.couplings), "-lh", str(problem.fields), str(alignment)]

    def run() -> Outcome:
        assert folder.name  # the folder must exist during the run
        start, seconds, printed = time.perf_counter(), float("nan"), float("nan")
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            for line in process.stderr:
                seconds = time.perf_counter() - start
                if numbers := PRINTED.match(line):
                    printed = float(numbers[1])
                if goal is not None and printed <= goal:
                    process.terminate()
                    break
                if line.startswith(ENDED):
                    break
            process.communicate()
        if goal is not None:
            return Outcome(printed, seconds=seconds)
        found = parameters(written.read_bytes())
        return Outcome(objective(found, texts, problem), seconds=seconds)

    return run


def parameters(content: bytes) -> Parameters:
    """Read what plmc wrote in single precision with ``-o``."""
    sites, states, kept, skipped, _ = np.frombuffer(content, "<i4", 5).tolist()
    singles, pairs = sites * states, sites * (sites - 1) // 2 * states**2
    begin = 4 * (5 + 5)  # the counts, theta, three penalties and the effective number
    letters = content[begin : begin + states].decode()
    begin += states + 4 * (kept + skipped) + sites + 4 * sites  # weights, target, its places
    numbers = np.frombuffer(content, "<f4", offset=begin).astype(np.float64)
    if numbers.size != 2 * (singles + pairs):
        raise ValueError(f"found {numbers.size} numbers, expected {2 * (singles + pairs)}")
    return Parameters(
        letters,
        numbers[-pairs:].reshape(-1, states, states),
        numbers[singles : 2 * singles].reshape(sites, states),
    )


def objective(found: Parameters, texts: list[str], problem: Penalised) -> float:
    """The symmetric objective at these parameters, in double precision, by one-hot data."""
    sites, states = found.fields.shape
    place = {letter: n for n, letter in enumerate(found.letters)}
    colours = np.array([[place[letter] for letter in text] for text in texts])
    couplings = np.zeros((sites, states, sites, states))
    first, second = np.triu_indices(sites, 1)
    couplings[first, :, second] = found.couplings
    couplings[second, :, first] = found.couplings.transpose(0, 2, 1)
    size = sites * states
    shown = np.eye(states)[colours].reshape(-1, size)
    local = shown @ couplings.reshape(size, size) + found.fields.ravel()
    local = local.reshape(-1, sites, states)
    own = np.take_along_axis(local, colours[..., None], axis=-1)[..., 0]
    penalty = problem.couplings * np.sum(found.couplings**2)
    return float(
        np.sum(logsumexp(local, axis=-1) - own) + penalty + problem.fields * np.sum(found.fields**2)
    )
