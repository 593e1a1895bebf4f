"""A rule says that it converged where all its rows did, to the very tolerance, and nowhere else.

After few iterations some rows are far from their optimum and some are not. The same run is judged
by tolerances just above and below what is left: where the run is between the tolerance and a few
times it, it has not converged; nor where one row of many is not there.
"""

import importlib
import math

import numpy as np
import pytest
from unit.descents import descend

from plmemory.datasets.teacher.load import generate
from plmemory.learning.potts_optimum import learn as potts_optimum
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
    "perceptrons": (
        "perceptron_optimum",
        {"smallest_norm": 0.5, "largest_norm": 2.0, "norms": 2},
        2,
        "relative_gradient",
    ),
    "stable perceptrons": ("perceptron_stability", {}, 30, "relative_gap"),
    "colours": (
        "potts_optimum",
        {"states": 2, "coupling_penalty": 0.3, "field_penalty": 0.05, "symmetric": False},
        3,
        "relative_gradient",
    ),
}
TAUGHT = {"perceptrons", "stable perceptrons"}  # by labels
COLOURED = {"colours"}
BY_ROW = {"norm", "flow", "noise"}  # that tell what is left of each row


def patterns():
    """Three replicates, the last one much easier than the others."""
    drawn = np.stack([spins((18, 30), generator(1, "converged", r)) for r in range(3)])
    drawn[2, 2:] = drawn[2, :1]
    return drawn


def run(case, bound):
    rule, settings, iterations, left = CASES[case]
    told = {"gap" if left == "relative_gap" else "tolerance": bound, "max_iterations": iterations}
    if case in TAUGHT:
        rngs = [generator(1, "taught", r) for r in range(3)]
        taught = generate(30, 18, rngs)
        told["targets"] = taught["targets"].values
        learned = learn_of(rule)(taught["train"].values, DOUBLE, (), **settings, **told)
    elif case in COLOURED:
        colours = (patterns() > 0).astype(np.int8)
        learned = potts_optimum.optimum(colours, DOUBLE, **settings, **told)
    else:
        learned = learn_of(rule)(patterns(), DOUBLE, (), **settings, **told)
    return learned, learned.diagnostics[left]


def learn_of(rule):
    return importlib.import_module(f"plmemory.learning.{rule}.learn").learn


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


@pytest.mark.parametrize("case", [case for case in CASES if CASES[case][3] != "relative_gap"])
def test_a_run_that_is_stopped_says_after_how_many_iterations(case):
    learned, _ = run(case, 1e-13)
    iterations, most = learned.diagnostics["iterations"], CASES[case][2]
    assert not learned.converged[:2].any()
    np.testing.assert_array_equal(iterations[~learned.converged], most)
    assert (iterations <= most).all()


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


# Rules that count: settings, the limit, and what was needed of each replicate and of each row.
COUNTED = {
    "margin_perceptron": ({"margin": 0.3}, "max_sweeps", "sweeps"),
    "minover": ({"target_field": 0.6}, "max_updates", "updates"),
}


@pytest.mark.parametrize("rule", COUNTED)
def test_a_row_that_needs_one_step_more_than_there_are_is_one_too_many(rule):
    settings, limit, taken = COUNTED[rule]

    def within(most):
        return learn_of(rule)(patterns(), DOUBLE, (), **settings, **{limit: most})

    needed = within(100_000).diagnostics
    longest = needed[taken]
    assert len(set(longest)) == 3
    np.testing.assert_array_equal(longest, needed[f"row_{taken}"].max(axis=1))
    for most in [*longest, *(longest - 1)]:
        learned = within(int(most))
        np.testing.assert_array_equal(learned.converged, longest <= most)
        np.testing.assert_array_equal(
            learned.diagnostics[f"row_{taken}"], np.minimum(needed[f"row_{taken}"], most)
        )
    assert (needed[f"row_{taken}"][0] == longest[0]).sum() == 1  # one bad row


def test_dreams_that_end_when_they_may_and_not_by_their_patience_have_not_converged():
    def within(most, patience=60):
        rngs = [generator(2, "dreams", r) for r in range(3)]
        settings = {"strength": 0.05, "dreams_per_batch": 20, "duration": None}
        return learn_of("unlearning")(
            patterns(), DOUBLE, rngs, max_dreams=most, patience=patience, **settings
        )

    free = within(10_000)
    last = np.nanmax(free.history["dreams"], axis=0)
    np.testing.assert_array_equal(last, free.diagnostics["best_dreams"] + 60)
    assert free.converged.all()
    for end in last:
        np.testing.assert_array_equal(within(int(end)).converged, last <= end)
        np.testing.assert_array_equal(within(int(end) - 20).converged, last <= end - 20)
    # Batches are whole: a patience of 41 to 60 dreams is three of them.
    np.testing.assert_array_equal(within(10_000, 41).history["dreams"], free.history["dreams"])


def test_a_descent_of_a_perceptron_has_converged_with_the_step_that_passes_the_last_norm():
    taught = generate(30, 18, [generator(1, "taught", r) for r in range(3)])

    def within(most):
        settings = {"smallest_norm": 0.3, "largest_norm": 1.5, "norms": 4, "growth": 0.02}
        return learn_of("perceptron_descent")(
            taught["train"].values,
            DOUBLE,
            targets=taught["targets"].values,
            max_steps=most,
            **settings,
        )

    needed = within(5000).diagnostics["steps"]
    assert len(set(needed)) > 1
    for most in [*needed, *(needed - 1)]:
        found = within(int(most))
        np.testing.assert_array_equal(found.converged, needed <= most)
        np.testing.assert_array_equal(found.diagnostics["steps"], np.minimum(needed, most))


def test_a_descent_is_better_than_no_couplings_or_has_not_converged():
    """After few epochs from strong random couplings, some replicates are and some are not."""
    seen = set()
    for epochs in (1, 19, 37):
        learned = descend(
            patterns(),
            seed=3,
            inverse_temperature=0.7,
            learning_rate=0.3,
            epochs=epochs,
            initial="random",
            initial_scale=1.2,
        )
        loss = learned.diagnostics["loss"]
        np.testing.assert_array_equal(learned.converged, loss <= math.log(2) / 0.7)
        seen.add(int(learned.converged.sum()))
    assert seen == {1, 2, 3}
