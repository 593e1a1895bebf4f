"""Small models for measures, and the dynamics of Ising spins by naive loops."""

from types import SimpleNamespace

import numpy as np

from plmemory.files.labelled import Dataset
from plmemory.measures.job import Job

LAMBDA = 0.7
REPLICATES, SITES, PATTERNS, POOL, TESTS = 2, 12, 5, 30, 9


def spins_of(rng, *shape):
    return rng.choice(np.array([-1, 1], dtype=np.int8), shape)


def couplings_of(rng, patterns, noise):
    """The pseudo-inverse of each replicate's patterns (R, P, N), and noise."""
    couplings = np.linalg.pinv(patterns.astype(float)) @ patterns
    couplings += noise * rng.normal(size=couplings.shape)
    sites = np.arange(patterns.shape[-1])
    couplings[:, sites, sites] = 0
    return couplings.astype(np.float32)


def model_of(couplings, places=None, **attributes):
    model = Dataset(
        {"couplings": (("replicate", "site", "source"), couplings)},
        attrs={"inverse_temperature": LAMBDA, "draws": "toy", **attributes},
    )
    if places is not None:
        model["pattern_index"] = (("replicate", "pattern"), places)
    return model


def job_of(model, dataset, rule="rule", spins="ising"):
    return Job(model, dataset, "toy", rule, "P00005", 3, spins)


def drawn(seed, noise=0.15):
    """A job on the first of the patterns that were drawn for each replicate."""
    rng = np.random.default_rng(seed)
    patterns = spins_of(rng, REPLICATES, PATTERNS, SITES)
    couplings = couplings_of(rng, patterns, noise)
    held = np.concatenate([patterns, spins_of(rng, REPLICATES, 3, SITES)], axis=1)
    dataset = Dataset({"train": (("replicate", "pattern", "site"), held)})
    job = job_of(model_of(couplings, patterns=PATTERNS), dataset)
    return SimpleNamespace(job=job, patterns=patterns, couplings=couplings.astype(float))


def pooled(seed, noise=0.15):
    """A job on patterns that each replicate drew from a pool, and its parts."""
    rng = np.random.default_rng(seed)
    train, test = spins_of(rng, POOL, SITES), spins_of(rng, TESTS, SITES)
    places = np.stack([rng.choice(POOL, PATTERNS, replace=False) for _ in range(REPLICATES)])
    dataset = Dataset(
        {"train": (("pattern", "site"), train), "test": (("test_pattern", "site"), test)},
        attrs={"image_shape": [3, 4]},
    )
    couplings = couplings_of(rng, train[places], noise)
    return SimpleNamespace(
        job=job_of(model_of(couplings, places), dataset),
        dataset=dataset,
        patterns=train[places],
        places=places,
        test=test,
        couplings=couplings.astype(float),
    )


def step(couplings, state):
    """All sites at once; a zero field keeps the spin."""
    fields = [sum(j * s for j, s in zip(row, state, strict=True)) for row in couplings]
    return np.array(
        [np.sign(h) if h else s for h, s in zip(fields, state, strict=True)], dtype=np.int8
    )


def history(couplings, state, steps):
    """The states at all times (steps + 1, N)."""
    states = [state]
    for _ in range(steps):
        states.append(step(couplings, states[-1]))
    return np.array(states)


def period(states):
    """The length of the final cycle of a history, 0 if no state occurs twice; and its start."""
    seen: dict[bytes, int] = {}
    for time, state in enumerate(states):
        if state.tobytes() in seen:
            return time - seen[state.tobytes()], seen[state.tobytes()]
        seen[state.tobytes()] = time
    return 0, len(states) - 1


def overlap(one, other):
    return sum(int(a) * int(b) for a, b in zip(one, other, strict=True)) / len(one)


def nearest(state, examples):
    """Largest overlap with the examples and their negatives: without fields both are attractors."""
    return max(abs(overlap(state, example)) for example in examples)
