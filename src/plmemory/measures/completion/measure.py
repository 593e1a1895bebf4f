"""Completion: the final states of corrupted training and unseen examples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from plmemory.datasets.selection import tested_on, trained_on
from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend
from plmemory.measures.completed import completed
from plmemory.measures.job import Job
from plmemory.measures.nested import choose
from plmemory.measures.nulls import consensus


def measure(
    job: Job,
    backend: Backend,
    *,
    max_steps: int,
    initial_overlaps: Sequence[float],
    starts: int,
) -> Dataset:
    """The final states of training and unseen examples, corrupted to every initial overlap.

    For each kind, train and test, with the axes (replicate, initial_overlap, <kind>_start):
    ``<kind>_begun`` and ``<kind>_kept``, the overlap with the example at the start and after
    ``max_steps`` steps; ``<kind>_nearest_train``, the overlap of the final state with the nearest
    training example. Null models, (replicate, test_start): ``test_example_nearest_train`` and
    ``test_example_consensus``, the overlaps of the unseen example itself.
    """
    train, test = trained_on(job.dataset, job.model), tested_on(job.dataset, job.model)
    found: dict[str, tuple[tuple[str, ...], list[np.ndarray]]] = {}
    for r in range(len(train)):
        network = job.network(r, backend)
        # Without the rule: all rules get the same corrupted examples, so differences are paired.
        rng = job.rng("completion", job.data, job.patterns, r)
        unseen = choose(test[r], starts, rng)
        measured: dict[str, tuple[tuple[str, ...], np.ndarray]] = {}
        for kind, examples in (("train", choose(train[r], starts, rng)), ("test", unseen)):
            begun, kept, ends = completed(network, examples, initial_overlaps, max_steps, rng)
            near = network.nearest(ends, train[r]).reshape(begun.shape)
            curves = {"begun": begun, "kept": kept, "nearest_train": near}
            for name, values in curves.items():
                measured[f"{kind}_{name}"] = (("initial_overlap", f"{kind}_start"), values)
        nearest = network.nearest(unseen, train[r])
        common = network.nearest(unseen, consensus(train[r])[None])
        measured["test_example_nearest_train"] = (("test_start",), nearest)
        measured["test_example_consensus"] = (("test_start",), common)
        for name, (axes, values) in measured.items():
            found.setdefault(name, (("replicate", *axes), []))[1].append(values)
    variables: dict[str, Any] = {name: (axes, np.array(v)) for name, (axes, v) in found.items()}
    return Dataset(variables | {"initial_overlap": ("initial_overlap", np.array(initial_overlaps))})
