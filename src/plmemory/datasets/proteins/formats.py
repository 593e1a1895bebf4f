"""Alignment files as named sequences, letter by letter as they stand."""

from __future__ import annotations

import io
import re
from collections import Counter

from Bio import AlignIO
from Bio.SeqIO.FastaIO import SimpleFastaParser

from plmemory.errors import InputError

Records = list[tuple[str, str]]
"""Name and sequence of each row of an alignment."""

_BY_BIOPYTHON = {"Stockholm": re.compile(r"# STOCKHOLM"), "PIR": re.compile(r">(P1|F1);")}
_CLUSTAL = re.compile(r"(CLUSTAL|MUSCLE|PROBCONS|MSAPROBS|Kalign).*\n")
_UNREAD = {
    "PHYLIP": re.compile(r"\d+[ \t]+\d+[ \t]*\n"),
    "NEXUS": re.compile(r"#NEXUS", re.IGNORECASE),
    "MSF": re.compile(r"!!|PileUp"),
}
_EXPECTED = "expected FASTA, A3M, Stockholm, Clustal, SELEX, PIR or one sequence a line"
_CONSERVATION = re.compile(r"\s[\s*:.]*")
_ANNOTATION = re.compile(r"(ss|sa|aa)_(pred|conf|dssp)\b|(\S*_)?consensus(\s|$)", re.IGNORECASE)


def records(text: str, source: str) -> Records:
    """The rows of an alignment: FASTA and A3M, Stockholm, PIR, Clustal, SELEX or plain rows.

    Plain rows are one sequence in each line, or name and sequence. As in SELEX and Clustal, they
    may be in several blocks that name the same sequences. Lines that begin with # are comments
    there, and before the first record of FASTA. ``source`` names the file in messages.

    Raises
    ------
    InputError
        If the text is in none of these formats.
    """
    begin = text.lstrip()
    for title, first_line in _UNREAD.items():
        if first_line.match(begin):
            raise InputError(f"{source}: found the format {title}, {_EXPECTED}")
    for title, first_line in _BY_BIOPYTHON.items():
        if first_line.match(begin):
            return _by_biopython(begin, title, source)
    if clustal := _CLUSTAL.match(begin):
        return _plain_rows(begin[clustal.end() :], source)
    lines = text.split("\n")
    content = [line for line in lines if line.strip() and not line.startswith("#")]
    if content and content[0].startswith(">"):
        _refuse_late_comments(lines, source)
        return list(SimpleFastaParser(io.StringIO(text)))
    return _plain_rows(text, source)


def is_annotation(name: str) -> bool:
    """Whether a record is annotation, such as HH-suite's ``ss_pred`` and consensus rows."""
    return _ANNOTATION.match(name) is not None


def _by_biopython(text: str, title: str, source: str) -> Records:
    try:
        alignment = AlignIO.read(io.StringIO(text), title.lower())
    except Exception as error:  # Biopython raises many exceptions on damaged files
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"{source}: found a damaged {title} file ({reason})") from None
    return [(record.id, str(record.seq)) for record in alignment]


def _refuse_late_comments(lines: list[str], source: str) -> None:
    first = next(number for number, line in enumerate(lines) if line.startswith(">"))
    for number, line in enumerate(lines[first:], start=first + 1):
        if line.startswith("#") and (line.strip() == "#" or len(line.split()) > 1):
            raise InputError(
                f"{source}: line {number}: found a comment, expected comments (#) only before "
                "the first record"
            )


def _plain_rows(text: str, source: str) -> Records:
    """One sequence in each line; blocks that name the same sequences are joined."""
    blocks: list[Records] = [[]]
    number = 0
    for line in text.split("\n"):
        words = line.split()
        if not words:
            blocks.append([])
        elif not line.startswith("#") and not _CONSERVATION.fullmatch(line):
            number += 1
            if len(words) == 3 and words[2].isdigit():
                words.pop()  # the number of residues so far
            if len(words) > 2:
                raise InputError(f"{source}: row {number}: found {len(words)} words, {_EXPECTED}")
            blocks[-1].append((words[0] if len(words) == 2 else f"row {number}", words[-1]))
    blocks = [block for block in blocks if block]
    names = [[name for name, _ in block] for block in blocks]
    if all(block == names[0] for block in names):
        parts = zip(*blocks, strict=True)
        return [(part[0][0], "".join(sequence for _, sequence in part)) for part in parts]
    appearances = Counter(name for block in names for name in set(block))
    name, blocks_with = appearances.most_common(1)[0]
    if blocks_with > 1:
        raise InputError(
            f"{source}: found blocks of rows of which {blocks_with} of {len(blocks)} name "
            f"{name!a}, expected the same names in the same order in every block"
        )
    return [row for block in blocks for row in block]
