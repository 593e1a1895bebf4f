"""The Hessian at a memory: theory against sum rules and networks; modes against the energy."""

import numpy as np
import pytest

from plmemory.errors import InputError
from plmemory.machine.backend import Backend
from plmemory.measures.hessian import curvature
from plmemory.networks.relax import relax_with
from plmemory.networks.vectors.couplings import Factors, dense
from plmemory.networks.vectors.network import vectors
from plmemory.networks.vectors.states import directions
from plmemory.theory import sphere, vector_hessian
from plmemory.theory import vectors as theory

CASES = [(2, 0.05), (3, 0.04), (6, 0.02)]
EIGENVALUES = np.linspace(1e-3, 4, 1600)


@pytest.mark.parametrize(("dimension", "alpha"), CASES)
def test_sum_rules(dimension, alpha):
    state = theory.retrieval(alpha, dimension)
    found = vector_hessian.spectrum(EIGENVALUES, state, dimension)
    assert np.trapezoid(found.density, EIGENVALUES) == pytest.approx(1, abs=1e-4)
    response = (dimension - 1) * np.trapezoid(found.density / EIGENVALUES, EIGENVALUES)
    assert response == pytest.approx(state.response, rel=1e-3)  # g(0) = chi
    mean = np.trapezoid(found.density * EIGENVALUES, EIGENVALUES)
    lengths = np.linspace(0, 4, 1600)
    fields = vector_hessian.field_density(lengths, state, dimension)
    assert np.trapezoid(fields, lengths) == pytest.approx(1, abs=1e-4)
    assert mean == pytest.approx(np.trapezoid(fields * lengths, lengths), abs=1e-4)  # Tr W = 0


@pytest.mark.parametrize(("dimension", "alpha"), CASES)
def test_above_the_real_axis_iteration_finds_the_same_resolvent(dimension, alpha):
    state = theory.retrieval(alpha, dimension)
    r, weights = sphere.lengths(state.field, dimension)
    r = r * state.width
    shift = alpha / (dimension - state.response)
    density = vector_hessian.spectrum(EIGENVALUES, state, dimension).density
    for z in (0.6 + 0.1j, 1.0 + 0.1j, 1.4 + 0.1j):
        g = 1j
        for _ in range(500):
            g = (dimension - 1) * (weights @ (1 / (r + shift - alpha / (dimension - g) - z)))
        smooth = np.trapezoid(density / (EIGENVALUES - z), EIGENVALUES)
        assert smooth == pytest.approx(g / (dimension - 1), abs=2e-4)


def test_soft_modes_sit_where_fields_are_weak():
    state = theory.retrieval(0.05, 3)
    soft = np.array([1e-3, 2e-3])
    found = vector_hessian.spectrum(soft, state, 3)
    stiffness = theory.replicon(state, 3)
    gap = vector_hessian.field_shift(state, 3)
    weak = vector_hessian.field_density(soft / stiffness + gap, state, 3) / stiffness
    np.testing.assert_allclose(found.density, weak, rtol=0.05)
    assert found.density[1] / found.density[0] == pytest.approx(4, rel=0.05)  # lambda^(d-1)
    assert vector_hessian.field_density(gap / 2, state, 3) == 0


def test_ising_spins_have_no_directions_to_turn_to():
    with pytest.raises(InputError, match="dimension: found 1, expected at least 2"):
        vector_hessian.spectrum(EIGENVALUES, theory.retrieval(0.05, 1), 1)


def test_networks_follow_the_theory():
    """Density, localisation and fields at memories of N = 400; samples differ by their noise."""
    sites, count, dimension, samples = 400, 16, 3, 12
    state = theory.retrieval(count / sites, dimension)
    rng = np.random.default_rng(8)
    edges = np.array([0.7, 0.85, 1.0, 1.15, 1.3])
    density, spread, shift = [], [], []
    r, weights = sphere.lengths(state.field, dimension)
    while len(density) < samples:
        patterns = directions((count, sites, dimension), rng)
        couplings = Factors(patterns / sites, patterns)
        network = vectors(couplings, Backend(np, "cpu", "float64"))
        ended = relax_with(network.step, patterns[:1], 5000)
        assert ended.period[0] == 1
        if network.overlap(ended.states, patterns[:1])[0] < 0.7:
            continue
        modes = curvature.modes(couplings, ended.states[0])
        assert modes.eigenvalue.min() > 0
        inside = np.digitize(modes.eigenvalue, edges)
        density.append(np.bincount(inside, minlength=6)[1:5] / inside.size / 0.15)
        spread.append([sites * modes.participation[inside == p].mean() for p in (2, 3)])
        shift.append(modes.field.mean() - state.width * (weights @ r))
    points = np.linspace(0.7, 1.3, 81)[:-1] + 0.6 / 160
    exact = vector_hessian.spectrum(points, state, dimension)
    mean, error = np.mean(density, axis=0), np.std(density, axis=0) / np.sqrt(samples)
    expected = exact.density.reshape(4, -1).mean(axis=1)
    assert (abs(mean - expected) < 4 * error).all()
    assert (error < 0.1 * expected).all()
    weighted = (exact.density * exact.localisation).reshape(4, -1).sum(axis=1)
    weighted /= exact.density.reshape(4, -1).sum(axis=1)
    # Of finite networks it is lower: by 0.15 here, less the larger they are.
    np.testing.assert_allclose(np.mean(spread, axis=0), weighted[1:3], rtol=0.25)
    error = np.std(shift) / np.sqrt(samples)
    gap = vector_hessian.field_shift(state, 3)
    assert np.mean(shift) == pytest.approx(gap, abs=4 * error)
    assert np.mean(shift) > 3 * error  # the shift is there


@pytest.mark.parametrize("dimension", [2, 3, 5])
def test_the_hessian_is_that_of_the_energy(dimension):
    rng = np.random.default_rng(dimension)
    patterns = directions((4, 6, dimension), rng)
    couplings = Factors(0.7 * patterns, patterns)
    blocks = dense(couplings)
    state = directions((6, dimension), rng)
    # Along the last axis, and near it.
    state[:3] = np.eye(dimension)[-1] * np.array([1, -1, 1])[:, None]
    state[2, 0] = 1e-9
    basis = curvature.tangents(state)
    gram = np.einsum("iba,ica->ibc", basis, basis)
    np.testing.assert_allclose(gram, np.broadcast_to(np.eye(dimension - 1), gram.shape), atol=1e-12)
    np.testing.assert_allclose(np.einsum("iba,ia->ib", basis, state), 0, atol=1e-12)

    def energy(turn):
        """At the end of the great circles in the directions (N, d - 1)."""
        tangent = np.einsum("ib,iba->ia", turn.reshape(6, -1), basis)
        length = np.linalg.norm(tangent, axis=1, keepdims=True)
        spins = np.cos(length) * state + np.sinc(length / np.pi) * tangent
        return -np.einsum("ia,iajb,jb->", spins, blocks, spins) / 2

    size, h = 6 * (dimension - 1), 1e-3
    unit = h * np.eye(size)
    numeric = np.array(
        [
            [energy(a + b) - energy(a - b) - energy(b - a) + energy(-a - b) for b in unit]
            for a in unit
        ]
    ) / (4 * h * h)
    np.testing.assert_allclose(curvature.hessian(couplings, state), numeric, atol=1e-4)


def test_participation_tells_extended_from_localised_modes():
    rng = np.random.default_rng(2)
    patterns = directions((1, 50, 3), rng)
    # One pattern, on which it is exact: fields of the length (N - 1)/N, little coupling.
    modes = curvature.modes(Factors(patterns / 50, patterns), patterns[0])
    np.testing.assert_allclose(modes.field, 49 / 50)
    assert (modes.participation >= 1 / 50 - 1e-12).all()
    assert (modes.participation <= 1 + 1e-12).all()
