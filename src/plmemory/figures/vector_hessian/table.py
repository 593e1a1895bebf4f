"""Spectrum, fields and localisation at the minima of vector networks, beside theory."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.figures.shared.exact import known_of
from plmemory.figures.shared.summary import identity, mean_and_sem
from plmemory.figures.vector_hessian.exact import Exact

BINS = 24
STARTS = ("memory", "random")
SOFT = 0.2  # modes below this eigenvalue count as soft, for the exponent of their density

Row = dict[str, Any]


def build(hessian: list[xr.Dataset]) -> pd.DataFrame:
    """Rows by ``quantity``; see ``draw``.

    Also ``shift``, the mean length of the fields minus that of Gaussian fields, with its theory,
    and ``exponent`` of the density of soft modes, by maximum likelihood.
    """
    highest, longest = (
        max(float(np.nanmax(result[name].values)) for result in hessian)
        for name in ("eigenvalue", "field")
    )
    rows: list[Row] = []
    lines: dict[tuple[float, int], list[Row]] = {}
    for result in hessian:
        dimension, alpha = result.attrs["described"]["columns"]["d"], result.attrs["alpha"]
        known = known_of(result.attrs, "vector_state")
        exact = Exact(None if known is None else known(alpha, dimension), dimension)
        common = {"dataset": result.attrs["dataset"], "d": dimension, **identity(result)}
        for start in STARTS:
            chosen = result.isel(state=(result["start"] == start).values)
            theory = exact if start == STARTS[0] else Exact(None, dimension)
            at = common | {"N": result.sizes["site"], "start": start}
            rows += [at | row for row in _measured(chosen, theory, highest, longest)]
        line = common | {"N": math.inf, "start": STARTS[0]}
        lines[alpha, dimension] = [line | row for row in exact.lines(highest, longest)]
    return pd.DataFrame([*rows, *(row for line in lines.values() for row in line)])


def _measured(chosen: xr.Dataset, exact: Exact, highest: float, longest: float) -> Iterator[Row]:
    """Rows on the kept states of one size and start, with the states of a replicate together."""
    kept = [np.flatnonzero(row) for row in chosen["kept"].values]
    replicates = [r for r, states in enumerate(kept) if len(states)]
    if not replicates:
        return
    values, shares, fields = (
        [chosen[name].values[r][kept[r]] for r in replicates]
        for name in ("eigenvalue", "participation", "field")
    )
    states = sum(map(len, kept))
    scaled = [share * chosen.sizes["site"] for share in shares]
    edges = np.linspace(0, highest, BINS + 1)
    density, localisation = exact.modes(edges)
    means = [_binned(v, s, edges) for v, s in zip(values, scaled, strict=True)]
    for (centre, mean, sem), place in zip(_histogram(values, edges), range(BINS), strict=True):
        at = {"eigenvalue": centre, "states": states}
        row = {"density": mean, "density_sem": sem, "theory": density[place]}
        yield at | {"quantity": "density"} | row
        mean, sem = mean_and_sem(np.array(means)[:, place])
        row = {"localisation": mean, "localisation_sem": sem, "theory": localisation[place]}
        yield at | {"quantity": "localisation"} | row
    edges = np.linspace(0, longest, BINS + 1)
    for (centre, mean, sem), theory in zip(
        _histogram(fields, edges), exact.fields(edges), strict=True
    ):
        row = {"length": centre, "density": mean, "density_sem": sem, "theory": theory}
        yield row | {"quantity": "field", "states": states}
    yield {"quantity": "lowest", "states": states} | _lowest(values, scaled)
    exponent, sem = mean_and_sem(np.array([_exponent(v[v < SOFT]) for v in values]))
    yield {"quantity": "exponent", "states": states, "density": exponent, "density_sem": sem}
    if exact.state is not None:
        excess = np.array([f.mean() - exact.gaussian_length() for f in fields])
        mean, sem = mean_and_sem(excess)
        row = {"length": mean, "length_sem": sem, "theory": exact.shift()}
        yield row | {"quantity": "shift", "states": states}


def _histogram(
    samples: list[np.ndarray], edges: np.ndarray
) -> Iterator[tuple[float, float, float]]:
    """Centre, mean density and its standard error of each bin, over replicates."""
    found = [np.histogram(s, edges)[0] / s.size / np.diff(edges) for s in samples]
    for place, centre in enumerate((edges[1:] + edges[:-1]) / 2):
        yield centre, *mean_and_sem(np.array(found)[:, place])


def _binned(values: np.ndarray, quantity: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """The mean of ``quantity`` in the bins of ``values``, NaN in empty bins."""
    counts, _ = np.histogram(values, edges)
    sums, _ = np.histogram(values, edges, weights=quantity)
    return np.divide(sums, counts, out=np.full(len(counts), np.nan), where=counts > 0)


def _exponent(soft: np.ndarray) -> float:
    """Exponent of a power-law density up to ``SOFT``, by maximum likelihood, less bias (Hill)."""
    return (soft.size - 1) / np.log(SOFT / soft).sum() - 1 if soft.size > 1 else math.nan


def _lowest(values: list[np.ndarray], scaled: list[np.ndarray]) -> Row:
    """The lowest modes: eigenvalue, and mean and typical localisation, over replicates."""
    shares = [s[:, 0] for s in scaled]
    mean, sem = mean_and_sem(np.array([s.mean() for s in shares]))
    typical, log_sem = mean_and_sem(np.array([np.log(s).mean() for s in shares]))
    return {
        "eigenvalue": mean_and_sem(np.array([v[:, 0].mean() for v in values]))[0],
        "localisation": mean,
        "localisation_sem": sem,
        "typical": math.exp(typical),
        "typical_sem": math.exp(typical) * log_sem,
    }
