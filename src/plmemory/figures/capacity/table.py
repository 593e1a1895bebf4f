"""Fractions of stable patterns and sites, by rule and load, with the exact capacities."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.figures.shared.exact import capacity, distribution, known_of, lines
from plmemory.figures.shared.summary import identity, mean_and_sem
from plmemory.theory.distribution import StabilityDistribution

RETRIEVAL = "retrieval_overlap"  # of a rule's theory
MEASURED = ("fixed_point_fraction", "stable_site_fraction", "final_overlap")
# Loads just below and above the end of retrieval, where the theory jumps.
JUMP = 1e-6


def build(storage: list[xr.Dataset]) -> pd.DataFrame:
    """One row per rule and load, and rows of theory between; see ``draw``."""
    rows = []
    for result in storage:
        row = {**identity(result), "capacity": capacity(result.attrs)}
        for name in MEASURED:
            row[name], row[f"{name}_sem"] = mean_and_sem(result[name])
        retrieval = known_of(result.attrs, RETRIEVAL)
        exact = distribution(result.attrs)
        rows.append(row | _theory(exact, result.attrs["alpha"], retrieval, _sites(result)))
    retrievals = {result.attrs["rule"]: known_of(result.attrs, RETRIEVAL) for result in storage}
    sites = {result.attrs["rule"]: _sites(result) for result in storage}
    between = [
        columns
        | _theory(exact, columns["alpha"], retrievals[columns["rule"]], sites[columns["rule"]])
        for columns, exact in lines(storage)
    ]
    for rule, retrieval in sorted(retrievals.items()):
        if retrieval is not None:
            known = [row for row in rows if row["rule"] == rule]
            loads = [row["alpha"] for row in known]
            between += [
                {"rule": rule, "alpha": alpha, "final_overlap_theory": retrieval(alpha)}
                for alpha in (known[0]["capacity"] * factor for factor in (1 - JUMP, 1 + JUMP))
                if min(loads) < alpha < max(loads)
            ]
    return pd.DataFrame(rows + between)


def _sites(result: xr.Dataset) -> float:
    return result.attrs["patterns"] / result.attrs["alpha"]


def _theory(
    exact: StabilityDistribution | None,
    alpha: float,
    retrieval: Callable[[float], float] | None,
    sites: float,
) -> dict[str, float]:
    """The theory of a rule at load ``alpha``, NaN where it is unknown."""
    stable = math.nan if exact is None else 1 - float(exact.cdf(np.zeros(1))[0])
    return {
        "stable_site_fraction_theory": stable,
        "fixed_point_fraction_theory": stable**sites,
        "final_overlap_theory": math.nan if retrieval is None else retrieval(alpha),
    }
