"""A user's own arrays: files that are made to harm, and what sizes cost."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import netCDF4
import numpy as np
import pytest
from unit import own_arrays
from unit.own_arrays import ARRAYS, save

from plmemory.datasets import limits
from plmemory.datasets.arrays import load, read
from plmemory.seeds import generator

loaded, early_refusal = ARRAYS.loaded, ARRAYS.early_refusal


@pytest.fixture
def patterns():
    return own_arrays.patterns()


def test_pickles_are_never_loaded(tmp_path, monkeypatch):
    class Trap:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "sprung",))

    trap = np.empty((2, 3), dtype=object)
    trap[...] = Trap()
    for ending in (".npy", ".npz"):
        file = save(tmp_path / f"mine{ending}", trap)
        assert "found Python objects" in early_refusal(file=file)
        # A header that lies about it does not help.
        if ending == ".npy":
            file.write_bytes(file.read_bytes().replace(b"'|O'", b"'i8'"))
            assert "as its header says" in early_refusal(file=file)
    assert not (tmp_path / "sprung").exists()


def npy_header(text):
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


@pytest.mark.parametrize(
    "text",
    [
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-1, 3)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (True, 3)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1.5, 3)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': 'abc'}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1" + "0" * 5000 + ", 3)}",
        "{'descr': '<f8', 'fortran_order': False}",
        "{'descr': 3, 'fortran_order': False, 'shape': (2, 3)}",
        "__import__('os').abort()",
        "(" * 9000,
        "[1, 2]",
        "",
    ],
)
def test_a_senseless_header_is_refused(tmp_path, text):
    file = tmp_path / "mine.npy"
    file.write_bytes(npy_header(text))
    assert early_refusal(file=file) == f"{file}: found a damaged header, expected a .npy array"


def bombs(folder):
    """Small files that ask for much memory, or long work."""
    said = "{{'descr': '<f8', 'fortran_order': False, 'shape': {}, }}"
    (folder / "lying.npy").write_bytes(npy_header(said.format((10**9, 10**9))) + bytes(64))
    sparse = folder / "sparse.npy"
    with sparse.open("wb") as stream:
        start = npy_header(said.format((10**6, 10**4)))
        stream.write(start)
        stream.truncate(len(start) + 8 * 10**10)
    for name, size in (("zeros", 10**8), ("lying", 100)):
        with zipfile.ZipFile(folder / f"{name}.npz", "w", zipfile.ZIP_DEFLATED) as archive:
            start = npy_header(
                said.format((size // 8 // 1000, 1000) if size > 100 else (10**8, 50))
            )
            with archive.open("x.npy", "w") as stream:
                stream.write(start)
                block = bytes(min(size, 10**7))
                for _ in range(size // len(block)):
                    stream.write(block)
    with zipfile.ZipFile(folder / "lzma.npz", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("x.npy", npy_header(said.format((100, 1000))) + bytes(800_000))
    with netCDF4.Dataset(folder / "unwritten.nc", "w") as stored:
        stored.createDimension("p", 10**6)
        stored.createDimension("n", 10**3)
        stored.createVariable("x", "f8", ("p", "n"), zlib=True)
    with netCDF4.Dataset(folder / "wide.nc", "w") as stored:
        stored.createDimension("p", 10**6)
        stored.createDimension("n", 10**6)
        stored.createVariable("x", "f8", ("p", "n"), zlib=True, chunksizes=(10, 10))


SMALL = """
import resource, sys, time
from pathlib import Path
from plmemory.datasets.arrays.load import load
from plmemory.errors import InputError

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
names = "test_file key variable threshold labels test_labels image_shape".split()
for file in sorted(Path(sys.argv[1]).iterdir()):
    started = time.process_time()
    try:
        load(None, file=file, test_fraction=0.2, **dict.fromkeys(names))
    except InputError as error:
        print(time.process_time() - started, error)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_bombs_end_within_a_second_and_200_megabytes(tmp_path):
    bombs(tmp_path)
    source = Path(load.__file__).parents[3]
    run = subprocess.run(
        [sys.executable, "-c", SMALL, str(tmp_path)],
        env={"PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        check=True,
    )
    *lines, kilobytes = run.stdout.splitlines()
    assert len(lines) == len(list(tmp_path.iterdir())) == 7
    assert all(float(line.split()[0]) < 1 for line in lines), run.stdout
    assert int(kilobytes) < 200_000
    said = {Path(line.split()[1].rstrip(":")).name: line for line in lines}
    assert "expected at most 8589934592 bytes in all" in said["sparse.npy"]
    assert "expected at most 800 times its size" in said["zeros.npz"]
    assert "expected at most 8589934592 bytes in all" in said["wide.nc"]
    assert "expected at most 800 times its size" in said["unwritten.nc"]
    assert "packed otherwise than numpy packs" in said["lzma.npz"]
    for name in ("lying.npy", "lying.npz"):
        assert "as its header says" in said[name]


def test_sparse_patterns_are_no_bomb(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "ALWAYS_READ", 0)
    sparse = (generator(4, "sparse").random((300, 400)) < 0.01).astype(float)
    file = save(tmp_path / "mine.npz", sparse)
    assert loaded(file=file, test_fraction=0)["train"].sizes["site"] == 400


def test_texts_are_read_so_few_at_a_time_that_all_of_them_fit(tmp_path, monkeypatch):
    """Were each as long as the file, at four bytes a letter."""
    taken = []

    class Variable(np.ndarray):
        def __getitem__(self, place):
            taken.append(place.stop - place.start)
            return super().__getitem__(place)

    file = tmp_path / "mine.nc"
    file.write_bytes(bytes(50))
    words = np.array([f"word {k}" for k in range(10)], object)
    monkeypatch.setattr(read, "ALWAYS_READ", 3 * 4 * 50 + 199)
    np.testing.assert_array_equal(read._words(words.view(Variable), file), words)
    assert taken == [3, 3, 3, 3]


def test_members_of_an_archive_are_not_unpacked_to_paths(tmp_path, patterns):
    stored = io.BytesIO()
    np.save(stored, patterns)
    file = tmp_path / "inner" / "mine.npz"
    file.parent.mkdir()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("../escaped.npy", stored.getvalue())
    np.testing.assert_array_equal(loaded(file=file, test_fraction=0)["train"].values, patterns)
    assert [path.name for path in tmp_path.iterdir()] == ["inner"]


def test_an_encrypted_archive_is_refused(tmp_path, patterns):
    file = save(tmp_path / "mine.npz", patterns)
    content = bytearray(file.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    file.write_bytes(content)
    assert "found a file that cannot be read" in early_refusal(file=file)


def test_sizes_need_no_numpy(tmp_path, patterns):
    files = [save(tmp_path / f"mine{ending}", patterns) for ending in (".npy", ".npz", ".csv")]
    code = (
        "import sys; from plmemory.datasets.arrays.about import ABOUT, SETTINGS\n"
        "defaults = {name: setting.default for name, setting in SETTINGS.items()}\n"
        "for file in sys.argv[1:]:\n"
        "    entry = defaults | {'file': file}\n"
        "    print(ABOUT.sites(entry), ABOUT.available(entry), *sorted(ABOUT.provides(entry)))\n"
        "assert 'numpy' not in sys.modules"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, *map(str, files)],
        env={"PYTHONPATH": str(Path(load.__file__).parents[3])},
        capture_output=True,
        text=True,
    )
    assert run.stdout.split("\n") == ["12 6 test"] * 3 + [""], run.stderr
