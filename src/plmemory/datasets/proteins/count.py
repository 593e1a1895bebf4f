"""The number of training sequences of a protein family, without the other work of ``load``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from plmemory.datasets.proteins import alignments, families
from plmemory.datasets.proteins.located import locate


def count(
    rng: Callable[..., np.random.Generator],
    asked: int,
    *,
    alignment: str | Path,
    max_column_gaps: float,
    max_sequence_gaps: float,
    cluster_identity: float,
    test_fraction: float,
    **others: Any,
) -> int:
    """The number of training sequences that ``load`` finds with the same arguments.

    If at least ``asked`` sequences are certain for any draw of the clusters, a lower bound is
    returned.

    Raises
    ------
    InputError
        If the alignment is unusable, or the filters or the split leave too little.
    """
    rows = families.clean(
        alignments.read(locate(alignment)).rows,
        max_column_gaps=max_column_gaps,
        max_sequence_gaps=max_sequence_gaps,
        source=str(alignment),
    ).rows
    surely = len(rows) - round(test_fraction * len(rows))
    if asked <= surely:
        return surely
    labels = families.clusters(rows, cluster_identity)
    train, _ = families.split(labels, test_fraction, rng(), str(alignment))
    return len(train)
