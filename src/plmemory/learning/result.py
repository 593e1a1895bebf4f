"""The result of every learning rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from plmemory.networks.ising.states import COUPLINGS


class Learned(NamedTuple):
    """Couplings, with convergence, history and diagnostics.

    couplings: (replicate, site, site), zero diagonal.
    converged: (replicate,) whether the rule reached its tolerance or goal; always true for a closed
    form, and for a training of fixed length that did not diverge.
    history: recorded quantities, each (record, replicate); empty for closed forms. The key
        ``epoch`` has the shape (record,).
    diagnostics: scalars or (replicate,) arrays on the convergence (gaps, norms, ...).
    snapshots: couplings at the records of the history, (record, replicate, site, site), if kept.
    """

    couplings: np.ndarray
    converged: np.ndarray
    history: dict[str, np.ndarray]
    diagnostics: dict[str, np.ndarray]
    snapshots: np.ndarray | None = None

    @property
    def variables(self) -> dict[str, tuple[Any, ...]]:
        """The variables of the network: axes, values and attributes by name."""
        axes, told = ("replicate", "site", "source"), {"convention": COUPLINGS}
        found: dict[str, tuple[Any, ...]] = {"couplings": (axes, self.couplings, told)}
        if self.snapshots is not None:
            found["snapshots"] = (("record", *axes), self.snapshots, told)
        return found


def joined(parts: Sequence[Learned]) -> Learned:
    """Replicates that were learned separately, with the same schedule, as one result."""
    if len(parts) == 1:
        return parts[0]
    couplings, converged, histories, diagnostics, snapshots = zip(*parts, strict=True)
    first = histories[0]
    history = {
        key: first[key] if key == "epoch" else np.concatenate([h[key] for h in histories], axis=1)
        for key in first
    }
    return Learned(
        np.concatenate(couplings),
        np.concatenate(converged),
        history,
        {key: np.concatenate([d[key] for d in diagnostics]) for key in diagnostics[0]},
        None if snapshots[0] is None else np.concatenate(snapshots, axis=1),
    )
