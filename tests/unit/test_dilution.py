"""Strong dilution, where the map of one step, iterated, is exact.

Every row keeps each other site with probability c / N (Derrida, Gardner & Zippelius 1987). Over a
few steps a site then hears from sites that do not hear from each other: errors are independent of
the couplings at every step, and not at the first alone. Corrections are of the order c / N.
"""

import numpy as np
import pytest
from scipy import sparse
from scipy.special import erf
from scipy.stats import binom

from plmemory.errors import InputError
from plmemory.learning.dreaming import learn as dreaming
from plmemory.learning.logistic_rows.diluted_space import random_inputs
from plmemory.learning.logistic_rows.minimise import minimise
from plmemory.learning.logistic_rows.row_space import row_space
from plmemory.learning.pseudo_likelihood_optimum import learn as pseudo_likelihood
from plmemory.machine.backend import select
from plmemory.networks.ising.couplings import stabilities
from plmemory.theory.one_step import one_step_map

CPU = select("cpu", "float64")


def spins(rng, *shape):
    return rng.choice(np.array([-1, 1], dtype=np.int8), shape)


def inputs(rng, sites, degree):
    """For each site those that it hears from."""
    for site in range(sites):
        heard = np.flatnonzero(rng.random(sites) < degree / sites)
        yield site, heard[heard != site]


def diluted(rows, sites):
    """The matrix (N, N) of (site, heard, couplings)."""
    places = [(np.full(len(heard), site), heard, values) for site, heard, values in rows]
    site, heard, values = (np.concatenate(parts) for parts in zip(*places, strict=True))
    return sparse.csr_array((values, (site, heard)), shape=(sites, sites))


def steps(couplings, patterns, initial, count, rng, starts):
    """Overlaps (count,) and their errors after 1, 2, ... steps from independent errors."""
    begun = np.tile(patterns, (starts, 1))
    states = np.where(rng.random(begun.shape) < (1 - initial) / 2, -begun, begun)
    found = []
    for _ in range(count):
        fields = states @ couplings.T
        states = np.where(fields == 0, states, np.sign(fields)).astype(np.int8)
        found.append((states * begun).mean(axis=1, dtype=float))
    overlaps = np.array(found)
    return overlaps.mean(axis=1), overlaps.std(axis=1, ddof=1) / np.sqrt(overlaps.shape[1])


@pytest.mark.parametrize("initial", [0.2, 0.5, 0.8])
def test_steps_of_diluted_hebb_follow_the_iterated_error_function(initial):
    """Of k inputs a signal k m, against the variance k (P - m^2) of their signs.

    Small noise on the couplings decides where the field would be zero.
    """
    sites, degree, count = 16000, 40, 16
    rng = np.random.default_rng([1, round(10 * initial)])
    patterns = spins(rng, count, sites)
    couplings = diluted(
        (
            (i, k, patterns[:, i].astype(float) @ patterns[:, k] + 1e-3 * rng.normal(size=len(k)))
            for i, k in inputs(rng, sites, degree)
        ),
        sites,
    )
    found, errors = steps(couplings, patterns, initial, 3, rng, starts=4)
    heard = np.arange(1, sites)
    probability = binom.pmf(heard, sites - 1, degree / sites)
    overlap = initial
    for step in range(3):
        overlap = probability @ erf(overlap * np.sqrt(heard / (2 * (count - overlap**2))))
        assert found[step] == pytest.approx(overlap, abs=4 * errors[step] + degree / sites)


def optimum(patterns, site, heard, scaled_norm):
    """The row of the pseudo-likelihood optimum of a site that hears from few others, alone."""
    shares = np.full(len(patterns), 1 / len(patterns))
    space = row_space(patterns[:, [site, *heard]], shares, CPU).take(slice(0, 1))
    start = space.gradient(shares[None].copy())
    start *= 2 * scaled_norm / np.linalg.norm(start)
    found = minimise(
        space, start, radius=2 * scaled_norm, l2=0.0, tolerance=1e-9, max_iterations=1000
    )
    return space.couplings(found.coordinates)[0, 1:] / 2


def learnt(patterns, connectivity, **settings):
    settings = {"tolerance": 1e-9, "max_iterations": 2000, "inverse_temperature": 0.7} | settings
    return pseudo_likelihood.learn(
        patterns, CPU, [np.random.default_rng(5)], connectivity=connectivity, **settings
    )


# Fewer patterns than inputs, and more.
@pytest.mark.parametrize("count", [6, 20])
def test_diluted_rows_are_each_the_optimum_on_their_own_inputs(count):
    sites, degree = 60, 12
    patterns = spins(np.random.default_rng(4), 1, count, sites)
    learned = learnt(patterns, degree, scaled_norm=1.3)
    assert learned.converged.all()
    (couplings,) = learned.couplings
    for site in range(sites):
        heard = np.flatnonzero(couplings[site])
        assert site not in heard
        expected = optimum(patterns[0], site, heard, 1.3) / 0.7
        np.testing.assert_allclose(couplings[site, heard], expected, atol=1e-6)


def test_diluted_rows_with_l2_have_no_slope():
    patterns, sites, penalty = spins(np.random.default_rng(6), 1, 30, 40), 40, 0.2
    (couplings,) = learnt(patterns, 10, l2=penalty).couplings
    residuals = patterns[0] - np.tanh(0.7 * patterns[0] @ couplings.T)
    slope = residuals.T @ patterns[0] / 30 - penalty * couplings
    np.testing.assert_allclose(slope[couplings != 0], 0, atol=1e-7)
    assert 6 * sites < np.count_nonzero(couplings) < 14 * sites


def test_inputs_are_drawn_one_by_one_and_apart_for_both_directions():
    sites, degree = 800, 30
    drawn = random_inputs(sites, degree, slice(0, sites), np.random.default_rng(7))
    assert not drawn.diagonal().any()
    numbers = drawn.sum(axis=1)
    assert numbers.mean() == pytest.approx(degree, abs=4 * np.sqrt(degree / sites))
    spread = degree * (1 - degree / sites)
    assert numbers.var() == pytest.approx(spread, abs=4 * spread * np.sqrt(2 / sites))
    expected = sites * degree**2 / sites
    assert (drawn & drawn.T).sum() == pytest.approx(expected, abs=6 * np.sqrt(expected))


def test_a_site_without_inputs_is_an_input_error():
    patterns = spins(np.random.default_rng(8), 1, 5, 50)
    with pytest.raises(InputError, match="connectivity: found 1, expected more: a site hears from"):
        learnt(patterns, 1, scaled_norm=1.0)
    with pytest.raises(InputError, match="connectivity: expected independent rows"):
        learnt(patterns, 10, l2=1.0, symmetric=True)


def test_steps_of_diluted_pseudo_likelihood_are_the_first_step_again_and_again():
    sites, degree, count = 1000, 20, 10
    rng = np.random.default_rng(2)
    patterns = spins(rng, count, sites)
    learned = learnt(patterns[None], degree, scaled_norm=2.0, tolerance=1e-5)
    couplings = sparse.csr_array(learned.couplings[0])
    for initial in (0.3, 0.6, 0.9):
        found, errors = steps(couplings, patterns, initial, 3, rng, starts=60)
        expected = initial
        for step in range(3):
            (expected,), (error,) = steps(couplings, patterns, expected, 1, rng, starts=60)
            # Errors of the expected overlap are carried on by the map, whose slope is below 1.3.
            allowed = 4 * np.hypot(errors[step], 1.3**step * np.sqrt(step + 1) * error)
            assert abs(found[step] - expected) < allowed + degree / sites / 4


def test_steps_in_a_full_network_are_not():
    """The same comparison sees what correlations with the couplings cost there."""
    sites, count = 400, 80
    rng = np.random.default_rng(3)
    patterns = spins(rng, count, sites)
    (couplings,) = dreaming.learn(patterns[None], CPU, dreaming_time=5.0).couplings
    found, errors = steps(couplings, patterns, 0.2, 3, rng, starts=20)
    map_of_one = stabilities(couplings[None], patterns[None])
    expected = 0.2
    for step in range(3):
        expected = float(one_step_map(map_of_one, expected))
        if step == 0:
            assert found[step] == pytest.approx(expected, abs=4 * errors[step] + 1 / sites)
        else:
            assert found[step] < expected - 20 * errors[step]
