"""The rows of a network that one job learns: all, or a part of them.

Independent rows need not be learned by one job. A part computes the same as one job for all rows,
so the results differ at most by rounding.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from plmemory.errors import InputError
from plmemory.machine.workers import split


class Part(NamedTuple):
    """Part ``number`` (from 0) ``of`` this many parts."""

    number: int
    of: int

    def rows(self, count: int) -> slice:
        """The rows of this part; all parts have about the same number.

        Raises
        ------
        InputError
            If there are more parts than rows.
        """
        if count < self.of:
            raise InputError(f"parts: found {self.of}, expected at most {count}, the sites")
        return slice(*self._edges(count))

    def pieces(self, count: int, most: int) -> list[slice]:
        """The pieces of ``split(count, most)``, cut to the rows of this part."""
        rows = self.rows(count)
        found = split(count, most)
        inner = [piece.start for piece in found if rows.start < piece.start < rows.stop]
        return [slice(*pair) for pair in itertools.pairwise([rows.start, *inner, rows.stop])]

    def share(self, count: int, most: int) -> tuple[list[slice], slice]:
        """Whole pieces of ``split(count, most)``, and the rows among them that belong to this part.

        For solvers in which the rows of a piece are not quite independent, because they end
        together. The pieces are distributed; if there are fewer pieces than parts, several parts
        work on the same piece.
        """
        found = split(count, most)
        if self.of <= len(found):
            mine = found[slice(*self._edges(len(found)))]
            return mine, slice(0, mine[-1].stop - mine[0].start)
        rows = self.rows(count)
        mine = [piece for piece in found if piece.start < rows.stop and rows.start < piece.stop]
        first = mine[0].start
        return mine, slice(rows.start - first, rows.stop - first)

    def _edges(self, count: int) -> tuple[int, int]:
        return count * self.number // self.of, count * (self.number + 1) // self.of


WHOLE = Part(0, 1)


def within(pieces: list[slice]) -> list[slice]:
    """The same pieces, counted from the first row of the first."""
    first = pieces[0].start
    return [slice(piece.start - first, piece.stop - first) for piece in pieces]


def drawn(draw: Callable[..., np.ndarray], rows: slice, sites: int) -> np.ndarray:
    """``rows`` of numbers (N, N) that ``draw(size=...)`` draws row by row: (n, N).

    All rows are drawn, so every part and all later draws are the same as in one job.
    """
    for _ in range(rows.start):
        draw(size=sites)
    own = draw(size=(rows.stop - rows.start, sites))
    for _ in range(rows.stop, sites):
        draw(size=sites)
    return own
