"""Exact results for attention with Hebb's couplings on random vectors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plmemory.theory.attention import Attending


def attending(attributes: Mapping[str, Any], dimension: int) -> Attending:
    """The parameters of a step for a model with these ``attributes``, at finite N and P.

    A message sums over P - 1 other patterns, a step over N - 1 other tokens.
    """
    sites = attributes["patterns"] / attributes["alpha"]
    return Attending(
        patterns=attributes["patterns"] - 1,
        tokens=sites - 1,
        dimension=dimension,
        strength=attributes["inverse_temperature"] / sites,
        kept=sites * attributes["gamma"] / (1 - attributes["gamma"]),
    )
