"""Rows that are solved block by block, on all cores; finished blocks are kept in checkpoints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from typing import Any, TypeVar

import numpy as np

from plmemory.files import checkpoints
from plmemory.machine.backend import Backend
from plmemory.machine.workers import Workers

Found = TypeVar("Found")


def by_blocks(
    kind: Callable[..., Found],
    solve: Callable[[slice], Any],
    blocks: Sequence[slice],
    backend: Backend,
    *outputs: Any,
    workers: Workers,
) -> Found:
    """The result of ``solve`` for all rows, joined from its results for each block.

    ``solve`` returns arrays (rows, ...) or None, the fields of ``kind``. ``outputs``: arrays of
    which it also fills ``output[rows]``. A block that is too large for the device is halved.
    """
    by_rows = partial(backend.by_rows, solve)
    found = chain(*checkpoints.pieces(by_rows, blocks, *outputs, workers=workers))
    columns = zip(*found, strict=True)
    return kind(*(None if column[0] is None else np.concatenate(column) for column in columns))
