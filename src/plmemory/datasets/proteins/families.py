"""From an alignment to patterns: filtering, clustering, weighting, splitting.

Rows are sequences of colours (P, N), as ``alignments`` reads them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from plmemory.datasets.proteins.alignments import GAP
from plmemory.errors import InputError
from plmemory.networks.potts.states import equal_sites


class Filtered(NamedTuple):
    """The result of the filters: rows (P, N), and the numbers of the sequences and columns kept."""

    rows: np.ndarray
    sequences: np.ndarray
    columns: np.ndarray


def clean(
    rows: np.ndarray, *, max_column_gaps: float, max_sequence_gaps: float, source: str
) -> Filtered:
    """Drop columns with many gaps, then sequences with many gaps in the rest, then duplicates.

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
    # Each planning of a run counts sequences, seldom with clusters; importing scipy takes longer.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    labels = np.arange(len(rows))
    for begin, close in _neighbours(rows, identity):
        first, second = np.nonzero(close)
        links = (labels[first + begin], labels[second])
        graph = coo_array((np.ones(len(first), bool), links), shape=(len(rows), len(rows)))
        labels = connected_components(graph, directed=False)[1][labels]
    return np.unique(labels, return_inverse=True)[1]


def weights(rows: np.ndarray, identity: float) -> np.ndarray:
    """Weight of each sequence (P,): 1 / (number of sequences with this identity, with itself)."""
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


def _neighbours(rows: np.ndarray, identity: float) -> Iterator[tuple[int, np.ndarray]]:
    """Blocks (first row, (rows of the block, P) bool): which pairs have at least this identity."""
    needed = np.ceil(identity * rows.shape[1] - 1e-6)
    for begin, equal in equal_sites(rows, rows):
        yield begin, equal >= needed
