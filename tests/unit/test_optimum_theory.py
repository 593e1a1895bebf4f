"""Theory of any loss at fixed norm against the pseudo-likelihood's, closed forms, quadrature."""

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar
from scipy.special import erf, expit, ndtr

from plmemory.errors import InputError
from plmemory.theory.fixed_norm import free_optimum, pseudo_likelihood
from plmemory.theory.hinge import has_margin, soft_margin
from plmemory.theory.losses import exponential, missed, quadratic, squared_hinge
from plmemory.theory.optimum import Loss, optimum
from plmemory.theory.stabilities import gardner_stability, hebb, maximum_stability


def logistic(b, centre=0.0):
    """The pseudo-likelihood's loss (1/b) log 2cosh(b x) - x, moved by ``centre``."""
    return Loss(
        slope=lambda x: -2 * expit(-2 * b * (x - centre)),
        bend=lambda x: 4 * b * expit(2 * b * (x - centre)) * expit(-2 * b * (x - centre)),
    )


def phi(z):
    return np.exp(-z * z / 2) / np.sqrt(2 * np.pi)


def missing_square(margin):
    """E[(margin - z)^2; z < margin] of a Gaussian z."""
    return (1 + margin**2) * ndtr(margin) + margin * phi(margin)


def moments_over_z(alpha, value, within):
    """(mean, std, chi) by the definition: V + (Delta - z)^2 / 2 chi minimised on a grid of z.

    ``within``: brackets of chi.
    """
    z = np.linspace(-7, 7, 281)
    weight = phi(z) * (z[1] - z[0])

    def learned(chi):
        return np.array(
            [
                minimize_scalar(
                    lambda x, at=at: value(x) + (x - at) ** 2 / (2 * chi),
                    bounds=(at - 12, at + 12),
                    method="bounded",
                    options={"xatol": 1e-9},
                ).x
                for at in z
            ]
        )

    chi = brentq(lambda chi: alpha * (learned(chi) - z) ** 2 @ weight - 1, *within, xtol=1e-6)
    delta = learned(chi)
    mean = delta @ weight
    return mean, np.sqrt((delta - mean) ** 2 @ weight), chi


@pytest.mark.parametrize(
    ("alpha", "b"), [(0.2, 1.0), (0.5, 2.0), (0.4, 20.0), (0.2, 100.0), (1.8, 50.0), (2.5, 1.0)]
)
def test_the_general_solution_is_the_pseudo_likelihoods_own(alpha, b):
    general, own = optimum(alpha, logistic(b)), pseudo_likelihood(alpha, b)
    assert general.mean == pytest.approx(own.mean, rel=1e-10)
    assert general.std == pytest.approx(own.std, rel=1e-10)
    assert np.log(general.chi) == pytest.approx(own.log_chi, abs=1e-9)
    assert general.multiplier == pytest.approx(own.multiplier, rel=1e-8)
    z = np.linspace(-4, 4, 9)
    np.testing.assert_allclose(general.stability(z), own.stability(z), atol=1e-9)


@pytest.mark.parametrize(
    ("alpha", "loss", "value", "within"),
    [
        (0.4, exponential(1.5), lambda x: np.exp(-1.5 * x) / 1.5, (2, 20)),
        (0.8, squared_hinge(1.4), lambda x: np.maximum(1.4 - x, 0) ** 2 / 2, (0.5, 20)),
        (0.5, quadratic(1.9), lambda x: (1.9 - x) ** 2 / 2, (0.5, 20)),
        (0.3, missed(0.5), lambda x: -np.sqrt(np.pi / 2) * erf(0.5 * x / np.sqrt(2)) / 0.5, (1, 3)),
    ],
    ids=["exponential", "squared_hinge", "quadratic", "missed"],
)
def test_moments_agree_with_a_minimisation_on_a_grid_of_z(alpha, loss, value, within):
    mean, std, chi = moments_over_z(alpha, value, within)
    found = optimum(alpha, loss)
    assert found.chi == pytest.approx(chi, rel=2e-4)
    assert found.mean == pytest.approx(mean, rel=2e-4)
    assert found.std == pytest.approx(std, rel=2e-4)


def test_a_soft_margin_agrees_with_a_minimisation_on_a_grid_of_z():
    mean, std, _ = moments_over_z(0.6, lambda x: max(1.5 - x, 0), (0.5, 9))
    found = soft_margin(0.6, 1.5)
    assert found.mean == pytest.approx(mean, rel=2e-4)
    assert found.std == pytest.approx(std, rel=2e-4)


@pytest.mark.parametrize("loss", [exponential(2.0), squared_hinge(1.6), missed(1.3), logistic(3.0)])
@pytest.mark.parametrize("alpha", [0.3, 0.45])
def test_densities_integrate_to_one_and_to_the_distribution_function(loss, alpha):
    found = optimum(alpha, loss)
    assert found.weights.sum() == pytest.approx(1, abs=1e-6)  # given up: less
    assert alpha * found.expect(lambda x: (x - found.gaussian(x)) ** 2) == pytest.approx(
        1, abs=1e-6
    )
    grid = np.linspace(found.quantile(1e-5), found.quantile(0.7), 400_001)
    between = np.trapezoid(found.density(grid), grid)
    assert between == pytest.approx(0.7 - 1e-5, abs=1e-5)
    assert found.cdf(grid[-1]) == pytest.approx(0.7, abs=1e-9)


@pytest.mark.parametrize(
    ("alpha", "margin"), [(0.4, 1.25), (0.4, 3.0), (1.0, 1.0), (3.0, 2.0), (50.0, 20.0)]
)
def test_the_response_of_a_squared_hinge_has_a_closed_form(alpha, margin):
    # Delta - z = chi / (1 + chi) (margin - z) below the margin.
    chi = optimum(alpha, squared_hinge(margin)).chi
    assert (chi / (1 + chi)) ** 2 * alpha * missing_square(margin) == pytest.approx(1, rel=1e-9)


def test_a_quadratic_loss_gives_gaussian_stabilities():
    found = optimum(0.5, quadratic(2.2))
    std = 1 / (1 + found.chi)
    assert found.std == pytest.approx(std, rel=1e-10)
    assert found.mean == pytest.approx(2.2 * (1 - std), rel=1e-10)
    assert 0.5 * (1 - std) ** 2 * (1 + 2.2**2) == pytest.approx(1, rel=1e-10)
    assert found.multiplier * found.chi + 0.5 * (1 - std) == pytest.approx(1, rel=1e-10)


@pytest.mark.parametrize(("alpha", "margin"), [(0.4, 1.4), (1.0, 1.0), (3.0, 2.0)])
def test_a_soft_margin_is_the_limit_of_a_rounded_hinge(alpha, margin):
    # The logistic loss in units of its slope, 2, tends to the hinge.
    exact = soft_margin(alpha, margin)
    gaps = [optimum(alpha, logistic(b, margin)).std - exact.std for b in (100.0, 1000.0)]
    assert abs(gaps[0]) < 1e-2
    assert gaps[1] == pytest.approx(gaps[0] / 10, rel=0.2, abs=1e-5)
    rounded = optimum(alpha, logistic(1000.0, margin))
    at = margin + np.array([-0.3, -0.05, 0.05, 0.5])
    np.testing.assert_allclose(rounded.cdf(at), exact.cdf(at), atol=3e-3)
    assert exact.weights.sum() == pytest.approx(1, abs=1e-12)
    assert exact.cdf(margin) - exact.cdf(margin - 1e-9) == pytest.approx(exact.atom_mass, abs=1e-8)


def test_hinges_pass_from_maximum_stability_to_hebbs_rule():
    alpha = 0.6
    hard, kappa = maximum_stability(alpha), gardner_stability(alpha)
    assert has_margin(alpha, kappa - 1e-9)
    assert not has_margin(alpha, kappa + 1e-9)
    assert not has_margin(2.5, 1e-9)
    assert soft_margin(alpha, 0.5 * kappa).atom == kappa
    for near in (soft_margin(alpha, kappa + 1e-5), optimum(alpha, squared_hinge(kappa + 1e-5))):
        assert near.mean == pytest.approx(hard.mean, abs=1e-4)
        assert near.std == pytest.approx(hard.std, abs=1e-3)
    for far in (soft_margin(alpha, 9.0), optimum(alpha, squared_hinge(1e4))):
        assert far.mean == pytest.approx(hebb(alpha).mean, abs=1e-3)
        assert far.std == pytest.approx(1, abs=1e-3)


def test_exponential_loss_passes_from_hebbs_rule_to_maximum_stability():
    alpha = 0.5
    assert optimum(alpha, exponential(1e-4)).std == pytest.approx(1, abs=1e-3)
    gaps = [optimum(alpha, exponential(b)).mean - maximum_stability(alpha).mean for b in (20, 200)]
    assert 0 < gaps[1] < gaps[0] / 5


def test_small_overlaps_of_training_with_noise_are_hebbs_rule_and_large_ones_maximum_stability():
    alpha = 0.3
    small = optimum(alpha, missed(0.02))
    assert small.mean == pytest.approx(hebb(alpha).mean, abs=1e-3)
    assert small.std == pytest.approx(1, abs=2e-3)
    large = optimum(alpha, missed(12.0))
    assert large.mean == pytest.approx(maximum_stability(alpha).mean, abs=0.01)


@pytest.mark.parametrize("loss", [exponential(3.0), squared_hinge(1.5), quadratic(2.0)])
def test_replica_symmetry_of_convex_losses_is_stable(loss):
    found = optimum(0.5, loss)
    # (1 - dDelta/dz)^2 <= 1 - dDelta/dz, whose mean is (1 - multiplier chi) / alpha.
    assert found.replicon > found.multiplier * found.chi > 0
    z = np.linspace(-6, 6, 24_001)
    stiffness = 1 - np.gradient(found.stability(z), z)
    replicon = 1 - 0.5 * np.trapezoid(phi(z) * stiffness**2, z)
    assert found.replicon == pytest.approx(replicon, abs=2e-3)


def test_there_is_no_optimum_where_the_loss_is_flat_or_the_ball_is_too_large():
    assert optimum(0.5, squared_hinge(0.9 * gardner_stability(0.5))) is None
    assert optimum(4.0, squared_hinge(0.3)) is None
    assert soft_margin(4.0, 0.1) is None
    b = free_optimum(3.0)
    assert optimum(3.0, logistic(0.999 * b)) is not None
    assert optimum(3.0, logistic(1.001 * b)) is None


def test_there_is_no_optimum_where_a_loss_gives_up_patterns():
    assert optimum(0.4, missed(0.85)) is None
    assert optimum(1.0, missed(1.4)) is None


def test_numbers_out_of_range_are_input_errors():
    with pytest.raises(InputError, match="alpha: found 0, expected a positive load"):
        optimum(0, exponential(1.0))
    with pytest.raises(InputError, match="margin: found -1, expected a positive number"):
        soft_margin(0.5, -1)
