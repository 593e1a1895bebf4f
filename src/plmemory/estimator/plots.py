"""Pictures of a memory, in the style of the workflow's figures."""

from __future__ import annotations

from typing import Any

import numpy as np

from plmemory.errors import InputError
from plmemory.figures.shared.look import Look


def retrieval_map(ax: Any, begun: np.ndarray, kept: np.ndarray, look: Look) -> Any:
    """Draw final overlaps (M, P) against those of the starts (M, P) on axes of matplotlib.

    The mean over the patterns, with a band of one standard error. Without axes (None) on those of
    a new figure. Returns the axes.

    Raises
    ------
    InputError
        If matplotlib or pandas is not installed.
    """
    try:
        import matplotlib
        import pandas as pd

        from plmemory.figures.shared import panels, style
    except ModuleNotFoundError as missing:
        raise InputError(
            f"plot: found no {missing.name}, expected it installed, as by plmemory[notebook]"
        ) from None
    errors = kept.std(axis=1, ddof=1) / np.sqrt(kept.shape[1]) if kept.shape[1] > 1 else np.nan
    table = pd.DataFrame(
        {"initial": begun.mean(axis=1), "final": kept.mean(axis=1), "final_sem": errors}
    )
    with matplotlib.rc_context(style.RC):
        if ax is None:
            from matplotlib import pyplot

            _, ax = pyplot.subplots(figsize=(style.COLUMN, 2.8), layout="constrained")
            ax.plot([0, 1], [0, 1], color=style.GREY, linewidth=0.6, linestyle=":", zorder=0)
            ax.set(xlim=(0, 1), ylim=(0, 1.03))
            ax.set(xlabel=style.INITIAL_OVERLAP, ylabel=style.FINAL_OVERLAP)
        panels.curve(ax, table, "initial", "final", look)
        ax.legend()
    return ax
