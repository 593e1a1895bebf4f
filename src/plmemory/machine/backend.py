"""The backend of all arithmetic: numpy on the CPU, torch on a GPU, one code for both.

Kernels call ``backend.xp`` only with the spellings that both libraries share
(``xp.matmul(a, b, out=c)``, ``xp.tanh(x, out=x)``, ...). On the CPU numpy's matrix product
is at least as fast as torch's, and the import of torch takes two seconds. So torch is imported only
if there is an NVIDIA driver and a GPU is requested.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from plmemory.errors import InputError

Result = TypeVar("Result")
DEVICES = ("auto", "cpu", "cuda")
DTYPES = ("float32", "float64")


@dataclass(frozen=True)
class Backend:
    """An array library, the device its arrays live on, and their floating-point type."""

    xp: Any
    device: str
    dtype: str

    @property
    def float(self) -> Any:
        """The floating-point type of the library."""
        return getattr(self.xp, self.dtype)

    def asarray(self, array: Any) -> Any:
        """Copy ``array`` to the device as floating point."""
        if self.xp is np:
            return np.array(array, dtype=self.dtype)
        return self.xp.tensor(np.asarray(array), dtype=self.float, device=self.device)

    def empty(self, shape: tuple[int, ...]) -> Any:
        """An uninitialised array on the device."""
        if self.xp is np:
            return np.empty(shape, dtype=self.dtype)
        return self.xp.empty(shape, dtype=self.float, device=self.device)

    def zeros(self, shape: tuple[int, ...]) -> Any:
        """An array of zeros on the device."""
        if self.xp is np:
            return np.zeros(shape, dtype=self.dtype)
        return self.xp.zeros(shape, dtype=self.float, device=self.device)

    def to_numpy(self, array: Any) -> np.ndarray:
        """Bring ``array`` back to the host (no copy on the CPU)."""
        if self.xp is np:
            return np.asarray(array)
        return array.cpu().numpy()

    def take(self, array: Any, indices: np.ndarray, out: Any) -> None:
        """Copy ``array[indices]`` (along the first axis) into ``out``."""
        if self.xp is np:
            # Any mode other than "raise" writes to ``out`` without a hidden buffer.
            np.take(array, indices, axis=0, out=out, mode="clip")
        else:
            index = self.xp.tensor(indices, device=self.device)
            self.xp.index_select(array, 0, index, out=out)

    def by_rows(self, work: Callable[[slice], Result], rows: slice) -> list[Result]:
        """The results of ``work`` on the rows: on all at once, or on parts that fit into memory.

        If the device runs out of memory, the rows are halved, repeatedly if needed.
        """
        exhausted = MemoryError if self.xp is np else self.xp.OutOfMemoryError
        if rows.stop - rows.start <= 1:
            return [work(rows)]
        with contextlib.suppress(exhausted):
            return [work(rows)]
        # Here the arrays of the failed attempt are released.
        if self.device == "cuda":
            self.xp.cuda.empty_cache()
        middle = (rows.start + rows.stop) // 2
        first, second = slice(rows.start, middle), slice(middle, rows.stop)
        return [*self.by_rows(work, first), *self.by_rows(work, second)]


def select(device: str = "auto", dtype: str = "float32") -> Backend:
    """Resolve ``device`` (auto, cpu, cuda) and ``dtype`` (float32, float64) to a backend.

    Raises
    ------
    InputError
        If the device or the type is unknown, or a GPU is requested and it or torch is missing.
    """
    if device not in DEVICES:
        raise InputError(f"device: found {device!r}, expected one of {', '.join(DEVICES)}")
    if dtype not in DTYPES:
        raise InputError(f"dtype: found {dtype!r}, expected one of {', '.join(DTYPES)}")
    if device != "cpu" and _has_nvidia_driver():
        try:
            torch = importlib.import_module("torch")
        except ModuleNotFoundError:
            if device == "cuda":
                raise InputError(
                    "device: found 'cuda', but torch is not installed; run make gpu, or set cpu"
                ) from None
            return Backend(np, "cpu", dtype)
        if torch.cuda.is_available():
            return Backend(torch, "cuda", dtype)
    if device == "cuda":
        raise InputError("device: found 'cuda', but this machine has no usable NVIDIA GPU; set cpu")
    return Backend(np, "cpu", dtype)


def _has_nvidia_driver() -> bool:
    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    return True
