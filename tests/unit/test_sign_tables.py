"""The sums of a step by tables against plain matrix products in double precision."""

import numpy as np
import pytest

from plmemory.learning.pseudo_likelihood import sign_tables


def found(patterns, scaled):
    total = np.full_like(scaled, np.nan)
    codes = sign_tables.encode(patterns.astype(scaled.dtype))
    for block in range(len(codes.spins)):
        sign_tables.add_up(codes, block, scaled, total)
    return total


def expected(patterns, scaled):
    spins, scaled = patterns.astype(float), scaled.astype(float)
    return (spins - np.tanh(spins @ scaled.T / 2)).T @ spins / 2


def example(count, sites, dtype, seed=0):
    rng = np.random.default_rng(seed)
    patterns = rng.choice(np.array([-1, 1], dtype=np.int8), size=(count, sites))
    return patterns, rng.normal(scale=2 / np.sqrt(sites), size=(sites, sites)).astype(dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("count", "sites"),
    [(1, 1), (1, 50), (7, 2), (100, 31), (100, 32), (100, 33), (47, 100), (49, 48), (2049, 97),
     (5000, 10), (600, 600)],
)  # fmt: skip
def test_sums_are_those_of_matrix_products(count, sites, dtype):
    patterns, scaled = example(count, sites, dtype)
    # On the diagonal count terms of one sign grow to their number, and each addition rounds by a
    # uniform half eps of that: count^1.5 eps / 6 as a random walk. Elsewhere the fields round, or
    # few terms. Five standard deviations.
    rounding = max(count, count**1.5 / 6, np.sqrt(count * sites))
    tolerance = 5 * np.finfo(dtype).eps * rounding
    np.testing.assert_allclose(
        found(patterns, scaled), expected(patterns, scaled), rtol=0, atol=tolerance
    )


def test_rounding_is_like_that_of_matrix_products():
    patterns, scaled = example(6000, 150, np.float32)
    exact = expected(patterns, scaled)
    spins = patterns.astype(np.float32)
    product = (spins / (1 + np.exp(spins * (spins @ scaled.T)))).T @ spins
    assert np.std(found(patterns, scaled) - exact) < 2 * np.std(product - exact)


def test_sites_may_be_renumbered():
    patterns, scaled = example(300, 70, np.float64)
    order = np.random.default_rng(1).permutation(70)
    renumbered = found(patterns[:, order], scaled[np.ix_(order, order)])
    np.testing.assert_allclose(
        renumbered, found(patterns, scaled)[np.ix_(order, order)], rtol=0, atol=1e-11
    )


def test_saturated_fields_leave_nothing_to_learn():
    patterns, _ = example(40, 64, np.float32)
    scaled = np.zeros((64, 64), dtype=np.float32)
    np.fill_diagonal(scaled, 1e30)  # every spin is certain of itself
    assert (found(patterns, scaled) == 0).all()
    assert (found(patterns, -scaled) == patterns.T.astype(float) @ patterns).all()


@pytest.mark.parametrize("members", [1, 47, 48, 49, 196, 1000])
@pytest.mark.parametrize("rows", [1, 511, 512, 4000])
def test_groups_hold_all_members_in_the_fewest_rounds(members, rows):
    groups, largest = sign_tables._groups(members, rows)
    most = 5 if rows < 512 else 6
    assert groups % sign_tables.TABLES == 0
    assert groups * largest >= members
    assert largest <= most
    assert (groups - sign_tables.TABLES) * most < members
