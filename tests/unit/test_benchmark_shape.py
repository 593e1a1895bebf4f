"""Fits of the shape of cost, and the comparison with a release."""

import subprocess
import sys

import numpy as np
import pytest

from benchmarks import exponents, guard

SIZES = np.array([100.0, 200.0, 500.0, 1000.0])


def test_a_power_law_has_its_exponent_and_no_error():
    slope, error = exponents.exponent(SIZES, 3e-7 * SIZES**1.75)
    assert slope == pytest.approx(1.75)
    assert error == pytest.approx(0, abs=1e-9)


def test_the_error_of_an_exponent_is_that_of_a_line():
    from scipy.stats import linregress

    numbers = SIZES**2 * np.array([1.1, 0.9, 1.05, 0.97])
    line = linregress(np.log(SIZES), np.log(numbers))
    assert exponents.exponent(SIZES, numbers) == pytest.approx((line.slope, line.stderr))


def test_all_that_was_measured_is_in_the_page():
    found = exponents.measured()
    assert {one.stage for one in found} >= set(exponents.PATHS) | {"descent epoch"}
    assert all(len(one.values) >= 4 for one in found)
    assert exponents.markdown(found) in exponents.page.PAGE.read_text()


@pytest.mark.parametrize(
    ("ours", "verdict"),
    [
        ([1.2, 1.21, 1.19], "slower"),
        ([1.0, 1.01, 0.99], "fine"),
        ([0.5, 0.51, 0.5], "fine"),
        ([1.3, 0.9, 1.2], "unclear"),
    ],
)
def test_only_what_is_certain_counts_as_slower(ours, verdict):
    assert guard.compared(ours, [1.0, 1.0, 1.0]).verdict.startswith(verdict)


def test_ratios_are_those_of_pairs():
    """A machine that slows down between rounds does not matter."""
    found = guard.compared([1.1, 2.2, 4.4], [1.0, 2.0, 4.0])
    assert found == pytest.approx((1.1, 1.1, 1.1))


def test_the_interval_is_students():
    from scipy.stats import ttest_1samp

    ours, theirs = np.array([1.1, 1.3, 0.9, 1.2]), np.array([1.0, 1.1, 1.0, 0.9])
    low, high = ttest_1samp(np.log(ours / theirs), 0).confidence_interval(0.95)
    assert guard.compared(ours, theirs)[1:] == pytest.approx(np.exp([low, high]))


def test_a_case_runs_by_this_tree():
    measured = guard.seconds("pseudo-inverse", guard.ROOT / "src")
    assert measured > 0


def test_a_commit_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(SystemExit, match="guard: found no-such-commit"):
        guard.unpacked("no-such-commit", tmp_path)


def test_one_round_is_not_enough():
    command = [sys.executable, "-m", "benchmarks.guard", "HEAD", "--rounds", "1"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=guard.ROOT, check=False)
    assert done.returncode == 2
    assert "--rounds: found 1, expected 2 or more" in done.stderr
