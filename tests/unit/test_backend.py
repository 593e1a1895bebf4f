"""The choice of device and precision, and what importing the package costs."""

import ctypes
import subprocess
import sys

import numpy as np
import pytest
from optional import torch

from plmemory.errors import InputError
from plmemory.machine import backend
from plmemory.machine.backend import Backend, select


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_cpu_arrays_are_numpy_in_the_precision_asked_for(dtype):
    chosen = select("cpu", dtype)
    assert (chosen.xp, chosen.device, chosen.float) == (np, "cpu", np.dtype(dtype).type)
    source = np.array([[1, -1], [1, 1]], dtype=np.int8)
    copy = chosen.asarray(source)
    assert copy.dtype == dtype
    copy[:] = 0
    assert source.all()
    assert chosen.to_numpy(copy) is copy
    assert chosen.empty((2, 3)).shape == (2, 3)
    assert chosen.empty((2, 3)).dtype == dtype
    zeros = chosen.zeros((4,))
    assert zeros.dtype == dtype
    assert not zeros.any()


def test_a_copy_is_made_even_where_the_type_already_fits():
    source = np.ones(3, dtype=np.float32)
    select("cpu", "float32").asarray(source)[:] = 5
    assert (source == 1).all()


def test_wrong_settings_are_one_clear_line():
    with pytest.raises(InputError, match=r"^device: found 'gpu', expected one of auto, cpu, cuda$"):
        select("gpu")
    with pytest.raises(
        InputError, match=r"^dtype: found 'float16', expected one of float32, float64$"
    ):
        select("cpu", "float16")


def test_a_gpu_that_is_not_there_is_an_error_only_when_asked_for(monkeypatch):
    def no_driver(name):
        raise OSError(name)

    monkeypatch.setattr(ctypes, "CDLL", no_driver)
    assert select("auto").device == "cpu"
    with pytest.raises(InputError, match=r"^device: found 'cuda', but this machine has no usable"):
        select("cuda")


@pytest.mark.parametrize("present", [True, False])
def test_a_driver_alone_is_no_gpu(monkeypatch, present):
    monkeypatch.setattr(ctypes, "CDLL", lambda name: None)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: present)
    assert select("auto").device == ("cuda" if present else "cpu")
    assert select("cpu").device == "cpu"
    if present:
        assert select("cuda", "float64").float is torch.float64
    else:
        with pytest.raises(InputError, match="no usable NVIDIA GPU"):
            select("cuda")


def test_without_torch_a_gpu_is_passed_over_unless_asked_for(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda name: None)
    monkeypatch.setitem(sys.modules, "torch", None)  # an import then fails
    assert select("auto").device == "cpu"
    with pytest.raises(InputError, match=r"^device: found 'cuda', but torch is not installed"):
        select("cuda")


@pytest.mark.parametrize(
    ("chosen", "error"),
    [
        (select("cpu"), lambda: MemoryError),
        (Backend(torch, "cpu", "float32"), lambda: torch.cuda.OutOfMemoryError),
    ],
)
def test_rows_that_do_not_fit_in_memory_are_halved(chosen, error):
    tried = []

    def work(rows):
        tried.append(rows.stop - rows.start)
        if tried[-1] > 3:
            raise error()("no memory left")
        return list(range(rows.start, rows.stop))

    parts = chosen.by_rows(work, slice(2, 12))
    assert [row for part in parts for row in part] == list(range(2, 12))
    assert tried == [10, 5, 2, 3, 5, 2, 3]


def test_a_row_that_does_not_fit_and_other_errors_are_raised():
    def work(rows):
        if rows.stop > rows.start:
            raise MemoryError

    with pytest.raises(MemoryError):
        select("cpu").by_rows(work, slice(0, 4))
    with pytest.raises(ZeroDivisionError):
        select("cpu").by_rows(lambda rows: 1 / 0, slice(0, 4))


@pytest.mark.cuda
def test_gpu_arrays_go_there_and_back():
    if not torch.cuda.is_available():
        pytest.skip("no NVIDIA GPU on this machine: the GPU backend is not tested")
    chosen = select("auto")
    assert chosen.device == "cuda"
    array = chosen.asarray(np.eye(3, dtype=np.int8))
    assert array.is_cuda
    assert chosen.empty((2,)).is_cuda
    product = chosen.xp.matmul(array, array, out=chosen.zeros((3, 3)))
    np.testing.assert_array_equal(chosen.to_numpy(product), np.eye(3))


def test_a_cpu_job_imports_nothing_heavy():
    program = (
        "import sys, plmemory, plmemory.files.jobs, plmemory.files.provenance;"
        "import plmemory.measures.attractors.measure, plmemory.measures.retrieval.measure;"
        "import plmemory.measures.storage.measure, plmemory.networks.ising.network;"
        "import plmemory.machine.backend as b; b.select('cpu');"
        "print(*{'torch', 'xarray', 'matplotlib', 'pandas', 'plmemory.plan'} & sys.modules.keys())"
    )
    source = backend.__file__.rsplit("/plmemory/", 1)[0]
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": source},
    )
    assert done.stdout.strip() == ""
