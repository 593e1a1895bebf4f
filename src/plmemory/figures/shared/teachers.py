"""Perceptrons beside their teachers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import xarray as xr


def errors(model: xr.Dataset, data: xr.Dataset) -> np.ndarray:
    """Generalisation errors arccos(R) / pi, (step, replicate), R the cosine with the teacher."""
    students, teachers = model["weights"].values, data["teacher"].values
    norms = np.linalg.norm(students, axis=-1) * np.linalg.norm(teachers, axis=-1)
    return np.arccos((students * teachers).sum(axis=-1) / norms) / np.pi


def norms(model: xr.Dataset) -> np.ndarray:
    """Norms (step,) of the students, which are the same in all replicates."""
    return np.asarray(model["norm"].values[:, 0], dtype=float)


def ends(model: xr.Dataset) -> tuple[float, float]:
    """The smallest and the largest norm."""
    path = norms(model)
    return float(path[0]), float(path[-1])


def beside(
    models: Sequence[xr.Dataset], data: Sequence[xr.Dataset]
) -> Iterator[tuple[xr.Dataset, xr.Dataset]]:
    """Every model with its training data."""
    drawn = {(found.attrs["dataset"], found.sizes["pattern"]): found for found in data}
    for model in models:
        yield model, drawn[model.attrs["dataset"], model.attrs["patterns"]]
