"""From a data set to a model: choose the examples, and label the learnt couplings."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from plmemory.datasets.selection import chosen, training_set
from plmemory.files.labelled import Dataset
from plmemory.seeds import generator

# Default attributes of models, unless their rule gives others.
ATTRIBUTES = {"b": math.nan, "l2": 0.0, "inverse_temperature": math.nan, "symmetric": 0}


@dataclass(frozen=True)
class Examples:
    """The examples of a rule: patterns (R, P, N), their places (R, P) in the pool, their number.

    index: None for patterns that were drawn for each replicate. count: P; infinite for the
    distribution from which the examples were drawn.
    """

    patterns: np.ndarray
    index: np.ndarray | None
    count: float


def choice(told: Mapping[str, Any], patterns: str) -> list[np.random.Generator]:
    """Generators of the choice of training examples, one a replicate: the same for all rules.

    ``told``: the seed, the data set whose ``draws`` they are, and the number of replicates.
    """
    identity = (told["seed"], "choice", told["draws"], patterns)
    return [generator(*identity, replicate) for replicate in range(told["replicates"])]


def examples(
    dataset: Dataset, name: str, rngs: Sequence[np.random.Generator], *, infinite: bool
) -> Examples:
    """The training examples of every replicate, one generator each.

    ``name``: P00250 or Pall; for the infinite limit any name, since its model is compared with the
    whole pool, or with all patterns generated for a replicate.
    """
    held = dataset.sizes["pattern"]
    if infinite:
        train = dataset["train"]
        places = None if "replicate" in train.dims else np.arange(held)[None]
        return Examples(chosen(train, places, held), places, math.inf)
    count = held if name == "Pall" else int(name[1:])
    patterns, index = training_set(dataset, count, len(rngs), rngs)
    return Examples(patterns, index, count)


def needed(dataset: Dataset, chosen: Examples, names: Sequence[str]) -> dict[str, Any]:
    """What a rule needs from a data set besides the patterns: variables or attributes, by name.

    For a variable along the examples, the values of the chosen examples.
    """
    found: dict[str, Any] = {}
    for name in names:
        if name not in dataset:
            value = dataset.attrs[name]
            # A numpy scalar would raise the precision of arrays.
            found[name] = value.item() if isinstance(value, np.generic) else value
        elif dataset[name].dims[0] == "pattern" and chosen.index is not None:
            found[name] = dataset[name].values[chosen.index]
        else:
            found[name] = dataset[name].values
    return found


def model(
    learned: Any,
    chosen: Examples,
    settings: Mapping[str, Any],
    attributes: Mapping[str, Any],
) -> Dataset:
    """The labelled model: couplings, convergence, history and attributes.

    ``settings``: those of the rule; plain values become attributes, like ``attributes``.
    """
    plain = {k: v for k, v in settings.items() if isinstance(v, bool | int | float | str)}
    told = {k: int(v) if isinstance(v, bool) else v for k, v in plain.items()}
    result = Dataset(
        {
            **learned.variables,
            "converged": (("replicate",), np.asarray(learned.converged)),
        },
        attrs={
            **told,
            **ATTRIBUTES,
            **attributes,
            "patterns": chosen.count,
            "alpha": chosen.count / chosen.patterns.shape[2],
            "converged": int(learned.converged.all()),
        },
    )
    if chosen.index is not None:
        result["pattern_index"] = (("replicate", "pattern"), chosen.index)
    for quantity, values in learned.history.items():
        result[f"history_{quantity}"] = (("record", "replicate")[: np.ndim(values)], values)
    for quantity, values in learned.diagnostics.items():
        axes = ("replicate", *(f"{quantity}_{axis}" for axis in range(np.ndim(values) - 1)))
        result[f"final_{quantity}"] = (axes[: np.ndim(values)], values)
    return result
