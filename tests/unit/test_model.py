"""From a data set to a labelled model: which examples, what a rule needs, what models tell."""

import itertools
import json
import math
import runpy
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from plmemory.datasets.selection import trained_on
from plmemory.files import jobs
from plmemory.files.labelled import Dataset, read_dataset, write_file
from plmemory.learning.model import Examples, examples, model, needed
from plmemory.learning.potts.learn import PottsLearned
from plmemory.learning.pseudo_likelihood_optimum.learn import learn as optimum
from plmemory.learning.result import Learned
from plmemory.learning.true_couplings.learn import learn as true_couplings
from plmemory.machine.backend import select
from plmemory.seeds import generator

TRAIN = Path(__file__).parents[2] / "workflow" / "scripts" / "train.py"
POOL, SITES, REPLICATES = 40, 9, 2


def rngs(*identity):
    return [generator(3, *identity, replicate) for replicate in range(REPLICATES)]


@pytest.fixture
def pool():
    """A pool with a weight of each example and the couplings that it was sampled with."""
    rng = np.random.default_rng(0)
    true = np.triu(rng.normal(size=(SITES, SITES)), 1)
    return Dataset(
        {
            "train": (("pattern", "site"), rng.choice(np.array([-1, 1], np.int8), (POOL, SITES))),
            "weight": ("pattern", np.arange(POOL) / 8),
            "couplings": (("replicate", "site", "source"), (true + true.T)[None]),
        },
        attrs={"dataset": "toy", "sample_temperature": 0.8, "states": 2, "law": "gaussian"},
    )


@pytest.fixture
def stored(pool, tmp_path):
    """The same as jobs get it: read from a file, its attributes numpy scalars."""
    write_file(pool, tmp_path / "pool.nc", {})
    found = read_dataset(tmp_path / "pool.nc")
    assert isinstance(found.attrs["sample_temperature"], np.generic)
    return found


# Which examples


def test_replicates_learn_different_examples_and_each_none_twice(pool):
    chosen = examples(pool, "P00015", rngs("choice"), infinite=False)
    assert chosen.count == 15
    assert chosen.patterns.shape == (REPLICATES, 15, SITES)
    one, other = (set(places.tolist()) for places in chosen.index)
    assert len(one) == len(other) == 15
    assert one != other
    np.testing.assert_array_equal(chosen.patterns, pool["train"].values[chosen.index])


def test_all_of_a_pool_are_all_in_each_replicate(pool):
    chosen = examples(pool, "Pall", rngs("choice"), infinite=False)
    assert chosen.count == POOL
    for places in chosen.index:
        assert sorted(places.tolist()) == list(range(POOL))


def test_in_the_infinite_limit_what_was_drawn_for_a_replicate_is_compared_with():
    drawn = np.random.default_rng(2).choice(np.array([-1, 1], np.int8), (REPLICATES, 6, SITES))
    dataset = Dataset({"train": (("replicate", "pattern", "site"), drawn)})
    chosen = examples(dataset, "Pinf", [], infinite=True)
    assert (chosen.index, chosen.count) == (None, math.inf)
    np.testing.assert_array_equal(chosen.patterns, drawn)


def test_patterns_that_were_drawn_for_each_replicate_have_no_places():
    drawn = np.random.default_rng(1).choice(np.array([-1, 1], np.int8), (REPLICATES, 6, SITES))
    dataset = Dataset(
        {"train": (("replicate", "pattern", "site"), drawn)}, attrs={"dataset": "toy"}
    )
    chosen = examples(dataset, "P00006", rngs("choice"), infinite=False)
    assert chosen.index is None
    assert chosen.count == 6
    np.testing.assert_array_equal(chosen.patterns, drawn)


def test_the_infinite_limit_is_compared_with_the_whole_pool_once(pool):
    chosen = examples(pool, "Pinf", rngs("choice"), infinite=True)
    assert chosen.count == math.inf
    np.testing.assert_array_equal(chosen.index, [range(POOL)])
    np.testing.assert_array_equal(chosen.patterns, pool["train"].values[None])


# What a rule needs


def test_weights_are_those_of_the_chosen_examples(stored):
    chosen = examples(stored, "P00015", rngs("choice"), infinite=False)
    found = needed(stored, chosen, ["weight", "couplings"])
    np.testing.assert_array_equal(found["weight"], chosen.index / 8)
    np.testing.assert_array_equal(found["couplings"], stored["couplings"].values)


def test_numbers_of_a_file_become_plain_ones_that_raise_no_precision(stored):
    chosen = examples(stored, "P00015", rngs("choice"), infinite=False)
    found = needed(stored, chosen, ["sample_temperature", "states", "law"])
    assert found == {"sample_temperature": 0.8, "states": 2, "law": "gaussian"}
    assert [type(value) for value in found.values()] == [float, int, str]
    single = np.ones(3, dtype=np.float32)
    assert (single * found["sample_temperature"]).dtype == np.float32
    assert (single * stored.attrs["sample_temperature"]).dtype == np.float64


def test_values_of_examples_that_were_not_chosen_from_a_pool_are_taken_whole():
    weight = np.arange(12.0).reshape(REPLICATES, 6)
    dataset = Dataset({"weight": (("replicate", "pattern"), weight)})
    chosen = Examples(np.ones((REPLICATES, 6, SITES), np.int8), None, 6)
    np.testing.assert_array_equal(needed(dataset, chosen, ["weight"])["weight"], weight)


def test_what_a_data_set_does_not_have_is_an_error(pool):
    chosen = examples(pool, "P00015", rngs("choice"), infinite=False)
    with pytest.raises(KeyError, match="distance"):
        needed(pool, chosen, ["distance"])


# What models tell


def learned(**changes):
    rng = np.random.default_rng(2)
    parts = {
        "couplings": rng.normal(size=(REPLICATES, SITES, SITES)).astype(np.float32),
        "converged": np.array([True, False]),
        "history": {"epoch": np.arange(3), "loss": rng.random((3, REPLICATES))},
        "diagnostics": {"gap": rng.random(2), "row_gap": rng.random((REPLICATES, SITES))},
    }
    return Learned(**parts | changes)


def test_a_model_is_labelled_and_readable_by_others(pool, tmp_path):
    chosen = examples(pool, "P00015", rngs("choice"), infinite=False)
    result = learned()
    made = model(result, chosen, {}, {})
    write_file(made, tmp_path / "model.nc", {})
    found = xr.load_dataset(tmp_path / "model.nc")
    expected = {
        "couplings": (("replicate", "site", "source"), result.couplings),
        "converged": (("replicate",), [True, False]),
        "pattern_index": (("replicate", "pattern"), chosen.index),
        "history_epoch": (("record",), result.history["epoch"]),
        "history_loss": (("record", "replicate"), result.history["loss"]),
        "final_gap": (("replicate",), result.diagnostics["gap"]),
        "final_row_gap": (("replicate", "row_gap_0"), result.diagnostics["row_gap"]),
    }
    assert set(found.variables) == set(expected)
    for name, (axes, values) in expected.items():
        assert found[name].dims == axes
        np.testing.assert_array_equal(found[name], values)
    assert found["couplings"].dtype == np.float32
    assert "`site` from `source`" in found["couplings"].attrs["convention"]
    assert found.attrs["patterns"] == 15
    assert found.attrs["alpha"] == 15 / SITES
    assert found.attrs["converged"] == 0
    np.testing.assert_array_equal(trained_on(pool, read_dataset(tmp_path / "model.nc")),
                                  chosen.patterns)  # fmt: skip


def test_a_rule_tells_what_its_settings_mean_and_the_rest_is_unknown(pool):
    chosen = examples(pool, "P00015", rngs("choice"), infinite=False)
    everything = learned(converged=np.array([True, True]))
    settings = {"gap": 1e-3, "symmetric": True, "clip_norm": None, "initial": "hebb", "epochs": 7}
    settings |= {"weight": np.ones(3)}
    made = model(everything, chosen, settings, {"inverse_temperature": 0.7, "b": 2.5})
    assert made.attrs["inverse_temperature"] == 0.7
    assert made.attrs["b"] == 2.5
    assert (made.attrs["gap"], made.attrs["epochs"], made.attrs["initial"]) == (1e-3, 7, "hebb")
    assert made.attrs["converged"] == 1
    assert {"clip_norm", "weight"}.isdisjoint(made.attrs)
    bare = model(everything, chosen, {}, {}).attrs
    assert math.isnan(bare["b"])
    assert math.isnan(bare["inverse_temperature"])
    assert (bare["l2"], bare["symmetric"]) == (0, 0)


def test_models_of_colours_have_fields_and_axes_of_their_own():
    shape = (REPLICATES, 4, 3, 4, 3)
    potts = PottsLearned(np.zeros(shape), np.ones(shape[:3]), np.array([True] * 2), {}, {})
    chosen = Examples(np.zeros((REPLICATES, 5, 4), np.int8), None, 5)
    made = model(potts, chosen, {"states": 3}, {"inverse_temperature": 0.7})
    assert made["couplings"].dims == ("replicate", "site", "colour", "source", "source_colour")
    assert made["fields"].dims == ("replicate", "site", "colour")
    assert "pattern_index" not in made
    assert made.attrs["states"] == 3
    assert made.attrs["alpha"] == 5 / 4


# The job


@pytest.fixture
def train(pool, tmp_path, monkeypatch):
    """The script of the workflow, as a function of the rule and of what its job is told."""
    # This process has imported more than one job would.
    monkeypatch.setattr(jobs, "check_sources", lambda planned: None)
    write_file(pool, tmp_path / "pool.nc", {})
    return partial(run, tmp_path)


def run(folder, rule, **changes):
    told = {"method": "hebb", "settings": {}, "attributes": {}, "needs": [], "observed": None}
    told |= {"objective": "", "infinite": False, "replicates": REPLICATES, "seed": 3}
    told |= {"draws": "toy", "device": "cpu", "dtype": "float32", "code": jobs.Hashed("c")}
    told |= {"lineage": jobs.Descended("l")}
    told["code"].sources, told["lineage"].lineages, told["lineage"].contents = {}, (), {}
    told |= changes
    job = SimpleNamespace(
        wildcards=SimpleNamespace(dataset="toy", rule=rule, patterns="P00015"),
        params=SimpleNamespace(job=told),
        input=[folder / "pool.nc"],
        output=[folder / f"{rule}.nc"],
        log=[folder / f"{rule}.log"],
    )
    runpy.run_path(str(TRAIN), init_globals={"snakemake": job})
    return read_dataset(folder / f"{rule}.nc")


def test_all_rules_learn_the_same_examples_of_each_replicate(train, pool, tmp_path):
    hebb = train("hebb")
    descent = {"inverse_temperature": 0.7, "learning_rate": 3.0, "epochs": 12, "records": 3}
    descent |= {"batch_size": 4, "initial": "random", "initial_scale": 0.3, "symmetric": False}
    descent |= {"l2": 0.0, "clip_norm": None, "decay": 1.0, "record_overlap": 0.5}
    pl = train(
        "pl",
        method="pseudo_likelihood",
        settings=descent,
        observed="record_overlap",
        attributes={"inverse_temperature": 0.7},
        objective="pseudo-likelihood",
    )
    places = hebb["pattern_index"].values
    np.testing.assert_array_equal(pl["pattern_index"].values, places)
    assert (places[0] != places[1]).any()
    patterns = pool["train"].values[places].astype(float)
    expected = np.einsum("rpi,rpj->rij", patterns, patterns) / SITES
    expected[:, np.arange(SITES), np.arange(SITES)] = 0
    np.testing.assert_allclose(hebb["couplings"].values, expected, rtol=1e-6)
    assert (pl["couplings"].values[0] != pl["couplings"].values[1]).any()
    assert pl["history_epoch"].values.tolist() == [0, 1, 3, 12]
    assert pl["history_overlap"].dims == ("record", "replicate")
    assert (pl.attrs["rule"], pl.attrs["method"]) == ("pl", "pseudo_likelihood")
    assert pl.attrs["objective"] == "pseudo-likelihood"
    assert pl.attrs["inverse_temperature"] == 0.7
    told = json.loads(pl.attrs["parameters"])
    assert told["settings"] == descent
    assert " epoch 12 of 12: loss " in (tmp_path / "pl.log").read_text()


def test_the_limit_of_infinitely_many_examples_is_one_replicate(train, pool):
    limit = train(
        "true_couplings",
        method="true_couplings",
        needs=["couplings", "sample_temperature"],
        infinite=True,
        replicates=1,
        attributes={"inverse_temperature": 1.0, "symmetric": 1},
    )
    assert limit["couplings"].values.dtype == np.float32
    np.testing.assert_allclose(limit["couplings"].values, pool["couplings"].values / 0.8, rtol=1e-6)
    np.testing.assert_array_equal(limit["pattern_index"].values, [range(POOL)])
    assert limit.attrs["patterns"] == limit.attrs["alpha"] == math.inf
    assert limit.attrs["symmetric"] == 1


# The true couplings


def test_the_true_couplings_over_temperature_are_the_optimum_of_infinitely_many_samples():
    """All states of a small system at their Boltzmann weights, by the solver of the optimum."""
    sites, temperature = 4, 1.3
    double = select("cpu", "float64")
    true = np.triu(np.random.default_rng(5).normal(scale=0.7, size=(sites, sites)), 1)
    true += true.T
    states = np.array(list(itertools.product([-1, 1], repeat=sites)), dtype=np.int8)
    weights = np.exp((states @ true * states).sum(axis=1) / (2 * temperature))
    both = np.stack([true, -true])
    limit = true_couplings(states[None], double, couplings=both, sample_temperature=temperature)
    assert limit.couplings.shape == (2, sites, sites)
    assert limit.converged.tolist() == [True, True]
    np.testing.assert_array_equal(limit.couplings[1], -limit.couplings[0])
    found = optimum(
        states[None],
        double,
        l2=0.0,
        inverse_temperature=1.0,
        tolerance=1e-9,
        max_iterations=500,
        weights=weights[None],
    )
    assert found.converged.all()
    np.testing.assert_allclose(limit.couplings[:1], found.couplings, atol=1e-7)
    single = true_couplings(
        states[None], select("cpu"), couplings=both, sample_temperature=temperature
    )
    assert single.couplings.dtype == np.float32
