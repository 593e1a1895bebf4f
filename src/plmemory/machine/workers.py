"""Work distributed over the cores: pieces run in threads, with single-threaded matrix products.

In contrast to the threads of the matrix-product library, this also distributes the elementwise
arithmetic, and the pieces, hence the rounding, do not depend on the number of cores.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

# For pieces of fewer rows a thread does not pay: their matrix products are too small.
SMALL = 64


def split(count: int, most: int) -> list[slice]:
    """Divide ``count`` rows into about equal pieces of at most ``most`` (at least one row).

    There are at least two unless they would be small, and then an even number, like most numbers of
    cores.
    """
    pieces = max(1, -(-count // max(1, most)))
    if pieces > 1 or count >= 2 * SMALL:
        pieces = min(pieces + pieces % 2, count)
    edges = [count * piece // pieces for piece in range(pieces + 1)]
    return [slice(*edge) for edge in itertools.pairwise(edges)]


def _cores() -> int:
    """The number of cores that this process may use or, on some systems, of all cores."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Workers:
    """A context manager: a pool of as many threads as the matrix-product library would use.

    If that library does not report a number, the number of cores is used. Inside the context the
    library uses one thread: two pools of threads that wait for each other would take several times
    as long. Compiled loops run in parallel if they release the interpreter lock.
    """

    def __init__(self) -> None:
        libraries = ThreadpoolController().select(user_api="blas")
        threads = [library["num_threads"] for library in libraries.info()]
        self.count = max(threads, default=_cores())
        self._pool = ThreadPoolExecutor(self.count)
        self._limit = libraries.limit(limits=1)

    def map(self, function: Callable[[Any], object], pieces: Iterable[Any]) -> list[Any]:
        """Call the function on every piece and return the results in order.

        A piece of work must not call this method. The first exception is raised again.
        """
        pieces = list(pieces)
        if self.count == 1 or len(pieces) == 1:
            return [function(piece) for piece in pieces]
        return list(self._pool.map(function, pieces))

    def shares(self, count: int) -> list[np.ndarray]:
        """The numbers below ``count``, dealt out to the workers.

        For compiled code that does many short pieces in one call: with a call for each, the workers
        would often wait for each other in Python.
        """
        parts = min(self.count, count)
        return [np.arange(first, count, parts) for first in range(parts)]

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
