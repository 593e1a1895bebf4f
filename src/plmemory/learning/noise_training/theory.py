"""Replica theory of training with noise on random patterns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from plmemory.theory.distribution import StabilityDistribution
from plmemory.theory.losses import missed
from plmemory.theory.optimum import optimum


def stability_distribution(attributes: Mapping[str, Any]) -> StabilityDistribution | None:
    """From the load ``alpha`` and ``training_overlap``; None where patterns are given up.

    Replica-symmetric: the sum is not concave, and where its maximum leaves more than one pattern in
    a million at the wrong side, from where no slope leads back, the symmetry is broken. Elsewhere
    it is stable against breaking, and the distribution is that of the maximum which the ascent from
    the convex problem finds.
    """
    overlap = attributes["training_overlap"]
    found = optimum(attributes["alpha"], missed(overlap / np.sqrt(1 - overlap**2)))
    return found if found is not None and found.replicon > 0 else None
