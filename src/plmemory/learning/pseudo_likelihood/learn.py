"""Pseudo-likelihood of Ising spins by gradient descent (D'Amico et al., arXiv:2507.05147).

The loss is the mean over patterns and sites of -xi_i h_i + (1/lambda) log 2cosh(lambda h_i), with
h_i = sum_{j != i} J_ij xi_j, plus (l2/2) times the mean over sites of |J_i|^2. The gradient of the
mean is -(1/(P N)) sum_mu (xi_i - tanh(lambda h_i)) xi_j + (l2/N) J_ij, so the first step from zero
couplings is along Hebb's rule.
"""

from __future__ import annotations

import copy
import functools
import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from plmemory.errors import InputError
from plmemory.files import checkpoints
from plmemory.learning.pseudo_likelihood.descent import ROWS, Descent, Settings
from plmemory.learning.pseudo_likelihood.direct import NUMBERS, real, zero_diagonal
from plmemory.learning.pseudo_likelihood.watch import Watch
from plmemory.learning.result import Learned, joined
from plmemory.machine.backend import Backend
from plmemory.machine.part import WHOLE, Part, drawn
from plmemory.machine.workers import Workers

# Number of local fields, over all epochs, from which compiled code saves more than the second for
# loading it: it saves 3 ns per field in the span of the patterns, and tens of ns on the couplings.
GRAM_COMPILED_FROM = 1 << 28
DIRECT_COMPILED_FROM = 1 << 26
# Patterns of a step from which filling the tables pays.
TABLES_FROM = 64
# Epochs between two checks of the loss, to detect divergence and to report progress.
CHECK_EVERY = 50
# Products of numbers between two possible checkpoints: about ten seconds.
PAUSE_EVERY = 1 << 38

Observe = Callable[[slice, int, np.ndarray], dict[str, np.ndarray]]
Progress = Callable[[int, int, float], None]


def learn(
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator],
    *,
    epochs: int,
    records: int,
    record_at: Sequence[int] | None = None,
    **settings: Any,
) -> Learned:
    """``descend`` for ``epochs``, with ``records`` log-spaced records in its history.

    record_at: finished epochs to record instead.
    """
    if record_at is None:
        spaced = np.geomspace(1, epochs, records)
        record_at = sorted({round(epoch) for epoch in spaced})
    if max(record_at) > epochs:
        raise InputError(
            f"record_at: found {max(record_at)}, expected at most {epochs}, the epochs"
        )
    return descend(patterns, backend, rngs, epochs=epochs, record_epochs=record_at, **settings)


def descend(
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
    rate_steps: Sequence[float] = (),
    rate_factor: float = 1.0,
    drop_last: bool = False,
    space: str = "auto",
    record_epochs: Sequence[int] = (),
    keep_couplings: bool = False,
    observe: Observe | None = None,
    progress: Progress | None = None,
    part: Part = WHOLE,
) -> Learned:
    """Descend the gradient of the pseudo-likelihood of the patterns (R, P, N) of +1/-1.

    inverse_temperature: lambda > 0. learning_rate: for the mean loss; epoch e (from 0) uses
    learning_rate * decay**e, divided by rate_factor for every fraction f in rate_steps with e >= f
    * epochs.
    batch_size: patterns of one step, reshuffled every epoch from the replicate's generator; the
        last batch of an epoch may be shorter and is a step along the mean over its own patterns;
        with ``drop_last`` it is dropped. None, or at least P: full batch, no shuffling.
    initial: "zero"; "hebb" (1/N) sum_mu xi_i xi_j; "hebb_mean" (initial_scale/P) sum_mu xi_i xi_j;
        "random" independent normal couplings with the standard deviation
        initial_scale / sqrt(N), drawn from the replicate's generator; "uniform" the same with
        couplings from an interval around zero.
    symmetric: keep J = J^T by using the symmetric part (G + G^T)/2 of the gradient G.
    clip_norm: shorten a replicate's gradient to this Frobenius norm if it is longer.
    space: "direct" descends the couplings, "gram" their coefficients in the span of the patterns
        (same trajectory; asymmetric, full batch, without clipping); "auto" takes the cheaper one.
        On a CPU, long descents of the couplings use tables (see ``sign_tables``).
    record_epochs: numbers of finished epochs at which to record the history; 0 and the last are
        always recorded. Recorded are ``loss``, ``norm`` (mean of |J_i|), ``asymmetry``,
        ``min_stability``, ``hebb_distance`` (see ``networks.ising.couplings``), and the result of
        ``observe``, each (R,). ``observe`` gets the replicates learned together (all, or as many as
        fit into memory), the epoch and their couplings (R, N, N); undefined values are nan.
    keep_couplings: also keep the couplings of these epochs, the ``snapshots``.
    progress: called now and then with finished epochs, all epochs and the mean loss.
    part: the part of the rows to learn, if not ``symmetric``, without clipping and ``observe``.
    Records are then those of its rows; their asymmetry is undefined.

    Returns couplings (R, N, N); ``converged`` if the final loss is at most that of zero couplings,
    log 2 / lambda: the length is fixed, so only a divergence can be detected.
    ``diagnostics``: the final ``loss`` (R,).

    Raises
    ------
    InputError
        If an epoch to record is not in the training, or "gram" is requested but not possible. The
        ranges of settings are in ``about``, and are checked before.
    TrainingError
        If the loss is no longer finite, or lies above its start and does not fall.
    """
    replicates, count, sites = patterns.shape
    batch = count if batch_size is None else min(batch_size, count)
    if not all(0 <= epoch <= epochs for epoch in record_epochs):
        raise InputError(f"record_epochs: found {list(record_epochs)}, expected 0 to {epochs}")
    separable = batch == count and not symmetric and clip_norm is None
    fields = epochs * patterns.size
    on_cpu = backend.xp is np
    tables = on_cpu and fields >= DIRECT_COMPILED_FROM and batch >= TABLES_FROM
    gram = _use_gram(space, separable, count, sites if tables else 2 * sites)
    pieces = part.pieces(sites, ROWS)
    own = slice(pieces[0].start, pieces[-1].stop)
    settings = Settings(
        inverse_temperature=inverse_temperature,
        l2=l2,
        batch=batch,
        drop_last=drop_last,
        symmetric=symmetric,
        clip_norm=clip_norm,
        gram=gram,
        hebb_start=initial == "hebb",
        compiled=(on_cpu and fields >= GRAM_COMPILED_FROM) if gram else tables,
    )
    records = {0, epochs, *record_epochs}
    checks = set(range(0, epochs + 1, CHECK_EVERY))
    # Long epochs can be kept in between.
    products = patterns.size * (count if gram else 2 * sites)
    pauses = set(range(0, epochs + 1, max(1, PAUSE_EVERY // products)))

    def rate(epoch: int) -> float:
        steps = sum(epoch >= fraction * epochs for fraction in rate_steps)
        return learning_rate * decay**epoch / rate_factor**steps

    def train(rows: slice) -> Learned:
        """Learn some replicates; starts again if memory ran out in a previous attempt."""
        chosen, generators = patterns[rows], copy.deepcopy(rngs[rows])
        with Workers() as workers:
            # Spins as bytes, perhaps in a file, if a step can use them as they are.
            spins = chosen if on_cpu and not gram else backend.asarray(chosen)
            hebb = np.empty((len(chosen), own.stop - own.start, sites), dtype=backend.dtype)
            workers.map(lambda r: _hebb(spins[r], own, hebb[r], backend), range(len(chosen)))
            couplings = backend.empty(hebb.shape)
            for r, rng in enumerate(generators):
                couplings[r] = _initial(
                    initial, initial_scale, count, symmetric, own, hebb[r], rng, backend
                )
            descent = Descent(couplings, spins, pieces, generators, settings, workers, backend)
            watch = Watch(
                hebb,
                workers,
                inverse_temperature=inverse_temperature,
                l2=l2,
                observe=observe and functools.partial(observe, rows),
                keep=keep_couplings,
            )
            looks = records | checks
            stops = itertools.pairwise([0, *sorted(looks | pauses)])
            for done, epoch in checkpoints.over(stops, *descent.state, *watch.state):
                descent.advance([rate(e) for e in range(done, epoch)])
                if epoch not in looks:
                    continue
                loss = watch.look(epoch, descent, check=epoch in checks, record=epoch in records)
                if progress is not None:
                    progress(epoch, epochs, loss)
            reached = descent.couplings()
        final = {"loss": watch.history["loss"][-1]}
        # A descent of fixed length only guarantees to be better than zero couplings.
        fine = final["loss"] <= math.log(2.0) / inverse_temperature
        return Learned(reached, fine, watch.history, final, watch.snapshots)

    return joined(backend.by_rows(train, slice(0, replicates)))


def _use_gram(space: str, separable: bool, count: int, fewer: int) -> bool:
    """Whether to descend in the span of the patterns, which is cheaper below ``fewer`` patterns.

    One N P^2 product replaces two N^2 P products, hence ``fewer`` is 2 N, or N if tables halve the
    time of these two.
    """
    if space == "gram" and not separable:
        raise InputError(
            "space: found 'gram', expected 'direct' for mini-batches, symmetric or clipping"
        )
    return space == "gram" or (space == "auto" and separable and count < fewer)


def _hebb(spins: Any, rows: slice, hebb: np.ndarray, backend: Backend) -> None:
    """Set ``hebb`` to ``rows`` of (1/N) sum_mu xi_i xi_j, zero diagonal, of the patterns (P, N).

    Not imported from the module of Hebb's rule: its edits should retrain only that rule.
    """
    count, sites = spins.shape
    chunk = max(1, NUMBERS // sites) if backend.xp is np else count
    hebb[...] = 0.0
    for begin in range(0, count, chunk):
        part = real(spins[begin : begin + chunk], backend)
        hebb += backend.to_numpy(backend.xp.matmul(part[:, rows].T, part))
    hebb /= sites
    zero_diagonal(hebb, rows.start)


def _initial(
    initial: str,
    scale: float,
    count: int,
    symmetric: bool,
    rows: slice,
    hebb: np.ndarray,
    rng: np.random.Generator,
    backend: Backend,
) -> Any:
    if initial == "hebb":
        return backend.asarray(hebb)
    sites = hebb.shape[1]
    if initial == "hebb_mean":
        return backend.asarray(hebb * (scale * sites / count))
    if initial == "zero":
        return backend.zeros(hebb.shape)
    deviation = scale / math.sqrt(sites)
    if initial == "uniform":
        width = math.sqrt(3.0) * deviation
        draw: Any = functools.partial(rng.uniform, -width, width)
    else:
        draw = functools.partial(rng.normal, 0.0, deviation)
    couplings = drawn(draw, rows, sites)
    if symmetric:
        couplings = np.triu(couplings, 1)
        couplings += couplings.T
    zero_diagonal(couplings, rows.start)
    return backend.asarray(couplings)
