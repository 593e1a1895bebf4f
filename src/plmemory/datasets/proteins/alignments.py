"""Protein alignments, read as colours.

Colours are 0 .. 20 in the order of ``ALPHABET``; 20 is the gap. All symbols other than aligned
residues become gaps: insertions (lower-case letters and dots), the letters B, J, O, U, X, Z, which
do not stand for a single one of the twenty amino acids, and the symbols # * ? _ ~ for unknown or
absent residues.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np

from plmemory.datasets.proteins import contents, formats
from plmemory.errors import InputError

ALPHABET = "ACDEFGHIKLMNPQRSTVWY-"
STATES = len(ALPHABET)
GAP = STATES - 1
AMBIGUOUS = "BJOUXZ"
SYMBOLS = "#*?_~"
NUCLEOTIDES = "ACGTUN"
MOST = 0.95  # a protein never has this fraction of nucleotides
MAX_BYTES = 1 << 27  # of an alignment, unpacked: 1 GB of memory

_INSERTION, _UNKNOWN, _FORBIDDEN = 253, 254, 255
_COLOURS = np.full(256, _FORBIDDEN, np.uint8)
_COLOURS[ord("a") : ord("z") + 1] = _INSERTION
_COLOURS[ord(".")] = _INSERTION
_COLOURS[[ord(symbol) for symbol in AMBIGUOUS + SYMBOLS]] = _UNKNOWN
_COLOURS[[ord(letter) for letter in ALPHABET]] = np.arange(STATES)
_UPPER = np.frombuffer(bytes(range(256)).upper(), np.uint8)


class Alignment(NamedTuple):
    """Aligned sequences: names, rows (sequence, column) of colours int8, and remarks.

    ``remarks``: one line each on skipped rows, insertions, letters read as gaps, repeated names.
    """

    names: list[str]
    rows: np.ndarray
    remarks: list[str]


def read(path: Path) -> Alignment:
    """Read an alignment file; see ``parse``.

    Raises
    ------
    InputError
        If the file cannot be read or is not an alignment.
    """
    return parse(contents.read(path, MAX_BYTES), str(path))


def parse(content: bytes, source: str) -> Alignment:
    """Parse an alignment in any format of ``formats.records``, packed or not (``contents.text``).

    Rows of unequal length are A3M: without insertions (lower-case letters and dots) their lengths
    must be equal. In rows of equal length a column of lower-case letters is one of insertions
    (A2M), unless some column has letters of both cases, or no letter is upper-case: then lower-case
    letters are masked residues and are read as residues. Rows of annotation are skipped. ``source``
    names the file in messages.

    Raises
    ------
    InputError
        If the content is no protein alignment of at least two sequences.
    """
    text = contents.text(content, source, expected="an alignment", limit=MAX_BYTES)
    found = formats.records(text, source)
    records = [record for record in found if not formats.is_annotation(record[0])]
    if not any(sequence for _, sequence in records):
        raise InputError(f"{source}: found no sequences, expected an alignment")
    if len(records) == 1:
        raise InputError(f"{source}: found one sequence, expected at least two")
    remarks = []
    if len(records) < len(found):
        skipped = len(found) - len(records)
        remarks.append(f"{skipped} rows of annotation (secondary structure, consensus) skipped")
    names = [name for name, _ in records]
    texts = [_symbols(name, sequence, source) for name, sequence in records]
    _refuse_nucleotides(texts, source)
    symbols, on_columns = _align(texts, names, source)
    rows, on_gaps = _to_colours(symbols, source)
    names, on_names = _distinct(names)
    return Alignment(names, rows, remarks + on_columns + on_gaps + on_names)


def letters(rows: np.ndarray) -> list[str]:
    """The sequences (P, N) as text."""
    table = np.frombuffer(ALPHABET.encode(), np.uint8)
    return [row.tobytes().decode() for row in table[rows]]


def _symbols(name: str, sequence: str, source: str) -> np.ndarray:
    """The characters of one row as uint8, all of them known."""
    codes = np.frombuffer(sequence.encode("ascii", errors="replace"), np.uint8)
    forbidden = _COLOURS[codes] == _FORBIDDEN
    if not sequence.isascii() or forbidden.any():
        found = next(c for c in sequence if not c.isascii() or _COLOURS[ord(c)] == _FORBIDDEN)
        raise InputError(
            f"{source}: sequence {_short(name)}: found {found!a}, expected letters of amino acids, "
            "'-' or '.'"
        )
    return codes


def _refuse_nucleotides(texts: list[np.ndarray], source: str) -> None:
    counts = np.zeros(256, dtype=int)
    for codes in texts:
        counts += np.bincount(_UPPER[codes], minlength=256)
    tally = {letter: int(counts[ord(letter)]) for letter in AMBIGUOUS + ALPHABET[:GAP]}
    bases = [letter for letter in NUCLEOTIDES if tally[letter]]
    complete = {"A", "C", "G"} <= set(bases) and {"T", "U"} & set(bases)
    if complete and sum(tally[base] for base in bases) >= MOST * sum(tally.values()):
        raise InputError(
            f"{source}: found nucleotides ({' '.join(bases)}), expected an alignment of proteins"
        )


def _align(texts: list[np.ndarray], names: list[str], source: str) -> tuple[np.ndarray, list[str]]:
    """Characters (sequence, column); the remaining lower-case ones are insertions; remarks."""
    remarks = []
    if len({len(codes) for codes in texts}) > 1:
        matched = [codes[_COLOURS[codes] != _INSERTION] for codes in texts]
        dropped = sum(map(len, texts)) - sum(map(len, matched))
        remarks.append(f"{dropped} insertions (lower-case letters and dots) dropped")
        texts = matched
    for name, codes in zip(names, texts, strict=True):
        if len(codes) != len(texts[0]):
            raise InputError(
                f"{source}: sequence {_short(name)}: found {len(codes)} aligned columns, "
                f"expected {len(texts[0])} as in the first sequence"
            )
    symbols = np.array(texts)
    if _is_masked(symbols, source):
        masked = int((_UPPER[symbols] != symbols).sum())
        symbols = _UPPER[symbols]
        remarks.append(f"{masked} lower-case letters read as residues, not as insertions")
    return symbols, remarks


def _is_masked(symbols: np.ndarray, source: str) -> bool:
    """Whether lower-case letters are masked residues rather than insertions."""
    upper, lower = ((symbols >= ord(a)) & (symbols <= ord(z)) for a, z in ("AZ", "az"))
    if not upper.any():
        return bool(lower.any())
    if not (upper.any(axis=0) & lower.any(axis=0)).any():
        return False
    insertions = (_COLOURS[symbols] == _INSERTION).sum(axis=1)
    if (insertions == insertions[0]).all():
        raise InputError(
            f"{source}: found {insertions[0]} lower-case letters or dots in every sequence, which "
            "can be insertions (A3M) or masked residues, expected residues in upper case"
        )
    return True


def _to_colours(symbols: np.ndarray, source: str) -> tuple[np.ndarray, list[str]]:
    """Colours (sequence, column), and remarks on what became a gap."""
    colours = _COLOURS[symbols]
    if not (colours < GAP).any():
        raise InputError(
            f"{source}: found no upper-case letters of amino acids, expected an alignment "
            "(lower-case letters mark insertions)"
        )
    remarks = []
    insertions = int((colours == _INSERTION).sum())
    if insertions:
        remarks.append(f"{insertions} insertions (lower-case letters and dots) read as gaps")
    counts = {sign: np.count_nonzero(symbols == ord(sign)) for sign in AMBIGUOUS + SYMBOLS}
    unknown = sum(counts[letter] for letter in AMBIGUOUS)
    if unknown:
        remarks.append(f"{unknown} letters of {AMBIGUOUS} read as gaps")
    for symbol in SYMBOLS:
        if counts[symbol]:
            remarks.append(f"{counts[symbol]} symbols {symbol} read as gaps")
    return np.where(colours < GAP, colours, GAP).astype(np.int8), remarks


def _distinct(names: list[str]) -> tuple[list[str], list[str]]:
    """Number repeated names; a remark if any repeat."""
    copies: Counter[str] = Counter()
    taken: set[str] = set()
    distinct = []
    for name in names:
        candidate = name
        while candidate in taken:
            copies[name] += 1
            candidate = f"{name}#{copies[name] + 1}"
        taken.add(candidate)
        distinct.append(candidate)
    repeated = sum(map(str.__ne__, names, distinct))
    remark = f"{repeated} records repeat an earlier name; numbered as name#2, name#3, ..."
    return distinct, [remark] * (repeated > 0)


def _short(name: str) -> str:
    return ascii(name if len(name) <= 40 else name[:37] + "...")
