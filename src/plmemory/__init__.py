"""Associative memories trained by pseudo-likelihood: data, learning, attractors, theory."""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"
# The public face, as __init__.pyi types it, and where it is at home. It is imported when asked for:
# a job imports this package, is made again when what that imports is edited, and uses none of it.
_HOMES = {
    "InputError": "plmemory.errors",
    "Memory": "plmemory.memory",
    "TrainingError": "plmemory.errors",
}
__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
