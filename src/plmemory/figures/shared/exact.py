"""Theory of a measured result, from the ``theory`` module of its learning rule."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from plmemory.theory.distribution import StabilityDistribution

LOADS = 41  # of a line of theory from the smallest to the largest measured load
RULES = Path(__file__).parents[2] / "learning"


def known_of(attributes: Mapping[str, Any], name: str) -> Callable[..., Any] | None:
    """A function of the theory of a result's learning rule; None if there is none."""
    method = attributes["method"]
    independent = "independent" in attributes["described"]["provides"]
    if not (independent and (RULES / method / "theory.py").is_file()):
        return None
    return getattr(importlib.import_module(f"plmemory.learning.{method}.theory"), name, None)


def distribution(attributes: Mapping[str, Any]) -> StabilityDistribution | None:
    """The stabilities for N to infinity, for the rule and load in a result's attributes, or None.

    Theory is for independent unbiased patterns: there is none for other data sets.
    """
    known = known_of(attributes, "stability_distribution")
    return None if known is None else known(attributes)


def capacity(attributes: Mapping[str, Any]) -> float:
    """The load above which a rule fails on random patterns; NaN if unknown."""
    known = known_of(attributes, "capacity")
    return math.nan if known is None else known(attributes)


def lines(results: Sequence[xr.Dataset]) -> Iterator[tuple[dict[str, Any], StabilityDistribution]]:
    """Theory between the measured loads, for lines.

    Yields, for each rule that has a theory, its columns (rule, alpha, b) and its distribution.
    """
    for rule in dict.fromkeys(result.attrs["rule"] for result in results):
        measured = [result.attrs for result in results if result.attrs["rule"] == rule]
        loads = [attributes["alpha"] for attributes in measured]
        for alpha in np.linspace(min(loads), max(loads), LOADS).tolist():
            exact = distribution(measured[0] | {"alpha": alpha})
            if exact is not None and alpha not in loads:
                yield {"rule": rule, "alpha": alpha, "b": measured[0]["b"]}, exact
