"""Limits of a user's data, and the number of held-out patterns; the standard library alone.

Headers can be wrong: sizes that they declare are compared with these limits before memory is
allocated.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from plmemory.errors import InputError

MAX_BYTES = 2**33
"""Most bytes of values that are read from one file: 8 GiB."""

MAX_EXPANSION = 800
"""Most bytes of values for a byte of their file. Zeros deflate by 1030, sparse spins by 740."""

ALWAYS_READ = 2**26
"""Bytes of values that are read whatever their expansion: 64 MiB."""


class Sizes(NamedTuple):
    """Training patterns P, sites N, and rows and columns where the patterns are images."""

    train: int
    sites: int
    image_shape: tuple[int, int] | None


def expanded(name: str | Path) -> Path:
    """The path with ``~`` and environment variables filled in."""
    return Path(os.path.expandvars(os.path.expanduser(name)))


def existing(name: str | Path) -> Path:
    """The path of a file, expanded. Raises InputError if there is none."""
    path = expanded(name)
    if not os.path.isfile(path):
        raise InputError(f"{path}: found no such file")
    return path


def held_out(patterns: int, fraction: float, source: str | Path) -> int:
    """How many of ``patterns`` a test set of this fraction takes.

    Raises
    ------
    InputError
        If a fraction above zero leaves training or test without a pattern.
    """
    test = round(fraction * patterns)
    if fraction > 0 and not 0 < test < patterns:
        raise InputError(
            f"{source}: found {patterns} patterns, of which a test_fraction of {fraction:g} "
            f"takes {test}, expected at least one for training and one for the test; "
            "set test_fraction: 0 for no test"
        )
    return test


def check_sites(sites: int, source: str | Path) -> None:
    """Raise InputError if there are fewer than two sites."""
    if sites < 2:
        raise InputError(f"{source}: found {sites} sites a pattern, expected at least 2")


def most_unpacked(stored: int) -> int:
    """Largest number of bytes to which a file of ``stored`` bytes may unpack."""
    return max(ALWAYS_READ, MAX_EXPANSION * stored)


def check_limits(
    shape: Sequence[int], itemsize: int, source: str | Path, stored: int | None = None
) -> None:
    """Raise InputError if there are too many values, in total or for the size of their file.

    Parameters
    ----------
    shape, itemsize
        Shape of the array, and the bytes of each value.
    source
        Its name, for the message.
    stored
        Bytes of the file from which they are unpacked, if it is a single file.
    """
    needed = math.prod(shape) * itemsize
    found = f"{source}: found values of shape {tuple(shape)} with {itemsize} bytes each"
    if needed > MAX_BYTES:
        raise InputError(f"{found}, expected at most {MAX_BYTES} bytes in all")
    if stored is not None and needed > most_unpacked(stored):
        raise InputError(
            f"{found} in a file of {stored} bytes, expected at most {MAX_EXPANSION} times its size"
        )
