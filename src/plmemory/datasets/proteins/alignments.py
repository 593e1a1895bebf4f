"""Protein alignments: reading, filtering, clustering, weighting.

Colours are 0 .. 20 in the order of ``ALPHABET``; 20 is the gap. What is not an aligned residue
becomes a gap: lower-case letters (insertions), dots, and the letters B, J, O, U, X, Z that
stand for no single one of the twenty amino acids.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from Bio import AlignIO
from Bio.SeqIO.FastaIO import SimpleFastaParser
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from plmemory.errors import InputError
from plmemory.networks.potts.states import equal_sites

ALPHABET = "ACDEFGHIKLMNPQRSTVWY-"
STATES = len(ALPHABET)
GAP = STATES - 1
AMBIGUOUS = "BJOUXZ"

_INSERTION, _UNKNOWN, _FORBIDDEN = 253, 254, 255
_COLOURS = np.full(256, _FORBIDDEN, np.uint8)
_COLOURS[ord("a") : ord("z") + 1] = _INSERTION
_COLOURS[ord(".")] = _INSERTION
_COLOURS[[ord(letter) for letter in AMBIGUOUS]] = _UNKNOWN
_COLOURS[[ord(letter) for letter in ALPHABET]] = np.arange(STATES)


class Alignment(NamedTuple):
    """Aligned sequences: names, rows (sequence, column) of colours int8, and what was mended.

    ``remarks``: one line each on insertions dropped, letters read as gaps, repeated names.
    """

    names: list[str]
    rows: np.ndarray
    remarks: list[str]


class Filtered(NamedTuple):
    """What the filters keep: rows (P, N), and the numbers of the sequences and columns kept."""

    rows: np.ndarray
    sequences: np.ndarray
    columns: np.ndarray


def read(path: Path) -> Alignment:
    """Read an alignment file; see ``parse``.

    Raises
    ------
    InputError
        If the file cannot be read or is not an alignment.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    return parse(content, str(path))


def parse(content: bytes, source: str) -> Alignment:
    """Parse FASTA, A3M, Stockholm or plain rows, gzipped or not, told apart by their content.

    Rows of equal length are taken as they stand. Rows of unequal length are A3M: without their
    insertions (lower-case letters and dots) they must be equally long. Lines that begin with #
    are comments except in Stockholm. Plain rows are one sequence a line, or name and sequence.
    ``source`` names the file in messages.

    Raises
    ------
    InputError
        If the content is no alignment of at least two sequences.
    """
    text = _text(content, source)
    records = list(_records(text, source))
    if not records:
        raise InputError(f"{source}: found no sequences, expected an alignment")
    if len(records) == 1:
        raise InputError(f"{source}: found one sequence, expected at least two")
    coded = [_encode(name, sequence, source) for name, sequence in records]
    rows, remarks = _align(coded, records, source)
    names, repeated = _distinct([name for name, _ in records])
    if repeated:
        remarks.append(
            f"{repeated} records repeat an earlier name; numbered as name#2, name#3, ..."
        )
    return Alignment(names, rows, remarks)


def letters(rows: np.ndarray) -> list[str]:
    """The sequences (P, N) as text."""
    table = np.frombuffer(ALPHABET.encode(), np.uint8)
    return [row.tobytes().decode() for row in table[rows]]


def clean(
    rows: np.ndarray, *, max_column_gaps: float, max_sequence_gaps: float, source: str
) -> Filtered:
    """Drop gappy columns, then sequences that are gappy in what is left, then duplicates.

    A column or sequence is dropped if its fraction of gaps exceeds the limit (1 keeps all but
    columns that are all gaps). Of equal sequences the first is kept.

    Raises
    ------
    InputError
        If fewer than two columns or sequences are left.
    """
    gaps = rows == GAP
    fraction = gaps.mean(axis=0)
    columns = np.flatnonzero((fraction <= max_column_gaps) & (fraction < 1))
    if len(columns) < 2:
        raise InputError(
            f"{source}: found {len(columns)} columns with at most {max_column_gaps:.0%} gaps, "
            "expected at least two; raise max_column_gaps"
        )
    sequences = np.flatnonzero(gaps[:, columns].mean(axis=1) <= max_sequence_gaps)
    kept = rows[np.ix_(sequences, columns)]
    _, first = np.unique(kept, axis=0, return_index=True)
    first.sort()
    if len(first) < 2:
        raise InputError(
            f"{source}: found {len(first)} distinct sequences with at most "
            f"{max_sequence_gaps:.0%} gaps, expected at least two; raise max_sequence_gaps"
        )
    return Filtered(np.ascontiguousarray(kept[first]), sequences[first], columns)


def clusters(rows: np.ndarray, identity: float) -> np.ndarray:
    """Single-linkage clusters: labels (P,) such that any two sequences that are equal in at
    least a fraction ``identity`` of the columns share a label. Labels count up from 0.
    """
    labels = np.arange(len(rows))
    for begin, close in _neighbours(rows, identity):
        first, second = np.nonzero(close)
        links = (labels[first + begin], labels[second])
        graph = coo_array((np.ones(len(first), bool), links), shape=(len(rows), len(rows)))
        labels = connected_components(graph, directed=False)[1][labels]
    return np.unique(labels, return_inverse=True)[1]


def weights(rows: np.ndarray, identity: float) -> np.ndarray:
    """Weight of each sequence (P,): 1 / (number of sequences at least so identical, itself too)."""
    counts = [close.sum(axis=1) for _, close in _neighbours(rows, identity)]
    return 1.0 / np.concatenate(counts)


def split(
    labels: np.ndarray, test_fraction: float, rng: np.random.Generator, source: str
) -> tuple[np.ndarray, np.ndarray]:
    """Training and test sequences, both in random order, no cluster on both sides.

    Clusters are drawn in random order and go to the test side where they fit, until it holds
    ``test_fraction`` of the sequences. Clusters too large to fit stay in training.

    Raises
    ------
    InputError
        If no cluster fits on the test side, or none is left for training.
    """
    sizes = np.bincount(labels)
    room = round(test_fraction * len(labels))
    chosen = np.zeros(len(sizes), dtype=bool)
    for cluster in rng.permutation(len(sizes)):
        if sizes[cluster] <= room:
            chosen[cluster] = True
            room -= sizes[cluster]
    order = rng.permutation(len(labels))
    test = chosen[labels[order]]
    if test.all() or not test.any():
        raise InputError(
            f"{source}: found {len(sizes)} identity clusters, the largest of {sizes.max()} of "
            f"{len(labels)} sequences: no split with a test fraction of {test_fraction:g}; "
            "raise cluster_identity or test_fraction"
        )
    return order[~test], order[test]


def _text(content: bytes, source: str) -> str:
    if content[:2] == b"\x1f\x8b":
        try:
            content = gzip.decompress(content)
        except (EOFError, OSError, zlib.error):
            raise InputError(f"{source}: found a truncated or damaged gzip file") from None
    if not content.strip():
        raise InputError(f"{source}: found an empty file, expected an alignment")
    if b"\0" in content:
        raise InputError(f"{source}: found a binary file, expected an alignment as text")
    text = content.decode("utf-8-sig", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _records(text: str, source: str) -> Iterator[tuple[str, str]]:
    if text.lstrip().startswith("# STOCKHOLM"):
        yield from _stockholm(text.lstrip(), source)
        return
    lines = [line for line in text.split("\n") if line.strip() and not line.startswith("#")]
    if lines and lines[0].startswith(">"):
        yield from SimpleFastaParser(io.StringIO("\n".join(lines)))
        return
    for number, line in enumerate(lines, start=1):
        words = line.split()
        if len(words) > 2:
            raise InputError(
                f"{source}: row {number}: found {len(words)} words, "
                "expected FASTA, A3M, Stockholm, or one sequence a line with or without a name"
            )
        yield (words[0] if len(words) == 2 else f"row {number}"), words[-1]


def _stockholm(text: str, source: str) -> Iterator[tuple[str, str]]:
    try:
        alignment = AlignIO.read(io.StringIO(text), "stockholm")
    except Exception as error:  # Biopython raises nearly anything on damaged Stockholm files
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"{source}: found a damaged Stockholm file ({reason})") from None
    for record in alignment:
        yield record.id, str(record.seq)


def _encode(name: str, sequence: str, source: str) -> np.ndarray:
    """Colours, with insertions and ambiguous letters still marked."""
    codes = _COLOURS[np.frombuffer(sequence.encode("latin-1", errors="replace"), np.uint8)]
    if (codes == _FORBIDDEN).any():
        found = sequence[int(np.argmax(codes == _FORBIDDEN))]
        raise InputError(
            f"{source}: sequence {_short(name)}: found {found!a}, expected letters of amino acids, "
            "'-' or '.'"
        )
    return codes


def _align(
    coded: list[np.ndarray], records: list[tuple[str, str]], source: str
) -> tuple[np.ndarray, list[str]]:
    """Rows (sequence, column) of colours, and remarks."""
    remarks = []
    insertions = sum(int((codes == _INSERTION).sum()) for codes in coded)
    if len({len(codes) for codes in coded}) > 1:
        coded = [codes[codes != _INSERTION] for codes in coded]
        remarks.append(f"{insertions} insertions (lower-case letters and dots) dropped")
    elif insertions:
        remarks.append(f"{insertions} insertions (lower-case letters and dots) read as gaps")
    length = len(coded[0])
    for (name, _), codes in zip(records, coded, strict=True):
        if len(codes) != length:
            raise InputError(
                f"{source}: sequence {_short(name)}: found {len(codes)} aligned columns, "
                f"expected {length} as in the first sequence"
            )
    rows = np.array(coded)
    if not (rows < GAP).any():
        raise InputError(
            f"{source}: found no upper-case letters of amino acids, expected an alignment "
            "(lower-case letters mark insertions)"
        )
    unknown = int((rows == _UNKNOWN).sum())
    if unknown:
        remarks.append(f"{unknown} letters of {AMBIGUOUS} read as gaps")
    return np.where(rows < GAP, rows, GAP).astype(np.int8), remarks


def _distinct(names: list[str]) -> tuple[list[str], int]:
    """Number repeated names; also how many repeat."""
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
    return distinct, sum(map(str.__ne__, names, distinct))


def _short(name: str) -> str:
    return ascii(name if len(name) <= 40 else name[:37] + "...")


def _neighbours(rows: np.ndarray, identity: float) -> Iterator[tuple[int, np.ndarray]]:
    """Blocks (first row, (rows of the block, P) bool) of which pairs are at least so identical."""
    needed = np.ceil(identity * rows.shape[1] - 1e-6)
    for begin, equal in equal_sites(rows, rows):
        yield begin, equal >= needed
