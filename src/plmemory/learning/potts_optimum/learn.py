"""The regularised Potts pseudo-likelihood optimum, as used for contact prediction.

Minimises, at lambda = 1, the objective that plmc, pydca and CCMpred share,

    F = - sum_mu w_mu sum_i log p(x_i | x_rest) + (lambda_J / 2) sum_{i != j} |J_ij|^2
        + lambda_h sum_i |b_i|^2,

a sum over sites, not a mean; for symmetric couplings the penalty is lambda_J sum_{i < j} |J_ij|^2.
Without the tie each row is an independent problem (Ekeberg et al., J. Comput. Phys. 276, 2014).

L-BFGS runs in coordinates in which the Hessian is close to the identity (see ``coordinates``). This
saves about nine tenths of the evaluations. The start is the optimum without couplings.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from plmemory.files import checkpoints
from plmemory.learning.potts.learn import PottsLearned, check_colours
from plmemory.learning.potts_optimum import alone, tied
from plmemory.learning.potts_optimum.coordinates import Problem, rotated
from plmemory.learning.potts_optimum.lbfgs import Minimum
from plmemory.machine.backend import Backend
from plmemory.machine.part import WHOLE, Part
from plmemory.networks.potts.kernels import columns, unpack


def learn(
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator] = (),
    *,
    states: int,
    penalty: float,
    symmetric: bool,
    tolerance: float,
    max_iterations: int,
    reweighted: bool = False,
    weight: np.ndarray | None = None,
    part: Part = WHOLE,
) -> PottsLearned:
    """The optimum with the usual penalties, lambda_J = c (N - 1)(q - 1) and lambda_h = c.

    ``penalty`` is c; plmc and CCMpred use 0.01. ``weight``: (R, P), of the patterns, if they are
    ``reweighted``. The other arguments are as for ``optimum``; ``rngs`` are not used.
    """
    return optimum(
        patterns,
        backend,
        states=states,
        coupling_penalty=penalty * (patterns.shape[-1] - 1) * (states - 1),
        field_penalty=penalty,
        symmetric=symmetric,
        tolerance=tolerance,
        max_iterations=max_iterations,
        weights=weight if reweighted else None,
        part=part,
    )


def optimum(
    patterns: np.ndarray,
    backend: Backend,
    *,
    states: int,
    coupling_penalty: float,
    field_penalty: float,
    symmetric: bool,
    tolerance: float,
    max_iterations: int,
    weights: np.ndarray | None = None,
    part: Part = WHOLE,
) -> PottsLearned:
    """Minimise F above.

    Parameters
    ----------
    patterns : (R, P, N) colours 0 .. ``states`` - 1.
    backend : its precision is used, on the CPU.
    coupling_penalty, field_penalty : lambda_J and lambda_h, positive. The usual choice is
        0.01 (N - 1) (q - 1) and 0.01.
    symmetric : tie J_ij(a, b) = J_ji(b, a), one joint problem; else N independent rows.
    tolerance : stop when the gradient's norm, in the coordinates of the search, has fallen to this
        fraction of its value at the optimum without couplings. The excess of F falls as
        its square.
    max_iterations : of L-BFGS.
    weights : (R, P), by default all one.
    part : of the rows, if not ``symmetric``.

    Returns
    -------
    PottsLearned
        Converged where all rows reached the tolerance. Diagnostics, each (R,): ``objective`` F,
        ``relative_gradient`` (largest over rows), ``iterations`` (largest) and ``evaluations``
        (mean over rows).

    Raises
    ------
    InputError
        If a colour is not below ``states``.
    """
    check_colours(patterns, states)
    if weights is None:
        weights = np.ones(patterns.shape[:2])
    solve = tied.solve if symmetric else partial(alone.solve, part.rows(patterns.shape[2]))

    def train(replicate: int) -> tuple[np.ndarray, np.ndarray, list[Minimum]]:
        weight = weights[replicate]
        data = columns(patterns[replicate], states)
        axes = rotated(data, weight, field_penalty, backend.dtype)
        problem = Problem(data, weight.astype(backend.dtype), coupling_penalty, field_penalty, axes)
        return solve(problem, tolerance, max_iterations)

    results = checkpoints.pieces(train, range(len(patterns)))
    minima = [[Minimum(*minimum) for minimum in rows] for _, _, rows in results]
    relative = np.array([max(m.relative_gradient for m in rows) for rows in minima])
    return PottsLearned(
        couplings=np.stack([unpack(table) for table, _, _ in results]),
        fields=np.stack([field[:, :states] for _, field, _ in results]),
        converged=relative <= tolerance,
        history={},
        diagnostics={
            "objective": np.array([sum(m.objective for m in rows) for rows in minima]),
            "relative_gradient": relative,
            "iterations": np.array([max(m.iterations for m in rows) for rows in minima]),
            "evaluations": np.array([np.mean([m.evaluations for m in rows]) for rows in minima]),
        },
    )
