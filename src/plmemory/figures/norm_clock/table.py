"""Test errors along the norm of a network that learns labels, their optima and exponents."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.figures.shared.fits import falling, jackknifed, slope
from plmemory.figures.shared.summary import mean_and_sem

QUANTITIES = ("norm", "test_error", "train_error")
EXPONENTS = ("gamma_1", "gamma_2", "gamma_predicted", "gamma")
NEARLY = 1.05  # of the smallest error
FALLEN = 0.5  # of the first error; below it the error falls as a power of the norm


def build(models: list[xr.Dataset]) -> pd.DataFrame:
    """One row per P and recorded step, then one per P, then one per exponent; see ``draw``."""
    ordered = sorted(models, key=lambda model: model.attrs["patterns"])
    known = {"dataset": ordered[0].attrs["dataset"], "draws": ordered[0].sizes["replicate"]}
    rows = [known | row for model in ordered for row in _course(model)]
    rows += [known | row for model in ordered for row in _optimum(model)]
    rows += [known | row for row in _exponents(ordered)]
    return pd.DataFrame(rows)


def _course(model: xr.Dataset) -> Iterator[dict[str, Any]]:
    for record, step in enumerate(model["history_step"].values.tolist()):
        row = {"P": model.attrs["patterns"], "step": step}
        for name in QUANTITIES:
            row[name], row[f"{name}_sem"] = mean_and_sem(model[f"history_{name}"][record])
        yield row


def _optimum(model: xr.Dataset) -> Iterator[dict[str, Any]]:
    (norm, error), sems = jackknifed(_settled, *_norms_and_errors(model))
    yield {
        "P": model.attrs["patterns"],
        "optimal_norm": math.exp(norm),
        "optimal_norm_sem": math.exp(norm) * sems[0],
        "smallest_error": math.exp(error),
        "smallest_error_sem": math.exp(error) * sems[1],
    }


def _norms_and_errors(model: xr.Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Norms (record,), nearly the same in all replicates, and errors (record, replicate)."""
    return model["history_norm"].values.mean(axis=1), model["history_test_error"].values


def _settled(norms: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """Logs of the norm at which ``errors`` (record,) are nearly minimal, and of the minimum."""
    level = NEARLY * errors.min()
    logs = np.log(norms)
    after = int(np.argmax(errors <= level))
    reached = logs[after]
    if after:
        part = (level - errors[after]) / (errors[after - 1] - errors[after])
        reached -= part * (logs[after] - logs[after - 1])
    return np.array([reached, np.log(errors.min())])


def _exponents(models: Sequence[xr.Dataset]) -> Iterator[dict[str, Any]]:
    """All exponents, with jackknife standard errors over the draws, omitted in all models."""
    courses = [_norms_and_errors(model) for model in models]
    sizes = np.log([model.attrs["patterns"] for model in models])
    lengths = np.cumsum([len(norms) for norms, _ in courses])[:-1]

    def measure(norms: np.ndarray, errors: np.ndarray) -> np.ndarray:
        pairs = list(zip(np.split(norms, lengths), np.split(errors, lengths), strict=True))
        optima = np.array([_settled(*pair) for pair in pairs])
        last_norms, last_errors = pairs[-1]
        chosen = (last_errors < FALLEN * last_errors[0]) & (last_norms <= np.exp(optima[-1, 0]))
        (first,) = falling(last_norms[chosen], last_errors[chosen])
        second, direct = (slope(sizes, optima[:, column])[0] for column in (0, 1))
        return np.array([first, second, first * second, -direct])

    joined = (np.concatenate([course[part] for course in courses]) for part in (0, 1))
    for name, value, sem in zip(EXPONENTS, *jackknifed(measure, *joined), strict=True):
        yield {"exponent": name, "value": value, "value_sem": sem}
