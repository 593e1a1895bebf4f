"""Arrays that may be larger than memory, in files that vanish with their process."""

from __future__ import annotations

import tempfile
from typing import Any

import numpy as np


def empty(shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """An array in a file without a name, in the folder for temporary files (TMPDIR)."""
    with tempfile.TemporaryFile() as file:
        return np.memmap(file, dtype, "w+", shape=shape)
