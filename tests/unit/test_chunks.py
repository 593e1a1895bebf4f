"""Patterns that lie in a file: rules that say they hold none of them read some at a time."""

import importlib
import tracemalloc

import numpy as np
import pytest

from plmemory.files import mapped
from plmemory.machine import chunks
from plmemory.machine.backend import select
from plmemory.plan import registry, schema
from plmemory.seeds import generator

SITES = 80
SHORT = {
    "trained_denoiser": {"steps": 5, "hidden": 10, "batch_size": 16},
    "two_layers": {"epochs": 1, "batch_size": 1000, "hidden": 10},
    "daydreaming": {"epochs": 1},
    "attention": {"epochs": 1, "batch_size": 200},
}


def defaults(rule):
    return {
        key: value
        for key, value in schema.defaults(schema.rule(rule)).items()
        if key in registry.rules()[rule].settings
    }


# The true couplings are not learnt from patterns.
STREAMING = [
    name
    for name, rule in registry.rules().items()
    if rule.holds(defaults(name), 1000 * SITES, SITES, 1) < 0.1 and name != "true_couplings"
]


def patterns(rule, count):
    """In a file, (1, count, SITES) of +1/-1, or of vectors in the plane."""
    rng = generator(1, "patterns", rule, count)
    if registry.rules()[rule].spins == {"vectors"}:
        angles = rng.uniform(0, 2 * np.pi, (1, count, SITES // 4)).astype(np.float32)
        values = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    else:
        values = rng.choice(np.array([-1, 1], np.int8), (1, count, SITES))
    found = mapped.empty(values.shape, values.dtype)
    found[...] = values
    return found


def learnt(rule, examples):
    """All arrays that a rule finds, and the bytes that it took at most."""
    told = defaults(rule) | SHORT.get(rule, {})
    labels = np.where(np.arange(examples.shape[1]) % 3, 1, -1).astype(np.int8)
    needs = {
        "targets": labels[None],
        "train_label": labels[None],
        "test": examples[0, :9],
        "test_label": labels[:9],
    }
    told |= {name: needs[name] for name in registry.rules()[rule].needs(told)}
    learn = importlib.import_module(f"plmemory.learning.{rule}.learn").learn
    rngs = [generator(2, rule)]
    tracemalloc.start()
    found = learn(examples, select("cpu", "float64"), rngs, **told)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    values = [variable[1] for variable in found.variables.values()]
    return [*values, *found.history.values(), *found.diagnostics.values()], peak


def test_these_rules_hold_no_patterns():
    assert {"hebb", "mean_field", "dreaming", "daydreaming", "trained_denoiser"} <= {*STREAMING}
    assert "storkey" not in STREAMING


@pytest.mark.parametrize("rule", STREAMING)
def test_many_patterns_take_no_more_memory_than_few(rule, monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK", 1 << 12)
    few, many = patterns(rule, 3000), patterns(rule, 12000)
    learnt(rule, few[:, :100])  # what is made once
    more = learnt(rule, many)[1] - learnt(rule, few)[1]
    # Of a pattern itself, in double precision, 8 bytes a number; of its label and place some.
    assert more < 0.15 * 8 * (many.size - few.size)


@pytest.mark.parametrize("rule", STREAMING)
def test_what_is_learnt_does_not_depend_on_how_many_are_read_at_a_time(rule, monkeypatch):
    examples = patterns(rule, 300)
    expected, _ = learnt(rule, examples)
    monkeypatch.setattr(chunks, "CHUNK", 700)
    found, _ = learnt(rule, examples)
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-12)


def test_chunks_are_all_rows_once_in_order(monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK", 100)
    for count, numbers in ((7, 30), (250, 1), (3, 500), (0, 5)):
        places = list(chunks.chunks(count, numbers))
        assert [row for place in places for row in range(count)[place]] == list(range(count))
        assert all(place.stop - place.start <= max(1, 100 // numbers) for place in places)
