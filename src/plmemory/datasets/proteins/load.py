"""Protein families: aligned homologous sequences as Potts patterns, split by identity clusters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from plmemory.datasets.proteins import alignments, families, structures
from plmemory.datasets.proteins.limits import MIN_COVERAGE, MIN_IDENTITY
from plmemory.datasets.proteins.located import locate
from plmemory.errors import InputError
from plmemory.files.labelled import Dataset

POTTS = f"Potts colours, 0 to {alignments.STATES - 1} in the order of the alphabet"


def load(
    rng: Callable[..., np.random.Generator],
    *,
    alignment: str | Path,
    structure: str | Path | None,
    chain: str | None,
    max_column_gaps: float,
    max_sequence_gaps: float,
    cluster_identity: float,
    test_fraction: float,
    reweighting_identity: float,
    min_identity: float = MIN_IDENTITY,
    min_coverage: float = MIN_COVERAGE,
) -> Dataset:
    """Read, filter and split one family.

    Parameters
    ----------
    rng : returns the generator of the split and of the order of the sequences.
    alignment, structure : files as ``locate`` takes them; ``structure`` may be None.
    chain : chain of the structure, None for the first.
    max_column_gaps, max_sequence_gaps : largest fractions of gaps that are kept.
    cluster_identity : no training sequence equals a test sequence in this fraction of the sites or
        more.
    test_fraction : fraction of the sequences on the test side.
    reweighting_identity : training sequences with at least this identity share one weight.
    min_identity : smallest fraction of the placed residues of the chain that must equal those of
        the most similar sequence.
    min_coverage : smallest fraction of the sites that must have a residue of the chain.

    Returns
    -------
    Dataset
        ``train`` (pattern, site) and ``test`` (test_pattern, site), int8, both in random order, so
        the first P of them are a random choice; ``weight`` (pattern,); ``column`` (site,), the
        column of the file, from 0; names of both. With a structure also ``distance`` of
        non-hydrogen atoms and ``beta_distance`` of C-beta atoms (site, site_other) in angstrom, NaN
        where a column has no residue, and ``residue`` (site,), the residue's place in the chain
        from 0, -1 for none.

    Raises
    ------
    InputError
        If a file is unusable, too few sequences remain, or the structure does not belong to the
        family.
    """
    parsed = alignments.read(locate(alignment))
    kept = families.clean(
        parsed.rows,
        max_column_gaps=max_column_gaps,
        max_sequence_gaps=max_sequence_gaps,
        source=str(alignment),
    )
    labels = families.clusters(kept.rows, cluster_identity)
    train, test = families.split(labels, test_fraction, rng(), str(alignment))
    names = np.array(parsed.names, dtype=str)[kept.sequences]
    weight = families.weights(kept.rows[train], reweighting_identity)
    potts = {"units": "1", "convention": POTTS}
    data = Dataset(
        {
            "train": (("pattern", "site"), kept.rows[train], potts),
            "test": (("test_pattern", "site"), kept.rows[test], potts),
            "weight": ("pattern", weight, {"units": "1"}),
            "column": ("site", kept.columns, {"long_name": "column of the file, from 0"}),
            "name": ("pattern", names[train]),
            "test_name": ("test_pattern", names[test]),
        },
        attrs={
            "title": "Aligned homologous protein sequences",
            "kind": "proteins",
            "alphabet": alignments.ALPHABET,
            "states": alignments.STATES,
            "alignment": Path(alignment).name,
            "remarks": "; ".join(parsed.remarks),
            "sequences_in_file": len(parsed.rows),
            "columns_in_file": parsed.rows.shape[1],
            "clusters": int(labels.max()) + 1,
            "effective_sequences": float(weight.sum()),
        },
    )
    if structure is not None:
        protein = structures.read(locate(structure), chain)
        placement = structures.place(protein.sequence, parsed.rows)  # by all columns of the file
        residues = placement.residues[kept.columns]
        coverage = float((residues >= 0).mean())
        if not coverage or coverage < min_coverage or placement.identity < min_identity:
            raise InputError(
                f"{structure}: found chain {protein.name} on a fraction {coverage:.3f} of the "
                f"sites of {alignment}, with an identity of {placement.identity:.3f} to its most "
                f"similar sequence, expected at least {min_coverage:g} (min_coverage) and "
                f"{min_identity:g} (min_identity); name another chain or structure, or lower these"
            )
        _add_structure(data, protein, residues)
        data.attrs |= {
            "remarks": "; ".join(parsed.remarks + protein.remarks),
            "structure": Path(structure).name,
            "chain": protein.name,
            "structure_identity": placement.identity,
            "structure_sites": int((residues >= 0).sum()),
        }
    return data


def _add_structure(data: Dataset, protein: structures.Chain, residues: np.ndarray) -> None:
    """Add the distances of the ``residues`` (site,) of a chain."""
    for name, distances, atoms in (
        ("distance", protein.distances, "smallest distance of non-hydrogen atoms"),
        ("beta_distance", protein.beta_distances, "distance of C-beta, of glycine C-alpha, atoms"),
    ):
        mapped = structures.on_columns(distances, residues)
        attributes = {"units": "angstrom", "long_name": atoms}
        data[name] = (("site", "site_other"), mapped, attributes)
    data["residue"] = ("site", residues, {"long_name": "residue of the chain, from 0; -1: none"})
