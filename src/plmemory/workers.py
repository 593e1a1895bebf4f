"""Work shared by the cores: one thread a piece, each with a single-threaded matrix product.

Against the threads of the matrix-product library this also shares the elementwise arithmetic, and
the pieces, hence the rounding, do not depend on how many cores there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any

import numpy  # noqa: F401  (loads the library whose threads are counted)
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]


class Workers:
    """A pool of as many threads as the matrix-product library would use; a context manager."""

    def __init__(self) -> None:
        self._libraries = ThreadpoolController().select(user_api="blas")
        self.count = max((library["num_threads"] for library in self._libraries.info()), default=1)
        self._pool = ThreadPoolExecutor(self.count)

    def map(self, function: Callable[[Any], object], pieces: Iterable[Any]) -> list[Any]:
        """Call the function on every piece and return the results in order.

        Must not be called by a piece of work itself. The first exception is raised again.
        """
        pieces = list(pieces)
        with self._libraries.limit(limits=1):
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
