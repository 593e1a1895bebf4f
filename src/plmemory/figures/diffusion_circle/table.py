"""Points on the circle: energies and attractors, compared with infinitely many points."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.errors import InputError
from plmemory.figures.shared.summary import mean_and_sem
from plmemory.networks.denoising import settled
from plmemory.networks.empirical_denoiser.denoiser import Empirical
from plmemory.theory.denoising import circle_energy, pair_place, ring_radius

SIDE, REACH = 33, 1.6  # of a map: points along an edge, and half its length
STARTS, FEW = 200, 32  # evenly on the circle
MAX_STEPS, STILL = 2000, 1e-7
APART = 0.03  # attractors with a larger distance count as different
RADII = np.linspace(0, REACH, 41)
SCALED = np.array([0.5, 0.8, 0.95, 1.05, 1.2, 1.5, 2, 3])
BETAS = np.array([0.5, 0.8, 1.2, 1.5, 2, 3, 5, 10, 20])
LINE = 60  # points of a line of theory

Row = dict[str, Any]


def build(
    data: list[xr.Dataset], *, patterns: Sequence[int], maps: Sequence[int], beta: float
) -> pd.DataFrame:
    """Rows of all panels; see ``draw``.

    Raises
    ------
    InputError
        If the data set is not of points in the plane, or a map has no such number of points.
    """
    points = {one.sizes["pattern"]: one["train"].values.astype(np.float64) for one in data}
    shape = next(iter(points.values())).shape[2:]
    if shape != (1, 2):
        raise InputError(
            f"diffusion_circle: found {shape[0]} vectors of {shape[1]} components, expected a data "
            "set of one vector (sites: 1) of two components (dimension: 2)"
        )
    circles = {count: values[:, :, 0] for count, values in points.items()}
    for count in maps:
        if count not in circles:
            raise InputError(f"maps: found {count}, expected one of patterns: {list(patterns)}")
    most = max(circles)
    rows = [row for count in maps for row in _map(count, circles[count][0], beta)]
    rows += _limit(beta)
    rows += [_number(count, values, beta) for count, values in sorted(circles.items())]
    rows += _pair()
    rows += _ring(most, circles[most])
    rows += [row for count in maps for row in _profile(count, circles[count], beta)]
    return pd.DataFrame(rows)


def _sigma(beta: float) -> float:
    return 1 / math.sqrt(2 * beta)


def _even(count: int, turned: float = 0.0) -> np.ndarray:
    angles = turned + 2 * np.pi * np.arange(count) / count
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def _grid() -> np.ndarray:
    edge = np.linspace(-REACH, REACH, SIDE)
    return np.stack(np.meshgrid(edge, edge), axis=-1).reshape(-1, 2)


def _attractors(points: np.ndarray, beta: float) -> tuple[np.ndarray, float]:
    """Distinct final states of evenly spaced starts, and the fraction of unsettled starts."""
    sigma = _sigma(beta)
    ends, still = settled(Empirical(points), _even(STARTS), sigma, MAX_STEPS, STILL)
    found: list[np.ndarray] = []
    for end in ends[still]:
        if all(np.linalg.norm(end - other) > APART for other in found):
            found.append(end)
    return np.array(found).reshape(-1, 2), 1 - float(still.mean())


def _map(count: int, points: np.ndarray, beta: float) -> Iterator[Row]:
    places = _grid()
    energy = Empirical(points).posterior(places, _sigma(beta)).energy
    # Up to a constant this is the energy with the mean over points, as for infinitely many.
    energy = energy + math.log(count) / beta
    for (x, y), value in zip(places, energy, strict=True):
        yield {"panel": "map", "K": count, "beta": beta, "x": x, "y": y, "energy": value}
    for name, found in (("points", points), ("attractors", _attractors(points, beta)[0])):
        for x, y in found:
            yield {"panel": name, "K": count, "beta": beta, "x": x, "y": y}


def _limit(beta: float) -> Iterator[Row]:
    places = _grid()
    energy = circle_energy(np.linalg.norm(places, axis=1), beta)
    for (x, y), value in zip(places, energy, strict=True):
        yield {"panel": "map", "K": math.inf, "beta": beta, "x": x, "y": y, "energy": value}


def _number(count: int, draws: np.ndarray, beta: float) -> Row:
    found = [_attractors(points, beta) for points in draws]
    number, sem = mean_and_sem(np.array([[len(ends)] for ends, _ in found]))
    moving = float(np.mean([part for _, part in found]))
    told = {"number": number, "number_sem": sem, "unsettled": moving, "draws": len(draws)}
    return {"panel": "number", "K": count, "beta": beta, **told}


def _pair() -> Iterator[Row]:
    """Two points at a distance a = 2, so the place of a minimum is in units of a/2."""
    pair = Empirical(np.array([[-1.0, 0.0], [1.0, 0.0]]))
    start = np.array([[1.0, 0.0]])
    for scaled in SCALED:
        ends, _ = settled(pair, start, _sigma(scaled / 2), MAX_STEPS, STILL)
        yield {"panel": "pair", "scaled": scaled, "place": ends[0, 0], "theory": pair_place(scaled)}
    for scaled in np.linspace(SCALED[0], SCALED[-1], LINE):
        yield {"panel": "pair", "scaled": scaled, "theory": pair_place(scaled)}


def _ring(count: int, draws: np.ndarray) -> Iterator[Row]:
    for beta in BETAS:
        radii = []
        for points in draws:
            start = points.mean(axis=0) + _even(FEW)
            ends, _ = settled(Empirical(points), start, _sigma(beta), MAX_STEPS, STILL)
            radii.append(np.linalg.norm(ends, axis=1))
        radius, sem = mean_and_sem(np.array(radii))
        told = {"radius": radius, "radius_sem": sem, "theory": ring_radius(beta)}
        yield {"panel": "ring", "K": count, "beta": beta, "draws": len(draws), **told}
    for beta in np.geomspace(BETAS[0], BETAS[-1], LINE):
        yield {"panel": "ring", "K": math.inf, "beta": beta, "theory": ring_radius(beta)}


def _profile(count: int, draws: np.ndarray, beta: float) -> Iterator[Row]:
    directions = _even(FEW)
    places = (RADII[:, None, None] * directions).reshape(-1, 2)
    energies = np.stack(
        [Empirical(points).posterior(places, _sigma(beta)).energy for points in draws]
    )
    energies = energies.reshape(len(draws), len(RADII), len(directions)) + math.log(count) / beta
    for place, radius in enumerate(RADII):
        energy, sem = mean_and_sem(energies[:, place])
        told = {"energy": energy, "energy_sem": sem, "theory": circle_energy(radius, beta)}
        known = {"panel": "profile", "K": count, "beta": beta, "draws": len(draws)}
        yield known | {"radius": radius} | told
