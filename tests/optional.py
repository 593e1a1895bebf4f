"""Libraries that need not be installed: what touches one that is missing is skipped, aloud."""

from __future__ import annotations

from typing import Any

import pytest


class _Missing:
    """In place of torch where the extra `gpu` is not installed."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what copying and inspecting ask of any object
            raise AttributeError(name)
        pytest.skip("torch is not installed (make gpu): what needs it is not tested")


try:
    import torch
except ModuleNotFoundError:
    torch = _Missing()
