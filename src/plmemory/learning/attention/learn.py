"""Local training of attention, without back-propagation (D'Amico & Negri, arXiv:2409.16112).

Every step follows the gradient of the local energies of one batch (``networks.attention``),

    J_ij += eta <a_ij xi_i xi_j^T>,

each row independently. The energies have no normaliser, so the couplings grow for ever, and the
network depends on how far they have grown: lambda |J_i| is the clock, with |J_i| the Frobenius norm
of a row. ``normalised`` descends the complete -log p(x_i | rest) / lambda of the mixture of von
Mises-Fisher distributions

    p(x_i | rest) = sum_j exp(lambda x_i . v_ij) / sum_j A_d(lambda |v_ij|),   v_ij = J_ij x_j,

which subtracts b_ij g_d(lambda |v_ij|) v_ij/|v_ij| x_j^T, with b_ij the share of A_d(lambda
|v_ij|).

The arithmetic runs on the CPU for any device of the backend, in its precision.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from plmemory.errors import InputError, TrainingError
from plmemory.files import checkpoints
from plmemory.files.progress import Progress
from plmemory.learning.attention.gradient import gradient
from plmemory.machine.backend import Backend
from plmemory.networks.ising.states import COUPLINGS
from plmemory.networks.vectors.states import check_unit

RECORDS = 13  # log-spaced clocks, over three decades to the last


class Blocks(NamedTuple):
    """Couplings as blocks; the other fields are as in ``learning.result.Learned``.

    couplings: (replicate, site, component, source, source_component).
    """

    couplings: np.ndarray
    converged: np.ndarray
    history: dict[str, np.ndarray]
    diagnostics: dict[str, np.ndarray]

    @property
    def variables(self) -> dict[str, tuple[Any, ...]]:
        """The variables of the network: axes, values and attributes by name."""
        axes = ("replicate", "site", "component", "source", "source_component")
        return {"couplings": (axes, self.couplings, {"convention": COUPLINGS})}


def learn(
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator],
    *,
    clock: float,
    inverse_temperature: float,
    learning_rate: float,
    batch_size: int,
    epochs: int,
    normalised: bool,
    gamma: float,
) -> Blocks:
    """Steps along the gradient from J = 0, until the mean row has lambda |J_i| = ``clock``.

    patterns: (R, P, N, d) of unit vectors. learning_rate: eta, for the mean over a batch.
    batch_size: patterns of a step; the generator of the replicate draws their order in every epoch,
    and the last batch of an epoch may be shorter. epochs: the limit, after which the training has
    not converged. gamma: used by the dynamics only.

    The last step is shortened to end exactly at the clock. The history has, each (record,
    replicate), intermediate values of the ``clock``, the ``step`` that passed each, the ``cost`` of
    its batch before, and ``attended``, the mean of 1 / sum_j a_ij^2; NaN if the training did not
    reach this clock. ``diagnostics``: the final ``clock`` and ``steps`` (R,).

    Raises
    ------
    InputError
        If a pattern does not consist of unit vectors, or has a single token.
    TrainingError
        If couplings overflow, or the cost rises above its start and does not fall.
    """
    check_unit(patterns, "patterns")
    if patterns.shape[2] < 2:
        raise InputError("patterns: found 1 token, expected at least 2, to attend to each other")
    clocks = clock * np.geomspace(1e-3, 1, RECORDS)

    def train(replicate: int) -> tuple[np.ndarray, np.ndarray]:
        """The couplings of one replicate, and its records (record, 3)."""
        examples, settings = patterns[replicate], (inverse_temperature, learning_rate, normalised)
        descent = _Descent(examples, backend.dtype, clocks, *settings)
        progress = Progress(f"attention, replicate {replicate + 1} of {len(patterns)}")
        order, rng = np.arange(len(examples)), rngs[replicate]
        starts = range(0, len(examples), batch_size)
        places = ((epoch, start) for epoch in range(epochs) for start in starts)
        for epoch, start in checkpoints.over(places, *descent.state, order, rng):
            if descent.reached:
                break
            if start == 0:
                descent.check(epoch)
                order[:] = rng.permutation(len(examples))
            descent.step(order[start : start + batch_size])
            now = f"epoch {epoch + 1}, lambda |J_i| = {descent.clock:.3g} of {clock:g}"
            progress.tell(descent.clock / clock, now)
        return descent.couplings, descent.records

    couplings, records = zip(*checkpoints.pieces(train, range(len(patterns))), strict=True)
    found = np.stack(records, axis=1)
    shape = (*patterns.shape[2:], *patterns.shape[2:])
    return Blocks(
        np.stack(couplings).reshape(-1, *shape),
        np.isfinite(found[-1, :, 0]),
        {"clock": clocks} | dict(zip(_RECORDED, np.moveaxis(found, 2, 0), strict=True)),
        {},
    )


_RECORDED = ("step", "cost", "attended")
# Overflow is checked where the clock is measured, and reported as a TrainingError.
_QUIET = np.errstate(over="ignore", invalid="ignore")


class _Descent:
    """The descent of the couplings (N, d, N d) of one replicate, from zero.

    ``state``: all that one step passes to the next.
    """

    def __init__(
        self,
        examples: np.ndarray,
        dtype: str,
        clocks: np.ndarray,
        scale: float,
        rate: float,
        normalised: bool,
    ) -> None:
        _, sites, components = examples.shape
        self._examples, self._clocks = examples, clocks
        self._scale, self._rate, self._normalised = scale, rate, normalised
        self.couplings = np.zeros((sites, components, sites * components), dtype)
        self.records = np.full((len(clocks), len(_RECORDED)), np.nan)
        # Clock, steps, cost of zero couplings, mean costs of the last and this epoch, its batches.
        self._now = np.array([0.0, 0, np.nan, np.inf, 0, 0])
        self.state = [self.couplings, self.records, self._now]

    @property
    def clock(self) -> float:
        """lambda times the mean norm of a row."""
        return float(self._now[0])

    @property
    def reached(self) -> bool:
        """Whether the last clock is reached."""
        return bool(np.isfinite(self.records[-1, 0]))

    @_QUIET
    def step(self, batch: np.ndarray) -> None:
        """Take a step along the gradient of these examples, at most to the last clock."""
        examples = self._examples[batch].astype(self.couplings.dtype, copy=False)
        found = gradient(self.couplings, examples, self._scale, self._normalised)
        before, last = self.clock, self._clocks[-1]
        change = self._rate * found.descent
        after = self._measured(self.couplings + change)
        if after > last:
            change *= self._part(change, before, after)
            after = last
        self.couplings += change
        self._now[:2] += after - before, 1
        self._now[4:] += found.cost, 1
        if np.isnan(self._now[2]):
            self._now[2] = found.cost
        passed = np.isnan(self.records[:, 0]) & (self._clocks <= after)
        self.records[passed] = self._now[1], found.cost, found.attended

    def _part(self, change: np.ndarray, before: float, after: float) -> float:
        """The fraction of a change at which the last clock is reached, by bisection."""
        low, high = 0.0, 1.0
        for _ in range(50):
            middle = (low + high) / 2
            if self._measured(self.couplings + middle * change) > self._clocks[-1]:
                high = middle
            else:
                low = middle
        return high

    def _measured(self, couplings: np.ndarray) -> float:
        norms = np.linalg.norm(couplings, axis=(1, 2))
        if not np.isfinite(norms).all():
            raise TrainingError("learning_rate: found couplings that are not finite; lower it")
        return float(self._scale * norms.mean(dtype=np.float64))

    def check(self, epoch: int) -> None:
        """Check before an epoch that the mean cost of the last one is below its start or falls.

        Raises
        ------
        TrainingError
            If it is not.
        """
        _, _, start, last, total, batches = self._now
        if not batches:
            return
        cost = total / batches
        if cost > start and cost >= last:
            raise TrainingError(
                f"learning_rate: found a cost of {cost:.4g} that does not fall in epoch {epoch}, "
                f"expected below {start:.4g}; lower it"
            )
        self._now[3:] = cost, 0, 0
