"""What every rule learns is as recorded in ``tests/data/learnt.txt``; see ``unit.learnt``."""

import contextlib

import numpy as np
import pytest
from unit import learnt
from unit.summaries import compare, read

from plmemory.errors import TrainingError
from plmemory.plan import registry

RECORDED = read(learnt.FILE)
# Their first steps grow from rounding.
CHAOTIC = {"trained_denoiser"}
# Descents that check for overflow.
TOLD = {"attention", "potts", "pseudo_likelihood"}


def test_every_rule_is_recorded():
    assert {learnt.rule_of(case) for case in learnt.CASES} == set(registry.rules())
    assert list(RECORDED) == [*learnt.CASES, "theory"]


def test_the_theories_say_what_they_did():
    compare(RECORDED["theory"], learnt.theory())


@pytest.mark.parametrize("case", learnt.CASES)
def test_a_rule_learns_what_it_did(case):
    compare(RECORDED[case], learnt.arrays(learnt.learnt(case)), learnt.COUNTED)


@pytest.mark.parametrize("case", [c for c in learnt.CASES if c not in CHAOTIC])
def test_single_precision_learns_the_same(case):
    settings = learnt.CASES[case][1]
    reachable = {"tolerance": 1e-5, "gap": 1e-6}
    within = {key: reachable[key] for key in settings.keys() & reachable.keys()}
    single = learnt.learnt(case, "float32", **within)
    double = learnt.learnt(case, **within)
    np.testing.assert_array_equal(single.converged, double.converged)
    for name, (_, values, *_) in single.variables.items():
        expected = double.variables[name][1]
        assert np.shape(values) == np.shape(expected)
        finite = np.isfinite(expected)
        np.testing.assert_array_equal(np.isfinite(values), finite)
        values, expected = values[finite], expected[finite]
        assert np.linalg.norm(values - expected) <= 1e-4 * np.linalg.norm(expected), name


@pytest.mark.parametrize("case", ["noise_training", "probability_flow"])
def test_a_tolerance_below_the_rounding_leaves_good_rows_that_have_not_converged(case):
    asked = learnt.learnt(case, "float32", tolerance=1e-9, max_iterations=60)
    enough = learnt.learnt(case)
    assert not asked.converged.any()
    assert np.linalg.norm(asked.couplings - enough.couplings) < 1e-5 * np.linalg.norm(
        enough.couplings
    )


@pytest.mark.parametrize(
    ("dtype", "rate"), [("float32", 1e15), ("float32", 1e100), ("float64", 1e200)]
)
@pytest.mark.parametrize("case", [c for c in learnt.CASES if learnt.rule_of(c) in TOLD])
def test_a_training_that_overflows_says_so_without_warnings(case, dtype, rate):
    """Some do not overflow; a warning would be an error of the test."""
    with contextlib.suppress(TrainingError):
        learned = learnt.learnt(case, dtype, learning_rate=rate)
        assert all(np.isfinite(values).all() for _, values, *_ in learned.variables.values())
