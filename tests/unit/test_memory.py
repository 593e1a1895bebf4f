"""The estimator against formulas, plain loops and scikit-learn's habits."""

import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import plmemory
from plmemory import InputError, Memory, TrainingError
from plmemory.plan import registry

PACKAGE = Path(plmemory.__file__).parent
RULES = sorted(
    name
    for name, rule in registry.rules().items()
    if "ising" in rule.spins and rule.couplings and not rule.infinite
)
# A field is a sum of N products in single precision.
ROUNDING = 1e-5


def random_patterns(count, sites, seed=1):
    return np.random.default_rng(seed).choice([-1, 1], size=(count, sites))


def run(code, **env):
    """What a fresh interpreter says, with nothing but the package of this checkout."""
    bare = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    return subprocess.run(
        [sys.executable, "-c", code],
        env=bare | {"PYTHONPATH": str(PACKAGE.parent)} | env,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_of_ising_spins_remembers_few_patterns(rule):
    patterns = random_patterns(5, 100)
    memory = Memory(rule, device="cpu", random_state=3).fit(patterns)
    assert memory.converged_
    assert memory.couplings_.shape == (100, 100)
    assert not memory.couplings_.diagonal().any()
    assert memory.score(patterns) == 1
    assert memory.score(patterns, initial_overlap=0.6, random_state=2) > 0.95
    assert (memory.stabilities(patterns) > 0).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_couplings_are_those_of_the_formulas(dtype):
    patterns = random_patterns(20, 60)
    off = 1 - np.eye(60)
    hebb = Memory("hebb", dtype=dtype).fit(patterns).couplings_
    np.testing.assert_allclose(hebb, patterns.T @ patterns / 60 * off, atol=ROUNDING)
    projector = np.linalg.pinv(patterns) @ patterns * off
    found = Memory("pseudo_inverse", dtype=dtype).fit(patterns).couplings_
    np.testing.assert_allclose(found, projector, atol=ROUNDING)
    assert hebb.dtype == found.dtype == dtype


def test_any_type_of_number_trains_the_same():
    patterns = random_patterns(20, 60)
    expected = Memory().fit(patterns).couplings_
    for given in (patterns.tolist(), patterns.astype(float), patterns > 0):
        np.testing.assert_array_equal(Memory().fit(given).couplings_, expected)


def test_a_pattern_of_weight_two_counts_as_two():
    patterns = random_patterns(40, 30)
    settings = {"scaled_norm": None, "l2": 0.2, "inverse_temperature": 2.0, "dtype": "float64"}
    memory = Memory("pseudo_likelihood_optimum", tolerance=1e-9, **settings)
    weighted = memory.fit(patterns, sample_weight=[2] * 10 + [1] * 30).couplings_
    twice = memory.fit(np.concatenate([patterns[:10], patterns])).couplings_
    once = memory.fit(patterns).couplings_
    np.testing.assert_allclose(weighted, twice, atol=1e-7)
    assert np.abs(weighted - once).max() > 1e-2


def by_loops(couplings, states, steps):
    """Synchronous dynamics in exact arithmetic of whole numbers."""
    for _ in range(steps):
        fields = states @ couplings.T
        states = np.where(fields == 0, states, np.sign(fields))
    return states


@pytest.mark.parametrize("steps", [1, 2, 3, 50])
def test_synchronous_recall_is_the_sign_of_the_fields(steps):
    rng = np.random.default_rng(4)
    couplings = rng.integers(-2, 3, size=(20, 20)) * (1 - np.eye(20, dtype=int))
    states = random_patterns(64, 20, seed=5)
    recalled = Memory.from_couplings(couplings).recall(states, max_steps=steps)
    np.testing.assert_array_equal(recalled, by_loops(couplings, states, steps))
    assert recalled.dtype == np.int8


def test_sequential_recall_ends_at_fixed_points():
    patterns = random_patterns(30, 200)  # beyond Hebb's capacity: spurious states
    memory = Memory("hebb").fit(patterns)
    states = random_patterns(50, 200, seed=2)
    ends = memory.recall(states, order="sequential", random_state=1)
    fields = ends @ (patterns.T @ patterns - 30 * np.eye(200, dtype=int))
    assert (ends * fields >= 0).all()
    assert (memory.recall(states, order="sequential", random_state=1) == ends).all()
    assert (memory.recall(states, order="sequential", random_state=2) != ends).any()


def test_the_score_is_the_initial_overlap_where_nothing_moves():
    memory = Memory.from_couplings(np.zeros((100, 100)))
    patterns = random_patterns(7, 100)
    assert memory.score(patterns) == 1
    assert memory.score(patterns, initial_overlap=0.36) == pytest.approx(0.36)


def test_one_pattern_is_as_one_of_many():
    patterns = random_patterns(3, 40)
    memory = Memory("pseudo_inverse").fit(patterns)
    starts = random_patterns(3, 40, seed=7)
    for ask in (memory.recall, memory.stabilities):
        alone = ask(starts[1:2])
        assert alone.shape == (1, 40)
        np.testing.assert_allclose(alone, ask(starts)[1:2], atol=10 * ROUNDING)
    assert memory.score(patterns[:1]) == 1
    assert Memory("hebb").fit(patterns[:1]).couplings_.shape == (40, 40)


def test_stabilities_are_aligned_fields_over_norms():
    rng = np.random.default_rng(6)
    couplings = rng.normal(size=(15, 15)) * (1 - np.eye(15))
    patterns = random_patterns(4, 15)
    expected = [
        [xi[i] * couplings[i] @ xi / np.sqrt(couplings[i] @ couplings[i]) for i in range(15)]
        for xi in patterns
    ]
    found = Memory.from_couplings(couplings).stabilities(patterns)
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_what_is_drawn_comes_from_the_seed():
    patterns = random_patterns(20, 60)
    settings = {"initial": "random", "initial_scale": 1.0, "epochs": 5}
    first, again, other = (
        Memory(random_state=seed, **settings).fit(patterns).couplings_ for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.01


def test_the_history_is_that_of_the_training():
    patterns = random_patterns(6, 60)
    memory = Memory(epochs=40, records=4, record_overlap=0.6).fit(patterns)
    history = memory.history_
    assert list(history["epoch"]) == [0, 1, 3, 12, 40]
    assert {values.shape for values in history.values()} == {(5,)}
    assert (np.diff(history["loss"]) < 0).all()
    assert history["loss"][-1] == memory.diagnostics_["loss"]
    assert history["overlap"][-1] > 0.9
    assert "overlap" not in Memory(epochs=3, record_overlap=None).fit(patterns).history_
    assert memory.snapshots_ is None
    kept = Memory(epochs=3, record_at=[2], keep_couplings=True).fit(patterns)
    assert kept.history_["epoch"].tolist() == [0, 2, 3]
    assert kept.snapshots_.shape == (3, *kept.couplings_.shape)
    np.testing.assert_array_equal(kept.snapshots_[-1], kept.couplings_)


def test_a_fit_that_did_not_converge_says_so():
    patterns = random_patterns(90, 30)  # beyond the capacity
    with pytest.warns(UserWarning, match="maximum_stability did not converge"):
        memory = Memory("maximum_stability", max_iterations=20).fit(patterns)
    assert not memory.converged_
    assert memory.diagnostics_["smallest_stability"] < 0


SPINS = random_patterns(3, 8)


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (lambda: Memory("hopfield"), r"rule: found 'hopfield', expected one of .*hebb, "),
        (lambda: Memory("true_couplings"), r"rule: found 'true_couplings', expected one of "),
        (
            lambda: Memory("hebb", gap=1),
            r"hebb: found the setting 'gap', expected one of: binarize",
        ),
        (
            lambda: Memory(epoch=3),
            r"pl: found the setting 'epoch', expected .*epochs",
        ),
        (lambda: Memory(epochs=0), r"epochs: found 0, expected at least 1"),
        (
            lambda: Memory(inverse_temperature=0),
            r"inverse_temperature: found 0, expected more than 0",
        ),
        (
            lambda: Memory(rate_steps=[0.5, 1.0]),
            r"rate_steps: found \[0.5, 1.0\], expected in each place less than 1",
        ),
        (lambda: Memory(decay=1.1), r"decay: found 1.1, expected at most 1"),
        (lambda: Memory(initial="ones"), r"initial: found 'ones', expected one of zero, hebb, "),
        (lambda: Memory(space="gram", symmetric=True), r"space: found 'gram', expected 'direct'"),
        (lambda: Memory("pseudo_likelihood_optimum", l2=0.1), r"scaled_norm.*: found "),
        (lambda: Memory(device="gpu"), r"device: found 'gpu', expected one of auto, cpu, cuda"),
        (lambda: Memory(dtype="float16"), r"dtype: found 'float16', expected one of float32, "),
        (lambda: Memory(random_state=-1), r"random_state: found -1, expected at least 0"),
        (lambda: Memory().fit((SPINS + 1) // 2), r"X: found values from 0 to 1, expected "),
        (lambda: Memory().fit(SPINS[0]), r"X: found the shape \(8,\), expected "),
        (lambda: Memory().fit([SPINS, SPINS]), r"X: found the shape \(2, 3, 8\), expected "),
        (
            lambda: Memory().fit(SPINS, sample_weight=[1, 1, 1]),
            r"sample_weight: found some, expected none for ",
        ),
        (
            lambda: Memory("pseudo_likelihood_optimum").fit(SPINS, sample_weight=[1, 1]),
            r"sample_weight: found the shape \(2,\), expected \(3,\)",
        ),
        (
            lambda: Memory("pseudo_inverse").fit(random_patterns(9, 8)),
            r"X: found 9 patterns of 8 sites, for which pseudo_inverse has no couplings",
        ),
        (lambda: Memory().recall(SPINS), r"memory: found no couplings, expected fit\(X\)"),
        (
            lambda: Memory("hebb").fit(SPINS).recall(SPINS[:, 1:]),
            r"states: found 7 sites, expected 8",
        ),
        (lambda: Memory("hebb").fit(SPINS).recall(SPINS, max_steps=0), r"max_steps: found 0, "),
        (lambda: Memory("hebb").fit(SPINS).recall(SPINS, order="parallel"), r"order: found 'para"),
        (
            lambda: Memory("hebb").fit(SPINS).score(SPINS, initial_overlap=2),
            r"initial_overlap: found",
        ),
        (lambda: Memory("hebb").fit(SPINS).stabilities(SPINS * 2), r"X: found -?2 at "),
        (lambda: Memory.from_couplings(np.ones((2, 2))), r"couplings: found 1.0 at \(0, 0\), "),
    ],
)
def test_a_wrong_argument_is_one_line(attempt, message):
    with pytest.raises(InputError, match=f"^{message}") as fault:
        attempt()
    assert "\n" not in str(fault.value)


def test_a_training_that_fails_names_the_setting():
    with pytest.raises(TrainingError, match="learning_rate"):
        Memory(learning_rate=1e4, epochs=1000).fit(random_patterns(80, 20))


def test_without_options_a_hundred_steps_are_taken():
    """States of equal spins turn over in every step: after an even number they are back."""
    memory, up = Memory.from_couplings(np.eye(8) - 1), np.ones((1, 8))
    assert (memory.recall(up) == 1).all()
    assert (memory.recall(up, max_steps=101) == -1).all()
    assert memory.score(up) == 1
    assert memory.score(up, max_steps=101) == -1
    assert memory.retrieval_map(up, [1.0]).final_overlap.item() == 1
    found = memory.attractors(up)
    assert found.trajectories.overlap[0] == 1
    assert found.trajectories.start.tolist() == [0] + 100 * [1]
    levels = memory.retrieval_map(up).initial_overlap.ravel()
    np.testing.assert_allclose(levels, 1 - 2 * np.round(4 * (1 - np.linspace(0, 1, 21))) / 8)


def test_without_options_the_seed_is_zero_and_the_replicate_the_first(tmp_path):
    patterns = random_patterns(3, 10)
    one, other = (
        Memory("daydreaming", epochs=1, **o).fit(patterns) for o in ({}, {"random_state": 0})
    )
    np.testing.assert_array_equal(one.couplings_, other.couplings_)
    assert (one.dtype, one.device, one.couplings_.dtype) == ("float32", "auto", np.float32)
    one.save(tmp_path / "memory.nc")
    loaded = Memory.load(tmp_path / "memory.nc")
    np.testing.assert_array_equal(loaded.couplings_, one.couplings_)
    for wrong, expected in ((1, "less than 1"), (-1, "at least 0")):
        with pytest.raises(InputError, match=f"^replicate: found {wrong}, expected {expected}$"):
            Memory.load(tmp_path / "memory.nc", replicate=wrong)


def test_it_can_be_pickled():
    patterns = random_patterns(5, 50)
    memory = Memory("hebb").fit(patterns)
    kept = pickle.loads(pickle.dumps(memory))
    np.testing.assert_array_equal(kept.recall(-patterns), memory.recall(-patterns))


def test_the_package_brings_its_public_face_only_when_asked():
    code = """
import sys, plmemory
assert not {"numpy", "scipy", "numba"} & sys.modules.keys()
assert {"Memory", "InputError"} <= set(dir(plmemory))
from plmemory import Memory
assert not {"torch", "matplotlib", "pandas", "xarray", "sklearn", "yaml"} & sys.modules.keys()
try:
    plmemory.Nothing
except AttributeError as error:
    print(error)
"""
    done = run(code)
    assert done.stdout.strip() == "module 'plmemory' has no attribute 'Nothing'", done.stderr


def test_it_runs_where_neither_the_package_nor_the_home_can_be_written(tmp_path):
    shutil.copytree(PACKAGE, tmp_path / "plmemory", ignore=shutil.ignore_patterns("__pycache__"))
    for folder, _, _ in os.walk(tmp_path / "plmemory"):
        (Path(folder) / "__pycache__").touch()  # a file, so no folder can be made in its place
    code = """
import os, numpy
from plmemory import Memory
patterns = numpy.random.default_rng(1).choice([-1, 1], size=(3, 30))
ends = Memory("hebb").fit(patterns).recall(patterns, order="sequential")
print((ends == patterns).all(), os.environ.get("NUMBA_CACHE_DIR"))
"""
    done = run(code, PYTHONPATH=str(tmp_path), HOME="/dev/null", XDG_CACHE_HOME="")
    assert done.returncode == 0, done.stderr
    right, folder = done.stdout.split()
    assert right == "True"
    assert not Path(folder).exists()
    assert run(code, XDG_CACHE_HOME=str(tmp_path)).stdout.split() == ["True", "None"]
