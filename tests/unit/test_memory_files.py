"""A memory in a file comes back as it was; what is no such file is one line."""

import json
import pickle

import netCDF4
import numpy as np
import pytest
import xarray as xr

from plmemory import InputError, Memory
from plmemory.files.labelled import Dataset, write_file
from plmemory.learning.hebb.learn import learn
from plmemory.learning.model import Examples, model
from plmemory.machine.backend import select

RNG = np.random.default_rng(4)
SPINS = RNG.choice([-1, 1], size=(5, 30))
COLOURS = RNG.integers(0, 3, size=(5, 12))
VECTORS = RNG.normal(size=(4, 10, 3))
VECTORS /= np.linalg.norm(VECTORS, axis=-1, keepdims=True)
MADE = {
    "ising": (
        Memory(
            epochs=4,
            rate_steps=(0.5,),
            record_at=[2],
            keep_couplings=True,
            record_overlap=np.float64(0.6),
            random_state=None,
        ),
        SPINS,
    ),
    "grey levels": (Memory("pseudo_inverse", binarize=0.2, dtype="float64"), SPINS / 3),
    "colours": (Memory("potts", epochs=3, random_state=5), COLOURS),
    "vectors": (Memory("vector_pseudo_inverse"), VECTORS),
}


@pytest.mark.parametrize("name", MADE)
def test_it_comes_back_as_it_was(name, tmp_path):
    made, patterns = MADE[name]
    made.fit(patterns).save(tmp_path / "memory.nc")
    for back in (Memory.load(tmp_path / "memory.nc"), pickle.loads(pickle.dumps(made))):
        settings = {k: list(v) if isinstance(v, tuple) else v for k, v in made.get_params().items()}
        found = back.get_params()
        assert {k: list(v) if isinstance(v, tuple) else v for k, v in found.items()} == settings
        for part in ("couplings_", "fields_", "left_", "right_", "snapshots_"):
            expected = getattr(made, part, None)
            assert (getattr(back, part, None) is None) == (expected is None)
            if expected is not None:
                np.testing.assert_array_equal(getattr(back, part), expected)
        assert back.converged_ == made.converged_
        assert back.history_.keys() == made.history_.keys()
        assert back.diagnostics_ == made.diagnostics_
        np.testing.assert_array_equal(back.recall(patterns), made.recall(patterns))
        assert back.fit(patterns) is back


def test_equal_memories_make_equal_bytes_that_xarray_opens(tmp_path):
    for name in ("one.nc", "two.nc"):
        Memory("hebb").fit(SPINS).save(tmp_path / name)
    assert (tmp_path / "one.nc").read_bytes() == (tmp_path / "two.nc").read_bytes()
    with xr.open_dataset(tmp_path / "one.nc") as opened:
        assert opened["couplings"].dims == ("replicate", "site", "source")
        assert opened.attrs["patterns"] == 5


def test_labels_of_sites_are_kept(tmp_path):
    labelled = xr.DataArray(SPINS, dims=("p", "i"), coords={"i": [f"s{i}" for i in range(30)]})
    Memory("hebb").fit(labelled).save(tmp_path / "memory.nc")
    back = Memory.load(tmp_path / "memory.nc")
    assert back.feature_names_in_.tolist() == [f"s{i}" for i in range(30)]
    with pytest.raises(InputError, match=r"^states: found the site 's29', expected 's0' in its "):
        back.recall(labelled[:, ::-1])
    with pytest.raises(InputError, match=r"^states: found 'q' as the second axis, expected 'i'"):
        back.recall(labelled.rename(i="q"))


def written(path, patterns, **changes):
    """A model of two replicates, as a job of the workflow writes it."""
    backend = select("cpu", "float32")
    learned = learn(patterns, backend)
    result = model(learned, Examples(patterns, None, patterns.shape[1]), {}, {})
    told = {"method": "hebb", "settings": {}, "dtype": "float32", "seed": 8, "replicates": 2}
    write_file(result, path, {"parameters": json.dumps(told | changes), "lineage": "0" * 16})
    return learned.couplings


def test_a_model_of_the_workflow_is_a_memory(tmp_path):
    couplings = written(tmp_path / "P00005.nc", np.stack([SPINS, -SPINS * SPINS[0]]))
    for replicate in (0, 1):
        memory = Memory.load(tmp_path / "P00005.nc", replicate=replicate)
        np.testing.assert_array_equal(memory.couplings_, couplings[replicate])
        assert (memory.rule, memory.random_state) == ("hebb", 8)
    with pytest.raises(InputError, match=r"^replicate: found 2, expected less than 2$"):
        Memory.load(tmp_path / "P00005.nc", replicate=2)


def damaged(path, name, place, value):
    with netCDF4.Dataset(path, "a") as file:
        file.variables[name][place] = value


def test_what_is_no_memory_is_one_line(tmp_path):
    with pytest.raises(InputError, match="memory: found no couplings"):
        Memory().save(tmp_path / "none.nc")
    with pytest.raises(InputError, match=r"none.nc: found No such file or directory, expected the"):
        Memory.load(tmp_path / "none.nc")
    (tmp_path / "text.nc").write_text("couplings")
    with pytest.raises(InputError, match=r"text.nc: found .*, expected the file of a memory$"):
        Memory.load(tmp_path / "text.nc")
    (tmp_path / "pickled.nc").write_bytes(pickle.dumps(Memory("hebb").fit(SPINS)))
    with pytest.raises(InputError, match=r"pickled.nc: found .*, expected the file of a memory$"):
        Memory.load(tmp_path / "pickled.nc")
    write_file(Dataset({"x": ("i", np.arange(3))}), tmp_path / "other.nc", {})
    with pytest.raises(InputError, match=r"other.nc: found no couplings of a rule, expected a mem"):
        Memory.load(tmp_path / "other.nc")
    with pytest.raises(InputError, match=r"nowhere/m.nc: found no place to write a file, No such"):
        Memory("hebb").fit(SPINS).save(tmp_path / "nowhere/m.nc")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"method": "hopfield"}, r"rule: found 'hopfield', expected one of "),
        ({"method": ["hebb"]}, r"rule: found \['hebb'\], expected one of "),
        ({"settings": {"gap": 1}}, r"hebb: found the setting 'gap', expected one of: binarize"),
        ({"settings": 3}, r".*: found no couplings of a rule, expected a memory"),
        ({"dtype": "object"}, r"dtype: found 'object', expected one of float32, float64"),
        ({"seed": "1"}, r"random_state: found '1', expected a value of type integer"),
        ({"method": "potts"}, r".*m.nc: found no couplings of potts"),
        ({"method": "vector_hebb"}, r".*m.nc: found no couplings of vector_hebb"),
    ],
)
def test_what_a_file_tells_is_checked_as_what_is_typed(changes, message, tmp_path):
    written(tmp_path / "m.nc", SPINS[None], **changes)
    with pytest.raises(InputError, match=f"^{message}") as fault:
        Memory.load(tmp_path / "m.nc")
    assert "\n" not in str(fault.value)


def test_numbers_of_the_network_are_finite(tmp_path):
    written(tmp_path / "m.nc", SPINS[None])
    damaged(tmp_path / "m.nc", "couplings", (0, 2, 3), np.nan)
    with pytest.raises(
        InputError, match=r"m.nc: couplings: found NaN at \(0, 2, 3\), expected fin"
    ):
        Memory.load(tmp_path / "m.nc")


def test_couplings_have_as_many_sources_as_sites(tmp_path):
    written(tmp_path / "m.nc", SPINS[None])
    with netCDF4.Dataset(tmp_path / "m.nc") as file:
        told = file.parameters
    bad = Dataset({"couplings": (("replicate", "site", "source"), np.zeros((1, 3, 4)))})
    write_file(bad, tmp_path / "bad.nc", {"parameters": told})
    with pytest.raises(InputError, match=r"bad.nc: found 4 sources, expected 3$"):
        Memory.load(tmp_path / "bad.nc")
