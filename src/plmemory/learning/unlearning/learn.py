"""Hebbian unlearning: weaken spurious states ("dreams"), up to the optimal stopping.

From Hebb's couplings, random states are relaxed (asynchronously, at zero temperature) to a
fixed point s, and each is unlearned, J_ij <- J_ij - (epsilon / N) s_i s_j for i != j (Hopfield,
Feinstein & Palmer 1983, Nature 304, 158). Dreaming first raises the stabilities of the
patterns and later destroys them. We stop where the smallest stability of all patterns and sites is
largest (Benedetti, Ventura, Marinari, Ruocco & Zamponi 2022, J. Chem. Phys. 156, 104107); the mean
stability cannot be used, since it falls from the first dream on. Basins are widest earlier: a
``duration``, in units of N / epsilon dreams, stops at any time.

Dreams of one batch start from the same couplings. A batch should change them little,
dreams_per_batch * strength / N << 1, or it unlearns its most frequent dream many times over.
The relaxation is compiled: updating site after site, its time is proportional to the number of
flipped spins; matrix products for whole sweeps would be tens of times slower. The fields of the
patterns are updated by the few dreams of a batch, sum_s s_i (s . xi), instead of being computed
again from all couplings.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numba import njit

from plmemory.files import checkpoints
from plmemory.learning.hebb import learn as hebb
from plmemory.learning.result import Learned
from plmemory.machine.backend import Backend
from plmemory.networks.ising.couplings import local_fields, row_norms

# Every flip lowers the energy, so sweeps end; rounding must not prevent this.
_MOST_SWEEPS = 1000


def learn(
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator],
    *,
    strength: float,
    dreams_per_batch: int,
    max_dreams: int,
    patience: int,
    duration: float | None,
) -> Learned:
    """Unlearn from Hebb's couplings of the patterns (R, P, N); returns the best couplings found.

    ``strength``: epsilon. The smallest stability is measured after every batch of
    ``dreams_per_batch``; dreaming ends when it has not risen for ``patience`` dreams, or after
    ``max_dreams``: then the maximum may come later, and the replicate has not converged. With
    a ``duration`` it ends after that many times N / epsilon dreams, to whole batches, and the last
    couplings are returned.
    Dreams run on the CPU for any backend, in its floating-point type; ``rngs`` draw the states.

    The history holds ``dreams`` and ``min_stability`` (record, replicate), nan after a
    replicate's end. Diagnostics: ``best_dreams``, after how many dreams the returned couplings
    were reached, and their ``min_stability``.
    """
    couplings = hebb.learn(patterns, backend).couplings
    most = max_dreams if duration is None else round(duration * patterns.shape[2] / strength)

    def train(replicate: int) -> tuple[int, np.ndarray, bool]:
        """The best record, all smallest stabilities, and whether the training converged."""
        best, rng = couplings[replicate], rngs[replicate]
        matrix, spins = best.copy(), patterns[replicate].astype(best.dtype)
        fields = local_fields(matrix, spins).astype(np.float64)
        smallest = [_smallest_stability(matrix, spins, fields)]
        records = [0]  # the best ones so far
        state = (matrix, best, fields, smallest, records, rng)
        for record in checkpoints.over(itertools.count(), *state):
            waited = (record - records[-1]) * dreams_per_batch
            satisfied = duration is None and waited >= patience
            if satisfied or record * dreams_per_batch >= most:
                break
            dreams = _dream(matrix, strength, dreams_per_batch, rng)
            # Overlaps and their sums are whole numbers, exact also in single precision.
            unlearned = spins @ dreams.T @ dreams - dreams_per_batch * spins
            fields -= strength / len(matrix) * unlearned
            smallest.append(_smallest_stability(matrix, spins, fields))
            if duration is not None or smallest[-1] > smallest[records[-1]]:
                records.append(record + 1)
                best[:] = matrix
        return records[-1], np.array(smallest), satisfied or duration is not None

    found = checkpoints.pieces(train, range(len(patterns)), couplings)
    records = [(best, measured) for best, measured, _ in found]
    ends = [ended for *_, ended in found]
    longest = max(len(measured) for _, measured in records)
    course = np.full((longest, len(records)), np.nan)
    for replicate, (_, measured) in enumerate(records):
        course[: len(measured), replicate] = measured
    dreamt = np.where(np.isnan(course), np.nan, np.arange(longest)[:, None] * dreams_per_batch)
    diagnostics = {
        "best_dreams": np.array([best_record for best_record, _ in records]) * dreams_per_batch,
        "min_stability": np.array([measured[best_record] for best_record, measured in records]),
    }
    history = {"dreams": dreamt, "min_stability": course}
    return Learned(couplings, np.array(ends), history, diagnostics)


def _smallest_stability(couplings: np.ndarray, spins: np.ndarray, fields: np.ndarray) -> float:
    """Smallest stability of patterns (P, N) with fields (P, N); nan with a row of zeros."""
    norms = row_norms(couplings[None])[0]
    if not norms.all():
        return float("nan")
    return float(((spins * fields).min(axis=0) / norms).min())


def _dream(
    couplings: np.ndarray, strength: float, count: int, rng: np.random.Generator
) -> np.ndarray:
    """Relax ``count`` random states, unlearn them from the couplings (N, N) in place, return them.

    They are (count, N), in the type of the couplings.
    """
    sites = len(couplings)
    states = rng.choice(np.array([-1, 1], dtype=couplings.dtype), size=(count, sites))
    relax_sequentially(couplings, states, states @ couplings, rng.permutation(sites))
    couplings -= couplings.dtype.type(strength / sites) * (states.T @ states)
    np.fill_diagonal(couplings, 0)
    return states


@njit(nogil=True, cache=True)
def relax_sequentially(
    couplings: np.ndarray, states: np.ndarray, fields: np.ndarray, order: np.ndarray
) -> None:
    """Bring states (S, N) and their fields to fixed points of symmetric couplings, in place.

    Sites are visited in the same ``order`` in every sweep; a zero field keeps the spin.
    """
    for state, field in zip(states, fields):  # noqa: B905 - numba's zip has no strict
        for _ in range(_MOST_SWEEPS):
            moved = False
            for site in order:
                if field[site] * state[site] < 0:
                    state[site] = -state[site]
                    change = state[site] + state[site]  # in their type: a factor 2 is a double
                    row = couplings[site]
                    for other in range(len(row)):
                        field[other] += change * row[other]
                    moved = True
            if not moved:
                break
