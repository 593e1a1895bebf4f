"""Optional libraries: a test that uses a missing one is skipped with a message."""

from __future__ import annotations

from typing import Any

import pytest


class _Missing:
    """A substitute for torch if the extra `gpu` is not installed."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # needed for copying and inspecting objects
            raise AttributeError(name)
        pytest.skip("torch is not installed (make gpu): what needs it is not tested")


try:
    import torch
except ModuleNotFoundError:
    torch = _Missing()
