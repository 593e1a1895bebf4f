"""Residue distances of a protein structure, placed on the columns of an alignment."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

import numpy as np
from Bio.Align import PairwiseAligner, substitution_matrices
from Bio.PDB.Chain import Chain as BiopythonChain
from Bio.PDB.MMCIFParser import MMCIFParser
from Bio.PDB.PDBParser import PDBParser
from scipy.spatial.distance import cdist

from plmemory.datasets.proteins import contents
from plmemory.datasets.proteins.alignments import letters
from plmemory.datasets.proteins.chains import name_chains
from plmemory.datasets.proteins.residues import AminoAcid, amino_acids
from plmemory.errors import InputError

MAX_BYTES = 40_000_000  # of a structure, unpacked: half a million atoms, 2.2 GB of memory
MAX_RESIDUES = 10_000  # of a chain: 400 MB for each matrix of distances

_MMCIF = re.compile(r"(?:\s|#.*\n)*+data_", re.IGNORECASE)


class Chain(NamedTuple):
    """One chain: one-letter sequence (n residues), distances (n, n) float32 in angstrom.

    distances: smallest distance between the non-hydrogen atoms of two residues. beta_distances:
    between their C-beta atoms, C-alpha for glycine; NaN where the structure lacks that atom.
    remarks: one line each on residues read as their parents and on what was skipped.
    """

    name: str
    sequence: str
    distances: np.ndarray
    beta_distances: np.ndarray
    remarks: list[str]


class Placement(NamedTuple):
    """The placement of the chain in the alignment.

    residues: (N,) residue of each column, -1 where the chain has none. reference: number of the
    sequence with which the chain was aligned. identity: fraction of equal residues in the placed
    part.
    """

    residues: np.ndarray
    reference: int
    identity: float


def read(path: Path, chain: str | None) -> Chain:
    """Read a chain of amino acids (the first one if None) of the first model of a structure.

    PDB and mmCIF are recognised by content; both may be compressed (``contents.text``). Residues
    are selected by ``residues.amino_acids``; chains without a name are named by
    ``chains.name_chains``.

    Raises
    ------
    InputError
        If the file cannot be read, or has no such chain.
    """
    packed = contents.read(path, MAX_BYTES)
    text = contents.text(packed, str(path), expected="a protein structure", limit=MAX_BYTES)
    chains = _chains(text, path)
    read_chains = {name: amino_acids(found) for name, found in chains.items()}
    proteins = [name for name, (residues, _) in read_chains.items() if residues]
    if not proteins or (chain is not None and chain not in proteins):
        expected = f"chain {chain}" if chain is not None else "a chain"
        found = ", ".join(proteins) or "none"
        raise InputError(f"{path}: found chains of amino acids {found}; expected {expected}")
    name = proteins[0] if chain is None else chain
    residues, remarks = read_chains[name]
    if len(residues) > MAX_RESIDUES:
        raise InputError(
            f"{path}: found {len(residues)} residues in chain {name}, "
            f"expected at most {MAX_RESIDUES}"
        )
    atoms = [np.array(list(residue.atoms.values())) for residue in residues]
    if not all(np.isfinite(own).all() for own in atoms):
        raise InputError(f"{path}: found coordinates in chain {name} that are no finite numbers")
    remarks = [f"chain {name}: {remark}" for remark in remarks]
    if chain is None and name != next(iter(chains)):
        before = takewhile(lambda other: other != name, chains)
        skipped = ", ".join(f"{other} {len(chains[other])}" for other in before)
        remarks.insert(0, f"chains without amino acids skipped (residues: {skipped})")
    return Chain(
        name,
        "".join(residue.letter for residue in residues),
        heavy_distances(atoms),
        beta_distances(residues),
        remarks,
    )


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


def heavy_distances(atoms: Sequence[np.ndarray]) -> np.ndarray:
    """Smallest distance (n, n) float32 of the atoms of two residues, each (atoms, 3).

    One residue at a time, so no matrix of all pairs of atoms is in memory.
    """
    every = np.concatenate(atoms)
    starts = np.cumsum([0, *map(len, atoms[:-1])])
    nearest = np.empty((len(atoms), len(atoms)), np.float32)
    for row, own in zip(nearest, atoms, strict=True):
        row[:] = np.minimum.reduceat(cdist(own, every).min(axis=0), starts)
    return nearest


def beta_distances(residues: Sequence[AminoAcid]) -> np.ndarray:
    """Distance (n, n) float32 of C-beta atoms, C-alpha for glycine; NaN where there is none."""
    missing = np.full(3, np.nan)
    names = ["CA" if residue.letter == "G" else "CB" for residue in residues]
    pairs = zip(residues, names, strict=True)
    beta = np.array([residue.atoms.get(name, missing) for residue, name in pairs])
    return cdist(beta, beta).astype(np.float32)


def _chains(text: str, path: Path) -> dict[str, BiopythonChain]:
    """The chains of the first model by their names."""
    marks: dict[str, str] = {}
    parser: MMCIFParser | PDBParser = MMCIFParser(QUIET=True)
    if not _MMCIF.match(text):
        parser = PDBParser(QUIET=True)
        text, marks = name_chains(text)
    try:
        model = next(iter(parser.get_structure(path.stem, io.StringIO(text))))
    except Exception as error:  # Biopython raises many exceptions on damaged files
        reason = " ".join(str(error).split()) or "no model"
        raise InputError(f"{path}: is not a protein structure ({reason})") from None
    return {marks.get(chain.id, chain.id): chain for chain in model}
