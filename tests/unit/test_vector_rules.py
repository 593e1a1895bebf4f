"""Learning rules of vector spins against their definitions, other solvers and Ising spins."""

import numpy as np
import pytest
from scipy.special import i0
from unit.descents import descend

from plmemory.errors import InputError
from plmemory.learning.hebb import learn as ising_hebb
from plmemory.learning.pseudo_inverse import learn as ising_pseudo_inverse
from plmemory.learning.vector_hebb import learn as hebb
from plmemory.learning.vector_pseudo_inverse import learn as pseudo_inverse
from plmemory.learning.vector_pseudo_likelihood import learn as pseudo_likelihood
from plmemory.machine.backend import Backend
from plmemory.measures.hessian.curvature import tangents
from plmemory.networks.vectors.couplings import Factors, dense, factors
from plmemory.networks.vectors.network import vectors
from plmemory.networks.vectors.states import directions

DOUBLE = Backend(np, "cpu", "float64")
LAMBDA = 2.3


def patterns_of(seed, *shape):
    return directions(shape, np.random.default_rng(seed))


def array_of(learned, replicate=0):
    left = learned.left
    if left is None:
        left = learned.right / learned.right.shape[2]
    return dense(Factors(left[replicate], learned.right[replicate]))


def spins_of(seed, *shape):
    return np.random.default_rng(seed).choice(np.array([-1, 1], dtype=np.int8), shape)


def test_hebb_is_the_sum_of_outer_products():
    patterns = patterns_of(0, 2, 4, 7, 3)
    learned = hebb.learn(patterns, DOUBLE)
    for replicate, memories in enumerate(patterns):
        expected = np.einsum("mia,mjb->iajb", memories, memories) / 7
        expected[np.arange(7), :, np.arange(7)] = 0
        np.testing.assert_allclose(array_of(learned, replicate), expected)
    spins = spins_of(1, 2, 4, 9)
    ising = ising_hebb.learn(spins, DOUBLE).couplings
    np.testing.assert_allclose(
        array_of(hebb.learn(spins[..., None], DOUBLE), 1)[:, 0, :, 0], ising[1]
    )


def test_the_pseudo_inverse_returns_every_pattern_with_the_smallest_couplings():
    patterns = patterns_of(2, 1, 10, 6, 3)
    couplings = array_of(pseudo_inverse.learn(patterns, DOUBLE))
    fields = np.einsum("iajb,mjb->mia", couplings, patterns[0])
    np.testing.assert_allclose(fields, patterns[0], atol=1e-10)
    for site in (0, 4):
        others = np.delete(patterns[0], site, axis=1).reshape(10, -1)
        least = np.linalg.lstsq(others, patterns[0][:, site], rcond=None)[0].T
        row = np.delete(couplings[site], site, axis=1).reshape(3, -1)
        np.testing.assert_allclose(row, least, atol=1e-10)


def test_one_component_has_the_directions_of_the_ising_pseudo_inverse():
    spins = spins_of(3, 1, 6, 20)
    ours = array_of(pseudo_inverse.learn(spins[..., None], DOUBLE))[:, 0, :, 0]
    theirs = ising_pseudo_inverse.learn(spins, DOUBLE).couplings[0]
    ratio = np.linalg.norm(ours, axis=1) / np.linalg.norm(theirs, axis=1)
    np.testing.assert_allclose(ours, ratio[:, None] * theirs, atol=1e-10)


def test_repeated_patterns_count_once():
    patterns = patterns_of(4, 1, 5, 6, 2).astype(np.float32)
    twice = np.concatenate([patterns, patterns[:, :3]], axis=1)
    one, two = (pseudo_inverse.learn(p, DOUBLE) for p in (patterns, twice))
    assert (one.diagnostics["rank"], two.diagnostics["rank"]) == (5, 5)
    np.testing.assert_allclose(array_of(one), array_of(two), atol=1e-8)


def test_more_patterns_than_the_other_sites_can_tell_apart_are_refused():
    assert pseudo_inverse.learn(patterns_of(5, 1, 10, 6, 2), DOUBLE).diagnostics["rank"] == 10
    with pytest.raises(InputError, match=r"span 11 dimensions, expected at most \(N - 1\) d = 10$"):
        pseudo_inverse.learn(patterns_of(5, 1, 11, 6, 2), DOUBLE)


@pytest.mark.parametrize(("count", "dimension"), [(20, 2), (32, 3), (50, 3), (48, 4)])
def test_patterns_of_the_pseudo_inverse_attract_up_to_a_load_of_one(count, dimension):
    """Turned a little, they come back but along P - N directions, which are kept."""
    sites = 40
    patterns = patterns_of(13, 1, count, sites, dimension)
    couplings = array_of(pseudo_inverse.learn(patterns, DOUBLE)).reshape(sites, dimension, -1)
    basis = tangents(patterns[0, 0])  # fields there have the length one
    turns = np.einsum("iba,iaj->ibj", basis, couplings).reshape(-1, sites, dimension)
    turns = np.einsum("kjb,jcb->kjc", turns, basis).reshape(len(turns), -1)
    # The couplings are not symmetric, but a row's factor makes the spectrum real up to rounding.
    rates = np.sort(np.linalg.eigvals(turns).real)
    kept = np.abs(rates - 1) < 1e-8
    assert kept.sum() == max(0, count - sites)
    assert rates[~kept].max() < 1
    assert rates.min() > -1  # up to alpha = d / 2


LOG_NORMALISERS = {
    1: lambda k: np.log(2 * np.cosh(k)),
    2: lambda k: np.log(2 * np.pi * i0(k)),
    3: lambda k: np.log(4 * np.pi * np.sinh(k) / k),
}


def loss_of(couplings, patterns):
    """The mean loss of an array of couplings, from closed forms of A_d."""
    fields = np.einsum("iajb,mjb->mia", couplings, patterns)
    length = np.linalg.norm(fields, axis=-1)
    log = LOG_NORMALISERS[patterns.shape[-1]](LAMBDA * length)
    return (log / LAMBDA - (fields * patterns).sum(axis=-1)).mean()


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_the_descent_is_the_gradient_of_the_loss(dimension):
    patterns = patterns_of(6, 5, 4, dimension)
    rows = pseudo_likelihood.Rows(patterns, LAMBDA)
    rows.left = np.random.default_rng(7).normal(size=patterns.shape)
    couplings = dense(Factors(rows.left, patterns))
    assert rows.loss() == pytest.approx(loss_of(couplings, patterns), rel=1e-10)
    slope = -dense(Factors(rows.descent(), patterns)) / patterns[..., 0].size
    h = 1e-5
    for i, j in ((0, 1), (2, 0), (3, 2)):
        for a in range(dimension):
            for b in range(dimension):
                change = np.zeros_like(couplings)
                change[i, a, j, b] = h
                up, down = (loss_of(couplings + s * change, patterns) for s in (1, -1))
                assert slope[i, a, j, b] == pytest.approx((up - down) / (2 * h), abs=1e-7)


def test_one_component_is_the_ising_descent():
    spins = spins_of(8, 2, 7, 12)
    settings = {"inverse_temperature": LAMBDA, "learning_rate": 9.0, "epochs": 25}
    ours = pseudo_likelihood.learn(spins[..., None].astype(float), DOUBLE, **settings)
    theirs = descend(spins, record_epochs=[25], **settings)
    for replicate in (0, 1):
        couplings = array_of(ours, replicate)[:, 0, :, 0]
        np.testing.assert_allclose(couplings, theirs.couplings[replicate], atol=1e-10)
    last = theirs.history["loss"][theirs.history["epoch"] == 25]
    np.testing.assert_allclose(ours.history["loss"][-1], last[0], rtol=1e-6)


def test_the_first_step_is_hebbs_rule_and_the_loss_falls():
    patterns = patterns_of(9, 1, 6, 15, 3)
    settings = {"inverse_temperature": LAMBDA, "learning_rate": 6.0}
    first = array_of(pseudo_likelihood.learn(patterns, DOUBLE, epochs=1, **settings))
    np.testing.assert_allclose(first, array_of(hebb.learn(patterns, DOUBLE)), atol=1e-12)
    history = pseudo_likelihood.learn(patterns, DOUBLE, epochs=40, **settings).history
    assert (np.diff(history["loss"][:, 0]) < 0).all()
    assert history["loss"][0, 0] == pytest.approx(np.log(4 * np.pi) / LAMBDA)
    assert (history["epoch"][0], history["epoch"][-1]) == (0, 40)


def test_models_keep_the_factors():
    patterns = patterns_of(10, 1, 3, 5, 2)
    for learned in (hebb.learn(patterns, DOUBLE), pseudo_inverse.learn(patterns, DOUBLE)):
        model = {
            name: type("Variable", (), {"values": values})
            for name, (_, values, _) in learned.variables.items()
        }
        np.testing.assert_allclose(dense(factors(model, 0)), array_of(learned))


@pytest.mark.parametrize(
    "learn",
    [
        lambda p: hebb.learn(p, DOUBLE),
        lambda p: pseudo_inverse.learn(p, DOUBLE),
        lambda p: pseudo_likelihood.learn(
            p, DOUBLE, inverse_temperature=1.0, learning_rate=1.0, epochs=1
        ),
    ],
)
def test_patterns_off_the_sphere_are_refused(learn):
    patterns = patterns_of(11, 1, 3, 5, 2)
    patterns[0, 1, 2] *= 1.2
    message = r"^patterns: found a vector of length 1.2 at \(0, 1, 2\), expected unit vectors$"
    with pytest.raises(InputError, match=message):
        learn(patterns)


def test_learning_holds_many_times_more_than_hebb():
    """At ten times the capacity of Hebb's rule a trained network recovers corrupted patterns."""
    patterns = patterns_of(12, 1, 50, 100, 3)
    learned = pseudo_likelihood.learn(
        patterns, DOUBLE, inverse_temperature=5.0, learning_rate=100.0, epochs=300
    )
    ends = {}
    for name, left in (("hebb", patterns[0] / 100), ("learned", learned.left[0])):
        network = vectors(Factors(left, patterns[0]), DOUBLE)
        state = network.corrupt(patterns[0], 0.6, np.random.default_rng(1))
        for _ in range(50):
            state = network.step(state)
        ends[name] = np.median(network.overlap(state, patterns[0]))
    assert ends["learned"] > 0.95
    assert ends["hebb"] < 0.3
