"""Random generators, each derived from the master seed and its purpose."""

from __future__ import annotations

import hashlib

import numpy as np


def generator(seed: int, *identity: str | int) -> np.random.Generator:
    """The random generator of one job, derived from the master seed and the job's identity.

    Two identities never share a stream, and adding a job changes no other job's stream.
    """
    digest = hashlib.sha256("\x1f".join(map(str, identity)).encode()).digest()
    return np.random.default_rng(np.random.SeedSequence([seed, *digest]))
