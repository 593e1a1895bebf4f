"""A rule says that it converged where all its rows did, to the very tolerance, and nowhere else.

After few iterations some rows are far from their optimum and some are not. The same run is judged
by tolerances just above and below what is left: where the run is between the tolerance and a few
times it, it has not converged; nor where one row of many is not there.
"""

import importlib

import numpy as np
import pytest

from plmemory.machine.backend import select
from plmemory.networks.ising.states import spins
from plmemory.seeds import generator

DOUBLE = select("cpu", "float64")
L2 = {"l2": 1e-3, "inverse_temperature": 0.7}
# Rule, settings, the number of iterations after which it is stopped; what is left, over the rows.
CASES = {
    "decay": ("pseudo_likelihood_optimum", L2, 9, "relative_gradient"),
    "symmetric": ("pseudo_likelihood_optimum", L2 | {"symmetric": True}, 6, "relative_gradient"),
    "norm": (
        "pseudo_likelihood_optimum",
        {"scaled_norm": 1.5, "inverse_temperature": 0.7},
        6,
        "relative_gradient",
    ),
    "flow": ("probability_flow", {"scaled_norm": 2.0}, 6, "relative_gradient"),
    "noise": ("noise_training", {"training_overlap": 0.7}, 6, "relative_gradient"),
    "stability": ("maximum_stability", {"symmetric": False}, 60, "relative_gap"),
    "symmetric stability": ("maximum_stability", {"symmetric": True}, 60, "relative_gap"),
    "hinge": ("soft_margin", {"margin": 1.2}, 40, "relative_gap"),
    "squared hinge": ("squared_hinge", {"margin": 1.5}, 40, "relative_gap"),
}
BY_ROW = {"norm", "flow", "noise"}  # that tell what is left of each row


def patterns():
    """Three replicates, the last one much easier than the others."""
    drawn = np.stack([spins((18, 30), generator(1, "converged", r)) for r in range(3)])
    drawn[2, 2:] = drawn[2, :1]
    return drawn


def run(case, bound):
    rule, settings, iterations, left = CASES[case]
    learn = importlib.import_module(f"plmemory.learning.{rule}.learn").learn
    told = {"gap" if left == "relative_gap" else "tolerance": bound, "max_iterations": iterations}
    learned = learn(patterns(), DOUBLE, (), **settings, **told)
    return learned, learned.diagnostics[left]


@pytest.mark.parametrize("case", CASES)
def test_a_run_between_the_tolerance_and_ten_times_it_has_not_converged(case):
    _, first = run(case, 1e-13)
    seen = set()
    for bound in np.outer([0.25, 0.7, 1.5], first).ravel():
        learned, left = run(case, bound)
        assert learned.converged.dtype == bool
        np.testing.assert_array_equal(learned.converged, left <= bound)
        seen |= {"below"} if ((bound / 10 < left) & (left <= bound)).any() else set()
        seen |= {"above"} if ((bound < left) & (left < 10 * bound)).any() else set()
        seen |= {"both"} if 0 < learned.converged.sum() < 3 else set()
    assert seen == {"below", "above", "both"}


@pytest.mark.parametrize("case", sorted(BY_ROW))
def test_one_bad_row_among_good_ones_is_one_too_many(case):
    strict, _ = run(case, 1e-13)
    bad = []
    for bound in np.quantile(
        strict.diagnostics["row_relative_gradient"][0], [0.5, 0.8, 0.95, 0.99]
    ):
        learned, left = run(case, bound)
        own = learned.diagnostics["row_relative_gradient"]
        np.testing.assert_array_equal(left, own.max(axis=1))
        np.testing.assert_array_equal(learned.converged, [(rows <= bound).all() for rows in own])
        bad.append((own[0] > bound).sum())
    assert any(0 < count < 6 for count in bad)


def test_one_bad_row_of_a_maximum_stability_counts():
    """The gap of the worst row, certified by the smallest stability and a bound of each row."""
    learned, left = run("stability", 1e-13)
    for r, states in enumerate(patterns().astype(float)):
        couplings = learned.couplings[r]
        smallest = [(states @ row * states[:, i]).min() for i, row in enumerate(couplings)]
        assert learned.diagnostics["smallest_stability"][r] == pytest.approx(min(smallest))
        bound = learned.diagnostics["stability_bound"][r]
        assert min(smallest) <= bound
        assert left[r] >= 1 - min(smallest) / bound - 1e-12
