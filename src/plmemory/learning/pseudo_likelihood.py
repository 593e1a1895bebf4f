"""Pseudo-likelihood of Ising spins by gradient descent (D'Amico et al., arXiv:2507.05147).

The loss is the mean over patterns and sites of -xi_i h_i + (1/lambda) log 2cosh(lambda h_i), with
h_i = sum_{j != i} J_ij xi_j, plus (l2/2) times the mean over sites of |J_i|^2. The gradient of the
mean is -(1/(P N)) sum_mu (xi_i - tanh(lambda h_i)) xi_j + (l2/N) J_ij, so the first step from zero
couplings is along Hebb's rule.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from plmemory.backend import Backend
from plmemory.errors import InputError, TrainingError
from plmemory.learning import measures
from plmemory.learning.descent_direct import DirectRows
from plmemory.learning.descent_gram import GramRows
from plmemory.learning.result import Learned

INITIAL = ("zero", "hebb", "random")
SPACES = ("auto", "direct", "gram")
# Epochs between two looks at the loss, for a descent that fails and for the report of progress.
CHECK_EVERY = 50
# Elements of the block of local fields of one product: stays in the cache of a CPU core.
BLOCK = {"cpu": 1 << 18, "cuda": 1 << 28}

Observe = Callable[[int, np.ndarray], dict[str, np.ndarray]]
Progress = Callable[[int, int, float], None]


def learn(
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator],
    *,
    inverse_temperature: float,
    learning_rate: float,
    epochs: int,
    batch_size: int | None,
    initial: str,
    initial_scale: float,
    symmetric: bool,
    l2: float,
    clip_norm: float | None,
    decay: float,
    space: str = "auto",
    record_epochs: Sequence[int] = (),
    observe: Observe | None = None,
    progress: Progress | None = None,
) -> Learned:
    """Descend the gradient of the pseudo-likelihood of the patterns (R, P, N) of +1/-1.

    inverse_temperature: lambda > 0. learning_rate: of the mean loss; epoch e (from 0) uses
    learning_rate * decay**e.
    batch_size: patterns of one step, reshuffled every epoch from the replicate's generator; the
        last batch of an epoch may be shorter and is a step along the mean over its own patterns.
        None, or at least P: full batch, no shuffling.
    initial: "zero"; "hebb" (1/N) sum_mu xi_i xi_j; "random" independent normal couplings with the
        standard deviation initial_scale / sqrt(N), drawn from the replicate's generator.
    symmetric: keep J = J^T by the symmetric part (G + G^T)/2 of the gradient G.
    clip_norm: shorten a replicate's gradient to this Frobenius norm where it is longer.
    space: "direct" descends the couplings, "gram" their coefficients in the span of the patterns
        (same trajectory; asymmetric, full batch, without clipping); "auto" takes the cheaper one.
    record_epochs: numbers of finished epochs at which to record the history; 0 and the last are
        always recorded. Recorded are ``loss``, ``norm`` (mean of |J_i|), ``asymmetry``,
        ``min_stability``, ``hebb_distance`` (see ``measures``), and what ``observe`` returns for
        the epoch and the couplings (R, N, N); undefined values are nan.
    progress: called now and then with finished epochs, all epochs and the mean loss.

    Returns couplings (R, N, N); ``converged`` is true: the training has a fixed length.
    ``diagnostics``: the final ``loss`` (R,).

    Raises
    ------
    InputError
        If a setting is out of its range or "gram" is asked for where it does not apply.
    TrainingError
        If the loss is no longer finite, or lies above its start and does not fall.
    """
    replicates, count, sites = patterns.shape
    batch = count if batch_size is None else min(batch_size, count)
    _check_settings(
        inverse_temperature, learning_rate, epochs, batch, initial, initial_scale, l2, clip_norm
    )
    separable = batch == count and not symmetric and clip_norm is None
    gram = _use_gram(space, separable, count, sites)
    hebb = _hebb(patterns, backend)
    couplings = backend.empty((replicates, sites, sites))
    for r in range(replicates):
        couplings[r] = _initial(initial, initial_scale, symmetric, hebb[r], rngs[r], backend)
    data = backend.asarray(patterns)
    shuffled = backend.empty(patterns.shape) if batch < count else data

    # One replicate after the other on a CPU, all at once on a GPU.
    groups: list[Any] = list(range(replicates)) if backend.device == "cpu" else [slice(None)]
    blocks: list[Any] = []
    for group in groups:
        if gram:
            blocks.append(
                GramRows(
                    couplings[group],
                    data[group],
                    backend.xp.matmul(data[group], backend.xp.swapaxes(data[group], -1, -2)),
                    0,
                    hebb=initial == "hebb",
                    inverse_temperature=inverse_temperature,
                    l2=l2,
                    backend=backend,
                )
            )
        else:
            blocks.append(
                DirectRows(
                    couplings[group],
                    shuffled[group],
                    0,
                    inverse_temperature=inverse_temperature,
                    l2=l2,
                    symmetric=symmetric,
                    clip_norm=clip_norm,
                    batch=batch,
                    block=max(1, BLOCK[backend.device] // sites),
                    backend=backend,
                )
            )

    watch = _Watch(patterns, hebb, inverse_temperature, l2, backend, observe)
    records = sorted({0, epochs, *record_epochs})
    for epoch in range(epochs + 1):
        if epoch in records or epoch % CHECK_EVERY == 0:
            if gram:
                for block in blocks:
                    block.update_couplings()
            loss = watch.look(epoch, backend.to_numpy(couplings), record=epoch in records)
            if progress is not None:
                progress(epoch, epochs, loss)
        if epoch == epochs:
            break
        if batch < count:
            for r in range(replicates):
                backend.take(data[r], rngs[r].permutation(count), shuffled[r])
        with np.errstate(over="ignore", invalid="ignore"):  # the watch reports what comes of them
            for block in blocks:
                block.epoch(learning_rate * decay**epoch)

    history = {key: np.array(values) for key, values in watch.history.items()}
    return Learned(
        np.array(backend.to_numpy(couplings)),
        np.ones(replicates, dtype=bool),
        history,
        {"loss": history["loss"][-1]},
    )


class _Watch:
    """Records the history of a training and stops one that fails."""

    def __init__(
        self,
        patterns: np.ndarray,
        hebb: np.ndarray,
        inverse_temperature: float,
        l2: float,
        backend: Backend,
        observe: Observe | None,
    ) -> None:
        self.patterns = patterns
        self.hebb = hebb
        self.inverse_temperature = inverse_temperature
        self.l2 = l2
        self.backend = backend
        self.observe = observe
        self.history: dict[str, list] = {"epoch": []}
        # The loss of zero couplings; replaced by that of the start where it is higher.
        self._bound = np.full(len(patterns), math.log(2.0) / inverse_temperature)
        self._previous = np.full(len(patterns), np.inf)

    def look(self, epoch: int, couplings: np.ndarray, record: bool) -> float:
        """Measure, record if asked, and return the mean loss. Raises TrainingError."""
        with np.errstate(over="ignore", invalid="ignore"):
            loss, smallest = measures.loss_and_min_stability(
                couplings, self.patterns, self.inverse_temperature, self.backend
            )
            norms = measures.row_norms(couplings)
            loss += 0.5 * self.l2 * np.mean(norms**2, axis=1)
        self._stop_if_failed(epoch, loss)
        if record:
            values = {
                "loss": loss,
                "norm": norms.mean(axis=1),
                "asymmetry": measures.asymmetry(couplings),
                "min_stability": smallest,
                "hebb_distance": measures.hebb_distance(couplings, self.hebb),
            }
            if self.observe is not None:
                values |= self.observe(epoch, couplings)
            self.history["epoch"].append(epoch)
            for key, value in values.items():
                self.history.setdefault(key, []).append(value)
        return float(loss.mean())

    def _stop_if_failed(self, epoch: int, loss: np.ndarray) -> None:
        if not np.isfinite(loss).all():
            raise TrainingError(
                f"learning_rate: the pseudo-likelihood is not finite after epoch {epoch}; lower it"
            )
        if epoch == 0:
            self._bound = np.maximum(self._bound, loss)
        elif epoch % CHECK_EVERY == 0:
            failed = (loss > self._bound) & (loss >= self._previous)
            if failed.any():
                raise TrainingError(
                    f"learning_rate: the pseudo-likelihood diverges: its loss is "
                    f"{loss[failed][0]:.4g} after epoch {epoch} and does not fall, "
                    f"expected below {self._bound[failed][0]:.4g}; lower it"
                )
            self._previous = loss


def _check_settings(
    inverse_temperature: float,
    learning_rate: float,
    epochs: int,
    batch: int,
    initial: str,
    initial_scale: float,
    l2: float,
    clip_norm: float | None,
) -> None:
    for key, value, fine, expected in (
        ("inverse_temperature", inverse_temperature, inverse_temperature > 0, "above 0"),
        ("learning_rate", learning_rate, learning_rate > 0, "above 0"),
        ("epochs", epochs, epochs >= 0, "at least 0"),
        ("batch_size", batch, batch >= 1, "at least 1"),
        ("initial", initial, initial in INITIAL, f"one of {', '.join(INITIAL)}"),
        ("initial_scale", initial_scale, initial_scale >= 0, "at least 0"),
        ("l2", l2, l2 >= 0, "at least 0"),
        ("clip_norm", clip_norm, clip_norm is None or clip_norm > 0, "above 0"),
    ):
        if not fine:
            raise InputError(f"{key}: found {value!r}, expected {expected}")


def _use_gram(space: str, separable: bool, count: int, sites: int) -> bool:
    """Whether to descend in the span of the patterns: one N P^2 product against two N^2 P."""
    if space not in SPACES:
        raise InputError(f"space: found {space!r}, expected one of {', '.join(SPACES)}")
    if space == "gram" and not separable:
        raise InputError(
            "space: found 'gram', expected 'direct' for mini-batches, symmetric or clipping"
        )
    return space == "gram" or (space == "auto" and separable and count < 2 * sites)


def _hebb(patterns: np.ndarray, backend: Backend) -> np.ndarray:
    """Hebb's couplings (1/N) sum_mu xi_i xi_j, (R, N, N), zero diagonal."""
    hebb = np.empty((len(patterns), patterns.shape[2], patterns.shape[2]), dtype=backend.dtype)
    for r, replicate in enumerate(patterns):
        spins = backend.asarray(replicate)
        hebb[r] = backend.to_numpy(backend.xp.matmul(spins.T, spins)) / patterns.shape[2]
        np.fill_diagonal(hebb[r], 0.0)
    return hebb


def _initial(
    initial: str,
    scale: float,
    symmetric: bool,
    hebb: np.ndarray,
    rng: np.random.Generator,
    backend: Backend,
) -> Any:
    if initial == "hebb":
        return backend.asarray(hebb)
    sites = len(hebb)
    if initial == "zero":
        return backend.zeros((sites, sites))
    couplings = rng.normal(scale=scale / math.sqrt(sites), size=(sites, sites))
    if symmetric:
        couplings = np.triu(couplings, 1)
        couplings += couplings.T
    np.fill_diagonal(couplings, 0.0)
    return backend.asarray(couplings)
