"""Errors along the norm at several loads, their optima, and the resulting exponents."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.figures.shared.exact import known_of
from plmemory.figures.shared.fits import falling, jackknifed, lowest, slope
from plmemory.figures.shared.summary import mean_and_sem
from plmemory.figures.shared.teachers import beside, ends, errors, norms
from plmemory.theory import teacher

BETWEEN = 30  # norms of a line of theory
SMALLEST_SCALED = 0.003  # norm over the load, of the master curve
# Range in which the error is a power of the norm: above 1, and below half the optimum.
FALLING_FROM, FALLING_TO = 1.0, 0.5
Row = dict[str, Any]


def build(
    data: list[xr.Dataset], models: list[xr.Dataset], lines: Sequence[float] = ()
) -> pd.DataFrame:
    """Long form by ``source``: curves, then optima, then exponents; see ``draw``.

    ``lines``: loads with theory, besides those of the models.
    """
    rows: list[Row] = []
    ascending = sorted(models, key=lambda model: model.attrs["alpha"])
    for rule in dict.fromkeys(model.attrs["rule"] for model in models):
        found = [model for model in ascending if model.attrs["rule"] == rule]
        rows += _simulated(list(beside(found, data)))
        loads = sorted({*lines, *(model.attrs["alpha"] for model in found)})
        rows += _theory(found[-1], loads)
        rows += _limits(found[-1], loads[-1])
    return pd.DataFrame(rows)


def _simulated(pairs: Sequence[tuple[xr.Dataset, xr.Dataset]]) -> Iterator[Row]:
    optima: list[Row] = []
    exponent: Row = {"exponent": "gamma_1", "value": math.nan, "value_sem": math.nan}
    for model, drawn in pairs:
        curve, alpha, dataset = (model.attrs[name] for name in ("rule", "alpha", "dataset"))
        path, found = norms(model), errors(model, drawn)
        known = {"source": "simulation", "curve": curve, "alpha": alpha, "teachers": found[0].size}
        exact = known_of(model.attrs, "errors")
        expected = np.full(len(path), np.nan) if exact is None else exact(model.attrs, path)
        for norm, values, theory in zip(path, found, expected, strict=True):
            yield known | _point(alpha, norm, *mean_and_sem(values)) | _line(alpha, norm, theory)
        (log_norm, log_error), sems = jackknifed(lowest, path, found)
        if math.isfinite(log_norm):
            norm, error = math.exp(log_norm), math.exp(log_error)
            row = known | {"optimal_norm": norm, "optimal_norm_sem": norm * sems[0]}
            optima.append(row | {"optimal_error": error, "optimal_error_sem": error * sems[1]})
            chosen = (path > FALLING_FROM) & (path < FALLING_TO * norm)
            (value,), (sem,) = jackknifed(falling, path[chosen], found[chosen])
            exponent |= {"alpha": alpha, "value": value, "value_sem": sem}
    if known_of(model.attrs, "best") is not None:  # else its path may not reach an optimum
        yield from optima
        known = {"source": "simulation", "curve": curve, "dataset": dataset}
        yield known | exponent
        yield from _exponents(optima, known)


def _theory(model: xr.Dataset, loads: Sequence[float]) -> Iterator[Row]:
    """Theory at all loads, between the norms of this model's path."""
    exact, best = (known_of(model.attrs, name) for name in ("errors", "best"))
    if exact is None or best is None:
        return
    optima = []
    for alpha in loads:
        attributes = model.attrs | {"alpha": alpha}
        known = {"source": "theory", "curve": model.attrs["rule"], "alpha": alpha}
        path = _path(model, alpha)
        for norm, error in zip(path, exact(attributes, path), strict=True):
            yield known | _line(alpha, norm, error)
        norm, error = best(attributes)
        optima.append(known | {"optimal_norm": norm, "optimal_error": error})
    yield from optima
    path = np.geomspace(FALLING_FROM, FALLING_TO * norm, BETWEEN)
    if path[0] < path[-1]:
        (value,) = falling(path, exact(attributes, path))
        yield known | {"exponent": "gamma_1", "value": value, "value_sem": 0.0}
    yield from _exponents(optima, {"source": "theory", "curve": model.attrs["rule"]})


def _path(model: xr.Dataset, alpha: float) -> np.ndarray:
    """Norms from the model's smallest to its largest, which is proportional to the load."""
    smallest, largest = ends(model)
    return np.geomspace(smallest, largest / model.attrs["alpha"] * alpha, BETWEEN)


def _limits(model: xr.Dataset, largest_load: float) -> Iterator[Row]:
    """Theory for infinite load: along the norms of the largest load, and along norms over load."""
    known = {"source": "limit", "curve": model.attrs["rule"], "alpha": math.inf}
    path = _path(model, largest_load)
    ratio, late, best = (
        known_of(model.attrs, f"large_load_{name}") for name in ("ratio", "error", "best")
    )
    if ratio is not None:
        for norm, value in zip(path, ratio(path), strict=True):
            yield known | {"norm": norm, "theory": value}
    if late is not None and best is not None:
        scaled = np.geomspace(SMALLEST_SCALED, path[-1] / largest_load, BETWEEN)
        for norm, value in zip(scaled, late(scaled), strict=True):
            yield known | {"scaled_norm": norm, "scaled_theory": value}
        norm, value = best()
        yield known | {"optimal_norm": norm, "optimal_error": value}


def _point(alpha: float, norm: float, error: float, sem: float) -> Row:
    hebb = teacher.hebb(alpha)
    return {
        "norm": norm,
        "scaled_norm": norm / alpha,
        "reduced_error": error / hebb,
        "reduced_error_sem": sem / hebb,
        "scaled_error": alpha * error,
        "scaled_error_sem": alpha * sem,
    }


def _line(alpha: float, norm: float, error: float) -> Row:
    reduced = {"theory": error / teacher.hebb(alpha), "scaled_theory": alpha * error}
    return {"norm": norm, "scaled_norm": norm / alpha, **reduced}


def _exponents(optima: Sequence[Row], known: Row) -> Iterator[Row]:
    """Exponents of the optima in the load; NaN for fewer than two."""
    loads = np.array([row["alpha"] for row in optima])
    hebb = np.array([teacher.hebb(load) for load in loads])
    for exponent, name, sign, unit in (
        ("gamma_2", "optimal_norm", 1, np.ones(len(loads))),
        ("gamma", "optimal_error", -1, hebb),
    ):
        found = np.array([row[name] for row in optima])
        errors = [row[f"{name}_sem"] for row in optima if f"{name}_sem" in row]
        sem = np.array(errors) / found if errors else None
        value, value_sem = slope(np.log(loads), sign * np.log(found / unit), sem)
        yield known | {"exponent": exponent, "value": value, "value_sem": value_sem}
