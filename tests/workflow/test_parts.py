"""Models learnt in parts by jobs of their own: the same figure, and nothing left over."""

import json

import numpy as np
import pandas as pd
import xarray as xr

RULES = ["pl_epochs_50", "maximum_stability"]
SMALL = {
    "datasets": {
        "random": {
            "sites": 40,
            "replicates": 2,
        }
    },
    "figures": {"random_stabilities": {"rules": RULES, "loads": [0.4]}},
}
IN_TWO = {"datasets": {"random": {"learning": {rule: {"parts": 2} for rule in RULES}}}}
TABLE = "results/test/tables/random_stabilities.csv"
MODEL = "results/test/models/random/{}/P00016.nc"


def test_a_figure_of_models_in_parts_is_the_figure(clean, tmp_path):
    (tmp_path / "small").mkdir()
    (tmp_path / "split").mkdir()
    whole = clean.copy(tmp_path / "checkout").over(tmp_path / "small", SMALL)
    whole.finish(TABLE)
    expected = pd.read_csv(whole.folder / TABLE)
    models = {rule: xr.load_dataset(whole.folder / MODEL.format(rule)) for rule in RULES}
    split = whole.over(tmp_path / "split", IN_TWO)
    said = split.finish(TABLE)
    assert said.count("rule part:") == 2 * len(RULES)
    assert said.count("rule gather:") == len(RULES)
    assert said.count("rule share:") == 1  # a descent shares nothing
    pd.testing.assert_frame_equal(pd.read_csv(split.folder / TABLE), expected, rtol=1e-5)
    assert not list((split.folder / "results/test/parts").rglob("*.nc"))
    for rule, model in models.items():
        found = xr.load_dataset(split.folder / MODEL.format(rule))
        assert list(found.data_vars) == list(model.data_vars)
        np.testing.assert_allclose(found["couplings"], model["couplings"], atol=1e-6)
        told = {**json.loads(model.attrs["parameters"]), "parts": 2}
        assert told.items() <= json.loads(found.attrs["parameters"]).items()
        made = {"parameters", "lineage", "code"}
        for name in model.attrs.keys() - made:
            assert found.attrs[name] == model.attrs[name] or np.isnan(model.attrs[name]), name
    assert split.plan(TABLE) == set()
