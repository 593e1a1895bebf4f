"""Pixels of a few final states from noise, and of the images nearest to them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr


def build(memorisation: list[xr.Dataset]) -> pd.DataFrame:
    """One row per pixel; see ``draw``."""
    return pd.concat([_pixels(result) for result in memorisation], ignore_index=True)


def _pixels(result: xr.Dataset) -> pd.DataFrame:
    random = np.flatnonzero(result["end_start"].values == "random")
    sigmas = result["end_sigma"].values[random]
    chosen = random[0] if np.isnan(sigmas).all() else random[np.nanargmin(sigmas)]
    width = int(result.attrs["image_shape"][1])
    pixels: Any = result["kept"].isel(end=int(chosen)).rename("value").to_dataframe()
    pixels = pixels.reset_index()
    pixels["row"], pixels["column"] = pixels["pixel"] // width, pixels["pixel"] % width
    told = {"memory": result.attrs["rule"], "K": result.attrs["patterns"]}
    return pixels[["image", "example", "row", "column", "value"]].assign(**told)
