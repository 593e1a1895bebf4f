import json
import os
import shutil
import stat
from types import SimpleNamespace

import numpy as np
import pytest

from plmemory.files import provenance
from plmemory.files.labelled import Dataset, read_dataset
from plmemory.files.whole import whole


@pytest.fixture
def dataset():
    return Dataset(
        {
            "couplings": (("site", "source"), np.eye(4, dtype=np.float32)),
            "train": (("pattern", "site"), np.tri(7, 4, dtype=np.int8)),
        }
    )


def test_what_is_written_is_read_back_with_its_provenance(tmp_path, dataset):
    path = tmp_path / "result.nc"
    stamp = provenance.stamp({"seed": 3, "alpha": 0.5}, "0123", "4567")
    provenance.write_dataset(dataset, path, stamp)
    found = read_dataset(path)
    assert found.variables.keys() == dataset.variables.keys()
    for name, variable in dataset.variables.items():
        assert found[name].dims == variable.dims
        np.testing.assert_array_equal(found[name].values, variable.values)
    assert found["train"].values.dtype == np.int8
    assert json.loads(found.attrs["parameters"]) == {"alpha": 0.5, "seed": 3}
    assert "numpy " + np.__version__ in found.attrs["libraries"]
    assert found.attrs["libraries"].startswith("plmemory ")
    assert (found.attrs["code"], found.attrs["lineage"]) == ("0123", "4567")


def test_two_writes_are_the_same_bytes(tmp_path, dataset):
    for name in ("a.nc", "b.nc"):
        provenance.write_dataset(dataset, tmp_path / name, provenance.stamp({"seed": 3}, "a", "b"))
    assert (tmp_path / "a.nc").read_bytes() == (tmp_path / "b.nc").read_bytes()


def test_the_order_of_parameters_does_not_matter(tmp_path):
    one, other = {"a": 1, "b": 2}, {"b": 2, "a": 1}
    assert provenance.stamp(one, "c", "d") == provenance.stamp(other, "c", "d")


def test_a_result_says_what_its_job_was_told_but_not_where_files_lay(tmp_path, dataset):
    told = {"seed": 3, "settings": {"gap": 0.1}, "code": "c"}
    told |= {"lineage": "l", "files": {"alignment": "/home/somebody/a.fasta"}}
    job = SimpleNamespace(params=SimpleNamespace(job=told), output=[tmp_path / "result.nc"])
    provenance.write_result(dataset, job)
    found = read_dataset(tmp_path / "result.nc")
    assert json.loads(found.attrs["parameters"]) == {"seed": 3, "settings": {"gap": 0.1}}
    assert (found.attrs["code"], found.attrs["lineage"]) == ("c", "l")
    assert "somebody" not in str(found.attrs)


@pytest.mark.parametrize(("free", "said"), [(2**20 - 1, "No space left"), (2**20, "HDF error")])
def test_a_fault_on_a_disk_without_a_mebibyte_is_that_it_is_full(tmp_path, monkeypatch, free, said):
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=free))
    with pytest.raises((OSError, RuntimeError), match=said), whole(tmp_path / "result.nc"):
        raise RuntimeError("HDF error")


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    target = tmp_path / "result.csv"

    def write_and_fail():
        with whole(target) as unfinished:
            unfinished.write_text("half")
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        write_and_fail()
    assert list(tmp_path.iterdir()) == []
    with whole(target) as unfinished:
        assert unfinished.read_bytes() == b""  # there for writers that look at its mode
        unfinished.write_text("all")
        assert not target.exists()
    assert target.read_text() == "all"


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o002, 0o664), (0o077, 0o600)])
def test_who_may_read_a_result_is_the_umasks_to_say(tmp_path, dataset, umask, mode):
    path = tmp_path / "result.nc"
    before = os.umask(umask)
    try:
        for _ in range(2):
            provenance.write_dataset(dataset, path, provenance.stamp({"seed": 3}, "c", "l"))
            assert stat.S_IMODE(path.stat().st_mode) == mode
            path.chmod(0o640)  # of a file that is there the mode is not kept: it is written anew
    finally:
        os.umask(before)
