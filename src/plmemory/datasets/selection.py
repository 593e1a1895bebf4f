"""The examples of a data set on which a network is trained and tested.

A pool may have ``published_order`` (pattern,), the order in which published work drew its examples.
Then the first replicate is the *published draw*: it learns the first P examples of this order, and
the next ones are its unseen examples.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from plmemory.errors import InputError
from plmemory.files import mapped
from plmemory.files.labelled import Dataset, Stored, Variable

PUBLISHED_ORDER = "published_order"
# Bytes read at a time if the examples stay in their file.
READ = 1 << 26


def training_set(
    dataset: Dataset, patterns: int, replicates: int, rngs: Sequence[np.random.Generator]
) -> tuple[np.ndarray, np.ndarray | None]:
    """Choose P training examples for every replicate.

    From a pool, where ``train`` is (pattern, site) and shared by all replicates, every
    replicate draws its own P distinct examples uniformly, except for the published draw, if there
    is one. If ``train`` was generated for each replicate, (replicate, pattern, site), its examples
    are already independent, and the first P are taken.

    Parameters
    ----------
    dataset
        With the variable ``train`` and the attribute ``dataset``, its name.
    patterns, replicates
        The numbers P and R.
    rngs
        One generator for each of the R replicates; generated data sets use none.

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
        return chosen(train, None, patterns), None
    if len(rngs) != replicates:
        raise ValueError(f"{len(rngs)} generators for {replicates} replicates")
    index = np.stack([rng.choice(held, size=patterns, replace=False) for rng in rngs])
    if PUBLISHED_ORDER in dataset:
        index[0] = dataset[PUBLISHED_ORDER].values[:patterns]
    return chosen(train, index, patterns), index


def chosen(train: Variable, index: np.ndarray | None, count: int) -> np.ndarray:
    """``train`` at places (R, P) of the pool, or the first ``count`` of each replicate.

    The result is (R, P, N), of vector spins (R, P, N, d).

    Examples that stay in their file are copied to a file that is mapped into memory.
    """
    stored = train.stored
    if not isinstance(stored, Stored):
        return train.values[:, :count] if index is None else train.values[index]
    held, example = train.sizes["pattern"], stored.shape[1 + (index is None) :]
    replicates = stored.shape[0] if index is None else len(index)
    found = mapped.empty((replicates, count, *example), stored.dtype)
    step = max(1, READ // (math.prod(example) * stored.dtype.itemsize))
    for begin in range(0, count if index is None else held, step):
        if index is None:
            place = slice(begin, min(begin + step, count))
            for replicate, own in enumerate(found):
                own[place] = stored[replicate, place]
        else:
            examples = stored[begin : begin + step]
            for own, places in zip(found, index, strict=True):
                here = np.flatnonzero((begin <= places) & (places < begin + step))
                own[here] = examples[places[here] - begin]
    return found


def trained_on(dataset: Dataset, model: Dataset, part: str = "") -> np.ndarray:
    """Training examples of each replicate, (R, P, N); with ``part`` "_label" their labels (R, P).

    ``model`` has ``pattern_index`` (replicate, pattern) if its examples were drawn from a pool;
    else they are the first P generated for each replicate.
    """
    train = dataset[f"train{part}"].values
    if "pattern_index" in model:
        return train[model["pattern_index"].values]
    count = model.attrs["patterns"]
    return train if math.isinf(count) else train[:, : int(count)]


def tested_on(dataset: Dataset, model: Dataset, part: str = "") -> np.ndarray:  # noqa: PT028
    """Unseen examples of each replicate, (R, T, N); with ``part`` "_label" their labels.

    Those of a pool are the same for all replicates except the published draw. If its order has
    fewer examples left, all replicates are tested on this smaller number; if none is left, the
    published draw is tested like the others.
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
