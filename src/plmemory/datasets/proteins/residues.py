"""The amino acids of a chain of a structure."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import numpy as np
from Bio.Data.PDBData import protein_letters_3to1, protein_letters_3to1_extended
from Bio.PDB.Atom import Atom
from Bio.PDB.Chain import Chain
from Bio.PDB.Residue import Residue

# Names of CHARMM, Amber, OPLS and GROMACS by protonation or bond, then selenocysteine and
# pyrrolysine. In the Protein Data Bank HSE is homoserine and GLH a glutamine, which are rarer.
_BY_LETTER = {
    "H": "HSD HSE HSP HID HIE HIP",
    "C": "CYX CYM SEC",
    "D": "ASH",
    "E": "GLH",
    "K": "LYN LSN PYL",
    "R": "ARN",
    "S": "S1P",
    "T": "T1P",
    "Y": "Y1P TYM",
}
LETTERS = {name.strip(): letter for name, letter in protein_letters_3to1_extended.items()}
LETTERS |= {name: letter for letter, names in _BY_LETTER.items() for name in names.split()}
"""One-letter code of each residue name; modified residues have their parent's."""

HYDROGENS = {"H", "D"}
BOND = 4.5  # angstrom: alpha carbons of bonded residues are 2.9 (cis) or 3.8 (trans) apart


class AminoAcid(NamedTuple):
    """Letter and the non-hydrogen atoms' coordinates (3,) in angstrom by name."""

    letter: str
    atoms: dict[str, np.ndarray]


def amino_acids(chain: Chain) -> tuple[list[AminoAcid], list[str]]:
    """The amino acids of a chain in the order of the file, and remarks on it.

    Modified residues and names used by force fields count as their parents. A heterogen (HETATM)
    counts if its alpha carbon is within bond distance of that of the amino acid before or after it;
    else it is a ligand. Residues without atoms are skipped as well.
    """
    known: list[tuple[str, bool, AminoAcid]] = []
    kept: list[AminoAcid] = []
    skipped: Counter[str] = Counter()
    parents: Counter[str] = Counter()
    for residue in chain:
        name, atoms = residue.resname.strip().upper(), _heavy_atoms(residue)
        if name in LETTERS and atoms:
            known.append((name, residue.id[0] != " ", AminoAcid(LETTERS[name], atoms)))
        else:
            skipped[name] += 1
    for place, (name, is_heterogen, amino_acid) in enumerate(known):
        near = [other for *_, other in known[max(place - 1, 0) : place + 2]]
        if is_heterogen and not any(_bonded(amino_acid, other) for other in near):
            skipped[name] += 1
            continue
        kept.append(amino_acid)
        if name not in protein_letters_3to1:
            parents[name] += 1
    remarks = []
    if parents:
        remarks.append(f"{parents.total()} residues read as their parents ({_listed(parents)})")
    if skipped:
        remarks.append(f"{skipped.total()} residues skipped ({_listed(skipped)})")
    return kept, remarks


def _heavy_atoms(residue: Residue) -> dict[str, np.ndarray]:
    return {atom.name: atom.coord for atom in residue if not _is_hydrogen(atom)}


def _is_hydrogen(atom: Atom) -> bool:
    """Also by its name, for files without elements; HD21 may be written 1HD2."""
    return atom.element in HYDROGENS or atom.name.lstrip("0123456789")[:1] in HYDROGENS


def _bonded(one: AminoAcid, other: AminoAcid) -> bool:
    if one is other or not ("CA" in one.atoms and "CA" in other.atoms):
        return False
    return float(np.linalg.norm(one.atoms["CA"] - other.atoms["CA"])) < BOND


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
