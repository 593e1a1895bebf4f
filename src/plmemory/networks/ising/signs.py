"""Signs of local fields, exact although the products are in single precision.

Few fields are within the rounding error of a product in single precision; they are summed again in
double precision. A field that is then not larger than the rounding of the couplings themselves
counts as zero. Couplings that are integers, or integers divided by N (Hebb, +-J lattices), give
many zero fields; they are scaled to integers, whose sums are exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

CHUNK_ELEMENTS = 1 << 22  # spins per matrix product: limits the memory of a still large product


class Prepared(NamedTuple):
    """Couplings (N, N) in double precision, and the size (N,) below which a field counts as zero.

    ``whole``: whether they are integers whose sums are exact also in single precision.
    """

    couplings: np.ndarray
    tolerance: np.ndarray
    whole: bool


def prepare(couplings: np.ndarray) -> Prepared:
    """Couplings (N, N), each row up to a positive factor, ready for deciding signs of fields."""
    sites = len(couplings)
    exact = couplings.astype(np.float64)
    # The first row is enough to reject most networks that are not integer.
    scale = whole_scale(lambda: iter((couplings[:1], couplings)), sites)
    if scale:
        return Prepared(np.rint(exact * scale), np.zeros(sites), whole=True)
    norms = np.linalg.norm(exact, axis=1)
    return Prepared(exact, tolerance(couplings.dtype, norms), whole=False)


def whole_scale(blocks: Callable[[], Iterable[np.ndarray]], sites: int) -> int:
    """The factor by which the couplings are integers with exact sums; 0 if there is none.

    ``blocks``: all rows of the couplings, some (n, N) at a time, as often as it is called.
    """
    for scale in (1, sites):
        if all(_whole(block.astype(np.float64) * scale, _eps(block.dtype)) for block in blocks()):
            return scale
    return 0


def tolerance(dtype: np.dtype, norms: np.ndarray) -> np.ndarray:
    """The size (N,) below which a field is zero, for couplings of this type and these norms."""
    return 2 * max(_eps(dtype), np.sqrt(len(norms)) * np.finfo(np.float64).eps) * norms


def rounding_error(network: Prepared) -> np.ndarray:
    """A bound (N,) on the error of fields summed in single precision, of states +1/-1.

    eps sqrt(N) sum_j |J_ij|: errors of the single additions add up like a random walk (Higham and
    Mary 2019, SIAM J. Sci. Comput. 41, A2815).
    """
    spread = np.abs(network.couplings).sum(axis=1)
    return np.finfo(np.float32).eps * np.sqrt(len(spread)) * spread


def recheck(network: Prepared, states: np.ndarray, doubtful: np.ndarray) -> np.ndarray:
    """Which of the ``doubtful`` spins flip, by fields in double precision.

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


def _eps(dtype: np.dtype) -> float:
    return float(np.finfo(dtype).eps) if dtype.kind == "f" else 0.0


def _whole(couplings: np.ndarray, precision: float) -> bool:
    """Whether all are integers up to rounding, with sums that are exact in single precision."""
    whole = np.rint(couplings)
    exact_sums = np.abs(whole).sum(axis=1).max() < 1 / np.finfo(np.float32).eps
    return exact_sums and np.allclose(couplings, whole, rtol=4 * precision, atol=0)
