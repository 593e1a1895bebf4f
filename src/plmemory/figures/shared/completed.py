"""Rows on the final states of corrupted examples, for the figures that show them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import xarray as xr

from plmemory.figures.shared.summary import identity, mean_and_sem

AT_EXAMPLE = 0.95  # overlap from which an end counts as a training example


def rows(result: xr.Dataset) -> Iterator[dict[str, Any]]:
    """One row per kind of example (train, test) and initial overlap, of one measured model.

    ``at_train_share``: fraction of final states with an overlap of at least 0.95 with a training
    example (for spins, or its negative); null models are NaN for training examples.
    """
    for kind in ("train", "test"):
        nulls = {f"{name}_overlap": float("nan") for name in ("nearest_train", "consensus")}
        share = float("nan")
        if kind == "test":
            nearest = result["test_example_nearest_train"]
            nulls["nearest_train_overlap"] = mean_and_sem(nearest)[0]
            nulls["consensus_overlap"] = mean_and_sem(result["test_example_consensus"])[0]
            share = mean_and_sem(nearest >= AT_EXAMPLE)[0]
        for place, asked in enumerate(result["initial_overlap"].values):
            at = result.isel(initial_overlap=place)
            kept, kept_sem = mean_and_sem(at[f"{kind}_kept"])
            near, near_sem = mean_and_sem(at[f"{kind}_nearest_train"] >= AT_EXAMPLE)
            yield {
                "dataset": result.attrs["dataset"],
                **identity(result),
                "P": result.attrs["patterns"],
                "start": kind,
                "asked_overlap": float(asked),
                "initial_overlap": float(at[f"{kind}_begun"].mean()),
                "final_overlap": kept,
                "final_overlap_sem": kept_sem,
                "at_train_share": near,
                "at_train_share_sem": near_sem,
                **nulls,
                "at_train_share_of_examples": share,
                "draws": result.sizes["replicate"],
                "n": at[f"{kind}_kept"].size,
            }
