"""Exceptions raised by damaged files, turned into one line; the standard library alone."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from plmemory.errors import InputError

UNREADABLE = (OSError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError, ValueError)
"""What a damaged, encrypted or forbidden file can raise."""


@contextmanager
def readable(
    path: Path, what: str = "a file", faults: tuple[type[Exception], ...] = UNREADABLE
) -> Iterator[None]:
    """Turn the ``faults`` that a damaged file raises into an InputError of one line."""
    try:
        yield
    except InputError:
        raise
    except faults as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"{path}: found {what} that cannot be read ({reason})") from None
