"""From checked patterns to a labelled model, as in a job of the workflow."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plmemory import border
from plmemory.border import Given
from plmemory.errors import InputError
from plmemory.estimator import settings as told
from plmemory.estimator.bar import Bar
from plmemory.files import checkpoints
from plmemory.files.labelled import Dataset
from plmemory.learning.model import Examples, model
from plmemory.machine.backend import Backend
from plmemory.plan import registry
from plmemory.seeds import generator


def train(
    folder: str,
    settings: Mapping[str, Any],
    given: Given,
    sample_weight: NDArray[Any] | None,
    backend: Backend,
    seed: int,
) -> Dataset:
    """The model of the patterns (P, N), or (P, N, d), by the rule of this folder.

    ``settings``: of the rule and its spins. ``sample_weight``: (P,), for a rule that uses weights.

    Raises
    ------
    InputError
        If this number of patterns has no couplings by this rule, or weights are given but not used
        by the rule, or needed but not given.
    """
    about, patterns = registry.rules()[folder], given.states[None]
    count, sites = patterns.shape[1:3]
    if not about.exists(count, sites, int(np.prod(patterns.shape[3:]))):
        raise InputError(
            f"X: found {count} patterns of {sites} sites, for which {folder} has no couplings"
        )
    own, _ = told.divided(folder, settings)
    learn = importlib.import_module(registry.module("learning", folder, "learn")).learn
    needs = about.needs(own)
    arguments = own | {name: given.needs[name] for name in needs & given.needs.keys()}
    arguments |= _weights(learn, needs, sample_weight, count)
    bar = Bar(folder)
    if about.observed is not None:
        start = arguments.pop(about.observed)
        if start is not None:
            history = importlib.import_module("plmemory.measures.history")
            watchers = [generator(seed, "watch")]
            arguments["observe"] = history.retrieval_observer(patterns, start, backend, watchers)
        with bar.epochs() as arguments["progress"]:
            learned = learn(patterns, backend, [generator(seed, "train")], **arguments)
    else:
        with checkpoints.watched(bar.rounds):
            learned = learn(patterns, backend, [generator(seed, "train")], **arguments)
    return model(learned, Examples(patterns, None, count), own, about.attributes(own))


def _weights(
    learn: Any, needs: frozenset[str], given: NDArray[Any] | None, count: int
) -> dict[str, Any]:
    """Weights (1, P) of the patterns as ``learn`` takes them, by the name of its argument."""
    takes = "weights" in inspect.signature(learn).parameters
    if given is None:
        if told.WEIGHT in needs:
            raise InputError(f"sample_weight: found none, expected {count}, one a pattern")
        return {}
    if not takes and told.WEIGHT not in needs:
        raise InputError("sample_weight: found some, expected none for this rule and its settings")
    checked = border.weights(given, (count,), name="sample_weight")
    return {told.WEIGHT if told.WEIGHT in needs else "weights": checked[None]}
