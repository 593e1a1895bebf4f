"""A pool of independent clocks."""

import numpy as np

from plmemory.files.labelled import Dataset


def load(rng, *, sites):
    """40 training and 10 test examples (P, N) of hands 0, 1, 2."""
    states = rng().integers(0, 3, size=(50, sites)).astype(np.int8)
    return Dataset(
        {
            "train": (("pattern", "site"), states[:40]),
            "test": (("test_pattern", "site"), states[40:]),
        }
    )
