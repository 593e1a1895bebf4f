"""Bytes that learning holds for each number of its patterns: each rule's ``holds``.

``python -m benchmarks.holds [RULE ...]`` learns some patterns and four times as many, of as many
sites, each in a process of its own, and divides the difference of the peaks by that of the numbers.
The patterns themselves are taken off: of a job they lie in a file. A few iterations do: arrays do
not grow later.
"""

from __future__ import annotations

import argparse
import importlib
import multiprocessing
import resource
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from benchmarks.scaling import DESCENT
from plmemory.machine.backend import select
from plmemory.plan import registry, schema

SHORT = {
    "max_iterations": 3,
    "max_sweeps": 3,
    "max_updates": 100,
    "max_dreams": 40,
    "max_steps": 2000,
    "epochs": 2,
    "steps": 3,
    "norms": 2,
    "strengths": [16.0, 64.0],
}
COLOURS = 21


class Case(NamedTuple):
    """A rule with settings beside its defaults, numbers of sites and of patterns."""

    rule: str
    settings: Mapping[str, Any] = {}
    sites: int = 500
    patterns: int = 1000


FEW = 2000, 400  # where the Gram matrix is not the largest array
MANY = 500, 40000  # more than are real numbers at a time
VECTORS = 20, 30000
CASES = (
    Case("hebb", {}, *MANY),
    Case("mean_field", {}, *MANY),
    Case("dreaming", {}, *MANY),
    Case("dreaming", {}, *FEW),
    Case("daydreaming", {}, *MANY),
    Case("unlearning"),
    Case("storkey", {}, *FEW),
    Case("pseudo_inverse", {}, *FEW),
    Case("pseudo_likelihood", DESCENT | {"space": "gram", "epochs": 2}, *FEW),
    Case("pseudo_likelihood", DESCENT | {"space": "direct", "epochs": 9}, *MANY),
    Case("pseudo_likelihood", DESCENT | {"batch_size": 100, "epochs": 4}, *MANY),
    Case("pseudo_likelihood_optimum"),
    Case("pseudo_likelihood_optimum", {"scaled_norm": None, "l2": 0.1}),
    Case("pseudo_likelihood_cv"),
    Case("maximum_stability", {}, *FEW),
    Case("minover", {}, *FEW),
    Case("margin_perceptron", {}, *FEW),
    Case("probability_flow"),
    Case("noise_training"),
    Case("soft_margin"),
    Case("squared_hinge"),
    Case("perceptron_hebb", {}, *MANY),
    Case("perceptron_descent"),
    Case("perceptron_optimum"),
    Case("perceptron_stability", {}, *FEW),
    Case("two_layers", {}, *MANY),
    Case("trained_denoiser", {}, *MANY),
    Case("exact_denoiser", {}, *MANY),
    Case("potts", {}, 50, 10000),
    Case("potts_optimum", {}, 50, 10000),
    Case("attention", {}, *VECTORS),
    Case("attention_hebb", {}, *VECTORS),
    Case("vector_hebb", {}, *VECTORS),
    Case("vector_pseudo_inverse", {}, 500, 200),
    Case("vector_pseudo_likelihood", {}, 500, 200),
)


def examples(spins: str, count: int, sites: int) -> np.ndarray:
    """Random patterns (1, P, N) of a type of spins, vectors with four components."""
    rng = np.random.default_rng(1)
    if spins == "vectors":
        found = rng.standard_normal((1, count, sites, 4), np.float32)
        found /= np.sqrt(np.einsum("...a,...a->...", found, found))[..., None]
        return found
    found = rng.integers(0, 2 if spins == "ising" else COLOURS, (1, count, sites), np.int8)
    if spins == "ising":
        found *= 2
        found -= 1
    return found


def peak(case: Case, times: int) -> tuple[int, float]:
    """Numbers of the patterns, and bytes held at the most beside them."""
    about = registry.rules()[case.rule]
    learn = importlib.import_module(f"plmemory.learning.{case.rule}.learn").learn
    spins = min(about.spins)
    patterns = examples(spins, times * case.patterns, case.sites)
    labels = np.where(np.arange(patterns.shape[1]) % 2, 1, -1)[None]
    needs = {
        "states": COLOURS,
        "targets": labels,
        "train_label": labels,
        "test": patterns[0, :10],
        "test_label": labels[0, :10],
    }
    settings = {
        key: SHORT.get(key, value)
        for key, value in schema.defaults(schema.rule(case.rule)).items()
        if key in about.settings and key != about.observed
    } | dict(case.settings)
    settings |= {name: needs[name] for name in about.needs(settings)}
    learn(patterns, select("cpu", "float32"), [np.random.default_rng(2)], **settings)
    held = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return patterns.size, held - patterns.nbytes


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.holds", description=__doc__)
    parser.add_argument("rules", nargs="*", help="these alone")
    only = parser.parse_args().rules
    context = multiprocessing.get_context("spawn")
    for case in CASES:
        if only and case.rule not in only:
            continue
        found = []
        for times in (1, 4):
            with context.Pool(1) as pool:
                found.append(pool.apply(peak, (case, times)))
        (few, less), (many, more) = found
        told = " ".join(f"{key}={value}" for key, value in case.settings.items())
        slope = (more - less) / (many - few)
        print(f"{case.rule:28} {slope:6.2f}  {less / 1e6:6.0f} MB  {told}", flush=True)


if __name__ == "__main__":
    main()
