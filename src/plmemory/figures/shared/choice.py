"""Parameters of learning rules chosen on one half of the draws and judged on the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr

from plmemory.errors import InputError

Family = list[xr.Dataset]


class Judged(NamedTuple):
    """The quality of a family at parameters that were chosen on other draws.

    values: (R,) of every draw, at the parameter that is best for the other half of the draws.
    parameters: that of the even draws, chosen on the odd ones, and that of the odd draws.
    """

    values: np.ndarray
    parameters: tuple[float, float]


def by_load(results: Sequence[xr.Dataset]) -> Iterator[tuple[float, list[xr.Dataset]]]:
    """The loads, ascending, with their results."""
    for alpha in sorted({result.attrs["alpha"] for result in results}):
        yield alpha, [result for result in results if result.attrs["alpha"] == alpha]


def families(results: Sequence[xr.Dataset]) -> dict[str, Family]:
    """The results of each family of rules, in the order of its parameter."""
    names = dict.fromkeys(result.attrs["family"] for result in results)
    ordered = sorted(results, key=lambda result: result.attrs["parameter"])
    return {name: [r for r in ordered if r.attrs["family"] == name] for name in names}


def judged(results: Sequence[xr.Dataset], quantity: str) -> Judged:
    """``quantity`` (replicate,) of the result that is best on the other half of the draws.

    Both halves, even and odd draws, are judged, each with the choice of the other; a rule without a
    number for some draw is not chosen. NaN if no rule can be chosen.

    Raises
    ------
    InputError
        If there are fewer than two draws.
    """
    values = np.array([result[quantity].values for result in results])
    if values.shape[1] < 2:
        raise InputError("replicates: found 1 draw, expected two or more, to choose and to judge")
    parameters, found = [], np.full(values.shape[1], np.nan)
    for judging, choosing in (
        (slice(0, None, 2), slice(1, None, 2)),
        (slice(1, None, 2), slice(0, None, 2)),
    ):
        means = np.nan_to_num(values[:, choosing].mean(axis=1), nan=np.inf)
        best = int(means.argmin())
        if np.isfinite(means[best]):
            found[judging] = values[best, judging]
            parameters.append(results[best].attrs["parameter"])
        else:
            parameters.append(np.nan)
    return Judged(found, (parameters[0], parameters[1]))
