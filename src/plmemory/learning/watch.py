"""Watches a training by gradient descent: records its history and stops it when it fails."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from plmemory.backend import Backend
from plmemory.errors import TrainingError
from plmemory.learning import measures
from plmemory.workers import Workers

Observe = Callable[[int, np.ndarray], dict[str, np.ndarray]]


class Watch:
    """Measures the couplings (R, N, N) of a training on the patterns (R, P, N).

    hebb: Hebb's couplings of the patterns, (R, N, N).
    observe: called with the epoch and the couplings; what it returns, each (R,), is recorded too.
    """

    def __init__(
        self,
        patterns: np.ndarray,
        hebb: np.ndarray,
        *,
        inverse_temperature: float,
        l2: float,
        observe: Observe | None,
        workers: Workers,
        backend: Backend,
    ) -> None:
        self._patterns = patterns
        self._hebb = hebb
        self._inverse_temperature = inverse_temperature
        self._l2 = l2
        self._observe = observe
        self._workers = workers
        self._backend = backend
        self._records: dict[str, list] = {"epoch": []}
        # The higher of the losses of no couplings and of the start; the loss when last looked at.
        self._bound = np.full(len(patterns), math.log(2.0) / inverse_temperature)
        self._previous = np.full(len(patterns), np.inf)

    @property
    def history(self) -> dict[str, np.ndarray]:
        """The recorded quantities, each (record, replicate), and ``epoch`` (record,)."""
        return {key: np.array(values) for key, values in self._records.items()}

    def look(self, epoch: int, couplings: np.ndarray, *, check: bool, record: bool) -> float:
        """Measure the couplings, add them to the history if asked, and return the mean loss.

        With ``check``, meant for regular epochs, also see that the descent descends.

        Raises
        ------
        TrainingError
            If a loss is not finite; with ``check``, if a loss is above its bound and has not
            fallen since the last check.
        """
        loss, smallest = self._loss(couplings)
        if not np.isfinite(loss).all():
            raise TrainingError(
                f"learning_rate: found a loss that is not finite at epoch {epoch}; lower it"
            )
        if check:
            self._check(epoch, loss)
        if record:
            self._record(epoch, couplings, loss, smallest)
        return float(loss.mean())

    def _check(self, epoch: int, loss: np.ndarray) -> None:
        if epoch == 0:
            self._bound = np.maximum(self._bound, loss)
            return
        failed = (loss > self._bound) & (loss >= self._previous)
        if failed.any():
            raise TrainingError(
                f"learning_rate: found a loss of {loss[failed][0]:.4g} that does not fall at "
                f"epoch {epoch}, expected below {self._bound[failed][0]:.4g}; lower it"
            )
        self._previous = loss

    def _record(
        self, epoch: int, couplings: np.ndarray, loss: np.ndarray, smallest: np.ndarray
    ) -> None:
        values = {
            "loss": loss,
            "norm": measures.row_norms(couplings).mean(axis=1),
            "asymmetry": measures.asymmetry(couplings),
            "min_stability": smallest,
            "hebb_distance": measures.hebb_distance(couplings, self._hebb),
        }
        if self._observe is not None:
            values |= self._observe(epoch, couplings)
        self._records["epoch"].append(epoch)
        for key, value in values.items():
            self._records.setdefault(key, []).append(value)

    def _loss(self, couplings: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        def measure(replicate: int) -> tuple[float, float]:
            with np.errstate(over="ignore", invalid="ignore"):
                return measures.loss_and_min_stability(
                    couplings[replicate],
                    self._patterns[replicate],
                    self._inverse_temperature,
                    self._backend,
                )

        loss, smallest = np.array(self._workers.map(measure, range(len(couplings)))).T
        with np.errstate(over="ignore", invalid="ignore"):
            squares = measures.row_norms(couplings) ** 2
            return loss + 0.5 * self._l2 * squares.mean(axis=1), smallest
