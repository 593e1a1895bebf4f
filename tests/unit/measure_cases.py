"""Every measure on a small network, with settings of which none is a default or neutral."""

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
from unit import small_jobs
from unit.small_jobs import spins_of

from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend
from plmemory.measures.job import Job
from plmemory.networks.trained_denoiser.denoiser import LAYERS, Denoiser
from plmemory.networks.vectors.states import directions

REPLICATES, PATTERNS, SITES = 3, 7, 30
DOUBLE = Backend(np, "cpu", "float64")


def rng_of(name: str) -> np.random.Generator:
    return np.random.default_rng([4, *name.encode()])


def job(model: Dataset, data: Dataset, spins: str = "ising") -> Job:
    return Job(model, data, "toy", "rule", "P00007", 3, spins)


def model_of(patterns: np.ndarray, noise: float = 0.03, places: Any = None) -> Dataset:
    """Noisy couplings that store the patterns of each replicate (R, P, N)."""
    couplings = small_jobs.couplings_of(rng_of("noise"), patterns, noise)
    return small_jobs.model_of(couplings, places, patterns=PATTERNS)


def pooled(spins: str = "ising", **noise: float) -> Job:
    """Patterns that each replicate drew from a pool of labelled examples."""
    rng = rng_of("pool")
    base = spins_of(rng, 3, SITES)[rng.integers(0, 3, 47)]
    pool = np.where(rng.random(base.shape) < 0.2, -base, base)
    places = np.stack([rng.choice(34, PATTERNS, replace=False) for _ in range(REPLICATES)])
    data = Dataset(
        {
            "train": (("pattern", "site"), pool[:34]),
            "train_label": ("pattern", np.arange(34)),
            "test": (("test_pattern", "site"), pool[34:]),
            "test_label": ("test_pattern", 50 + np.arange(13)),
        },
        attrs={"image_shape": [5, 6]},
    )
    return job(model_of(pool[:34][places], places=places, **noise), data, spins)


def trained() -> Job:
    """The pool with a denoiser of its own for each replicate, which was not trained."""
    made, rng = pooled("trained_denoiser"), rng_of("denoisers")
    found = [Denoiser.random(SITES, 6, rng, "float64") for _ in range(REPLICATES)]
    for name in LAYERS:
        values = np.stack([getattr(one, name) for one in found])
        axes = (f"{name}_{axis}" for axis in range(values.ndim - 1))
        made.model[name] = (("replicate", *axes), values)
    return made


def watched() -> Job:
    """The same with the couplings of three epochs."""
    made = pooled()
    last = made.model["couplings"].values
    snapshots = np.array([last.swapaxes(1, 2), 0.6 * last + 0.05, last])
    made.model["snapshots"] = (("record", "replicate", "site", "source"), snapshots)
    made.model["history_epoch"] = (("record",), np.array([0, 3, 8]))
    made.model["history_loss"] = (("record", "replicate"), np.arange(9.0).reshape(3, 3))
    return made


def natural() -> Job:
    """Patterns of each replicate, true couplings, ground states and hidden features."""
    rng = rng_of("nature")
    train, test = (spins_of(rng, REPLICATES, count, SITES) for count in (9, 6))
    true = rng.normal(size=(REPLICATES, SITES, SITES))
    axes = ("replicate", "site", "source")
    data = Dataset(
        {
            "train": (("replicate", "pattern", "site"), train),
            "test": (("replicate", "test_pattern", "site"), test),
            "couplings": (axes, true + true.swapaxes(1, 2)),
            "ground_state": (("replicate", "site"), spins_of(rng, REPLICATES, SITES)),
            "features": (("replicate", "feature", "site"), spins_of(rng, REPLICATES, 4, SITES)),
        },
        attrs={"sample_temperature": 1.3},
    )
    return job(model_of(train[:, :PATTERNS], 0.12), data)


def of_densities() -> Job:
    """The same with features of their own number in each replicate."""
    made, rng = natural(), rng_of("densities")
    kept = {
        name: (made.dataset[name].dims, made.dataset[name].values) for name in ("train", "test")
    }
    owner = np.array([0, 0, 1, 2, 2, 2, 2])
    features = {"features": (("feature", "site"), spins_of(rng, len(owner), SITES))}
    return job(made.model, Dataset(kept | features | {"feature_replicate": ("feature", owner)}))


def of_vectors() -> Job:
    """Hebb's rule on unit vectors of three components, weights of their own for each."""
    rng = rng_of("vectors")
    train, test = (directions((REPLICATES, count, 24, 3), rng) for count in (4, 5))
    data = Dataset(
        {
            "train": (("replicate", "pattern", "site", "component"), train),
            "test": (("replicate", "test_pattern", "site", "component"), test),
        }
    )
    right = ("replicate", "factor", "site", "component")
    return job(Dataset({"right": (right, train[:, :3])}, {"patterns": 3}), data, "vectors")


DYNAMICS = {"max_steps": 6, "starts": 5}
BINS = {"stability_range": (-1.5, 3.0), "stability_bins": 4}
STORAGE = {"patterns": 5, "target": 0.7}
NOISE = {"steps": 9, "sigmas": [2.1, 0.4, 0.9, 1.4]}
ENDS = {"samples": 9, "delta": 0.21, "kept": 2, "noisy_overlap": 0.4, "max_steps": 6}
ENDS |= {"largest_sigma": 3.0, "attractor_sigmas": [1.8, 2.4]}
BASINS = {"states": 4, "trials": 5, "returned": 0.7, "delta": 0.12, "samples": 9}
BASINS |= {"smallest_sigma": 0.2}
OVERLAPS = {"max_steps": 9, "recorded_steps": 2, "patterns": 2, "initial_overlaps": [0.3, 0.8]}
RECALL = {"temperatures": [0.0, 0.4, 2.0], "sweeps": 3, "patterns": 5}
RECALL |= {"initial_overlap": 0.8, "order": "sequential"}
# By measure: jobs and settings.
CASES: dict[str, list[tuple[Callable[[], Job], dict[str, Any]]]] = {
    "attractors": [
        (
            natural,
            DYNAMICS
            | {"further_steps": 40, "random_starts": 8}
            | {"corrupted_overlap": 0.4, "sequential_starts": 3},
        )
    ],
    "completion": [(pooled, DYNAMICS | {"initial_overlaps": [0.2, 0.7]})],
    "examples": [(pooled, {"number": 3, "initial_overlap": 0.6, "max_steps": 4})],
    "hessian": [
        (of_vectors, {"max_steps": 70, "memories": 2, "random_starts": 2, "kept_overlap": 0.5})
    ],
    "learning_curve": [(watched, DYNAMICS | BINS)],
    "memorisation": [
        (made, NOISE | ENDS) for made in (lambda: pooled("empirical_denoiser"), trained, pooled)
    ],
    "noise_basins": [
        (made, NOISE | BASINS) for made in (lambda: pooled("empirical_denoiser"), trained)
    ],
    "overlaps": [(of_vectors, OVERLAPS)],
    "pattern_weight": [
        (lambda: pooled("empirical_denoiser"), {"initial_overlaps": [0.1, 0.5, 0.9], "starts": 6})
    ],
    "recall": [(pooled, RECALL)],
    "retained": [(of_densities, {"steps": [4, 2], "starts": 3})],
    "retrieval": [
        (lambda: pooled(noise=0.1), {"max_steps": 6, "initial_overlaps": [0.3, 0.6], "patterns": 4})
    ],
    "steps": [
        (
            lambda: pooled(noise=0.1),
            DYNAMICS | {"steps": 2, "starts": 9, "initial_overlaps": [0.0, 0.55]},
        )
    ],
    "storage": [
        (natural, BINS | STORAGE | {"max_steps": 8, "sequential": True}),
        (pooled, BINS | STORAGE | {"max_steps": 7, "sequential": True}),
        (lambda: pooled(noise=0.06), BINS | STORAGE | {"max_steps": 6, "sequential": False}),
    ],
    "transient": [(of_vectors, {"times": [0, 1, 4], "starts": 3, "flipped": 0.3, "masked": 0.4})],
}


def measured(name: str) -> list[Dataset]:
    """What a measure gives in each of its cases."""
    measure = importlib.import_module(f"plmemory.measures.{name}.measure").measure
    return [measure(made(), DOUBLE, **settings) for made, settings in CASES[name]]
