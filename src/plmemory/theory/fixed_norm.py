"""Replica-symmetric theory of the pseudo-likelihood optimum, with and without a teacher.

A row J_i of fixed norm minimises the sum over the patterns of
(1/b) log 2cosh(b Delta) - Delta, b = lambda |J_i|. In the limit N to infinity each pattern's
stability minimises that loss plus (Delta - z)^2 / (2 chi), with z a standard Gaussian:

    Delta - z = chi (1 - tanh(b Delta)) = exp(s - log(1 + exp(2 b Delta))),   s = log(2 chi),

and chi is fixed by alpha E[(Delta - z)^2] = 1 (Griniasty & Gutfreund 1991). The loss is
convex, so replica symmetry is exact as long as the optimum lies on the sphere.

A perceptron that learns the signs of a teacher is the same problem (D'Amico, Bocchi & Negri 2025,
arXiv:2505.13230, b = lambda = |w| / sqrt(N)). Its cosine R with the teacher, k = R / (1 - R^2)^1/2,
makes cavity fields of the right sign likelier, 2 Phi(k z) times a Gaussian, and

    1 - R^2 = alpha E[2 Phi(k z) (Delta - z)^2],
    R = alpha (2 / pi)^1/2 E[Delta(s z) - s z],   s = (1 - R^2)^1/2.

Without a teacher R = 0, and the first of the two is the equation above.

All integrals are done over Delta, not z (see ``cavity``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import brentq, minimize_scalar, root
from scipy.special import ndtr

from plmemory.errors import InputError
from plmemory.theory.cavity import CavityMap
from plmemory.theory.distribution import REACH, StabilityDistribution, normal_density
from plmemory.theory.quadrature import gauss_legendre
from plmemory.theory.stabilities import CAPACITY

_SOLVED = 1e-9  # largest logarithm of the ratio of both sides of an equation
_SMALLEST_STEP = 1e-3  # of log b along the optima


@dataclass(frozen=True)
class PseudoLikelihoodStability(StabilityDistribution):
    """Stabilities of the pseudo-likelihood optimum, with further results of the theory.

    b: lambda |J_i|.
    log_chi: log of the response chi of a stability to its own cavity field.
    multiplier: mu of the term mu N |J_i|^2 / 2 that holds the unit row on its sphere, in units of
        the loss; positive where the optimum on the sphere is the optimum in the ball.
    l2: gamma/lambda of the L2 term gamma |J_i|^2 / 2, added to the mean loss of a row
        (with J_i not normalised), whose free optimum is this one: mu / (alpha b).
    """

    b: float = field(kw_only=True)
    log_chi: float = field(kw_only=True)
    multiplier: float = field(kw_only=True)
    l2: float = field(kw_only=True)


def pseudo_likelihood(alpha: float, b: float) -> PseudoLikelihoodStability:
    """Stabilities of the pseudo-likelihood optimum at load ``alpha`` and b = lambda |J_i|.

    Raises InputError for arguments that are not positive, and for b beyond the free optimum, which
    exists only above load 2: there a longer row is not better, the problem on the sphere is not
    convex, and the theory may not hold.
    """
    for name, found in (("alpha", alpha), ("b", b)):
        if not (0 < found < np.inf):
            raise InputError(f"{name}: found {found}, expected a positive number")
    learned = _solve(alpha, b)
    if learned.multiplier < 0:
        raise InputError(
            f"b: found {b}, expected at most {free_optimum(alpha):.6g}, "
            f"the free optimum at load {alpha}"
        )
    return learned


def pseudo_likelihood_l2(alpha: float, l2: float) -> PseudoLikelihoodStability:
    """Stabilities of the free optimum of the mean loss of a row plus gamma |J_i|^2 / 2.

    ``l2``: gamma/lambda. Zero is allowed above load 2, where the loss itself has a minimum. Raises
    InputError for other values that are not positive.
    """
    if not (0 < alpha < np.inf):
        raise InputError(f"alpha: found {alpha}, expected a positive number")
    if not (0 < l2 < np.inf or (l2 == 0 and alpha > CAPACITY)):
        raise InputError(f"l2: found {l2}, expected a positive number")
    # A longer row needs a smaller penalty; beyond the free optimum the penalty is negative.
    low, high = np.log(1e-3), 0.0
    while _solve(alpha, np.exp(high)).l2 > l2:
        high += 1.0
    while _solve(alpha, np.exp(low)).l2 < l2:
        low -= 2.0
    log_b = brentq(lambda x: _solve(alpha, np.exp(x)).l2 - l2, low, high, xtol=1e-12)
    return _solve(alpha, float(np.exp(log_b)))


def free_optimum(alpha: float) -> float:
    """b = lambda |J_i| at the minimum of the loss without constraint; infinite up to load 2.

    The optimum is finite where random patterns are not separable (Cover 1965; for logistic
    regression Sur & Candes 2019).
    """
    return pseudo_likelihood_l2(alpha, 0.0).b if alpha > CAPACITY else np.inf


def _solve(alpha: float, b: float) -> PseudoLikelihoodStability:
    def log_moment(s: float) -> float:
        trial = CavityMap(b, s)
        return _log_norm(alpha, trial, 0.0, *gauss_legendre(trial.panels))

    # Delta - z <= 2 chi gives alpha 4 chi^2 >= 1; the moment grows with chi without bound.
    low, step = -0.5 * np.log(alpha), 1.0
    while log_moment(low + step) < 0:
        low, step = low + step, 2 * step
    s = float(brentq(log_moment, low - 1e-9, low + step, xtol=1e-13, rtol=1e-14))
    learned = CavityMap(b, s)
    nodes, weights = gauss_legendre(learned.panels)
    # 1 = mu chi + alpha E[1 - dDelta*/dz], and E[dDelta*/dz] is the integral of phi(z) over Delta.
    bent = learned.density(nodes) - normal_density(learned.gaussian(nodes))
    multiplier = float((1 - alpha * bent @ weights) * 2 * np.exp(-s))
    return PseudoLikelihoodStability(
        stability=learned.stability,
        gaussian=learned.gaussian,
        density=learned.density,
        panels=learned.panels,
        b=b,
        log_chi=float(s - np.log(2)),
        multiplier=multiplier,
        l2=multiplier / (alpha * b),
    )


@dataclass(frozen=True)
class Student:
    """The optimum of a perceptron with a teacher, at b = lambda.

    overlap: R, its cosine with the teacher. log_chi: logarithm of the response of a stability.
    """

    b: float
    overlap: float
    log_chi: float

    @property
    def error(self) -> float:
        """The probability of a wrong label, arccos(R) / pi."""
        return float(np.arccos(self.overlap) / np.pi)


def student(alpha: float, b: float) -> Student:
    """The optimum at load ``alpha`` and norm b = lambda = |w| / sqrt(N); see ``students``."""
    return next(students(alpha, [b]))


def students(alpha: float, bs: Sequence[float]) -> Iterator[Student]:
    """The optima at load ``alpha`` and ascending norms ``bs``, followed from Hebb's rule outwards.

    There is one optimum at every norm: a teacher's labels can be learnt without errors, so the loss
    falls with the norm, and the optimum on the sphere is that in the ball.

    Raises
    ------
    InputError
        If the load or a norm is not positive, or the norms do not ascend.
    RuntimeError
        If Newton's method does not find the next optimum even in small steps.
    """
    if not 0 < alpha < np.inf:
        raise InputError(f"alpha: found {alpha}, expected a positive number")
    if not (len(bs) and bs[0] > 0 and np.all(np.diff(bs) > 0) and bs[-1] < np.inf):
        raise InputError(f"b: found {list(bs)}, expected ascending positive numbers")
    k = np.sqrt(2 * alpha / np.pi)
    # Hebb's rule: Delta - z = chi, so that R = alpha (2 / pi)^1/2 chi.
    place = np.array([np.log(k), np.log(2 * k / np.sqrt(1 + k * k) * np.sqrt(np.pi / 2) / alpha)])
    log_b = min(np.log(bs[0]), np.log(0.01 * min(1.0, alpha)))
    for b in bs:
        place = _followed(alpha, log_b, place, np.log(b))
        log_b = np.log(b)
        k = np.exp(place[0])
        yield Student(float(b), float(k / np.hypot(1, k)), float(place[1] - np.log(2)))


def best_student(alpha: float) -> Student:
    """The optimum at the norm at which the error is smallest."""
    log_bs = np.log(alpha) + np.linspace(-1.5, 1.5, 13)  # it tends to 0.88 alpha
    errors = [found.error for found in students(alpha, list(np.exp(log_bs)))]
    best = int(np.argmin(errors))
    around = log_bs[max(best - 1, 0)], log_bs[min(best + 1, 12)]
    found = minimize_scalar(
        lambda log_b: student(alpha, float(np.exp(log_b))).error,
        bounds=around,
        method="bounded",
        options={"xatol": 1e-4},
    )
    return student(alpha, float(np.exp(found.x)))


def _followed(alpha: float, log_b: float, place: np.ndarray, target: float) -> np.ndarray:
    """(log k, s) at the norm exp(``target``), from a ``place`` near that at exp(``log_b``)."""
    step = target - log_b
    while True:
        reached = min(log_b + step, target) if step > 0 else target
        found = root(_imbalance, place, args=(alpha, np.exp(reached)), tol=1e-11)
        if np.abs(found.fun).max() < _SOLVED:
            place, log_b = found.x, reached
            if reached == target:
                return place
        elif (step := step / 2) < _SMALLEST_STEP:
            raise RuntimeError(f"no optimum found at alpha = {alpha}, b = {np.exp(reached)}")


def _imbalance(place: np.ndarray, alpha: float, b: float) -> np.ndarray:
    """Logarithms of the ratios of both sides of the two equations with a teacher."""
    learned, k = CavityMap(b, place[1]), np.exp(place[0])
    # Fine panels where k z is of order one, at the decision boundary of the teacher.
    z = np.arange(-REACH, REACH + 0.5, 0.5) / max(k, 1.0)
    nodes, weights = gauss_legendre(np.union1d(learned.panels, learned.stability(z)))
    narrow = np.hypot(1, k) * normal_density(np.hypot(1, k) * learned.gaussian(nodes))
    pull = (learned.shift(nodes) * narrow * learned.rise(nodes)) @ weights
    overlap = np.log(k) - np.log1p(k * k) / 2
    signal = np.log(alpha * np.sqrt(2 / np.pi) * pull) - overlap
    return np.array([_log_norm(alpha, learned, k, nodes, weights) + np.log1p(k * k), signal])


def _log_norm(
    alpha: float, learned: CavityMap, k: float, nodes: np.ndarray, weights: np.ndarray
) -> float:
    """log alpha E[2 Phi(k z) (Delta - z)^2]; without a teacher k = 0."""
    likelier = 2 * ndtr(k * learned.gaussian(nodes))
    pulls = learned.shift(nodes) ** 2 * learned.density(nodes) * likelier
    return float(np.log(alpha * pulls @ weights))
