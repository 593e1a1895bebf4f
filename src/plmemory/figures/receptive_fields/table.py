"""Stabilities and the receptive field of the central pixel, at a few epochs of a training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from plmemory.errors import InputError
from plmemory.figures.shared.summary import identity


def build(
    models: list[xr.Dataset], learning_curve: list[xr.Dataset], epochs: Sequence[int]
) -> pd.DataFrame:
    """One row per run, epoch and bin or pixel, all of the first replicate; see ``draw``.

    Raises
    ------
    InputError
        If a run has not recorded one of the ``epochs``.
    """
    tables = []
    for model, curve in zip(models, learning_curve, strict=True):
        recorded = curve["epoch"].values.tolist()
        for epoch in epochs:
            if epoch not in recorded:
                raise InputError(
                    f"epochs: found {epoch}, expected one that {curve.attrs['rule']!r} recorded, "
                    f"{', '.join(map(str, recorded))}"
                )
            record = recorded.index(epoch)
            at = curve.isel(record=record, replicate=0)
            known = identity(curve)
            known = {"run": known.pop("rule"), **known, "epoch": epoch, "norm": float(at["norm"])}
            couplings = model["snapshots"].values[record, 0]
            shape = [int(size) for size in curve.attrs["image_shape"]]
            tables += [_densities(at, known), _field(couplings, shape, known)]
    return pd.concat(tables, ignore_index=True)


def _densities(at: xr.Dataset, known: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            **known,
            "quantity": "density",
            "stability": at["stability"].values,
            "value": at["stability_density"].values,
        }
    )


def _field(couplings: np.ndarray, shape: Sequence[int], known: dict[str, Any]) -> pd.DataFrame:
    """The couplings (N, N) onto the central pixel of an image (rows, columns), over their norm."""
    rows, columns = np.indices(shape)
    central = np.ravel_multi_index([size // 2 for size in shape], shape)
    field = couplings[central].astype(np.float64)
    return pd.DataFrame(
        {
            **known,
            "quantity": "coupling",
            "row": rows.ravel(),
            "column": columns.ravel(),
            "value": field / np.linalg.norm(field),
        }
    )
