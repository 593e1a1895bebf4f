"""Residue distances from a protein structure, placed on the columns of an alignment."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import NamedTuple

import numpy as np
from Bio.Align import PairwiseAligner, substitution_matrices
from Bio.PDB.MMCIFParser import MMCIFParser
from Bio.PDB.PDBParser import PDBParser
from Bio.SeqUtils import seq1
from scipy.spatial.distance import cdist

from plmemory.datasets.proteins.alignments import ALPHABET, letters
from plmemory.errors import InputError

HYDROGENS = {"H", "D"}


class Chain(NamedTuple):
    """One chain: one-letter sequence (n residues), distances (n, n) float32 in angstrom.

    The distance of two residues is the smallest one of their non-hydrogen atoms.
    """

    name: str
    sequence: str
    distances: np.ndarray


class Placement(NamedTuple):
    """Where the chain lies in the alignment.

    residues: (N,) residue of each column, -1 where the chain has none. reference: number of the
    sequence through which it was placed. identity: fraction of equal residues in the placed part.
    """

    residues: np.ndarray
    reference: int
    identity: float


def read(path: Path, chain: str | None) -> Chain:
    """Read a chain (the first one if None) of the first model of a PDB or mmCIF file.

    The format follows from the name: .cif or .mmcif, else PDB; both may be gzipped (.gz).

    Raises
    ------
    InputError
        If the file cannot be read, or has no such chain of amino acids.
    """
    try:
        content = path.read_bytes()
        text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode("latin-1")
    except (OSError, EOFError) as error:
        raise InputError(f"{path}: cannot be read ({error})") from None
    is_cif = {".cif", ".mmcif"} & set(path.suffixes)
    parser = MMCIFParser(QUIET=True) if is_cif else PDBParser(QUIET=True)
    try:
        model = next(iter(parser.get_structure(path.stem, io.StringIO(text))))
    except Exception as error:  # Biopython raises nearly anything on damaged files
        reason = " ".join(str(error).split()) or "no model"
        raise InputError(f"{path}: is not a protein structure ({reason})") from None
    chains = {
        candidate.id: [r for r in candidate if r.id[0] == " " and seq1(r.resname) in ALPHABET]
        for candidate in model
    }
    chains = {name: residues for name, residues in chains.items() if residues}
    if not chains or (chain is not None and chain not in chains):
        expected = f"chain {chain}" if chain is not None else "a chain"
        found = ", ".join(chains) or "none"
        raise InputError(f"{path}: found chains of amino acids {found}; expected {expected}")
    name = next(iter(chains)) if chain is None else chain
    residues = chains[name]
    return Chain(name, seq1("".join(r.resname for r in residues)), _distances(residues))


def place(sequence: str, rows: np.ndarray) -> Placement:
    """Align a chain's ``sequence`` with the most similar of the ``rows`` (P, N) of colours.

    Global alignment with BLOSUM62 and free end gaps, by Biopython.
    """
    aligner = PairwiseAligner(
        substitution_matrix=substitution_matrices.load("BLOSUM62"),
        open_gap_score=-11,
        extend_gap_score=-1,
        end_gap_score=0,
    )
    texts = letters(rows)
    bare = [text.replace("-", "") for text in texts]
    scores = [aligner.score(sequence, text) if text else -np.inf for text in bare]
    reference = int(np.argmax(scores))
    alignment = aligner.align(sequence, bare[reference])[0]
    columns = np.flatnonzero(np.frombuffer(texts[reference].encode(), np.uint8) != ord("-"))
    residues = np.full(rows.shape[1], -1)
    equal = 0
    for (first, stop), (begin, _) in zip(*alignment.aligned, strict=True):
        for offset in range(stop - first):
            residues[columns[begin + offset]] = first + offset
            equal += sequence[first + offset] == bare[reference][begin + offset]
    placed = int((residues >= 0).sum())
    return Placement(residues, reference, equal / placed if placed else 0.0)


def on_columns(distances: np.ndarray, residues: np.ndarray) -> np.ndarray:
    """Distances (N, N) between columns, NaN where a column has no residue."""
    mapped = distances[np.ix_(residues, residues)].astype(np.float32)
    missing = residues < 0
    mapped[missing] = np.nan
    mapped[:, missing] = np.nan
    return mapped


def _distances(residues: list) -> np.ndarray:
    atoms = [
        np.array([atom.coord for atom in r if atom.element not in HYDROGENS]) for r in residues
    ]
    starts = np.concatenate([[0], np.cumsum([len(a) for a in atoms])[:-1]])
    between = cdist(np.concatenate(atoms), np.concatenate(atoms))
    nearest = np.minimum.reduceat(np.minimum.reduceat(between, starts, axis=0), starts, axis=1)
    return nearest.astype(np.float32)
