"""Errors of perceptrons with a teacher along the norm, and their theory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.figures.shared.exact import known_of
from plmemory.figures.shared.summary import mean_and_sem
from plmemory.figures.shared.teachers import beside, ends, errors, norms
from plmemory.theory import teacher

BETWEEN = 49  # norms of a line of theory


def build(data: list[xr.Dataset], models: list[xr.Dataset]) -> pd.DataFrame:
    """One row per load, rule and norm, then the lines of theory; see ``draw``."""
    rows = [row for model, drawn in beside(models, data) for row in _measured(model, drawn)]
    rows += [row for model in models for row in _line(model)]
    for alpha in dict.fromkeys(model.attrs["alpha"] for model in models):
        for curve, exact in (("bayes", teacher.bayes), ("gibbs", teacher.gibbs)):
            rows.append({"alpha": alpha, "curve": curve, "norm": np.nan, "theory": exact(alpha)})
    return pd.DataFrame(rows)


def _measured(model: xr.Dataset, drawn: xr.Dataset) -> Iterator[dict[str, Any]]:
    path = norms(model)
    exact = known_of(model.attrs, "errors")
    theory = np.full(len(path), np.nan) if exact is None else exact(model.attrs, path)
    for norm, found, expected in zip(path, errors(model, drawn), theory, strict=True):
        error, sem = mean_and_sem(found)
        yield {
            "alpha": model.attrs["alpha"],
            "curve": model.attrs["rule"],
            "norm": norm,
            "error": error,
            "error_sem": sem,
            "theory": expected,
            "teachers": found.size,
            "converged": bool(model.attrs["converged"]),
        }


def _line(model: xr.Dataset) -> Iterator[dict[str, Any]]:
    """Theory between the norms of a path."""
    exact, (first, last) = known_of(model.attrs, "errors"), ends(model)
    if exact is None or first == last:
        return
    between = np.geomspace(first, last, BETWEEN + 2)[1:-1]
    for norm, theory in zip(between, exact(model.attrs, between), strict=True):
        yield {
            "alpha": model.attrs["alpha"],
            "curve": model.attrs["rule"],
            "norm": norm,
            "theory": theory,
        }
