"""Results depend on the inputs alone: same bytes twice, and nothing of the machine in them."""

import getpass
import json
import platform
import re
from pathlib import Path

import pytest
import xarray as xr
from part import PART

from plmemory.plan import registry


def test_two_clean_runs_give_identical_bytes(finished, again):
    first, second = finished.results(), again.results()
    assert second.keys() <= first.keys()
    assert {name for name in second if first[name] != second[name]} == set()
    assert {Path(name).suffix for name in second} >= {".nc", ".csv", ".pdf", ".svg", ".png"}
    config = finished.config()
    shown = {name for figure in PART for name in config["figures"][figure]["datasets"]}
    kinds = {name: dataset["kind"] for name, dataset in config["datasets"].items()}
    assert {kinds[name] for name in shown} == set(kinds.values())


def test_results_name_no_machine_user_or_path(finished):
    private = [str(finished.folder), str(Path.home()), "/tmp/", f"/{getpass.getuser()}/"]
    if len(platform.node()) > 4:  # shorter names turn up in any binary file by chance
        private.append(platform.node())
    found = {
        (name, word)
        for name, content in finished.results().items()
        for word in private
        if word.encode() in content
    }
    assert found == set()


@pytest.fixture(scope="module")
def datasets(finished):
    files = list((finished.folder / "results/test").rglob("*.nc"))
    assert len(files) > 20
    return {file: xr.load_dataset(file) for file in files}


def test_every_dataset_says_where_it_comes_from(finished, datasets):
    for file, dataset in datasets.items():
        assert re.fullmatch("[0-9a-f]{16}", dataset.attrs["code"]), file
        assert re.fullmatch("[0-9a-f]{16}", dataset.attrs["lineage"]), file
        assert "numpy" in dataset.attrs["libraries"], file
        assert dataset.attrs["dataset"] in file.relative_to(finished.folder).with_suffix("").parts
        parameters = json.loads(dataset.attrs["parameters"])
        assert parameters, file
        assert parameters["seed"] == finished.config()["seed"], file


def test_every_model_says_how_it_was_trained(datasets):
    models = {file: data for file, data in datasets.items() if "models" in file.parts}
    for file, model in models.items():
        assert {"dataset", "rule", "method", "patterns", "alpha", "device"} <= model.attrs.keys()
        assert file.parts[-3:-1] == (model.attrs["dataset"], model.attrs["rule"])
        if file.stem not in ("Pall", "Pinf"):
            assert file.stem == f"P{model.attrs['patterns']:05d}"
        if "couplings" in model:
            assert model["couplings"].dtype == "float32"
            assert model["couplings"].attrs["convention"]
            potts = ("site", "colour", "source", "source_colour")
            axes = potts if "fields" in model else ("site", "source")
            made = registry.rules()[model.attrs["method"]]
            if made.network:  # blocks of couplings, between all pairs of sites
                assert {"replicate", *axes} < set(model["couplings"].dims)
            else:
                assert model["couplings"].dims == ("replicate", *axes)
        elif "right" in model:  # couplings of vectors, as factors
            assert model["right"].dtype == "float32"
            assert model["right"].dims == ("replicate", "factor", "site", "component")
        else:
            assert not registry.rules()[model.attrs["method"]].couplings
        assert model["converged"].dtype == bool
