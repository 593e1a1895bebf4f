"""The lineage that results carry: what is in the files decides, not what lies beside them."""

import shutil

import netCDF4
import numpy as np
import pytest
import xarray as xr

from plmemory.errors import InputError
from plmemory.files import lineage
from plmemory.files.labelled import Dataset, read_dataset
from plmemory.files.provenance import stamp, write_dataset

ONE, OTHER = "0123456789abcdef", "fedcba9876543210"


def network(folder, name, lineage):
    path = folder / name
    dataset = Dataset({"couplings": (("site",), np.arange(3.0))})
    write_dataset(dataset, path, stamp({}, "code", lineage))
    return str(path)


@pytest.fixture
def pictures(tmp_path):
    """The files of one figure, made by one job."""
    files = [str(tmp_path / f"rings.{end}") for end in ("pdf", "svg", "png")]
    for number, file in enumerate(files):
        (tmp_path / file).write_bytes(bytes(range(number, 9)))
    lineage.note(files, ONE)
    return files


def test_a_network_carries_its_own_and_stays_a_network(tmp_path):
    file = network(tmp_path, "a.nc", ONE)
    assert lineage.carried([file]) == ONE
    found = read_dataset(file)
    assert found.attrs["lineage"] == ONE
    np.testing.assert_array_equal(found["couplings"].values, np.arange(3.0))
    assert xr.load_dataset(file).attrs == found.attrs


def test_a_network_that_is_edited_in_place_carries_none(tmp_path):
    file = network(tmp_path, "a.nc", ONE)
    with netCDF4.Dataset(file, "r+") as stored:
        stored["couplings"][1] = 7.0
    assert read_dataset(file).attrs["lineage"] == ONE
    assert lineage.carried([file]) == ""


@pytest.mark.parametrize("content", [b"", b"no NetCDF", b"CDF" + bytes(100), b"\xff" * 24])
def test_a_damaged_network_carries_none(tmp_path, content):
    (tmp_path / "a.nc").write_bytes(content)
    assert lineage.carried([str(tmp_path / "a.nc")]) == ""


def test_any_damage_is_found_by_the_checksum(tmp_path):
    file = network(tmp_path, "a.nc", ONE)
    whole = (tmp_path / "a.nc").read_bytes()
    assert lineage.intact(file)
    lineage.check_content([file])
    for place in [*range(0, len(whole) - lineage.END, 997), -lineage.END - 1, -lineage.END, -1]:
        damaged = bytearray(whole)
        damaged[place] ^= 4
        (tmp_path / "a.nc").write_bytes(damaged)
        assert not lineage.intact(file)
    for length in (0, 5, lineage.END, len(whole) // 2, len(whole) - 1):
        (tmp_path / "a.nc").write_bytes(whole[:length])
        assert not lineage.intact(file)
        assert lineage.carried([file]) == ""
    damaged = bytes([255]) + whole[1:]
    (tmp_path / "a.nc").write_bytes(damaged)
    assert lineage.carried([file]) == ONE
    for _ in range(2):
        with pytest.raises(InputError, match=r"a\.nc: found other content than its checksum"):
            lineage.check_content([file])
        assert lineage.carried([file]) == ""  # so that it is made again
        assert (tmp_path / "a.nc").read_bytes() == damaged[: -lineage.END]


def test_pictures_have_theirs_beside_them_and_keep_it_on_the_way(tmp_path, pictures):
    assert lineage.carried(pictures) == ONE
    shutil.copytree(tmp_path, tmp_path / "copy")
    assert lineage.carried([str(tmp_path / "copy" / file.split("/")[-1]) for file in pictures])


def test_what_a_killed_job_had_begun_to_note_is_removed(tmp_path, pictures):
    begun = tmp_path / "..rings.lineage.0123abcd"
    begun.touch()
    lineage.note(pictures, ONE)
    assert sorted(file.name for file in tmp_path.glob(".*")) == [".rings.lineage"]
    assert lineage.carried(pictures) == ONE


@pytest.mark.parametrize("spoil", ["content", "missing", "beside", "none beside"])
def test_other_content_carries_none(tmp_path, pictures, spoil):
    if spoil == "content":
        (tmp_path / "rings.svg").write_bytes(b"another picture")
    elif spoil == "missing":
        (tmp_path / "rings.png").unlink()
    elif spoil == "beside":
        (tmp_path / ".rings.lineage").write_text(ONE)
    else:
        (tmp_path / ".rings.lineage").unlink()
    assert lineage.carried(pictures) == ""


def test_inputs_are_what_was_planned_or_named(tmp_path):
    first = network(tmp_path, "a.nc", ONE)
    second = network(tmp_path, "b.nc", OTHER)
    lineage.check([first, second], (ONE, OTHER), {})
    lineage.check([first, second], (), {})
    with pytest.raises(InputError, match=r"b\.nc: found it made otherwise than this run planned"):
        lineage.check([first, second], (ONE, ONE), {})
    with pytest.raises(ValueError, match="shorter"):
        lineage.check([first, second], (ONE,), {})
