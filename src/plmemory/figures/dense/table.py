"""How many patterns a dense associative memory holds, measured and in theory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.figures.dense.stability import unstable_sites
from plmemory.figures.shared.summary import mean_and_sem
from plmemory.theory.dense import polynomial_capacity, polynomial_error

LOOKED_AT = 200  # patterns of each replicate at most
POINTS = 61  # of a line of theory
VISIBLE = 0.4  # fraction of unstable sites beyond which nothing is stored


def build(
    data: list[xr.Dataset], *, patterns: Sequence[int], orders: Sequence[int]
) -> pd.DataFrame:
    """One row per order and number of patterns, and rows of theory between; see ``draw``.

    Numbers at which theory expects more than the fraction ``VISIBLE`` of the sites unstable are
    left out.
    """
    rows = []
    for order in orders:
        for count, drawn in zip(patterns, data, strict=True):
            memories = drawn["train"].values
            known = _theory(memories.shape[2], order, count)
            if known["unstable_site_fraction_theory"] > VISIBLE:
                continue
            unstable = np.array([unstable_sites(one, order, LOOKED_AT) for one in memories])
            sites, sites_sem = mean_and_sem(unstable.mean(axis=2))
            fixed, fixed_sem = mean_and_sem(~unstable.any(axis=2))
            rows.append(
                known
                | {
                    "states": unstable.shape[0] * unstable.shape[1],
                    "unstable_site_fraction": sites,
                    "unstable_site_fraction_sem": sites_sem,
                    "fixed_point_fraction": fixed,
                    "fixed_point_fraction_sem": fixed_sem,
                }
            )
        between = np.geomspace(min(patterns), max(patterns), POINTS)
        number = data[0].sizes["site"]
        lines = [_theory(number, order, count) for count in between]
        rows += [row for row in lines if row["unstable_site_fraction_theory"] < VISIBLE]
    return pd.DataFrame(rows)


def _theory(sites: int, order: int, count: float) -> dict[str, float]:
    """Sites of a pattern are as good as independent."""
    error = polynomial_error(sites, order, count)
    return {
        "order": order,
        "P": count,
        "N": sites,
        "capacity": polynomial_capacity(sites, order),
        "unstable_site_fraction_theory": error,
        "fixed_point_fraction_theory": (1 - error) ** sites,
    }
