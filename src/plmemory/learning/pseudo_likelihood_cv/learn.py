"""The pseudo-likelihood optimum with the L2 penalty that predicts unseen patterns best.

A penalty (c / 2) |J_i|^2, added to the loss summed over the patterns, is a Gaussian prior of the
couplings, whose strength c does not depend on the number of patterns. Each c is judged by the
pseudo-likelihood of left-out patterns, by cross-validation (Stone 1974, J. R. Stat. Soc. B 36,
111).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from plmemory.files import checkpoints
from plmemory.learning.pseudo_likelihood_optimum.learn import learn as optimum
from plmemory.learning.result import Learned, joined
from plmemory.machine.backend import Backend
from plmemory.networks.ising.couplings import local_fields, losses


def learn(
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator],
    *,
    strengths: Sequence[float],
    folds: int,
    inverse_temperature: float,
    **settings: Any,
) -> Learned:
    """Couplings at the optimum for the patterns (R, P, N) with one of the ``strengths`` c.

    The generator of a replicate assigns its patterns to the ``folds`` at random; if there are fewer
    patterns than folds, they are left out one by one. ``settings``: of
    ``pseudo_likelihood_optimum``.
    ``diagnostics``: those of the optimum, the ``strength`` (R,) chosen, and the ``unseen_loss``
    (R, C) of each in order.
    """
    settings["inverse_temperature"] = inverse_temperature
    found = []
    for spins, rng in zip(patterns, rngs, strict=True):
        parts = np.array_split(rng.permutation(len(spins)), min(folds, len(spins)))
        judge = partial(_unseen_loss, spins, parts, backend=backend, settings=settings)
        unseen = checkpoints.pieces(judge, strengths)
        chosen = strengths[int(np.argmin(unseen))]
        learned = optimum(spins[None], backend, l2=chosen / len(spins), **settings)
        judged = {"strength": np.array([chosen]), "unseen_loss": np.array([unseen])}
        found.append(learned._replace(diagnostics=learned.diagnostics | judged))
    return joined(found)


def _unseen_loss(
    spins: np.ndarray,
    parts: Sequence[np.ndarray],
    strength: float,
    backend: Backend,
    settings: dict[str, Any],
) -> float:
    """Mean pseudo-likelihood loss of patterns (P, N), by couplings from the other folds."""
    scale, total = 2 * settings["inverse_temperature"], 0.0
    for left_out in parts:
        rest = np.delete(spins, left_out, axis=0)
        couplings = optimum(rest[None], backend, l2=strength / len(rest), **settings).couplings
        fields = local_fields(couplings.astype(np.float64), spins[None, left_out])
        total += losses(scale * spins[left_out] * fields[0], np).sum()
    return 2 * total / scale / spins.size
