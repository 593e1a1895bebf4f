"""What a table says of final states, once more from the files of the run, by definition."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from plmemory.seeds import generator

DATA, DRAWS, RULE, PATTERNS = "mnist_tokens", "mnist_draws", "attention_10", "P00010"


def step(blocks, states):
    """Attention of lambda = 1 and gamma = 0 on states (S, N, d), in double precision."""
    messages = np.einsum("iajb,sjb->sija", blocks, states)
    scores = np.einsum("sia,sija->sij", states, messages)
    own = np.arange(len(blocks))
    scores[:, own, own] = -np.inf
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    sums = np.einsum("sij,sija->sia", weights, messages)
    return sums / np.linalg.norm(sums, axis=-1, keepdims=True)


def image(states):
    return np.where(states < 0, -1, 1).reshape(len(states), -1).astype(np.float32)


def overlaps(states, others):
    return np.abs(states @ others.T) / states.shape[1]


def test_fractions_and_quality_of_attention_are_those_of_its_files(finished):
    root, config = finished.folder / "results/test", finished.config()
    settings = config["measures"]["memorisation"]
    data = xr.load_dataset(root / f"data/{DATA}.nc")
    model = xr.load_dataset(root / f"models/{DATA}/{RULE}/{PATTERNS}.nc")
    assert (model.attrs["inverse_temperature"], model.attrs["gamma"]) == (1, 0)
    count, near = settings["samples"], 1 - settings["delta"] - 1e-9
    found = []
    for r, places in enumerate(model["pattern_index"].values):
        test, train = data["test"].values, image(data["train"].values[places])
        if r == 0:  # the published draw, whose unseen images are the next of its order
            ordered = data["published_order"].values[len(places) :]
            test = data["train"].values[ordered[: len(test)]]
        order = generator(config["seed"], "held out", DRAWS, PATTERNS, r).permutation(len(test))
        begun, unseen = np.array_split(test[order], 2)
        states = begun[:count].astype(float)
        for _ in range(settings["max_steps"]):
            states = step(model["couplings"].values[r].astype(float), states)
        ends, real, heldout = image(states), image(begun), image(unseen)
        memorised = overlaps(ends, train).max(axis=1) >= near
        others = overlaps(ends, ends) - np.eye(count)
        spurious = ~memorised & (others.max(axis=1) >= near)
        asked = image(begun[:count])
        copies = overlaps(asked, train).max(axis=1) >= near
        twins = (overlaps(asked, asked) - np.eye(count)).max(axis=1) >= near
        quantities = {
            "memorised": memorised,
            "spurious": spurious,
            "generalised": ~memorised & ~spurious,
            "nearest_heldout": overlaps(ends, heldout).max(axis=1),
            "nearest_heldout_real": overlaps(real, heldout).max(axis=1),
            "memorised_real": copies,
            "spurious_real": ~copies & twins,
            "generalised_real": ~copies & ~twins,
        }
        found.append({name: values.mean() for name, values in quantities.items()})
    means = pd.DataFrame(found).mean()
    assert 0 < means["spurious"] < 1
    for name in ("memorisation_generalisation", "diffusion_phases"):
        table = pd.read_csv(root / f"tables/{name}.csv")
        (row,) = table[(table["memory"] == RULE) & (table["start"] == "test")].to_dict("records")
        assert (row["K"], row["samples"], row["dynamics"]) == (10, count, "relaxation")
        for quantity, mean in means.items():
            # Single precision may turn a few signs of thousands, and with them a state or two.
            slack = 1e-3 if quantity == "nearest_heldout" else 1 / count
            assert row[quantity] == pytest.approx(mean, abs=slack), quantity


def test_attention_learns_the_images_that_the_others_learn_and_meets_the_same_unseen_ones(finished):
    root = finished.folder / "results/test"
    learnt = [
        xr.load_dataset(root / f"models/{data}/{rule}/{PATTERNS}.nc")["pattern_index"].values
        for data, rule in ((DATA, RULE), (DRAWS, "pl"), (DRAWS, "trained_denoiser"))
    ]
    for other in learnt[1:]:
        np.testing.assert_array_equal(learnt[0], other)
    found = [
        xr.load_dataset(root / f"memorisation/{data}/{rule}/{PATTERNS}.nc")
        for data, rule in ((DATA, RULE), (DRAWS, "pl"))
    ]
    for name in ("real_kind", "real_heldout"):
        np.testing.assert_allclose(found[0][name], found[1][name], rtol=0, atol=1e-6)
