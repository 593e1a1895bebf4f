"""Steps of retrieval in a full network: moments, a second formula, and simulations."""

import numpy as np
import pytest
from scipy.special import erf

from plmemory.errors import InputError
from plmemory.learning.dreaming import learn as dreaming_rule
from plmemory.learning.hebb import learn as hebb_rule
from plmemory.learning.maximum_stability import learn as maximum_stability_rule
from plmemory.learning.pseudo_likelihood_optimum import learn as pseudo_likelihood_rule
from plmemory.machine.backend import select
from plmemory.networks.ising.states import corrupt, overlap
from plmemory.networks.ising.synchronous import Synchronous
from plmemory.theory.fixed_norm import pseudo_likelihood
from plmemory.theory.losses import squared_hinge
from plmemory.theory.medium import moments, symmetry
from plmemory.theory.one_step import one_step_map
from plmemory.theory.optimum import optimum
from plmemory.theory.quadrature import gauss_legendre
from plmemory.theory.ridge import dreaming
from plmemory.theory.stabilities import hebb, maximum_stability, pseudo_inverse
from plmemory.theory.steps import overlaps

CPU = select("cpu", "float32")
OPTIMUM = {"inverse_temperature": 1.0, "tolerance": 1e-5, "max_iterations": 2000}
MARGIN = {"symmetric": False, "gap": 1e-3, "max_iterations": 20000}
# name: load, couplings of patterns, exact stabilities
RULES = {
    "hebb": (0.1, lambda x: hebb_rule.learn(x, CPU), hebb(0.1)),
    "dreaming": (
        0.4,
        lambda x: dreaming_rule.learn(x, CPU, dreaming_time=5.0),
        dreaming(0.4, 5.0),
    ),
    "pl": (
        0.5,
        lambda x: pseudo_likelihood_rule.learn(x, CPU, scaled_norm=2.0, **OPTIMUM),
        pseudo_likelihood(0.5, 2.0),
    ),
    "pl_overloaded": (
        1.4,
        lambda x: pseudo_likelihood_rule.learn(x, CPU, scaled_norm=1.5, **OPTIMUM),
        pseudo_likelihood(1.4, 1.5),
    ),
    "maximum_stability": (
        0.5,
        lambda x: maximum_stability_rule.learn(x, CPU, **MARGIN),
        maximum_stability(0.5),
    ),
}


def learnt(name: str, sites: int, seed: int):
    """Patterns (P, N) and their couplings (N, N), rows of norm one."""
    alpha, learn, _ = RULES[name]
    rng = np.random.default_rng([seed, sites])
    patterns = rng.choice(np.array([-1, 1], np.int8), (1, round(alpha * sites), sites))
    (couplings,) = learn(patterns).couplings.astype(np.float64)
    return patterns[0], couplings / np.linalg.norm(couplings, axis=1, keepdims=True)


def test_hebb_has_the_moments_of_marchenko_and_pastur():
    """Free cumulants alpha^(1 - n/2) but for the first, which the diagonal takes."""
    alpha = 0.3
    found = moments(hebb(alpha), alpha, 4)
    assert found.powers == pytest.approx([1, 0, 1, alpha**-0.5, 2 + 1 / alpha], abs=1e-9)
    assert found.response == pytest.approx(found.powers, abs=1e-9)
    for k in range(3):
        assert found.products[k, : 5 - k] == pytest.approx(found.powers[k:], abs=1e-9)


@pytest.mark.parametrize(
    ("alpha", "distribution"), [(0.6, dreaming(0.6, 3.0)), (0.7, pseudo_inverse(0.7))]
)
def test_linear_rules_are_symmetric(alpha, distribution):
    assert symmetry(distribution, alpha) == pytest.approx(1, abs=1e-9)
    found = moments(distribution, alpha, 4)
    assert found.products[2, 2] == pytest.approx(found.powers[4], rel=1e-9)


def test_moments_of_the_projector():
    """Without its diagonal, rows of norm one: values (1 - a) / n and -a / n, n^2 = a - a^2."""
    alpha = 0.7
    values, weights = np.array([1 - alpha, -alpha]) / np.sqrt(alpha - alpha**2), [alpha, 1 - alpha]
    expected = [values**k @ weights for k in range(5)]
    assert moments(pseudo_inverse(alpha), alpha, 4).powers == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    "distribution",
    [maximum_stability(0.8), pseudo_likelihood(0.8, 3.0), optimum(0.8, squared_hinge(1.2))],
)
def test_rows_have_norm_one_and_rows_and_columns_share_eta(distribution):
    found = moments(distribution, 0.8, 2)
    assert found.products[1, 1] == pytest.approx(1, abs=1e-9)
    assert found.powers[1] == pytest.approx(0, abs=1e-9)
    assert found.response[0] == pytest.approx(1, abs=1e-9)
    assert found.powers[2] == pytest.approx(symmetry(distribution, 0.8), abs=1e-9)
    assert 0.5 < found.powers[2] < 0.99


@pytest.mark.parametrize("name", ["pl", "pl_overloaded", "maximum_stability"])
def test_moments_are_those_of_learnt_couplings(name):
    """Corrections are of the order 1/N; draws scatter less."""
    alpha, _, distribution = RULES[name]
    sites = 500
    _, couplings = learnt(name, sites, 1)
    found = moments(distribution, alpha, 3)
    square = couplings @ couplings
    for measured, expected in (
        ((couplings * couplings.T).sum(), symmetry(distribution, alpha)),
        ((square * couplings).sum(), found.products[2, 1]),
        ((square * couplings.T).sum(), found.powers[3]),
        ((square * square).sum(), found.products[2, 2]),
    ):
        assert measured / sites == pytest.approx(expected, rel=6 / sites)


def second_step(distribution, alpha, initial):
    """m2 in closed form: what ``steps`` does, done by hand for two steps."""
    z, weights = gauss_legendre(np.linspace(-10, 10, 401))
    weights = weights * np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
    learned = distribution.stability(z)
    noise = np.sqrt(1 - initial**2)
    local = erf(initial * learned / noise / np.sqrt(2))
    first = local @ weights
    slope = np.exp(-((initial * learned / noise) ** 2) / 2) * np.sqrt(2 / np.pi) / noise
    on_start = slope @ weights
    on_pattern = (z * local) @ weights - initial * on_start
    (_, _, eta, _), product, response = moments(distribution, alpha, 3)
    cube, fourth = product[2, 1], product[2, 2] - eta**2
    share = on_start**2 + on_pattern**2 + 2 * initial * on_start * on_pattern
    mixed = on_start * initial * first + on_pattern * first
    variance = share * fourth + 1 - share + 2 * mixed * cube
    along = first + (on_start * initial + on_pattern) * cube
    pull = first + (on_start * initial + on_pattern) * response[1]
    found = 0.0
    for start, probability in ((1, (1 + initial) / 2), (-1, (1 - initial) / 2)):
        drive = along * z + (learned - z) * pull + eta * (on_start * start + on_pattern)
        found += probability * erf(drive / np.sqrt(2 * (variance - along**2))) @ weights
    return first, found


@pytest.mark.parametrize("name", list(RULES))
def test_two_steps_have_a_closed_form(name):
    alpha, _, distribution = RULES[name]
    initial = [0.15, 0.5, 0.75]
    found = overlaps(distribution, alpha, initial, 2).T
    expected = [second_step(distribution, alpha, m) for m in initial]
    np.testing.assert_allclose(found, expected, atol=3e-4)
    assert found[:, 0] == pytest.approx(one_step_map(distribution, initial), abs=1e-4)


def test_a_pattern_without_errors_is_approached_to_the_end():
    (found,) = overlaps(maximum_stability(0.3), 0.3, [0.95], 5).T
    assert found[-2:] == pytest.approx([1, 1], abs=1e-6)


def test_initial_overlaps_are_checked():
    with pytest.raises(InputError, match=r"initial overlap: found 1, expected one in \[0, 1\)"):
        overlaps(hebb(0.1), 0.1, [0.5, 1], 2)


@pytest.mark.parametrize("name", list(RULES))
def test_three_steps_of_a_network_are_those_of_theory(name):
    """And the map of one step, iterated, is not even at the second."""
    alpha, _, distribution = RULES[name]
    sites, initial, draws = 1000 if alpha < 1 else 500, [0.3, 0.55], 3
    measured = np.empty((draws, len(initial), 3, 150))
    for draw in range(draws):
        patterns, couplings = learnt(name, sites, draw)
        step = Synchronous(couplings.astype(np.float32), CPU)
        begun = np.resize(patterns, (150, sites))
        for place, m in enumerate(initial):
            states = corrupt(begun, m, np.random.default_rng([draw, place]))
            for after in range(3):
                states = step(states)
                measured[draw, place, after] = overlap(states, begun)
    samples = np.moveaxis(measured, 0, -1).reshape(len(initial), 3, -1)
    error = samples.std(axis=-1, ddof=1) / np.sqrt(samples.shape[-1])
    expected = overlaps(distribution, alpha, initial, 3).T
    assert (error < 4e-3).all()
    # The theory's quadrature, and corrections of the order of 1/N.
    assert (np.abs(samples.mean(axis=-1) - expected) < 3 * error + 3e-4 + 1 / sites).all()
    iterated = one_step_map(distribution, one_step_map(distribution, initial))
    assert (np.abs(iterated - expected[:, 1]) > 8 * error[:, 1]).any()
