"""What every learning rule returns."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Learned(NamedTuple):
    """Couplings and how they were reached.

    couplings: (replicate, site, site), zero diagonal.
    converged: (replicate,) whether the rule reached what it promises; a rule in closed
        form, or a training of fixed length, always does.
    history: recorded quantities, each (record, replicate); empty for closed forms. The key
        ``epoch`` has the shape (record,).
    diagnostics: scalars or (replicate,) arrays that say how far it came (gaps, norms, ...).
    """

    couplings: np.ndarray
    converged: np.ndarray
    history: dict[str, np.ndarray]
    diagnostics: dict[str, np.ndarray]
