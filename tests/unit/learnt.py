"""What every learning rule learns on small problems, and what its theory says, in numbers.

``tests/data/learnt.txt`` holds them as they were, to five digits: a record, which notices changes,
and not numbers from elsewhere. After a change that is meant:

    PYTHONPATH=src:tests python -m unit.learnt     # writes it anew; read the difference
"""

import importlib
import inspect
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from unit.summaries import Numbers, write

from plmemory.datasets.teacher.load import generate
from plmemory.machine.backend import select
from plmemory.plan import registry
from plmemory.seeds import generator

FILE = Path(__file__).parents[1] / "data/learnt.txt"
REPLICATES, SITES, COUNT = 2, 16, 9
# What is left of a certificate is rounding; how many steps it took must not grow much.
LEFT_OUT = ("relative_gradient", "row_relative_gradient", "relative_gap")
COUNTED = ("final iterations", "final evaluations")


def rngs(*name: str) -> list[np.random.Generator]:
    return [generator(3, "learnt", *name, r) for r in range(REPLICATES)]


def spins(count: int, sites: int) -> np.ndarray:
    """Patterns with some correlation. For odd P and even N no field of Hebb's vanishes."""
    drawn = [rng.random((count, sites)) + 0.2 * rng.random(sites) for rng in rngs("spins")]
    return np.where(np.stack(drawn) > 0.55, 1, -1).astype(np.int8)


FEW, MANY = spins(COUNT, SITES), spins(41, 20)
COLOURS = np.stack([np.minimum(rng.integers(0, 5, (25, 5)), 2) for rng in rngs("colours")])
WEIGHT = np.stack([rng.uniform(0.5, 2.0, 25) for rng in rngs("weight")])
LABELS = np.stack([rng.integers(0, 3, COUNT) for rng in rngs("labels")])
TAUGHT = generate(12, 30, rngs("taught"))
VECTORS = np.stack([rng.normal(size=(5, 7, 3)) for rng in rngs("vectors")])
VECTORS /= np.linalg.norm(VECTORS, axis=-1, keepdims=True)
TRUE = np.stack([rng.normal(size=(SITES, SITES)) for rng in rngs("true")])

CERTIFIED = {"tolerance": 1e-9, "max_iterations": 4000}
GAP = {"gap": 1e-11, "max_iterations": 20000}
DESCENT = {
    "inverse_temperature": 1.7,
    "learning_rate": 3.0,
    "epochs": 7,
    "records": 3,
    "batch_size": None,
    "initial": "hebb",
    "initial_scale": 0.5,
    "symmetric": False,
    "l2": 0.3,
    "clip_norm": None,
    "decay": 0.9,
}
UNLEARNT = {"strength": 0.037, "dreams_per_batch": 3, "max_dreams": 400, "patience": 30}
POTTS = {"states": 3, "inverse_temperature": 1.4, "learning_rate": 6.0, "epochs": 5}
OPTIMUM = {"states": 3, "penalty": 0.07, "tolerance": 1e-7, "max_iterations": 300}
ROWS = {"inverse_temperature": 1.3} | CERTIFIED
LAYERS = {"train_label": LABELS, "test": FEW[0], "test_label": LABELS[0], "hidden": 5}
TEACHER = {"targets": TAUGHT["targets"].values}
INPUTS = TAUGHT["train"].values
# A rule in one or more settings: patterns and settings.
CASES: dict[str, tuple[np.ndarray, dict[str, Any]]] = {
    "attention": (
        VECTORS,
        {"clock": 4.0, "inverse_temperature": 1.2, "learning_rate": 4.0, "batch_size": 3}
        | {"epochs": 40, "normalised": True, "gamma": 0.1},
    ),
    "attention: energies": (
        VECTORS,
        {"clock": 9.0, "inverse_temperature": 0.7, "learning_rate": 2.0, "batch_size": 2}
        | {"epochs": 40, "normalised": False, "gamma": 0.1},
    ),
    "attention_hebb": (VECTORS, {"inverse_temperature": 1.2, "gamma": 0.1}),
    "daydreaming": (FEW, {"tau": 37.0, "epochs": 4, "batch": 5}),
    "dreaming": (FEW, {"dreaming_time": 2.3}),
    "dreaming: many": (MANY, {"dreaming_time": 0.7}),
    "exact_denoiser": (FEW, {}),
    "hebb": (FEW, {}),
    "margin_perceptron": (FEW, {"margin": 0.21, "max_sweeps": 300}),
    "maximum_stability": (FEW, {"symmetric": False} | GAP),
    "maximum_stability: near capacity": (spins(33, 26), {"symmetric": False} | GAP),
    "maximum_stability: symmetric": (FEW, {"symmetric": True} | GAP),
    "mean_field": (MANY, {"approximation": "naive"}),
    "mean_field: bethe": (FEW, {"approximation": "bethe"}),
    "minover": (FEW, {"target_field": 0.7, "max_updates": 900}),
    "noise_training": (FEW, {"training_overlap": 0.83} | CERTIFIED),
    "perceptron_descent": (
        INPUTS,
        {"smallest_norm": 0.1, "largest_norm": 0.6, "norms": 4, "growth": 0.05, "max_steps": 400}
        | TEACHER,
    ),
    "perceptron_hebb": (INPUTS, TEACHER),
    "perceptron_optimum": (
        INPUTS,
        {"smallest_norm": 0.1, "largest_norm": 1.7, "norms": 4} | TEACHER | CERTIFIED,
    ),
    "perceptron_stability": (INPUTS, TEACHER | GAP),
    "potts": (COLOURS, {"symmetric": False} | POTTS),
    "potts: symmetric": (COLOURS, {"symmetric": True} | POTTS),
    "potts_optimum": (
        COLOURS,
        {"symmetric": False, "reweighted": True, "weight": WEIGHT} | OPTIMUM,
    ),
    "potts_optimum: symmetric": (COLOURS, {"symmetric": True} | OPTIMUM),
    "probability_flow": (FEW, {"scaled_norm": 9.0} | CERTIFIED),
    "pseudo_inverse": (FEW, {}),
    "pseudo_likelihood": (FEW, DESCENT | {"keep_couplings": True}),
    "pseudo_likelihood: random": (FEW, DESCENT | {"initial": "random", "space": "gram"}),
    "pseudo_likelihood: batches": (
        MANY,
        DESCENT | {"batch_size": 6, "initial": "hebb_mean", "drop_last": True},
    ),
    "pseudo_likelihood: symmetric": (
        FEW,
        DESCENT
        | {"symmetric": True, "initial": "uniform", "clip_norm": 0.11}
        | {"rate_steps": [0.3, 0.6], "rate_factor": 3.0, "record_at": [2, 5]},
    ),
    "pseudo_likelihood_cv": (MANY, {"strengths": [0.3, 3.0, 30.0], "folds": 4} | ROWS),
    "pseudo_likelihood_optimum": (MANY, {"l2": 0.07} | ROWS),
    "pseudo_likelihood_optimum: norm": (FEW, {"scaled_norm": 4.5} | ROWS),
    "pseudo_likelihood_optimum: symmetric": (FEW, {"l2": 0.07, "symmetric": True} | ROWS),
    "pseudo_likelihood_optimum: diluted": (
        FEW,
        {"connectivity": 11, "scaled_norm": 0.9} | ROWS,
    ),
    "soft_margin": (MANY, {"margin": 1.3} | GAP),
    "squared_hinge": (MANY, {"margin": 1.9} | GAP),
    "squared_hinge: separable": (FEW, {"margin": 0.4} | GAP),
    "storkey": (FEW, {}),
    "trained_denoiser": (
        FEW,
        {"hidden": 5, "learning_rate": 0.01, "steps": 47, "batch_size": 4}
        | {"smallest_sigma": 0.3, "largest_sigma": 5.0},
    ),
    "true_couplings": (FEW, {"couplings": TRUE, "sample_temperature": 0.8}),
    "two_layers": (
        FEW,
        {"initial_scale": 1.4, "learning_rate": 0.02, "epochs": 4, "batch_size": 4, "records": 4}
        | LAYERS,
    ),
    "unlearning": (FEW, UNLEARNT | {"duration": None}),
    "unlearning: duration": (FEW, UNLEARNT | {"duration": 0.13}),
    "vector_hebb": (VECTORS, {}),
    "vector_pseudo_inverse": (VECTORS, {}),
    "vector_pseudo_likelihood": (
        VECTORS,
        {"inverse_temperature": 1.2, "learning_rate": 4.0, "epochs": 25},
    ),
}


def rule_of(case: str) -> str:
    return case.partition(":")[0]


def learnt(case: str, dtype: str = "float64", **others: Any) -> Any:
    """What the rule of a case learns, perhaps with other settings."""
    patterns, settings = CASES[case]
    rule = importlib.import_module(f"plmemory.learning.{rule_of(case)}.learn")
    return rule.learn(patterns, select("cpu", dtype), rngs(case), **settings | others)


def arrays(learned: Any) -> Iterator[tuple[str, np.ndarray]]:
    """All that was learnt, by name."""
    yield "converged", learned.converged
    for name, (_, values, *_) in learned.variables.items():
        yield name, values
    yield from learned.history.items()
    for name, values in learned.diagnostics.items():
        if name not in LEFT_OUT:
            yield f"final {name}", values


# What the theory of a rule is asked: the attributes of three models, and other arguments.
ATTRIBUTES = {"patterns": 31.0, "inverse_temperature": 1.7, "gamma": 0.2, "dreaming_time": 2.3}
ATTRIBUTES |= {"training_overlap": 0.6, "margin": 1.4, "scaled_norm": 2.2, "symmetric": 0}
MODELS = (
    ATTRIBUTES | {"alpha": 0.31, "b": 2.3, "l2": 0.0},
    ATTRIBUTES | {"alpha": 1.3, "b": math.nan, "l2": 0.3},
    ATTRIBUTES | {"alpha": 2.4, "b": math.nan, "l2": 0.0, "margin": 0.4},
    ATTRIBUTES | {"alpha": 0.31, "b": math.nan, "l2": 0.3, "symmetric": 1},
    ATTRIBUTES | {"alpha": 0.31, "b": 2.3, "l2": 0.0, "connectivity": 9},
)
ASKED: dict[str, Any] = {
    "norms": np.array([0.4, 1.1, 2.7]),
    "scaled_norms": np.array([0.4, 1.1, 2.7]),
    "initial_overlap": np.array([0.2, 0.7]),
    "temperature": 0.2,
    "dimension": 3,
    "alpha": 0.03,
}


def theory() -> Iterator[tuple[str, Any]]:
    """The results of all functions of the theories of rules."""
    for rule in registry.rules():
        if not registry.has("learning", rule, "theory"):
            continue
        module = importlib.import_module(registry.module("learning", rule, "theory"))
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ != module.__name__:
                continue
            asked = inspect.signature(function).parameters
            results = []
            for model in MODELS if "attributes" in asked else MODELS[:1]:
                known = ASKED | {"attributes": model}
                found = function(**{argument: known[argument] for argument in asked})
                if hasattr(found, "cdf"):
                    found = [found.mean, found.std, *found.cdf(np.array([-0.3, 0.5, 1.4]))]
                results.append(np.ravel(math.nan if found is None else found))
            yield f"{rule}.{name}", np.concatenate(results)


def found() -> dict[str, Numbers]:
    """All that is recorded."""
    return {case: arrays(learnt(case)) for case in CASES} | {"theory": theory()}


if __name__ == "__main__":
    write(FILE, found())
