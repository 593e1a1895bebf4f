"""Short descents of the pseudo-likelihood of random patterns, by both kinds of loops."""

import math

import numpy as np

from plmemory.learning.pseudo_likelihood import learn as pseudo_likelihood
from plmemory.machine.backend import select
from plmemory.seeds import generator

DOUBLE = select("cpu", "float64")
LOOPS = {"arrays": math.inf, "compiled": 0}


def use_loops(kind, monkeypatch):
    """Use operations on whole arrays, as on a GPU, or compiled loops, for any size."""
    monkeypatch.setattr(pseudo_likelihood, "GRAM_COMPILED_FROM", LOOPS[kind])
    monkeypatch.setattr(pseudo_likelihood, "DIRECT_COMPILED_FROM", LOOPS[kind])
    monkeypatch.setattr(pseudo_likelihood, "TABLES_FROM", 1)


def patterns_of(replicates, count, sites, seed=1):
    rng = np.random.default_rng(seed)
    return rng.choice(np.array([-1, 1], dtype=np.int8), size=(replicates, count, sites))


def descend(patterns, backend=DOUBLE, seed=0, rngs=None, **changes):
    settings = {
        "inverse_temperature": 1.0,
        "learning_rate": 5.0,
        "epochs": 20,
        "batch_size": None,
        "initial": "zero",
        "initial_scale": 0.3,
        "symmetric": False,
        "l2": 0.0,
        "clip_norm": None,
        "decay": 1.0,
    }
    rngs = rngs or [generator(seed, "test", r) for r in range(len(patterns))]
    return pseudo_likelihood.descend(patterns, backend, rngs, **{**settings, **changes})
