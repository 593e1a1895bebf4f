"""The number of attractors from pairs of starts that meet, against known shares."""

import math

import numpy as np
import pytest

from plmemory.figures.attractors.coincidences import coincidences, shared


def test_the_fraction_of_pairs_is_unbiased_and_its_error_that_of_repetitions():
    """20 000 searches of 30 starts among five basins of unequal share."""
    shares = np.array([0.4, 0.3, 0.15, 0.1, 0.05])
    counts = np.random.default_rng(1).multinomial(30, shares, size=20_000)
    found = np.array([shared(count) for count in counts])
    exact = (shares**2).sum()
    spread = found[:, 0].std(ddof=1)
    assert found[:, 0].mean() == pytest.approx(exact, abs=4 * spread / math.sqrt(20_000))
    # The variance is unbiased but for its cut at zero; 20 000 give it to one per cent.
    assert (found[:, 1] ** 2).mean() == pytest.approx(spread**2, rel=0.05)


def test_equal_basins_are_counted_far_beyond_the_number_of_starts():
    """5000 equal basins and 400 starts, of which hardly any meet."""
    rng = np.random.default_rng(2)
    counts = [np.bincount(rng.integers(0, 5000, 400), minlength=5000) for _ in range(12)]
    assert all((count > 0).sum() < 400 for count in counts)
    met = coincidences(counts)
    assert met.entropy == pytest.approx(math.log(5000), abs=4 * met.error)
    assert met.error == pytest.approx(1 / math.sqrt(12 * 400 * 399 / 2 / 5000), rel=0.5)
    assert math.isnan(met.least)


def test_pairs_are_those_of_one_replicate_and_all_of_them():
    met = coincidences([np.array([2, 1, 1]), np.array([0, 0, 4])])
    assert met.number == 1 + 6
    assert met.entropy == pytest.approx(-math.log((1 / 6 + 1) / 2))
    spread = math.sqrt(2 * (5 / 12) ** 2)
    assert met.error == pytest.approx(spread / math.sqrt(2) / (7 / 12))


def test_of_one_replicate_the_error_is_that_of_its_starts():
    share, error = shared(np.array([3, 2, 1]))
    assert share == pytest.approx(8 / 30)
    met = coincidences([np.array([3, 2, 1])])
    assert (met.entropy, met.error) == pytest.approx((-math.log(8 / 30), error * 30 / 8))


def test_where_no_pair_meets_there_is_a_bound():
    """Ten pairs of one replicate, six of the other: an expected three would show with 95 %."""
    met = coincidences([np.ones(5, dtype=int), np.ones(4, dtype=int)])
    assert met.number == 0
    assert math.isnan(met.entropy)
    assert met.least == pytest.approx(math.log(16 / 2.9957), abs=1e-4)
    assert all(math.isnan(value) for value in coincidences([np.array([1, 1, 1])])[1:])
