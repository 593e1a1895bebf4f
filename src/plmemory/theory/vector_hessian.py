"""The Hessian of the vector Hopfield network at a memory, T = 0, N to infinity.

On the tangent spaces of the spins H = D - W, with |h_i| on the diagonal (d - 1 times) and the
couplings between tangent directions. The length of a field is r + (alpha/d) chi / (d - chi), with r
the length of a Gaussian vector m xi + Delta z, and g(z) = (1/N) Tr (H - z)^-1 obeys
(docs/method.md)

    g(z) = (d - 1) E_r[1 / (r - u)],   u = z - alpha/(d - chi) + alpha/(d - g(z)).

So g and z are explicit in u; u = 0 is z = 0, where g = chi: the edge, without a gap.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import ive

from plmemory.errors import InputError
from plmemory.theory.quadrature import gauss_legendre
from plmemory.theory.vectors import State

# The density of r is analytic: we integrate along a ray below the real axis, where 1/(r - u) is
# smooth for all u on and above the axis.
_TILT = 0.15
_TAIL = 9.0
_NEAREST = 1e-6
_NEWTON = 50
_SMALLEST_STEP = 1e-12
_ROUNDING = 1e-12  # of g; if its imaginary part is smaller, the density is zero up to rounding


class Spectrum(NamedTuple):
    """For each eigenvalue: the density (of all N (d - 1)), and N times the mean participation.

    The inverse participation ratio of an eigenvector u is sum_i (sum_a u_ia^2)^2; NaN where the
    density is zero to rounding.
    """

    eigenvalue: np.ndarray
    density: np.ndarray
    localisation: np.ndarray


def field_shift(state: State, dimension: int) -> float:
    """The gap in the lengths of the fields: (alpha/d) chi / (d - chi)."""
    return state.alpha / dimension * state.response / (dimension - state.response)


def field_density(length: np.ndarray, state: State, dimension: int) -> np.ndarray:
    """Density of the lengths of the fields, zero below the ``field_shift``. Shape of ``length``."""
    r = np.asarray(length, dtype=float) - field_shift(state, dimension)
    inside = np.where(r > 0, r, 1.0)
    return np.where(r > 0, _density(inside, state, dimension).real, 0.0)


def spectrum(eigenvalues: np.ndarray, state: State, dimension: int) -> Spectrum:
    """The spectrum at a memory ``state`` of T = 0, at positive, ascending ``eigenvalues``.

    Raises
    ------
    InputError
        For d = 1, where spins cannot rotate.
    """
    if dimension < 2:
        raise InputError(f"dimension: found {dimension}, expected at least 2 for a Hessian")
    resolvent = _Resolvent(state, dimension)
    place, reached = 0j, 0.0
    density = np.zeros(len(eigenvalues))
    localisation = np.full(len(eigenvalues), np.nan)
    for index, target in enumerate(np.asarray(eigenvalues, dtype=float)):
        place = resolvent.follow(place, reached, target)
        reached = target
        g, slope = resolvent(place)
        if g.imag > _ROUNDING and place.imag > 0:
            density[index] = g.imag / (np.pi * (dimension - 1))
            # (Im G)^2 = (|G|^2 - Re G^2) / 2 with G = 1/(r - u), |G|^2 = Im G / Im u.
            squares = (g.imag / place.imag - slope.real) / 2 / (dimension - 1)
            localisation[index] = (dimension + 1) * (dimension - 1) * squares / g.imag**2
    return Spectrum(np.asarray(eigenvalues, dtype=float), density, localisation)


class _Resolvent:
    """g and dg/du as functions of u, continued from the upper half plane."""

    def __init__(self, state: State, dimension: int) -> None:
        self.state, self.dimension = state, dimension
        middle = state.width * np.sqrt(state.field**2 + dimension - 1)
        upper = middle + _TAIL * state.width
        ends = np.concatenate(
            [[0.0], np.geomspace(_NEAREST, 1, 40) * state.width, _even(state.width, upper)]
        )
        nodes, weights = gauss_legendre(np.unique(ends))
        turn = np.exp(-1j * _TILT)
        self.nodes = nodes * turn
        self.weights = weights * turn * _density(self.nodes, state, dimension)

    def __call__(self, place: complex) -> tuple[complex, complex]:
        terms = 1 / (self.nodes - place)
        factor = self.dimension - 1
        return factor * (self.weights @ terms), factor * (self.weights @ terms**2)

    def eigenvalue(self, place: complex) -> tuple[complex, complex]:
        """z(u) and dz/du."""
        alpha, d, chi = self.state.alpha, self.dimension, self.state.response
        g, slope = self(place)
        return place + alpha / (d - chi) - alpha / (d - g), 1 - alpha * slope / (d - g) ** 2

    def follow(self, place: complex, reached: float, target: float) -> complex:
        """u at the eigenvalue ``target``, followed from that at ``reached`` in small steps."""
        steps = max(1, int(np.ceil((target - reached) / (0.05 * self.state.width))))
        for goal in np.linspace(reached, target, steps + 1)[1:]:
            for _ in range(_NEWTON):
                value, slope = self.eigenvalue(place)
                change = (goal - value) / slope
                place += change
                if abs(change) < _SMALLEST_STEP:
                    break
        return place


def _even(width: float, upper: float) -> np.ndarray:
    return np.linspace(width, upper, int(np.ceil((upper - width) / (width / 2))) + 1)


def _density(r: np.ndarray, state: State, dimension: int) -> np.ndarray:
    """Density of the length r of m xi + Delta z, for complex r with positive real part."""
    m, width = state.overlap, state.width
    order = dimension / 2
    k = r * m / width**2
    # ive divides by exp(|Re k|), which for complex k is restored in the exponent.
    bessel = ive(order - 1, k) * np.exp(np.abs(np.real(k)) - k)
    exponent = -((r - m) ** 2) / (2 * width**2)
    return r**order * m ** (1 - order) / width**2 * bessel * np.exp(exponent)
