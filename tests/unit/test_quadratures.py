"""Quadratures are converged: with twice as many nodes in every panel, theory says the same."""

import numpy as np
import pytest

from plmemory.theory import (
    basins,
    fixed_norm,
    hinge,
    hopfield,
    large_load,
    losses,
    medium,
    one_step,
    optimum,
    quadrature,
    sphere,
    stabilities,
    teacher,
    vector_hessian,
    vectors,
)


def moments_of(distribution):
    return [distribution.mean, distribution.std, *distribution.cdf(np.array([0.1, 1.2]))]


def of_optimum(alpha, loss):
    found = optimum.optimum(alpha, loss)
    return [*moments_of(found), found.chi, found.multiplier, found.replicon]


def of_fixed_norm(alpha, b):
    found = fixed_norm.pseudo_likelihood(alpha, b)
    return [*moments_of(found), found.log_chi, found.multiplier, found.l2]


def of_spectrum(dimension):
    state = vectors.retrieval(0.05, dimension)
    found = vector_hessian.spectrum(np.array([0.05, 0.4, 1.1]), state, dimension)
    return [*found.density, *found.localisation]


THEORIES = {
    "fixed norm": lambda: of_fixed_norm(0.5, 2.0),
    "long rows": lambda: of_fixed_norm(0.3, 30.0),
    "students": lambda: [s.error for s in fixed_norm.students(3.0, [0.2, 1.0, 6.0])],
    "exponential": lambda: of_optimum(0.4, losses.exponential(1.5)),
    "squared hinge": lambda: of_optimum(0.8, losses.squared_hinge(1.4)),
    "missed": lambda: of_optimum(0.3, losses.missed(0.5)),
    "hinge": lambda: moments_of(hinge.soft_margin(0.6, 1.5)),
    "maximum stability": lambda: moments_of(stabilities.maximum_stability(0.7)),
    "one step": lambda: [
        one_step.one_step_map(fixed_norm.pseudo_likelihood(0.5, 2.0), m) for m in (0.1, 0.6, 0.99)
    ],
    "boundary": lambda: [basins.basin_boundary(fixed_norm.pseudo_likelihood(0.4, 3.0))],
    "moments": lambda: np.concatenate(
        [np.ravel(a) for a in medium.moments(fixed_norm.pseudo_likelihood(0.5, 2.0), 0.5, 2)]
    ),
    "early": lambda: large_load.early(np.array([0.1, 1.0, 30.0])),
    "late": lambda: large_load.late(np.array([0.02, 0.9, 20.0])),
    "descent": lambda: large_load.descent(np.array([0.05, 2.0])),
    "widest perceptron": lambda: [*teacher.maximum_stability(2.0)],
    "version space": lambda: [teacher.version_space_overlap(a) for a in (0.3, 4.0)],
    "lengths": lambda: [
        w @ np.tanh(n) for n, w in (sphere.lengths(0.0, 3), sphere.lengths(2.5, 2, 0.1))
    ],
    "retrieval": lambda: [hopfield.hopfield_overlap_at(0.05, t) for t in (0.05, 0.4)],
    "spectrum": lambda: [*of_spectrum(2), *of_spectrum(3)],
    "vectors": lambda: [*vectors.capacity(3, 0.1), *vectors.capacity(2, 0.2)],
}


@pytest.mark.parametrize("theory", THEORIES)
def test_twice_as_many_nodes_change_nothing(theory, monkeypatch):
    usual = np.array(THEORIES[theory](), dtype=float)
    assert np.isfinite(usual).all()
    nodes, weights = np.polynomial.legendre.leggauss(24)
    monkeypatch.setattr(quadrature, "_NODES", nodes)
    monkeypatch.setattr(quadrature, "_WEIGHTS", weights)
    np.testing.assert_allclose(THEORIES[theory](), usual, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("lower", "upper", "centre", "width"),
    [(-3.0, 7.0, 1.5, 1e-3), (0.0, 2.0, 0.0, 0.3), (0, 1, 1, 2)],
)
def test_panels_grow_from_the_width_at_the_centre_to_one(lower, upper, centre, width):
    ends = quadrature.graded(lower, upper, centre, width)
    assert (ends[0], ends[-1]) == (lower, upper)
    assert centre in ends
    panels = np.diff(ends)
    assert (panels > 0).all()
    assert panels.max() <= 1
    # None is wider than the width, or than the distance of its nearer end.
    near = np.minimum(abs(ends[:-1] - centre), abs(ends[1:] - centre))
    assert (panels <= np.maximum(width, near) * (1 + 1e-12)).all()
    # And none much narrower than it needs be: for each doubling two, and a few of one.
    assert len(panels) <= 2 * np.log2(max((upper - lower) / width, 1)) + (upper - lower) + 5
    nodes, weights = quadrature.gauss_legendre(ends)
    assert weights @ nodes**23 == pytest.approx((upper**24 - lower**24) / 24, rel=1e-12)
