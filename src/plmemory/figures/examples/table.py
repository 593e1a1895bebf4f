"""Pixels of a few images, corrupted and retrieved."""

from __future__ import annotations

import pandas as pd
import xarray as xr


def build(examples: list[xr.Dataset]) -> pd.DataFrame:
    """One row per pixel; see ``draw``."""
    tables = []
    for result in examples:
        width = int(result.attrs["image_shape"][1])
        pixels = result["state"].rename("value").to_dataframe().reset_index()
        labels = result["label"].to_dataframe().reset_index()
        pixels = pixels.merge(labels, on=["set", "example"])
        pixels["row"], pixels["column"] = pixels["site"] // width, pixels["site"] % width
        tables.append(pixels.drop(columns="site").assign(alpha=result.attrs["alpha"]))
    return pd.concat(tables, ignore_index=True)
