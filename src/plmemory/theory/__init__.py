"""Exact results for random patterns: the curves drawn over the points.

Stability distributions of the learning rules, the one-step retrieval map and the basins that
it predicts, and Hebb's retrieval at zero temperature. numpy and scipy only.
"""

from plmemory.theory.basins import basin_boundary, best_b, one_step_map, widest_basin
from plmemory.theory.distribution import StabilityDistribution
from plmemory.theory.fixed_norm import (
    PseudoLikelihoodStability,
    free_optimum,
    pseudo_likelihood,
    pseudo_likelihood_l2,
)
from plmemory.theory.hopfield import hopfield_capacity, hopfield_overlap, hopfield_overlap_at
from plmemory.theory.stabilities import (
    CAPACITY,
    gardner_stability,
    hebb,
    maximum_stability,
    pseudo_inverse,
)

__all__ = [
    "CAPACITY",
    "PseudoLikelihoodStability",
    "StabilityDistribution",
    "basin_boundary",
    "best_b",
    "free_optimum",
    "gardner_stability",
    "hebb",
    "hopfield_capacity",
    "hopfield_overlap",
    "hopfield_overlap_at",
    "maximum_stability",
    "one_step_map",
    "pseudo_inverse",
    "pseudo_likelihood",
    "pseudo_likelihood_l2",
    "widest_basin",
]
