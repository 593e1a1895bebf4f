"""Protein families: aligned homologous sequences as Potts patterns, split by identity clusters."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
import xarray as xr

from plmemory.datasets.proteins import alignments, structures
from plmemory.errors import InputError

PACKAGE = "package:"
POTTS = f"Potts colours, 0 to {alignments.STATES - 1} in the order of the alphabet"


def locate(name: str) -> Path:
    """The file that a config entry names: a path, or ``package:<distribution>/<file>``.

    Files in installed packages are found through their metadata; the package is not imported.

    Raises
    ------
    InputError
        If the package is not installed or there is no such file.
    """
    if name.startswith(PACKAGE):
        package, _, inside = name.removeprefix(PACKAGE).partition("/")
        try:
            path = Path(str(distribution(package).locate_file(f"{package}/{inside}")))
        except (PackageNotFoundError, ValueError):
            raise InputError(f"{name}: the package {package} is not installed") from None
    else:
        path = Path(name)
    if not path.is_file():
        raise InputError(f"{name}: no such file")
    return path


def load(
    rng,
    *,
    alignment: str,
    min_identity=0,min_coverage=0,
    structure: str | None,
    chain: str | None,
    max_column_gaps: float,
    max_sequence_gaps: float,
    cluster_identity: float,
    test_fraction: float,
    reweighting_identity: float,
) -> xr.Dataset:
    """Read, filter and split one family.

    Parameters
    ----------
    alignment, structure : files as ``locate`` takes them; ``structure`` may be None.
    chain : chain of the structure, None for the first.
    max_column_gaps, max_sequence_gaps : largest fractions of gaps that are kept.
    cluster_identity : no training sequence is equal to a test sequence in this fraction of
        the sites or more.
    test_fraction : fraction of the sequences on the test side.
    reweighting_identity : training sequences at least so identical share one weight.
    rng : of the split and of the order of the sequences.

    Returns
    -------
    xarray.Dataset
        ``train`` (pattern, site) and ``test`` (test_pattern, site), int8, both in random order so
        that their first P are a random choice; ``weight`` (pattern,); ``column`` (site,), the
        column of the file, from 0; names of both. With a structure also ``distance`` (site,
        site_other) in angstrom, NaN where a column has no residue, and ``residue`` (site,), the
        residue's place in the chain from 0, -1 for none.

    Raises
    ------
    InputError
        If a file is unusable or the filters or the split leave too little.
    """
    rng = rng()
    parsed = alignments.read(locate(alignment))
    kept = alignments.clean(
        parsed.rows,
        max_column_gaps=max_column_gaps,
        max_sequence_gaps=max_sequence_gaps,
        source=alignment,
    )
    labels = alignments.clusters(kept.rows, cluster_identity)
    train, test = alignments.split(labels, test_fraction, rng, alignment)
    names = np.array(parsed.names, dtype=str)[kept.sequences]
    weight = alignments.weights(kept.rows[train], reweighting_identity)
    potts = {"units": "1", "convention": POTTS}
    data = xr.Dataset(
        {
            "train": (("pattern", "site"), kept.rows[train], potts),
            "test": (("test_pattern", "site"), kept.rows[test], potts),
            "weight": ("pattern", weight, {"units": "1"}),
            "column": ("site", kept.columns, {"long_name": "column of the file, from 0"}),
            "name": ("pattern", names[train]),
            "test_name": ("test_pattern", names[test]),
        },
        attrs={"states": 21,
            "title": "Aligned homologous protein sequences",
            "kind": "proteins",
            "alphabet": alignments.ALPHABET,
            "alignment": Path(alignment).name,
            "remarks": "; ".join(parsed.remarks),
            "sequences_in_file": len(parsed.rows),
            "columns_in_file": parsed.rows.shape[1],
            "clusters": int(labels.max()) + 1,
            "effective_sequences": float(weight.sum()),
        },
    )
    if structure is None:
        return data
    return _with_structure(data, parsed.rows, kept.columns, structure, chain)


def _with_structure(
    data: xr.Dataset, rows: np.ndarray, columns: np.ndarray, structure: str, chain: str | None
) -> xr.Dataset:
    """Add distances; all columns of the file help to place the chain."""
    protein = structures.read(locate(structure), chain)
    placement = structures.place(protein.sequence, rows)
    residues = placement.residues[columns]
    distances = structures.on_columns(protein.distances, residues)
    units = {"units": "angstrom", "long_name": "smallest distance of non-hydrogen atoms"}
    return data.assign(
        distance=(("site", "site_other"), distances, units),
        residue=("site", residues, {"long_name": "residue of the chain, from 0; -1: none"}),
    ).assign_attrs(
        structure=Path(structure).name,
        chain=protein.name,
        structure_identity=placement.identity,
        structure_sites=int((residues >= 0).sum()),
    )
