"""Which rows of a network one job learns: all, or its part of them.

Rows that are learned apart from each other need not be learned by one job. What a part computes is
what one job for all rows would, so that parts differ from it by rounding at most.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from plmemory.errors import InputError
from plmemory.machine.workers import split


class Part(NamedTuple):
    """Part ``number`` (from 0) of so many parts ``of`` the rows."""

    number: int
    of: int

    def rows(self, count: int) -> slice:
        """The rows of this part, about as many as of any other.

        Raises
        ------
        InputError
            If there are more parts than rows.
        """
        if count < self.of:
            raise InputError(f"parts: found {self.of}, expected at most {count}, the sites")
        return slice(*self._edges(count))

    def pieces(self, count: int, most: int) -> list[slice]:
        """The pieces of ``split(count, most)``, as far as they lie in these rows."""
        rows = self.rows(count)
        found = split(count, most)
        inner = [piece.start for piece in found if rows.start < piece.start < rows.stop]
        return [slice(*pair) for pair in itertools.pairwise([rows.start, *inner, rows.stop])]

    def share(self, count: int, most: int) -> tuple[list[slice], slice]:
        """Whole pieces of ``split(count, most)``, and which of their rows are this part's.

        For solvers in which the rows of a piece are not quite independent, for they end together.
        The pieces are dealt out; if there are fewer than parts, several parts work on the same.
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

    All are drawn, so that every part, and what is drawn afterwards, is as if one job drew them.
    """
    for _ in range(rows.start):
        draw(size=sites)
    own = draw(size=(rows.stop - rows.start, sites))
    for _ in range(rows.stop, sites):
        draw(size=sites)
    return own
