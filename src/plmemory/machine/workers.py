"""Work shared by the cores: one thread a piece, each with a single-threaded matrix product.

Against the threads of the matrix-product library this also shares the elementwise arithmetic, and
the pieces, hence the rounding, do not depend on how many cores there are.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any

import numpy  # noqa: F401  (loads the library whose threads are counted)
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

# Pieces of fewer rows are not worth a thread: their matrix products are too small.
SMALL = 64


def split(count: int, most: int) -> list[slice]:
    """Divide ``count`` rows into about equal pieces of at most ``most`` (at least one row).

    At least two unless they would be small, and then an even number, as cores mostly are.
    """
    pieces = max(1, -(-count // max(1, most)))
    if pieces > 1 or count >= 2 * SMALL:
        pieces = min(pieces + pieces % 2, count)
    edges = [count * piece // pieces for piece in range(pieces + 1)]
    return [slice(*edge) for edge in itertools.pairwise(edges)]


def _cores() -> int:
    """The cores that this process may use; not every system tells them from all that there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Workers:
    """A pool of as many threads as the matrix-product library would use; a context manager.

    Where that library does not say how many, as many as there are cores. Inside the context it uses
    one thread, so that nothing but the pool is shared out: two pools of threads that wait for each
    other take several times as long. Compiled loops share the pool if they release the interpreter
    lock.
    """

    def __init__(self) -> None:
        libraries = ThreadpoolController().select(user_api="blas")
        threads = [library["num_threads"] for library in libraries.info()]
        self.count = max(threads, default=_cores())
        self._pool = ThreadPoolExecutor(self.count)
        self._limit = libraries.limit(limits=1)

    def map(self, function: Callable[[Any], object], pieces: Iterable[Any]) -> list[Any]:
        """Call the function on every piece and return the results in order.

        Must not be called by a piece of work itself. The first exception is raised again.
        """
        pieces = list(pieces)
        if self.count == 1 or len(pieces) == 1:
            return [function(piece) for piece in pieces]
        return list(self._pool.map(function, pieces))

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._pool.shutdown()
        self._limit.restore_original_limits()
