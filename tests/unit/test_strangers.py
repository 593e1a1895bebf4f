"""Files from strangers: what is made to harm ends in one line, soon and in little memory."""

import ast
import bz2
import gzip
import json
import lzma
import os
import re
import struct
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import netCDF4
import numpy as np
import pytest
import yaml
from unit.test_structures import atom

from plmemory.datasets.arrays import netcdf
from plmemory.datasets.mnist import raw
from plmemory.datasets.proteins import structures
from plmemory.errors import InputError
from plmemory.plan import configuration
from plmemory.plan.needs import Needs
from plmemory.plan.plan import Plan

CHECKOUT = Path(__file__).parents[2]
# About a second where it was measured; a bomb that goes off takes minutes on any machine.
SECONDS, MEGABYTES = 3.0, 200

# Reads each file in a process of its own, whose memory and time the system counts.
CONFINED = """
import json, os, resource, sys, time
from pathlib import Path
from plmemory.datasets.arrays.load import load as arrays
from plmemory.datasets.images.load import load as images
from plmemory.datasets.mnist import raw
from plmemory.datasets.proteins import alignments, structures
from plmemory.errors import InputError
import netCDF4, PIL.Image

def array(file):
    names = "test_file key variable threshold labels test_labels image_shape".split()
    found = file.stem.partition(" ")[0]
    where = {"words": "words", "texts": 2}.get(found)
    return arrays(None, file=file, test_fraction=0, **dict.fromkeys(names) | {"labels": where})

def pictures(folder):
    return images(None, folder=folder, test_folder=None, threshold=127, crop=None, size=[4, 4],
                  invert=False, test_fraction=0)

def digits(folder):
    return raw.obtain(folder / "raw", files=folder, mirrors=[])

readers = {
    "array": array, "pictures": pictures, "alignment": alignments.read, "digits": digits,
    "structure": lambda file: structures.read(file, None), "package": raw._unpack,
}
resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))  # a test that fails is no bomb
for file in sorted(Path(sys.argv[1]).glob("*/*")):
    kept, said = os.pipe()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = os.fork()
    if child == 0:
        try:
            found = str(type(readers[file.parent.name](file)))
        except Exception as error:
            found = f"{type(error).__name__}: {error}"
        os.write(said, found.encode())
        os._exit(0)
    os.close(said)
    _, status, used = os.wait4(child, 0)
    found = os.fdopen(kept).read()
    megabytes = (used.ru_maxrss - before) / 1024
    where = f"{file.parent.name}/{file.name}"
    print(json.dumps([where, status, found, used.ru_utime + used.ru_stime, megabytes]))
"""


def confined(folder):
    """Of each file in sub-folders named for readers: status, what was said, seconds, megabytes."""
    run = subprocess.run(
        [sys.executable, "-c", CONFINED, str(folder)],
        env=os.environ | {"PYTHONPATH": str(CHECKOUT / "src")},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    return {name: found for name, *found in map(json.loads, run.stdout.splitlines())}


def npy(described, shape):
    text = f"{{'descr': {described!r}, 'fortran_order': False, 'shape': {shape}}}"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode() + bytes(64)


def pax_bomb():
    """A tar archive whose first header claims that 10 GB of names follow, and begins with them."""
    claim = tarfile.TarInfo("x")
    claim.type, claim.size = tarfile.XHDTYPE, 10**10
    return gzip.compress(claim.tobuf(tarfile.GNU_FORMAT)) + gzip.compress(bytes(2**20)) * 100


def one_word_for_all(path, words=2000, length=10**6):
    """A .nc file of short labels, all of which are then made to point at the one long label."""
    with netCDF4.Dataset(path, "w") as file:
        file.createDimension("p", words)
        file.createDimension("n", 3)
        file.createVariable("x", "i1", ("p", "n"))[...] = np.arange(3 * words).reshape(-1, 3) % 2
        labels = np.array(["w" * length, *["short"] * (words - 1)], dtype=object)
        file.createVariable("words", str, ("p",))[...] = labels
    content = path.read_bytes()
    first = content.index(struct.pack("<I", length))
    while content[first + 16 : first + 20] != struct.pack("<I", 5):  # the entry that comes next
        first = content.index(struct.pack("<I", length), first + 1)
    entry = content[first : first + 16]  # length, place of the heap, number in it
    path.write_bytes(content[:first] + entry * words + content[first + 16 * words :])


def bombs(folder):
    """Small files that ask for much memory or long work, in a sub-folder for each reader."""
    where = {
        name: folder / name
        for name in ("array", "pictures", "alignment", "structure", "digits", "package")
    }
    for place in where.values():
        place.mkdir()
    arrays = where["array"]
    (arrays / "short name.npy").write_bytes(npy("f", (10**12, 3)))
    with zipfile.ZipFile(arrays / "short name.npz", "w") as archive:
        archive.writestr("x.npy", npy("b", (10**11, 3)))
    rows = [f"{row % 2},{row // 2 % 2},w\n" for row in range(20_000)]
    (arrays / "texts.csv").write_text("".join([*rows, "0,1," + "w" * 130_000, "\n"]))
    (arrays / "endless line.csv").write_bytes(b"1," * 2**23)
    one_word_for_all(arrays / "words of one.nc")
    with netCDF4.Dataset(arrays / "rank.nc", "w") as file:
        for axis in "abcd":
            file.createDimension(axis, 10**4)
        file.createVariable("x", "f8", tuple("abcd"), zlib=True, chunksizes=(1, 1, 10, 10))
    (where["pictures"] / "sparse").mkdir()
    with (where["pictures"] / "sparse" / "0.tif").open("wb") as image:
        image.write(b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 1))
        image.write(struct.pack("<HHII", 256, 1, 4 * 10**9, 100))  # a width of 4 GB
        image.truncate(10**10)
    for reader, pack in (("alignment", gzip), ("structure", gzip), ("structure", bz2)):
        bomb = pack.compress(b"A" * 2**20) * 10_000  # one after another they are one file, too
        (where[reader] / f"{pack.__name__} of 10 GB").write_bytes(bomb)
    (where["alignment"] / "xz").write_bytes(lzma.compress(bytes(10**8), preset=0))
    (where["alignment"] / "lines").write_bytes(gzip.compress(b"AC" + b"\n" * 10**7 + b"AD", 1))
    with (where["alignment"] / "sparse").open("wb") as sparse:
        sparse.truncate(10**10)
    for name in raw.FILES:
        (where["digits"] / "zeros").mkdir(exist_ok=True)
        packed = where["digits"] / "zeros" / f"{name}.gz"
        packed.write_bytes(gzip.compress(bytes(2**20)) * 10_000)
    (where["digits"] / "pipe").mkdir()
    os.mkfifo(where["digits"] / "pipe" / next(iter(raw.FILES)))
    (where["package"] / "pax.tgz").write_bytes(pax_bomb())


def test_what_is_made_to_harm_ends_soon_and_in_200_megabytes(tmp_path):
    bombs(tmp_path)
    found = confined(tmp_path)
    assert len(found) == len(list(tmp_path.glob("*/*"))) == 16
    for name, (status, said, seconds, megabytes) in found.items():
        refusal = "ReadError" if name == "package/pax.tgz" else "InputError"  # ``obtain`` names it
        assert status == 0, name
        assert said.startswith(refusal), (name, said)
        assert "\n" not in said
        assert seconds < SECONDS, (name, seconds)
        assert megabytes < MEGABYTES, (name, megabytes)
    assert "no variable of 2 or 3 dimensions" in found["array/rank.nc"][1]
    for name in ("array/texts.csv", "array/words of one.nc"):
        assert "found values of shape" in found[name][1]
    assert "no regular file" in found["digits/pipe"][1]


def test_a_structure_stays_under_the_memory_of_its_rule(tmp_path):
    """One of 3000 residues, and by its bytes the largest that is read."""
    (tmp_path / "structure").mkdir()
    lines, places = [], np.random.default_rng(0).uniform(-99, 99, (3000, 8, 3))
    for number, residue in enumerate(places, start=1):
        names = " N  ", " CA ", " C  ", " O  ", " CB ", " CG ", " CD ", " CE "
        lines += [atom(a, "LYS", number, at) for a, at in zip(names, residue, strict=True)]
    file = tmp_path / "structure" / "large.pdb"
    file.write_text("\n".join([*lines, "END", ""]))
    _, said, _, megabytes = confined(tmp_path)["structure/large.pdb"]
    assert "Chain" in said
    written = yaml.safe_load((CHECKOUT / "config" / "config.yaml").read_text())
    allowed = Needs(Plan(configuration.complete(written))).pool("dhfr").mem_mb(attempt=1)
    distances = 3000**2 * (4 + 4 + 8) / 2**20  # two of float32, and one of float64 for a while
    a_byte = (megabytes - distances) * 2**20 / file.stat().st_size
    largest = (a_byte * structures.MAX_BYTES + 16 * structures.MAX_RESIDUES**2) / 2**20
    assert megabytes < allowed / 10
    assert largest < allowed, a_byte


LOADERS = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
SHELLS = {"system", "popen", "getoutput", "getstatusoutput", "eval", "exec", "extractall"}


def called(node):
    """The last part of the name of what is called."""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def test_nothing_loads_a_pickle_runs_a_shell_or_unpacks_to_paths():
    sources = [*(CHECKOUT / "src").rglob("*.py"), *(CHECKOUT / "workflow").rglob("*.py")]
    assert len(sources) > 100
    for path in sources:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {alias.name.partition(".")[0] for alias in node.names}
                names.add((getattr(node, "module", None) or "").partition(".")[0])
                assert not names & LOADERS, path
            elif isinstance(node, ast.Call):
                given = {word.arg: ast.unparse(word.value) for word in node.keywords}
                assert called(node) not in SHELLS, path
                assert given.get("allow_pickle", "False") == "False", path
                assert given.get("shell", "False") == "False", path
                assert ast.unparse(node.func) not in ("yaml.load", "torch.load"), path
                if ast.unparse(node.func) == "np.load":
                    assert given["allow_pickle"] == "False", path
    for path in [CHECKOUT / "Snakefile", *(CHECKOUT / "workflow").rglob("*.smk")]:
        assert not re.search(r"\bshell\b", path.read_text()), path


def test_a_copy_of_the_process_finds_out_what_kills(tmp_path, monkeypatch):
    with netCDF4.Dataset(tmp_path / "sound.nc", "w"):
        pass
    with netcdf.opened(tmp_path / "sound.nc") as file:
        assert not file.variables
    monkeypatch.setattr(netCDF4, "Dataset", lambda path: os.kill(os.getpid(), 9))
    with pytest.raises(InputError, match=r"the NetCDF library fails \(signal 9\)"):
        netcdf.opened(tmp_path / "sound.nc").__enter__()
