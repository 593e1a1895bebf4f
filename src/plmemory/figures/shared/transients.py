"""Transients of corrupted images, and baselines, for the figures that show them."""

from __future__ import annotations

from collections.abc import Iterator

import xarray as xr

from plmemory.figures.shared.look import LINES, Look

NETWORK = "none"  # no baseline
# Baselines, which use images and no couplings, and their looks. Their lines are those of no clock,
# unless there are more than four.
BASELINES = {
    "nearest_train": Look("nearest training image to the start", "#8c8c8c", "", LINES[5]),
    "mean_image": Look("mean training image", "#8c8c8c", "", LINES[4]),
}
CORRUPTIONS = {
    "none": "from the image itself",
    "flipped": "components flipped",
    "masked": "tokens masked",
}


def courses(result: xr.Dataset) -> Iterator[tuple[str, str, xr.DataArray]]:
    """Each start and corruption with its overlaps (replicate, state, time)."""
    for start in result["start"].values.tolist():
        for corruption in result["corruption"].values.tolist():
            yield start, corruption, result["overlap"].sel(start=start, corruption=corruption)
    yield "random", NETWORK, result["random"]


def baseline(result: xr.Dataset, name: str, start: str, corruption: str) -> xr.DataArray:
    """The overlaps (replicate, state) of a baseline with clean images of this kind of start."""
    values = result[name].sel(start=start)
    return values.sel(corruption=corruption) if "corruption" in values.dims else values
