"""Capacity of a dense associative memory, measured and in theory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.figures.dense.stability import unstable_sites
from plmemory.figures.shared.summary import mean_and_sem
from plmemory.theory.dense import polynomial_capacity, polynomial_error

FEWEST = 5
LOOKED_AT = 100  # largest number of tested patterns per replicate
POINTS = 61  # of a line of theory
VISIBLE = 0.4  # fraction of unstable sites beyond which nothing is stored


def build(
    data: list[xr.Dataset], *, patterns: Sequence[int], orders: Sequence[int]
) -> pd.DataFrame:
    """One row per order and number of patterns, and rows of theory between; see ``draw``.

    The memory stores all ``patterns`` that were drawn, half of them, a quarter, down to ``FEWEST``.
    Numbers at which theory predicts more than the fraction ``VISIBLE`` of unstable sites are
    omitted.
    """
    (most,), memories = patterns, data[0]["train"].values
    counts = [most >> halved for halved in range(int(np.log2(most / FEWEST)) + 1)]
    between = np.geomspace(counts[-1], most, POINTS).round().astype(int)
    rows = []
    for order in orders:
        rows += [_theory(memories.shape[2], order, count) for count in np.unique(between).tolist()]
        for count in counts:
            measured = _measured(memories[:, :count], order)
            rows.append(_theory(memories.shape[2], order, count) | measured)
    return pd.DataFrame([row for row in rows if row["unstable_site_fraction_theory"] < VISIBLE])


def _measured(memories: np.ndarray, order: int) -> dict[str, float]:
    unstable = np.array([unstable_sites(one, order, LOOKED_AT) for one in memories])
    sites, sites_sem = mean_and_sem(unstable.mean(axis=2))
    fixed, fixed_sem = mean_and_sem(np.array(~unstable.any(axis=2)))
    return {
        "states": unstable.shape[0] * unstable.shape[1],
        "unstable_site_fraction": sites,
        "unstable_site_fraction_sem": sites_sem,
        "fixed_point_fraction": fixed,
        "fixed_point_fraction_sem": fixed_sem,
    }


def _theory(sites: int, order: int, count: int) -> dict[str, float]:
    """Theory of a memory, for practically independent sites of a pattern."""
    error = polynomial_error(sites, order, count)
    return {
        "order": order,
        "P": count,
        "N": sites,
        "capacity": polynomial_capacity(sites, order),
        "unstable_site_fraction_theory": error,
        "fixed_point_fraction_theory": (1 - error) ** sites,
    }
