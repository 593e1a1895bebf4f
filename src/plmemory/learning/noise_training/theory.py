"""Replica theory of training with noise on random patterns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from plmemory.theory.distribution import StabilityDistribution
from plmemory.theory.losses import missed
from plmemory.theory.optimum import optimum


def stability_distribution(attributes: Mapping[str, Any]) -> StabilityDistribution | None:
    """The distribution at ``alpha`` and ``training_overlap``; None if patterns are abandoned.

    Replica-symmetric. The sum is not concave. If its maximum leaves more than one pattern in a
    million on the wrong side, where the slope vanishes, replica symmetry is broken. Elsewhere it is
    stable, and the distribution is that of the maximum found by the ascent from the convex problem.
    """
    overlap = attributes["training_overlap"]
    found = optimum(attributes["alpha"], missed(overlap / np.sqrt(1 - overlap**2)))
    return found if found is not None and found.replicon > 0 else None
