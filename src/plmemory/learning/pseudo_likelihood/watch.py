"""Observation of gradient descent: records the history and stops a failing training."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from plmemory.errors import TrainingError
from plmemory.learning.pseudo_likelihood.descent import Descent
from plmemory.machine.workers import Workers
from plmemory.networks.ising import couplings as measures

Observe = Callable[[int, np.ndarray], dict[str, np.ndarray]]


class Watch:
    """Observes a training of couplings (R, N, N), or of some rows (R, n, N).

    inverse_temperature, l2: of the loss. hebb: Hebb's couplings, with the same shape.
    observe: called with the epoch and the couplings; what it returns, each (R,), is recorded too.
    keep: whether to keep the couplings of every record.
    """

    def __init__(
        self,
        hebb: np.ndarray,
        workers: Workers,
        *,
        inverse_temperature: float,
        l2: float,
        observe: Observe | None,
        keep: bool,
    ) -> None:
        self._hebb = hebb
        self._workers = workers
        self._l2 = l2
        self._observe = observe
        self._keep = keep
        self._kept: list[np.ndarray] = []
        self._records: dict[str, list] = {"epoch": []}
        # The higher of the losses of zero couplings and of the start; the loss at the last check.
        self._bound = np.full(len(hebb), math.log(2.0) / inverse_temperature)
        self._previous = np.full(len(hebb), np.inf)

    @property
    def state(self) -> list[Any]:
        """All that one check passes to the next."""
        return [self._records, self._kept, self._bound, self._previous]

    @property
    def history(self) -> dict[str, np.ndarray]:
        """The recorded quantities, each (record, replicate), and ``epoch`` (record,)."""
        return {key: np.array(values) for key, values in self._records.items()}

    @property
    def snapshots(self) -> np.ndarray | None:
        """The couplings of every record, (record, replicate, site, site), if they are kept."""
        return np.array(self._kept) if self._keep else None

    def look(self, epoch: int, descent: Descent, *, check: bool, record: bool) -> float:
        """Measure the descent, add it to the history if asked, and return the mean loss.

        With ``check``, meant for regular epochs, also check that the loss falls.

        Raises
        ------
        TrainingError
            If a loss is not finite; with ``check``, if a loss is above its bound and has not
            fallen since the last check.
        """
        loss, smallest = descent.measure()
        if record or self._l2 > 0:
            couplings = descent.couplings()
            with np.errstate(over="ignore", invalid="ignore"):
                norms = measures.row_norms(couplings)
                loss = loss + 0.5 * self._l2 * (norms**2).mean(axis=1)
        if not np.isfinite(loss).all():
            raise TrainingError(
                f"learning_rate: found a loss that is not finite at epoch {epoch}; lower it"
            )
        if check:
            self._check(epoch, loss)
        if record:
            self._record(epoch, couplings, norms, loss, smallest)
        return float(loss.mean())

    def _check(self, epoch: int, loss: np.ndarray) -> None:
        if epoch == 0:
            np.maximum(self._bound, loss, out=self._bound)
            return
        failed = (loss > self._bound) & (loss >= self._previous)
        if failed.any():
            raise TrainingError(
                f"learning_rate: found a loss of {loss[failed][0]:.4g} that does not fall at "
                f"epoch {epoch}, expected below {self._bound[failed][0]:.4g}; lower it"
            )
        self._previous[:] = loss

    def _record(
        self,
        epoch: int,
        couplings: np.ndarray,
        norms: np.ndarray,
        loss: np.ndarray,
        smallest: np.ndarray,
    ) -> None:
        stabilities = np.full(norms.shape, np.nan)
        np.divide(smallest, norms, out=stabilities, where=norms > 0)
        whole = couplings.shape[-2] == couplings.shape[-1]
        undefined = np.full(len(couplings), np.nan)
        asymmetry, distance = self._workers.map(
            lambda measure: measure(),
            [
                lambda: measures.asymmetry(couplings) if whole else undefined,
                lambda: measures.hebb_distance(couplings, self._hebb),
            ],
        )
        values = {
            "loss": loss,
            "norm": norms.mean(axis=1),
            "asymmetry": asymmetry,
            "min_stability": stabilities.min(axis=1),
            "hebb_distance": distance,
        }
        if self._observe is not None:
            values |= self._observe(epoch, couplings)
        if self._keep:
            self._kept.append(couplings.copy())
        self._records["epoch"].append(epoch)
        for key, value in values.items():
            self._records.setdefault(key, []).append(value)
