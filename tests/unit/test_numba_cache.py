"""numba is given a folder of its own only where neither usual place can be written to."""

import functools
import importlib.util
import itertools
import os
from pathlib import Path

import pytest

import plmemory
from plmemory.machine import compiled_code


@pytest.mark.parametrize(("package", "home"), list(itertools.product([False, True], repeat=2)))
def test_a_folder_of_its_own_is_the_last_resort(package, home, tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", "")  # so that it is restored
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    writable = {
        compiled_code.PACKAGE / "__pycache__": package,
        tmp_path / "caches": home,
    }
    monkeypatch.setattr(compiled_code, "_writable", writable.__getitem__)
    at_exit = []

    def register(function, *args, **told):
        at_exit.append((args, functools.partial(function, *args, **told)))

    monkeypatch.setattr(compiled_code.atexit, "register", register)
    compiled_code.give_a_folder()
    given = os.environ.get("NUMBA_CACHE_DIR")
    assert (given is None) == (package or home)
    if given:
        ((removed, remove),) = at_exit
        assert removed == (given,)
        (Path(given) / "code").write_text("")
        for _ in range(2):  # the second time it is gone, which is no error
            remove()
            assert not Path(given).exists()


def test_the_users_own_folder_is_kept(monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", "mine")
    monkeypatch.setattr(compiled_code, "_writable", lambda folder: False)
    compiled_code.give_a_folder()
    assert os.environ["NUMBA_CACHE_DIR"] == "mine"


def test_the_usual_place_is_beside_the_sources():
    assert Path(plmemory.__file__).parent == compiled_code.PACKAGE


def test_a_folder_that_can_be_made_can_be_written_to(tmp_path):
    assert compiled_code._writable(tmp_path)
    assert compiled_code._writable(tmp_path / "not/yet/there")
    (tmp_path / "file").write_text("")
    assert not compiled_code._writable(tmp_path / "file")


def test_a_memory_asks_for_a_folder_before_anything_is_compiled(monkeypatch):
    asked = []
    monkeypatch.setattr(compiled_code, "give_a_folder", lambda: asked.append(True))
    place = Path(plmemory.__file__).parent / "memory.py"
    spec = importlib.util.spec_from_file_location("another_memory", place)
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    assert asked == [True]
