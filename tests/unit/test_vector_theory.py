"""Replica theory of vector networks against closed forms, integrals, samples and Ising spins."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import erf

from plmemory.errors import InputError
from plmemory.theory import hopfield, sphere, vectors

FIELDS = np.array([1e-4, 0.03, 0.7, 1.9, 2.1, 6.0, 40.0, 900.0])


def test_closed_forms_of_one_two_and_three_dimensions():
    k = FIELDS
    np.testing.assert_allclose(sphere.alignment(k, 1), np.tanh(k), rtol=1e-12)
    langevin = 1 / np.tanh(k[1:]) - 1 / k[1:]
    np.testing.assert_allclose(sphere.alignment(k[1:], 3), langevin, rtol=1e-12)
    small = k[k < 600]  # of cosh and sinh
    np.testing.assert_allclose(sphere.log_normaliser(small, 1), np.log(2 * np.cosh(small)))
    volume = np.log(4 * np.pi * np.sinh(small) / small)
    np.testing.assert_allclose(sphere.log_normaliser(small, 3), volume, rtol=1e-9)


@pytest.mark.parametrize("dimension", [2, 3, 4, 7, 12, 50])
@pytest.mark.parametrize("field", [0.3, 4.0, 45.0])
def test_alignment_and_normaliser_are_integrals_over_the_angle(dimension, field):
    def weight(angle):
        return np.exp(field * (np.cos(angle) - 1)) * np.sin(angle) ** (dimension - 2)

    total = quad(weight, 0, np.pi, epsabs=0, epsrel=1e-10, limit=200)[0]
    first = quad(lambda t: np.cos(t) * weight(t), 0, np.pi, epsabs=0, epsrel=1e-10, limit=200)[0]
    assert sphere.alignment(field, dimension) == pytest.approx(first / total, rel=1e-8)
    # The sphere of d - 1 dimensions over which the angle is turned.
    below = sphere.log_normaliser(0.0, dimension - 1)
    log = field + np.log(total) + below
    assert sphere.log_normaliser(field, dimension) == pytest.approx(log, rel=1e-8)


@pytest.mark.parametrize("dimension", [1, 2, 5, 30])
def test_mean_lengths_and_cosines_agree_with_averages_over_the_length(dimension):
    for x in (0.0, 0.4, 3.0, 25.0):
        r, weights = sphere.lengths(x, dimension)
        assert weights.sum() == pytest.approx(1, abs=1e-10)
        assert weights @ r**2 == pytest.approx(x**2 + dimension, rel=1e-10)
        cosine = weights @ sphere.alignment(r * x, dimension)
        assert sphere.projected(x, dimension) == pytest.approx(cosine, abs=1e-9)
    r, weights = sphere.lengths(0.0, dimension)
    assert sphere.mean_length(dimension) == pytest.approx(weights @ r, rel=1e-10)


def test_the_capacity_has_its_known_limits():
    assert vectors.capacity(1).alpha == pytest.approx(hopfield.hopfield_capacity()[0], abs=1e-8)
    assert vectors.capacity(1).alpha == pytest.approx(0.1379, abs=1e-4)
    far = vectors.capacity(400)
    assert far.alpha * 400 == pytest.approx(4 / 27, abs=1e-4)
    assert far.overlap == pytest.approx(np.sqrt(2 / 3), abs=1e-3)
    assert vectors.replicon(far, 400) == pytest.approx(2 / 3, abs=1e-3)


def test_one_dimension_is_the_ising_model_at_all_temperatures():
    for alpha, temperature in ((0.02, 0.0), (0.1, 0.0), (0.03, 0.35), (0.06, 0.2)):
        known = hopfield.hopfield_overlap_at(alpha, temperature)
        assert vectors.retrieval(alpha, 1, temperature).overlap == pytest.approx(known, abs=1e-7)
    assert vectors.retrieval(0.14, 1) is None
    assert vectors.first_order(1).alpha == pytest.approx(0.051, abs=1e-3)  # Amit et al. 1987


def test_known_values_of_three_dimensions_at_vanishing_load():
    cold = vectors.retrieval(1e-8, 3)
    assert (cold.overlap, cold.response, cold.free_energy) == pytest.approx((1, 2, -0.5), abs=1e-6)
    warm = vectors.retrieval(1e-8, 3, 0.25 / 3)
    assert warm.overlap == pytest.approx((1 + np.sqrt(2 / 3)) / 2, abs=1e-6)


@pytest.mark.parametrize(("dimension", "temperature"), [(2, 0.2), (3, 0.15), (3, 0.0), (8, 0.05)])
def test_states_solve_their_equations_on_sampled_fields(dimension, temperature):
    alpha = 0.6 * vectors.capacity(dimension, temperature).alpha
    rng = np.random.default_rng(4)
    for state in (
        vectors.retrieval(alpha, dimension, temperature),
        vectors.no_retrieval(alpha, dimension, temperature),
    ):
        assert state.alpha == pytest.approx(alpha, rel=1e-8)
        fields = state.width * rng.normal(size=(400_000, dimension))
        fields[:, 0] += state.overlap
        length = np.linalg.norm(fields, axis=1)
        if temperature:
            mean = sphere.alignment(length / temperature, dimension)
            response = (1 - state.order) / temperature
        else:
            mean, response = np.ones(len(length)), (dimension - 1) * (1 / length).mean()
        cosines = mean * fields[:, 0] / length
        assert cosines.mean() == pytest.approx(state.overlap, abs=5 * cosines.std() / 632)
        assert np.square(mean).mean() == pytest.approx(state.order, abs=2e-3)
        assert state.response == pytest.approx(response, rel=2e-2)
        width = np.sqrt(alpha * state.order) / (dimension - state.response)
        assert state.width == pytest.approx(width, rel=1e-8)


@pytest.mark.parametrize(("dimension", "temperature"), [(1, 0.3), (3, 0.1), (3, 0.0), (6, 0.07)])
@pytest.mark.parametrize("branch", [vectors.retrieval, vectors.no_retrieval])
def test_free_energies_are_stationary(dimension, temperature, branch):
    """Their change with the load is the explicit one alone, at fixed overlap and order."""
    alpha = 0.5 * vectors.capacity(dimension, temperature).alpha
    change = 1e-4 * alpha
    high, low = (branch(a, dimension, temperature) for a in (alpha + change, alpha - change))
    state, d = branch(alpha, dimension, temperature), dimension
    rest = d - state.response
    explicit = 1 / (2 * d) - state.order / rest / 2 + temperature / 2 * np.log(rest / d)
    slope = (high.free_energy - low.free_energy) / (2 * change)
    assert slope == pytest.approx(explicit, rel=1e-4)


def test_the_lines_of_the_phase_diagram_end_where_they_must():
    for d in (1, 3, 20):
        assert vectors.capacity(d, 1e-4 / d).alpha == pytest.approx(
            vectors.capacity(d).alpha, rel=1e-3
        )
        last = [vectors.capacity(d, t / d).alpha * d for t in (0.98, 0.99)]
        root = np.sqrt(last)
        assert 0.99 + 0.01 * root[1] / (root[0] - root[1]) == pytest.approx(1, abs=1e-3)
        for t in (0.0, 0.4, 0.9):
            assert vectors.first_order(d, t / d).alpha < vectors.capacity(d, t / d).alpha
        alpha = 0.1 / d
        line = vectors.spin_glass_temperature(alpha, d)
        assert 0 < vectors.no_retrieval(alpha, d, 0.999 * line / d).order < 0.01
        below, above = (vectors.no_retrieval(alpha, d, t * line / d) for t in (1 - 1e-6, 1 + 1e-6))
        assert (above.alpha, above.order, above.width) == (alpha, 0, 0)
        assert above.response == pytest.approx(below.response, rel=1e-5)
        assert above.free_energy == pytest.approx(below.free_energy, rel=1e-5)


def test_first_order_states_are_as_deep_as_the_spin_glass():
    for d, temperature in ((1, 0.0), (3, 0.1), (10, 0.03)):
        state = vectors.first_order(d, temperature)
        glass = vectors.no_retrieval(state.alpha, d, temperature)
        assert state.free_energy == pytest.approx(glass.free_energy, abs=1e-9)


def test_the_replicon_is_an_average_over_the_fields():
    state = vectors.retrieval(0.03, 4)
    r, weights = sphere.lengths(state.field, 4)
    mean = 3 * (weights @ (1 / r**2)) / state.width**2
    expected = 1 - state.alpha / (4 - state.response) ** 2 * mean
    assert vectors.replicon(state, 4) == pytest.approx(expected, abs=1e-9)
    assert vectors.replicon(vectors.retrieval(0.03, 2), 2) == -np.inf


def test_one_step_has_the_ising_and_the_large_dimension_limits():
    m0 = np.linspace(0, 1, 7)
    ising = erf(m0 / np.sqrt(2 * 0.4))
    np.testing.assert_allclose(vectors.one_step(m0, 0.4, 1), ising, atol=1e-12)
    x = m0 * 1000 / np.sqrt(700)
    large = x / np.sqrt(1000 + x**2)
    np.testing.assert_allclose(vectors.one_step(m0, 700, 1000), large, atol=1e-3)


def test_a_step_at_the_limit_of_denoising_changes_nothing():
    for d in (1, 2, 9):
        for m0 in (0.2, 0.7, 0.95):
            alpha = vectors.denoising_load(m0, d)
            assert vectors.one_step(m0, alpha, d) == pytest.approx(m0, abs=1e-9)
            assert vectors.one_step(m0, 0.9 * alpha, d) > m0
    ends = [vectors.denoising_load(0.0, d) for d in (1, 2, 3, 4)]
    np.testing.assert_allclose(ends, [2 / np.pi, np.pi / 2, 8 / np.pi, 9 * np.pi / 8])
    assert vectors.denoising_load(1e-4, 3) == pytest.approx(ends[2], rel=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: vectors.capacity(0), r"dimension: found 0, expected a whole number"),
        (lambda: vectors.one_step(0.5, 1.0, 0), r"dimension: found 0"),
        (lambda: vectors.capacity(3, 0.4), r"temperature: found d T = 1.2, expected 0 to 1"),
        (lambda: vectors.retrieval(0.0, 3), r"alpha: found 0.0, expected a positive load"),
        (lambda: vectors.denoising_load(1.0, 3), r"initial overlap: found 1.0, expected"),
    ],
)
def test_faults_are_one_line(call, message):
    with pytest.raises(InputError, match=message) as fault:
        call()
    assert "\n" not in str(fault.value)
