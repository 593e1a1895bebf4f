"""Hard margins by their active set, from variables close to the solution.

At the solution of the dual of ``dual_ascent`` the support patterns (a_mu > 0) have
aligned field one and all others a larger one. Guess the support S, solve Q_SS a_S = 1, and exchange
at once all patterns that violate this: those with a_mu < 0 leave, those with a field below one
enter (block principal pivoting; Portugal, Judice & Vicente 1994, Math. Comp. 63, 625). From the
support of an ascent one to five exchanges are enough, where the ascent would take thousands of
iterations.
"""

from __future__ import annotations

import numpy as np
import scipy.linalg

# More exchanges mean that the guess was far from the support.
_MAX_EXCHANGES = 10
# Fields of support patterns are one up to rounding.
_ROUNDING = 1e-7


def polish(gram: np.ndarray, signs: np.ndarray, variables: np.ndarray) -> np.ndarray | None:
    """The optimal dual variables (P,) of one row, or None if its support is not found.

    ``gram``: K = X X^T (P, P); ``signs`` (P,): the patterns at the row's site; ``variables``
    (P,): non-negative, their positive ones the guess of the support. float64.
    """
    sites = round(gram[0, 0])
    support = variables > 0
    # At most as many as a row has couplings, or Q_SS is singular.
    support[np.argsort(variables)[: max(len(variables) - sites + 1, 0)]] = False
    for _ in range(_MAX_EXCHANGES):
        chosen = np.flatnonzero(support)
        if not 0 < len(chosen) < sites:
            return None
        own = signs[chosen]
        reduced = gram[np.ix_(chosen, chosen)]
        reduced *= own[:, None]
        reduced *= own
        reduced -= 1
        try:
            factor = scipy.linalg.cho_factor(reduced, overwrite_a=True, check_finite=False)
        except scipy.linalg.LinAlgError:
            return None
        found = np.zeros_like(variables)
        found[chosen] = scipy.linalg.cho_solve(factor, np.ones(len(chosen)), check_finite=False)
        fields = signs * (gram @ (signs * found)) - found.sum()
        contradicting = np.where(support, found < 0, fields < 1 - _ROUNDING)
        if not contradicting.any():
            return found
        support ^= contradicting
    return None
