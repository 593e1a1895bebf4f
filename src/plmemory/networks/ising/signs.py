"""Signs of local fields, exact although the products run in single precision.

Fields within the rounding error of a product in single precision are few; they are summed again
in double precision. What is then still no larger than the rounding of the couplings themselves is
zero. Couplings that are whole numbers, or whole numbers divided by N (Hebb, +-J lattices), give
many zero fields; they are scaled to whole numbers, whose sums are exact.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

CHUNK_ELEMENTS = 1 << 22  # spins per matrix product: bounds the memory, still a large product


class Prepared(NamedTuple):
    """Couplings (N, N) in double precision, and below which size (N,) a field counts as zero.

    ``whole``: whether they are whole numbers whose sums are exact also in single precision.
    """

    couplings: np.ndarray
    tolerance: np.ndarray
    whole: bool


def prepare(couplings: np.ndarray) -> Prepared:
    """Couplings (N, N), each row up to a positive factor, ready for deciding signs of fields."""
    sites = len(couplings)
    precision = np.finfo(couplings.dtype).eps if couplings.dtype.kind == "f" else 0.0
    exact = couplings.astype(np.float64)
    for scale in (1, sites):
        # The first row alone tells most networks that are not whole.
        if _whole(exact[:1] * scale, precision) and _whole(exact * scale, precision):
            return Prepared(np.rint(exact * scale), np.zeros(sites), whole=True)
    relative = 2 * max(precision, np.sqrt(sites) * np.finfo(np.float64).eps)
    return Prepared(exact, relative * np.linalg.norm(exact, axis=1), whole=False)


def rounding_error(network: Prepared) -> np.ndarray:
    """A bound (N,) on the error of fields summed in single precision, of states +1/-1.

    eps sqrt(N) sum_j |J_ij|: errors of the single additions add up like a random walk (Higham and
    Mary 2019, SIAM J. Sci. Comput. 41, A2815).
    """
    spread = np.abs(network.couplings).sum(axis=1)
    return np.finfo(np.float32).eps * np.sqrt(len(spread)) * spread


def recheck(network: Prepared, states: np.ndarray, doubtful: np.ndarray) -> np.ndarray:
    """Which of the ``doubtful`` spins do flip, by fields in double precision.

    ``doubtful``: places (K,) in the flattened states (S, N).
    """
    flip = np.empty(len(doubtful), dtype=bool)
    rows, sites = np.divmod(doubtful, states.shape[1])
    chunk = max(1, CHUNK_ELEMENTS // len(network.couplings))
    for begin in range(0, len(doubtful), chunk):
        part = slice(begin, begin + chunk)
        row, site = rows[part], sites[part]
        fields = np.einsum("kj,kj->k", network.couplings[site], states[row])
        flip[part] = fields * states[row, site] < -network.tolerance[site]
    return flip


def _whole(couplings: np.ndarray, precision: float) -> bool:
    """Whether all are whole numbers up to rounding, and their sums exact in single precision."""
    whole = np.rint(couplings)
    exact_sums = np.abs(whole).sum(axis=1).max() < 1 / np.finfo(np.float32).eps
    return exact_sums and np.allclose(couplings, whole, rtol=4 * precision, atol=0)
