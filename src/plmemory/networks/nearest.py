"""The nearest of many examples, for spins and colours alike.

States are packed into bit planes, one plane for each binary digit of a site's value: two sites
differ where any plane differs, so differing sites are counted 64 at a time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import intrinsic

WORD = 64
# References compared together: their data fit into the first-level cache of a core.
BESIDE = 1024


def nearest_identity(rows: np.ndarray, references: np.ndarray) -> np.ndarray:
    """Largest fraction of equal sites of each row (S, N) with any of the references (P, N): (S,).

    Spins or colours, at most 256 different values; P at least 1.
    """
    fewest, _ = _differences(rows, references)
    return 1 - fewest / rows.shape[1]


def nearest_overlap(rows: np.ndarray, references: np.ndarray) -> np.ndarray:
    """Largest overlap of each row (S, N) of +1/-1 with any reference (P, N) or its negative: (S,).

    Without fields a network stores the negative of each state that it stores.
    """
    fewest, most = _differences(rows, references)
    sites = rows.shape[1]
    return np.maximum(sites - 2 * fewest, 2 * most - sites) / sites


def _differences(rows: np.ndarray, references: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The smallest and the largest number of different sites of each row with any reference."""
    values = np.unique(np.concatenate([np.unique(rows), np.unique(references)]))
    places = [np.searchsorted(values, states) for states in (rows, references)]
    return _extremes(*(_planes(numbers, len(values)) for numbers in places))


def _planes(places: np.ndarray, values: int) -> np.ndarray:
    """Bit planes (S, words, planes) of numbers 0 ... ``values`` - 1 (S, N), padded with zeros."""
    count, sites = places.shape
    padded = np.zeros((count, -(-sites // WORD) * WORD), dtype=np.uint8)
    padded[:, :sites] = places
    planes = range(max(1, int(values - 1).bit_length()))
    bits = [np.packbits(padded >> plane & 1, axis=1).view(np.uint64) for plane in planes]
    return np.stack(bits, axis=-1)


def _ones(typing_context: Any, word: Any) -> Any:
    """The number of set bits by the machine instruction, which numba does not provide."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


_count_ones: Any = intrinsic(_ones)


@njit(nogil=True, cache=True)
def _extremes(rows: np.ndarray, references: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``_differences`` of planes, as ``_planes`` makes them.

    A word of one row is compared with those of many references, which are contiguous.
    """
    count, words, planes = rows.shape
    beside = np.ascontiguousarray(references.transpose(1, 2, 0))
    fewest = np.full(count, words * WORD, np.int64)
    most = np.zeros(count, np.int64)
    differ = np.zeros(BESIDE, np.uint64)
    differences = np.empty(BESIDE, np.int32)
    for begin in range(0, len(references), BESIDE):
        size = min(BESIDE, len(references) - begin)
        for row in range(count):
            differences[:size] = 0
            for word in range(words):
                if planes > 1:
                    differ[:size] = 0
                for plane in range(planes - 1):
                    mine, theirs = rows[row, word, plane], beside[word, plane, begin:]
                    for k in range(size):
                        differ[k] |= mine ^ theirs[k]
                mine, theirs = rows[row, word, planes - 1], beside[word, planes - 1, begin:]
                for k in range(size):
                    differences[k] += np.int32(_count_ones(differ[k] | (mine ^ theirs[k])))
            low, high = np.int32(words * WORD), np.int32(0)
            for k in range(size):
                low, high = min(low, differences[k]), max(high, differences[k])
            fewest[row], most[row] = min(fewest[row], low), max(most[row], high)
    return fewest, most
