"""Content of a file as text: unpacked within a limit and decoded, or recognised as another kind.

Compression and encoding are recognised by content, never by name.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from plmemory.datasets.limits import most_unpacked
from plmemory.errors import InputError

_PACKED: dict[bytes, tuple[str, Callable[[io.BytesIO], Any]]] = {
    b"\x1f\x8b": ("gzip", gzip.open),
    b"BZh": ("bzip2", bz2.open),
    b"\xfd7zXZ\0": ("xz", lzma.open),
}
_FOREIGN = {
    b"PK\x03\x04": "a zip archive",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard file",
    b"\x1f\x9d": "a file packed by compress",
    b"%PDF": "a PDF document",
}
_TAR_MARK = slice(257, 262)
_MARKS = {  # byte-order marks; that of UTF-32 begins with that of UTF-16
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
    codecs.BOM_UTF8: "utf-8",
}
_PADDING = "\0\x1a \t\n\v\f\r"  # at the end: zeros of servers, the end mark of old systems
_CHUNK = 1 << 20  # bytes unpacked at once
MAX_LINES = 1 << 22  # each line takes some hundred bytes as a sequence, even if short


def read(path: Path, limit: int) -> bytes:
    """The bytes of a file.

    Raises
    ------
    InputError
        If it cannot be read or has more than ``limit`` bytes.
    """
    try:
        if path.stat().st_size > limit:
            raise InputError(_too_large(str(path), limit))
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None


def text(content: bytes, source: str, *, expected: str, limit: int) -> str:
    """Plain text of ``content``, which may be compressed (gzip, bzip2, xz); lines end with ``\\n``.

    The encoding is UTF-8, or UTF-16 or UTF-32 by the byte-order mark; UTF-16 without a mark is
    recognised by its zeros. ``source`` names the file in messages and ``expected`` says what it
    should be.

    Raises
    ------
    InputError
        If the content is empty, damaged or not text, has too many lines, or unpacks to more than
        ``limit`` bytes or beyond the expansion that ``datasets.limits`` allows.
    """
    unpacked = _unpack(content, source, min(limit, most_unpacked(len(content))))
    lines = max(unpacked.count(b"\n"), unpacked.count(b"\r"))
    if lines > MAX_LINES:
        raise InputError(f"{source}: found {lines} lines, expected at most {MAX_LINES}")
    decoded = _decode(unpacked).rstrip(_PADDING)
    fault = _foreign(unpacked) or _no_text(decoded)
    if fault:
        raise InputError(f"{source}: found {fault}, expected {expected}")
    return decoded.replace("\r\n", "\n").replace("\r", "\n") + "\n"


def _unpack(content: bytes, source: str, limit: int) -> bytes:
    """Unpacks twice, first to measure: nothing larger than the limit is ever in memory."""
    for mark, (packing, opener) in _PACKED.items():
        if content.startswith(mark):
            try:
                with opener(io.BytesIO(content)) as packed:
                    if _longer(packed, limit):
                        raise InputError(_too_large(source, limit))
                    packed.seek(0)
                    return packed.read()
            except (EOFError, OSError, zlib.error, lzma.LZMAError):
                raise InputError(f"{source}: found a truncated or damaged {packing} file") from None
    return content


def _longer(packed: IO[bytes], limit: int) -> bool:
    length = 0
    while length <= limit and (piece := packed.read(_CHUNK)):
        length += len(piece)
    return length > limit


def _too_large(source: str, limit: int) -> str:
    return f"{source}: found more than {limit} bytes (unpacked), expected at most so many"


def _no_text(decoded: str) -> str | None:
    if not decoded:
        return "an empty file"
    if "\0" in decoded:
        return "zero bytes within (a binary file, or several files joined)"
    if decoded.lstrip().startswith("<"):
        return "a web page or other HTML or XML"
    return None


def _foreign(content: bytes) -> str | None:
    if content.startswith(tuple(_PACKED)):
        return "a file packed twice"
    if content[_TAR_MARK] == b"ustar":
        return "a tar archive"
    return next((name for mark, name in _FOREIGN.items() if content.startswith(mark)), None)


def _decode(content: bytes) -> str:
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, errors="replace")
    even, odd = content[:64:2], content[1:64:2]
    if len(content) > 3 and not any(odd) and all(even):
        return content.decode("utf-16-le", errors="replace")
    if len(content) > 3 and not any(even) and all(odd):
        return content.decode("utf-16-be", errors="replace")
    return content.decode("utf-8", errors="replace")
