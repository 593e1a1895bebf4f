"""Lowest points of curves, and slopes between logarithms, with standard errors."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.optimize import least_squares

NEAR = 1.7  # of log norm, around the lowest measured point
DEGREE = 5  # of the polynomial there; with a lower degree the minimum would be too far out


def lowest(norms: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """(log norm, log error) at the minimum of ``errors`` (step,) along ascending ``norms``.

    NaN if the lowest point is at an end of the path, or too few points are near.
    """
    place, logs = int(errors.argmin()), np.log(norms)
    near = np.abs(logs - logs[place]) < NEAR
    if place in (0, len(norms) - 1) or near.sum() <= DEGREE + 1:
        return np.full(2, np.nan)
    curve = np.polynomial.Polynomial.fit(logs[near], np.log(errors[near]), DEGREE)
    fine = np.linspace(logs[near][0], logs[near][-1], 2001)
    lowest_of_all = fine[curve(fine).argmin()]
    return np.array([lowest_of_all, curve(lowest_of_all)])


def falling(norms: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """gamma (1,) of the published form, k norm^(-gamma) + q, for ``errors`` (step,).

    NaN for too few points, or if no such curve fits.
    """
    if len(norms) < 4:
        return np.full(1, np.nan)
    scaled = errors / errors[0]

    logs, start = np.log(norms / norms[0]), np.array([0.8, 0.5, 0.2])

    def misses(parameters: np.ndarray) -> np.ndarray:
        k, gamma, q = parameters
        return k * np.exp(-gamma * logs) + q - scaled

    found = least_squares(misses, start)
    return found.x[1:2] if found.success else np.full(1, np.nan)


def jackknifed(
    measure: Callable[[np.ndarray, np.ndarray], np.ndarray], norms: np.ndarray, errors: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """``measure`` (n,) of the mean of ``errors`` (step, replicate), and its standard errors."""
    count = errors.shape[1]
    found = measure(norms, errors.mean(axis=1))
    if count < 2:
        return found, np.full(found.shape, np.nan)
    without = [measure(norms, np.delete(errors, r, 1).mean(axis=1)) for r in range(count)]
    return found, np.sqrt((count - 1) * np.var(without, axis=0))


def slope(x: np.ndarray, y: np.ndarray, sem: np.ndarray | None = None) -> tuple[float, float]:
    """Slope of a line through points (n,) with standard errors, and its error; NaN for n < 2."""
    known = np.isfinite(y) & (np.isfinite(sem) if sem is not None else True)
    if known.sum() < 2:
        return math.nan, math.nan
    weights = 1 / sem[known] ** 2 if sem is not None else np.ones(known.sum())
    apart = x[known] - np.average(x[known], weights=weights)
    squares = weights @ apart**2
    error = 0.0 if sem is None else 1 / math.sqrt(squares)
    return float(weights * apart @ y[known] / squares), error
