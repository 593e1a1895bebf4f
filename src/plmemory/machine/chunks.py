"""Arrays that may be larger than memory, a few rows at a time."""

from __future__ import annotations

from collections.abc import Iterator

# Numbers that are real at a time.
CHUNK = 1 << 23


def chunks(count: int, numbers: int) -> Iterator[slice]:
    """Where to find some of so many rows of ``numbers`` each, in their order, until all were."""
    step = max(1, CHUNK // numbers)
    for begin in range(0, count, step):
        yield slice(begin, min(begin + step, count))
