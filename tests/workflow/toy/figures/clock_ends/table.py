"""Where clocks end."""

import pandas as pd


def build(attractors, word):
    """One row a load."""
    return pd.DataFrame(
        [
            {
                "alpha": result.attrs["alpha"],
                "overlap": float(
                    result["trajectory_overlap"][:, result["trajectory_start"] == 0].mean()
                ),
                "strength": result.attrs["strength"],
                "word": word,
            }
            for result in attractors
        ]
    )
