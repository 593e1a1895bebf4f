"""Perceptrons with a teacher: other quadratures, limits, Monte Carlo, published values."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.optimize import brentq
from scipy.special import expit, ndtr, ndtri

from plmemory.errors import InputError
from plmemory.theory import fixed_norm, large_load, teacher
from plmemory.theory.fixed_norm import best_student, pseudo_likelihood, student, students
from plmemory.theory.stabilities import gardner_stability

loads = st.floats(0.1, 50.0)


def phi(z):
    return np.exp(-z * z / 2) / np.sqrt(2 * np.pi)


def pulls(z, b, chi):
    """Delta*(z) - z by bisection."""
    low, high = np.zeros_like(z), np.full_like(z, 2 * chi)
    for _ in range(80):
        middle = (low + high) / 2
        below = middle < 2 * chi * expit(-2 * b * (z + middle))
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2


# Of the theory without a teacher, as it was before it knew teachers: mean, width, log chi, l2.
WITHOUT = {
    (0.02, 0.3): (7.025166393827034, 0.1961344534136654, 5.479559648544332, 0.6840116687684435),
    (0.2, 1): (2.0937894288497696, 0.22405352529326994, 4.165820204172452, 0.06543631156948082),
    (0.5, 2): (1.1944320398024617, 0.28553122949443716, 3.918229162887502, 0.012463389625423094),
    (2, 100): (0.4022024423230625, 0.5817481861550421, 0.43261771825494677, 6.415311290635e-07),
    (3, 0.5): (0.5318367490238869, 0.7771037863927076, -0.3703465577352534, 0.3187191189951328),
}


@pytest.mark.parametrize("place", WITHOUT)
def test_without_a_teacher_the_numbers_are_those_of_before(place):
    learned = pseudo_likelihood(*place)
    found = (learned.mean, learned.std, learned.log_chi, learned.l2)
    np.testing.assert_allclose(found, WITHOUT[place], rtol=1e-9)


@pytest.mark.parametrize("alpha", [0.3, 1.0, 1.9])
def test_without_a_teacher_maximum_stability_is_gardners(alpha):
    kappa = gardner_stability(alpha)
    assert alpha * teacher.missing_norm(kappa, 0.0) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(
    ("alpha", "b"), [(0.5, 0.7), (2, 0.3), (2, 3), (5, 1), (5, 20), (25, 5), (25, 60)]
)
def test_the_student_solves_both_equations_by_another_quadrature(alpha, b):
    found = student(alpha, b)
    overlap, chi = found.overlap, np.exp(found.log_chi)
    width = np.sqrt(1 - overlap**2)
    z = np.linspace(-9, 9, 60_001)
    step = z[1] - z[0]
    signal = alpha * np.sqrt(2 / np.pi) * pulls(width * z, b, chi) @ phi(z) * step
    assert signal == pytest.approx(overlap, rel=1e-5)
    norm = 2 * alpha * (pulls(z, b, chi) ** 2 * ndtr(overlap * z / width)) @ phi(z) * step
    assert norm == pytest.approx(1 - overlap**2, rel=1e-5)


def test_the_known_errors_at_load_five():
    widest = teacher.maximum_stability(5.0)
    assert teacher.hebb(5.0) == pytest.approx(0.1626, abs=5e-5)
    assert teacher.error(widest.overlap) == pytest.approx(0.0938, abs=5e-5)
    assert teacher.bayes(5.0) == pytest.approx(0.0839, abs=5e-5)
    best = best_student(5.0)
    assert best.error == pytest.approx(0.0840, abs=5e-5)
    assert best.b == pytest.approx(4.7, abs=0.3)


def test_hebbs_error_has_a_closed_form():
    for alpha in (0.2, 1.0, 7.0):
        closed = np.arccos(np.sqrt(2 * alpha / (2 * alpha + np.pi))) / np.pi
        assert teacher.hebb(alpha) == pytest.approx(closed, rel=1e-12)


def test_errors_at_large_loads_are_the_published_ones():
    """Opper et al. 1990; Gyorgyi & Tishby 1990; Opper & Haussler 1991."""
    alpha = 1e4
    assert alpha * teacher.gibbs(alpha) == pytest.approx(0.625, abs=1e-3)
    assert alpha * teacher.bayes(alpha) == pytest.approx(0.442, abs=1e-3)
    widest = teacher.maximum_stability(alpha).overlap
    assert alpha * teacher.error(widest) == pytest.approx(0.5005, abs=1e-4)


@pytest.mark.parametrize("alpha", [0.4, 2.0, 5.0])
def test_both_ends_of_the_norms_are_the_classical_rules(alpha):
    small, near, nearer = students(alpha, [1e-4, 100.0, 1000.0])
    assert small.error == pytest.approx(teacher.hebb(alpha), rel=1e-3)
    widest = teacher.error(teacher.maximum_stability(alpha).overlap)
    assert abs(near.error - widest) < 0.02 * widest
    assert abs(nearer.error - widest) < abs(near.error - widest) / 5


@settings(deadline=None, max_examples=25)
@given(loads, st.floats(-3, 3))
def test_no_student_is_better_than_bayes_and_gibbs_is_worse(alpha, log_b):
    bayes = teacher.bayes(alpha)
    assert student(alpha, float(np.exp(log_b))).error > bayes
    assert teacher.hebb(alpha) > bayes
    assert teacher.error(teacher.maximum_stability(alpha).overlap) > bayes
    assert bayes < teacher.gibbs(alpha) < 0.5


def version_space(alpha, sites, teachers, sweeps, rng):
    """Cosines with the teacher of random students without errors, and of their means.

    Heat bath, coordinate by coordinate, for Gaussian weights bounded by the examples.
    """
    count = round(alpha * sites)
    truth = rng.normal(size=(teachers, sites))
    inputs = rng.choice([-1.0, 1.0], size=(teachers, count, sites))
    signed = inputs * np.sign(np.einsum("tpn,tn->tp", inputs, truth))[..., None]
    w = truth.copy()  # has no errors
    fields = np.einsum("tpn,tn->tp", signed, w)
    total, cosines = np.zeros_like(w), []
    for sweep in range(sweeps):
        for site in range(sites):
            own = signed[:, :, site]
            rest = fields - own * w[:, site, None]
            low = np.where(own > 0, -rest, -np.inf).max(axis=1)
            high = np.where(own < 0, rest, np.inf).min(axis=1)
            between = ndtr(low) + rng.random(teachers) * (ndtr(high) - ndtr(low))
            new = np.clip(ndtri(np.clip(between, 1e-15, 1 - 1e-15)), low, high)
            fields, w[:, site] = rest + own * new[:, None], new
        if sweep >= sweeps // 5:
            cosines.append(cosine(w, truth))
            total += w / np.linalg.norm(w, axis=1, keepdims=True)
    return np.mean(cosines, axis=0), cosine(total, truth)


def cosine(a, b):
    return (a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)


def test_gibbs_and_bayes_agree_with_samples_of_small_version_spaces():
    one, mean = version_space(2.0, 30, 60, 400, np.random.default_rng(5))
    q = teacher.version_space_overlap(2.0)
    for found, expected in ((one, q), (mean, np.sqrt(q))):
        sem = found.std(ddof=1) / np.sqrt(len(found))
        # Corrections of a finite perceptron are of order 1/N.
        assert abs(found.mean() - expected) < 3 * sem + 0.3 / 30
        assert sem < 0.02


def test_students_at_large_loads_follow_the_laws():
    norms = np.array([0.1, 1.0, 10.0])
    found = [s.error / teacher.hebb(1e5) for s in students(1e5, list(norms))]
    np.testing.assert_allclose(found, large_load.early(norms), rtol=2e-3)
    scaled = np.array([0.02, 0.3, 1.0, 20.0])
    found = [1e4 * s.error for s in students(1e4, list(1e4 * scaled))]
    np.testing.assert_allclose(found, large_load.late(scaled), rtol=2e-3)


def test_the_laws_meet_in_a_square_root_with_known_prefactors():
    assert pytest.approx(0.5552, abs=5e-5) == large_load.EARLY_PREFACTOR
    assert pytest.approx(0.2215, abs=5e-5) == large_load.LATE_PREFACTOR
    last = large_load.early(np.array([100.0, 400.0]))
    assert np.log(last[0] / last[1]) / np.log(4) == pytest.approx(0.5, abs=1e-4)  # gamma_1
    assert last[1] * 20 == pytest.approx(large_load.EARLY_PREFACTOR, rel=1e-4)
    descent = large_load.descent(np.array([100.0, 400.0]))
    assert descent[1] * 20 == pytest.approx(large_load.EARLY_PREFACTOR, rel=5e-3)
    (late,) = large_load.late(np.array([1e-4]))
    assert late * 1e-2 == pytest.approx(large_load.LATE_PREFACTOR, rel=1e-3)
    (widest,) = large_load.late(np.array([1e4]))
    assert widest == pytest.approx(0.5005, abs=2e-4)


@pytest.mark.parametrize("norm", [0.003, 0.3, 5.0])
def test_the_master_curve_solves_its_equations_on_a_fine_grid(norm):
    """The error tells s; the pull Y follows from one equation, and the other is checked."""
    width = np.pi * norm * large_load.late(np.array([norm]))[0]

    def learned(y, pull):
        """d - y by bisection, d = y + Y (1 - tanh d)."""
        low, high = np.zeros_like(y), np.full_like(y, 2 * pull)
        for _ in range(70):
            middle = (low + high) / 2
            below = middle < 2 * pull * expit(-2 * (y + middle))
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return (low + high) / 2

    z = np.linspace(-9, 9, 4001)

    def missing(log_pull):
        pulled = learned(width * z, np.exp(log_pull))
        return np.sqrt(2 / np.pi) * np.trapezoid(phi(z) * pulled, z) - norm

    pull = np.exp(brentq(missing, np.log(norm / 4), np.log(norm) + 60, xtol=1e-12))
    # Left of all Gaussian mass nothing weighs; to the right the shift is exponentially small.
    lower = -9 * width
    y = np.linspace(lower, np.log(2 * pull) / 2 + 12, 40_001)
    squares = ndtr(y / width) * learned(y, pull) ** 2
    across = np.sqrt(2 / np.pi) * np.trapezoid(squares, y)
    assert across == pytest.approx(norm * width**2, rel=1e-6)


def test_the_best_norm_grows_as_the_load():
    norm, error = large_load.best()
    bayes = 1e5 * teacher.bayes(1e5)
    assert 1 < error / bayes < 1.001
    small, large = best_student(60.0), best_student(240.0)
    assert np.log(large.b / small.b) / np.log(4) == pytest.approx(1, abs=2e-3)  # gamma_2
    assert large.b / 240 == pytest.approx(norm, rel=2e-3)
    assert 240 * large.error == pytest.approx(error, rel=1e-3)


def test_the_descent_agrees_with_an_adaptive_solver():
    t, step = np.linspace(0, 1, 1201, retstep=True)
    u = 8 * t**3  # dense where the pulls vary
    weights = 2 * phi(u) * 24 * t**2 * step

    def move(norm, pulled):
        residual = 1 - np.tanh(norm * u)
        relaxed = (weights @ (1 - np.tanh(norm * u) ** 2)) * pulled
        return (residual - relaxed) / (weights @ (u * residual))

    norms = np.array([0.05, 0.5, 2.0, 10.0])
    solved = solve_ivp(move, (0, 10), np.zeros(len(u)), "LSODA", norms, rtol=1e-7, atol=1e-9).y.T
    expected = np.sqrt(2 / np.pi * (solved**2 @ weights)) / norms
    found = large_load.descent(norms)
    np.testing.assert_allclose(found, expected, rtol=1e-4)
    # It mirrors the optima: at most 15 % above them, near lambda = 1/2.
    path = np.geomspace(0.01, 100, 81)
    excess = large_load.descent(path) / large_load.early(path)
    assert 1.13 < excess.max() < 1.17
    assert 0.3 < path[excess.argmax()] < 0.8


@pytest.mark.parametrize("bad", [0.0, -1.0, np.inf, np.nan])
def test_loads_and_norms_are_positive(bad):
    for ask in (teacher.hebb, teacher.maximum_stability, teacher.gibbs, teacher.bayes):
        with pytest.raises(InputError, match=r"alpha: found .*, expected a positive"):
            ask(bad)
    with pytest.raises(InputError, match="alpha: found"):
        student(bad, 1.0)
    with pytest.raises(InputError, match=r"b: found .*, expected ascending positive"):
        student(1.0, bad)
    for law in (large_load.early, large_load.late, large_load.descent):
        with pytest.raises(InputError, match="expected ascending positive numbers"):
            law(np.array([bad]))


def test_a_root_of_one_of_the_two_equations_is_none(monkeypatch):
    """Where a solver fails at one of them, the way is gone in smaller steps, to the same end."""
    expected = student(3.0, 2.0)
    solve, calls = fixed_norm.root, []

    def fails_at_first(*args, **settings):
        found = solve(*args, **settings)
        calls.append(found)
        if len(calls) == 1:
            found.x, found.fun = found.x + 0.3, np.array([0.0, 0.3])
        return found

    monkeypatch.setattr(fixed_norm, "root", fails_at_first)
    found = student(3.0, 2.0)
    assert len(calls) > 2
    assert found.error == pytest.approx(expected.error, rel=1e-8)
