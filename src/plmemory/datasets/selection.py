"""Which examples of a data set a network is trained on, and on which it is tested.

A pool may hold ``published_order`` (pattern,), the order in which published work drew its examples:
then the first replicate is the *published draw*. It learns the first P of that order, and the next
ones are its unseen examples.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from plmemory.errors import InputError
from plmemory.files.labelled import Dataset

PUBLISHED_ORDER = "published_order"


def training_set(
    dataset: Dataset, patterns: int, replicates: int, rngs: Sequence[np.random.Generator]
) -> tuple[np.ndarray, np.ndarray | None]:
    """Choose P training examples for every replicate.

    From a pool, where ``train`` is (pattern, site) and shared by all replicates, every
    replicate draws its own P distinct examples uniformly, but for the published draw, if there
    is one. Where ``train`` was generated for each replicate, (replicate, pattern, site), its
    examples are independent already and the first P are taken.

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
    if PUBLISHED_ORDER in dataset:
        index[0] = dataset[PUBLISHED_ORDER].values[:patterns]
    return train.values[index], index


def trained_on(dataset: Dataset, model: Dataset, part: str = "") -> np.ndarray:
    """What each replicate of a model has seen, (R, P, N); with ``part`` "_label" its labels (R, P).

    ``model`` carries ``pattern_index`` (replicate, pattern) if its examples were drawn from a pool,
    else the first P were generated for each of its replicates.
    """
    train = dataset[f"train{part}"].values
    if "pattern_index" in model:
        return train[model["pattern_index"].values]
    count = model.attrs["patterns"]
    return train if math.isinf(count) else train[:, : int(count)]


def tested_on(dataset: Dataset, model: Dataset, part: str = "") -> np.ndarray:  # noqa: PT028
    """Unseen examples for each replicate of a model, (R, T, N); with ``part`` "_label" theirs.

    Those of a pool are the same for all replicates but the published draw. Where fewer than those
    are left of its order, all replicates are tested on so many, and where none is left, the
    published draw is tested as the others are.
    """
    test = dataset[f"test{part}"].values
    if "pattern_index" not in model:
        return test
    everyone = np.broadcast_to(test, (len(model["pattern_index"].values), *test.shape))
    if PUBLISHED_ORDER not in dataset or math.isinf(model.attrs["patterns"]):
        return everyone
    seen = model["pattern_index"].sizes["pattern"]
    left = dataset[PUBLISHED_ORDER].values[seen : seen + len(test)]
    if not len(left):
        return everyone
    own = dataset[f"train{part}"].values[left]
    return np.concatenate([own[None], everyone[1:, : len(left)]])
