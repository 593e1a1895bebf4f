"""The Potts optimum, compared with L-BFGS of torch and scipy, and with plmc if installed.

The objective is the symmetric one with the usual penalties. The peers stop as soon as they are
within the tolerance of the objective that we find with ten times smaller tolerance.
"""

from __future__ import annotations

import contextlib
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import scipy.optimize

from benchmarks.cases import Case, Cost, Outcome, Run, largest, size
from benchmarks.plmc import Penalised, solve
from benchmarks.potts import FAMILIES, Dense, family, of_random, traffic
from plmemory.datasets.proteins import alignments
from plmemory.learning.potts_optimum import learn as potts_optimum
from plmemory.learning.potts_optimum.coordinates import Problem, rotated
from plmemory.learning.potts_optimum.tied import Tied
from plmemory.machine.backend import select
from plmemory.machine.workers import Workers
from plmemory.networks.potts.kernels import columns

PENALTY = 0.01
TOLERANCE = 1e-4  # of the objective, relative
SINGLE = 1e-3  # rounding stops plmc in single precision nearer than this, each time elsewhere
GRADIENT = 2e-3  # our relative gradient; the excess of the objective falls as its square
MEMORY = (
    10  # pairs of vectors in scipy's and torch's L-BFGS; its default of 100 needs 6 GB for DHFR
)
PATIENCE = 2000  # evaluations


class Family(NamedTuple):
    """Sequences (P, N), q, and the objective at the symmetric optimum."""

    sequences: np.ndarray
    states: int
    target: float


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
    """Ours; the value is the final objective."""
    cost = traffic(data.sequences, data.states)
    _solve(of_random(10, 4, data.states).sequences, data.states, GRADIENT)  # loads compiled code

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


def scipy_lbfgs(data: Family, _: float) -> Run:
    """scipy's L-BFGS on our objective in our coordinates, in float64 as it asks for."""
    count = len(data.sequences)
    indexed = columns(data.sequences, data.states)
    axes = rotated(indexed, np.ones(count), PENALTY, np.float32)
    weights = np.ones(count, np.float32)
    problem = Problem(indexed, weights, coupling_penalty(data), PENALTY, axes)
    goal = data.target * (1 + TOLERANCE)

    def run() -> Outcome:
        reached = []
        with Workers() as workers:
            tied = Tied(problem, workers)
            start = tied.start()

            def evaluate(point: np.ndarray) -> tuple[float, np.ndarray]:
                gradient = np.empty_like(start)
                reached.append(tied.evaluate(point.astype(np.float32), gradient))
                if reached[-1] <= goal:
                    raise _ReachedError
                return reached[-1], gradient.astype(np.float64)

            with contextlib.suppress(_ReachedError):
                scipy.optimize.minimize(
                    evaluate,
                    start.astype(np.float64),
                    jac=True,
                    method="L-BFGS-B",
                    options={"maxiter": PATIENCE, "maxcor": MEMORY, "ftol": 0, "gtol": 0},
                )
        return Outcome(reached[-1])

    return run


def plmc(data: Family, _: float) -> Run:
    """plmc in double precision, stopped as soon as it is there."""
    return solve("plmc", penalised(data), data.target * (1 + TOLERANCE))


def plmc32(data: Family, _: float) -> Run:
    """plmc in single precision, which rounding stops earlier."""
    return solve("plmc32", penalised(data))


def penalised(data: Family) -> Penalised:
    """The same objective for plmc."""
    return Penalised(data.sequences, coupling_penalty(data), PENALTY)


def objective_difference(data: Family, one: float, other: float) -> float:
    """The relative distance of the worse of the two from the optimum."""
    return largest([abs(value / data.target - 1) for value in (one, other)])


def _optimum(
    name: str,
    contestant: Any,
    peer: str,
    rounds: int,
    *cut: int | None,
    needs: str = "torch",
    tolerance: float = TOLERANCE,
) -> Case:
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
        tolerance=1.05 * tolerance,  # the last digits of objectives in float32, or as printed
        needs=needs,
        rounds=rounds,
    )


def cases(quick: bool, device: str) -> list[Case]:
    """Optima, on the CPU whatever the device, as in the package."""
    peer = "L-BFGS on dense one-hot, torch"
    if quick:
        return [_optimum("WW", dense_lbfgs, peer, 1, 300, 10)]
    own = "scipy's L-BFGS on our objective"
    return [
        *(_optimum(name, dense_lbfgs, peer, 1) for name in ("WW", "DHFR")),
        *(_optimum(name, scipy_lbfgs, own, 3, needs="scipy") for name in FAMILIES),
        # plmc's makefile calls both builds plmc; here the one in single precision is plmc32.
        *(_optimum(name, plmc, "plmc, double precision", 3, needs="plmc") for name in FAMILIES),
        *(
            _optimum(name, plmc32, "plmc, single precision", 3, needs="plmc32", tolerance=SINGLE)
            for name in FAMILIES
        ),
    ]
