"""Observables against sums written out, closed forms and limits."""

import itertools

import numpy as np
import pytest

from plmemory.networks.ising import couplings as observables


@pytest.fixture
def rng():
    return np.random.default_rng(20)


def couplings_and_patterns(rng, replicates=2, count=7, sites=6):
    couplings = rng.normal(size=(replicates, sites, sites))
    for matrix in couplings:
        np.fill_diagonal(matrix, 0.0)
    patterns = rng.choice(np.array([-1, 1], dtype=np.int8), size=(replicates, count, sites))
    return couplings, patterns


def test_local_fields_and_stabilities_match_sums_written_out(rng):
    couplings, patterns = couplings_and_patterns(rng)
    fields = observables.local_fields(couplings, patterns)
    stabilities = observables.stabilities(couplings, patterns)
    for r, mu, i in itertools.product(range(2), range(7), range(6)):
        field = sum(couplings[r, i, j] * patterns[r, mu, j] for j in range(6))
        norm = sum(couplings[r, i, j] ** 2 for j in range(6)) ** 0.5
        assert fields[r, mu, i] == pytest.approx(field, abs=1e-12)
        assert stabilities[r, mu, i] == pytest.approx(patterns[r, mu, i] * field / norm, abs=1e-12)


def test_stabilities_do_not_change_with_the_scale_of_a_row(rng):
    couplings, patterns = couplings_and_patterns(rng)
    scaled = couplings * rng.uniform(0.1, 10, size=(2, 6, 1))
    np.testing.assert_allclose(
        observables.stabilities(scaled, patterns), observables.stabilities(couplings, patterns)
    )


def test_stabilities_of_zero_rows_are_undefined(rng):
    couplings, patterns = couplings_and_patterns(rng)
    couplings[0, 2] = 0.0
    undefined = np.isnan(observables.stabilities(couplings, patterns))
    assert undefined[0, :, 2].all()
    assert undefined.sum() == patterns.shape[1]


@pytest.mark.parametrize("inverse_temperature", [0.01, 1.0, 500.0])
def test_losses_match_their_definition_and_never_overflow(rng, inverse_temperature):
    couplings, patterns = couplings_and_patterns(rng)
    fields = observables.local_fields(couplings, patterns)
    margins = 2 * inverse_temperature * patterns * fields
    scaled = inverse_temperature * fields.astype(np.longdouble)
    log_cosh = np.abs(scaled) + np.log1p(np.exp(-2 * np.abs(scaled)))  # log 2cosh
    expected = -patterns * scaled + log_cosh
    np.testing.assert_allclose(
        observables.losses(margins, np), expected.astype(float), rtol=1e-12, atol=1e-12
    )


def test_losses_keep_their_precision_where_they_are_small():
    found = observables.losses(np.array([0.0, 50.0, -50.0]), np)
    np.testing.assert_allclose(found, [np.log(2), np.exp(-50), 50], rtol=1e-14)


def test_asymmetry_of_symmetric_antisymmetric_and_independent_couplings(rng):
    couplings = rng.normal(size=(1, 400, 400))
    transposed = couplings.swapaxes(1, 2)
    assert observables.asymmetry(couplings + transposed) == 0
    assert np.isinf(observables.asymmetry(couplings - transposed))
    # eta = <J_ij J_ji> / <J^2> is zero within 1/N, and the asymmetry is 1 - eta to first order.
    assert observables.asymmetry(couplings) == pytest.approx(1, abs=5 / 400)
    eta = 0.5
    mixed = np.sqrt(1 + eta) * (couplings + transposed) + np.sqrt(1 - eta) * (
        couplings - transposed
    )
    assert observables.asymmetry(mixed) == pytest.approx(np.sqrt((1 - eta) / (1 + eta)), rel=0.02)


def test_hebb_distance_is_the_mean_of_one_minus_the_cosines_of_the_rows(rng):
    couplings, _ = couplings_and_patterns(rng)
    hebb = rng.normal(size=couplings.shape)
    cosines = [
        np.dot(couplings[1, i], hebb[1, i])
        / np.linalg.norm(couplings[1, i])
        / np.linalg.norm(hebb[1, i])
        for i in range(6)
    ]
    assert observables.hebb_distance(couplings, hebb)[1] == pytest.approx(1 - np.mean(cosines))
    np.testing.assert_allclose(observables.hebb_distance(3 * hebb, hebb), 0, atol=1e-15)


def test_energies_are_those_of_the_symmetric_part(rng):
    couplings, states = couplings_and_patterns(rng)
    energies = observables.energies(couplings, states)
    symmetric = observables.symmetric_part(couplings)
    for r, s in itertools.product(range(2), range(7)):
        pairs = itertools.combinations(range(6), 2)
        expected = -sum(symmetric[r, i, j] * states[r, s, i] * states[r, s, j] for i, j in pairs)
        assert energies[r, s] == pytest.approx(expected / 6)


def test_the_energy_of_a_step_is_the_mean_of_its_two_histories_on_a_bipartite_lattice(rng):
    couplings, states = couplings_and_patterns(rng)
    after = rng.choice([-1, 1], size=states.shape)
    found = observables.energies(couplings, states, after)
    for r, s in itertools.product(range(2), range(7)):
        bonds = itertools.product(range(6), repeat=2)
        expected = (
            -sum(after[r, s, i] * couplings[r, i, j] * states[r, s, j] for i, j in bonds) / 12
        )
        assert found[r, s] == pytest.approx(expected)
    black = np.arange(6) % 2 == 0
    bipartite = observables.symmetric_part(couplings) * (black[:, None] != black)
    mixed = [np.where(black, one, other) for one, other in ((states, after), (after, states))]
    of_histories = np.mean([observables.energies(bipartite, state) for state in mixed], axis=0)
    np.testing.assert_allclose(observables.energies(bipartite, states, after), of_histories)


def test_reconstruction_error_and_cosine(rng):
    target = observables.symmetric_part(rng.normal(size=(1, 30, 30)))
    antisymmetric = rng.normal(size=(1, 30, 30))
    antisymmetric -= antisymmetric.swapaxes(1, 2)
    # The antisymmetric part does not count.
    assert observables.reconstruction_error(target + antisymmetric, target) < 1e-14
    assert observables.coupling_cosine(target + antisymmetric, target) == pytest.approx(1)
    # A wrong temperature is an error of scale only.
    assert observables.reconstruction_error(1.3 * target, target) == pytest.approx(0.3)
    assert observables.coupling_cosine(1.3 * target, target) == pytest.approx(1)
    assert observables.coupling_cosine(-target, target) == pytest.approx(-1)
    # An orthogonal deviation of the same norm.
    other = observables.symmetric_part(rng.normal(size=(1, 30, 30)))
    other -= target * (other * target).sum() / (target**2).sum()
    other *= np.linalg.norm(target) / np.linalg.norm(other)
    assert observables.reconstruction_error(target + other, target) == pytest.approx(1)
    assert observables.coupling_cosine(target + other, target) == pytest.approx(2**-0.5)
