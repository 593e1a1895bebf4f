"""Which examples of a data set a network is trained on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plmemory.errors import InputError
from plmemory.files.labelled import Dataset


def training_set(
    dataset: Dataset, patterns: int, replicates: int, rngs: Sequence[np.random.Generator]
) -> tuple[np.ndarray, np.ndarray | None]:
    """Choose P training examples for every replicate.

    From a pool, where ``train`` is (pattern, site) and shared by all replicates, every
    replicate draws its own P distinct examples uniformly. Where ``train`` was generated for
    each replicate, (replicate, pattern, site), its examples are independent already and the
    first P are taken.

    Parameters
    ----------
    dataset
        With the variable ``train`` and the attribute ``dataset``, its name.
    patterns, replicates
        The numbers P and R.
    rngs
        R generators, one a replicate; generated data sets use none.

    Returns
    -------
    patterns : array
        (R, P, N), int8.
    index : array or None
        (R, P), the position in the pool of each chosen example; None for generated data.

    Raises
    ------
    InputError
        If the data set holds fewer than P examples, or not R replicates.
    """
    train = dataset["train"]
    name = dataset.attrs["dataset"]
    held = train.sizes["pattern"]
    if not 1 <= patterns <= held:
        raise InputError(
            f"patterns (P) of data set '{name}': found {patterns}, expected 1 to {held}, "
            "the number of training examples that it holds"
        )
    if "replicate" in train.dims:
        if train.sizes["replicate"] != replicates:
            raise InputError(
                f"replicates of data set '{name}': found {replicates}, "
                f"expected {train.sizes['replicate']}, the number that was generated"
            )
        return train.values[:, :patterns], None
    if len(rngs) != replicates:
        raise ValueError(f"{len(rngs)} generators for {replicates} replicates")
    index = np.stack([rng.choice(held, size=patterns, replace=False) for rng in rngs])
    return train.values[index], index


def trained_on(dataset: Dataset, model: Dataset) -> np.ndarray:
    """What each replicate of a model has seen, (R, P, N).

    ``model`` carries ``pattern_index`` (replicate, pattern) if its examples were drawn from a pool.
    """
    train = dataset["train"].values
    return train[model["pattern_index"].values] if "pattern_index" in model else train


def tested_on(dataset: Dataset, model: Dataset) -> np.ndarray:
    """Unseen examples for each replicate of a model, (R, T, N); a pool's are the same for all."""
    test = dataset["test"].values
    if "pattern_index" in model:
        return np.broadcast_to(test, (len(model["pattern_index"].values), *test.shape))
    return test
