"""Every reader of files from elsewhere, on damaged files: valid data, or one line that refuses.

These are a few hundred cases, always the same. `make fuzz` searches longer; what was searched and
found is told of in docs/reliability.md.
"""

import gzip
import io
import os
import resource
import struct
import time
import zipfile
import zlib
from pathlib import Path

import idx2numpy
import netCDF4
import numpy as np
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from PIL import Image
from unit import own_arrays, own_images
from unit.own_arrays import ARRAYS
from unit.own_images import IMAGES
from unit.test_structures import as_mmcif, line_of, of

from plmemory.datasets.proteins import alignments, structures
from plmemory.errors import InputError

INPUTS = Path(__file__).parents[1] / "data" / "inputs"
SECONDS, MEGABYTES = 1.0, 200
LONGER = float(os.environ.get("FUZZ_SECONDS", 0))  # of the processor, for each kind of file
EXTREMES = [0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**64 - 1]
TEXTS = [b"1e400", b"nan", b"-1", b"1000000000000", b"\0", b"\xff", b'"', b"\n", b"\r", b"#", b"("]


def numbers(value, width, order):
    return (value % (1 << 8 * width)).to_bytes(width, order)


PIECES = st.one_of(
    st.binary(max_size=8),
    st.sampled_from(TEXTS),
    st.builds(
        numbers,
        st.sampled_from(EXTREMES),
        st.sampled_from([1, 2, 4, 8]),
        st.sampled_from(["little", "big"]),
    ),
)
# Where, as a fraction of the file's length; how many bytes go; what comes, and how often.
EDIT = st.tuples(st.floats(0, 1), st.sampled_from([0, 1, 2, 4, 8, 40, 10**6]), PIECES)
EDITS = st.lists(EDIT, min_size=1, max_size=4)


def edited(content, edits):
    """The content after the edits: cut, overwritten, lengthened."""
    for place, length, piece in edits:
        begin = int(place * len(content))
        content = content[:begin] + piece + content[begin + length :]
    return content


def packed(suffix, content, edits):
    """The same within a container whose own sums are right again."""
    match suffix:
        case ".npz":
            stream = io.BytesIO()
            old = zipfile.ZipFile(io.BytesIO(content))
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
                for name in old.namelist():
                    archive.writestr(name, edited(old.read(name), edits))
            return stream.getvalue()
        case ".gz":
            return gzip.compress(edited(gzip.decompress(content), edits))
        case ".png":
            length = struct.unpack(">I", content[8:12])[0]
            header = b"IHDR" + edited(content[16 : 16 + length], edits)
            sized = struct.pack(">I", len(header) - 4) + header
            return content[:8] + sized + struct.pack(">I", zlib.crc32(header)) + content[33:]
    return edited(content, edits)


def classic(path):
    """A file in the older format of NetCDF, which another part of the library reads."""
    with netCDF4.Dataset(path, "w", format="NETCDF3_CLASSIC") as file:
        file.createDimension("p", 7)
        file.createDimension("n", 12)
        file.createVariable("x", "i2", ("p", "n"))[...] = own_arrays.patterns()


def picture(path):
    Image.fromarray(own_images.images()[0]).convert("RGBA" if path.suffix == ".png" else "L").save(
        path
    )


def write(path):
    """A small valid file of the kind that its name tells."""
    match path.name:
        case "classic.nc":
            classic(path)
        case "idx" | "idx.gz":
            content = idx2numpy.convert_to_string(own_images.images())
            path.write_bytes(gzip.compress(content) if path.suffix else content)
        case name if name.startswith("array"):
            words = np.array(own_arrays.WORDS)
            others = {"labels": words} if path.suffix in (".npz", ".nc") else {}
            own_arrays.save(path, own_arrays.patterns(), **others)
        case name if name.startswith("picture"):
            picture(path)
        case "family.fa" | "family.fa.gz":
            content = b">one\nACDE\n>two\nAC-E\n>three\nWYVE\n" * 8
            path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
        case "family.sto":
            path.write_text("# STOCKHOLM 1.0\n#=GF ID x\none AC\ntwo AW\n\none DE\ntwo -E\n//\n")
        case "chain.pdb":
            path.write_text("\n".join([*line_of(of("WAGC")), "TER", *line_of(of("KL"), chain=" ")]))
        case "chain.cif":
            path.write_text(as_mmcif(line_of(of("WAGC"))))


def read(path):
    """Read by what the name tells; whatever is found must be valid."""
    name = path.name
    if name.startswith(("array", "classic")):
        labels = "labels" if path.suffix in (".npz", ".nc") and name != "classic.nc" else None
        found = ARRAYS.made({"file": str(path), "labels": labels, "threshold": 0.5})["train"].values
        assert set(np.unique(found)) <= {-1, 1}
    elif name.startswith(("picture", "idx")):
        folder = path.parent if name.startswith("picture") else path
        found = IMAGES.made({"folder": str(folder), "test_fraction": 0})["train"].values
        assert set(np.unique(found)) <= {-1, 1}
    elif name.startswith("family"):
        found = alignments.read(path).rows
        assert 0 <= found.min() <= found.max() < alignments.STATES
    else:
        chain = structures.read(path, None)
        assert chain.distances.shape == (len(chain.sequence),) * 2
        assert np.isfinite(chain.distances).all()


def refused(path):
    """What is said of a file, or None if it is read; soon and in little memory either way."""
    memory, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    try:
        read(path)
    except InputError as error:
        said = str(error)
        assert said.isprintable()
        assert said.startswith(str(path.parent))
    else:
        said = None
    assert time.process_time() - began < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 1024 * MEGABYTES
    return said


NAMES = "array.npy array.npz array.csv array.nc classic.nc picture.png picture.tif picture.gif "
NAMES += "idx idx.gz family.fa family.fa.gz family.sto chain.pdb chain.cif"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NAMES.split())
def test_a_damaged_file_is_refused_in_one_line_or_read(tmp_path, name):
    path = tmp_path / name
    write(path)
    content = path.read_bytes()
    assert refused(path) is None
    taken, ends = [], processor_time() + LONGER

    def damage(edits, inside):
        suffix = path.suffix if inside else ""
        path.write_bytes(packed(suffix, content, edits))
        taken.append(refused(path) is None)

    def search(**how):
        quiet = settings(
            deadline=None, database=None, suppress_health_check=list(HealthCheck), **how
        )
        return quiet(given(EDITS, st.booleans())(damage))

    search(max_examples=25, derandomize=True)()
    while processor_time() < ends:
        seed(len(taken))(search(max_examples=200))()
    print(f"{name}: {len(taken)} damaged files, {sum(taken)} of them read")


def processor_time():
    """Seconds of this process and of its copies, which open NetCDF files first."""
    return sum(os.times()[:4])


def test_texts_that_are_not_there_take_no_memory(tmp_path):
    patterns = own_arrays.save(tmp_path / "mine.npy", own_arrays.patterns())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InputError, match=r"much_text.nc: found a file that cannot be read"):
        ARRAYS.made({"file": str(patterns), "labels": str(INPUTS / "much_text.nc")})
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 1024 * MEGABYTES


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no_memory.nc", "found a file on which the NetCDF library fails (signal 11)"),
        ("much_memory.nc", "found a file that cannot be read"),  # 1.4 GB without a limit
    ],
)
def test_files_that_crash_the_library_or_bloat_it_are_refused(name, message):
    path = INPUTS / name
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InputError) as caught:
        ARRAYS.made({"file": str(path)})
    assert str(caught.value).startswith(f"{path}: {message}")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 1024 * MEGABYTES


def test_names_within_a_file_do_not_break_the_line(tmp_path):
    path = tmp_path / "mine.npz"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("a\nb.npy", "\x1b[2J.npy"):
            archive.writestr(name, b"")
    with pytest.raises(InputError) as caught:
        ARRAYS.made({"file": str(path)})
    assert "(a\\nb, \\x1b[2J)" in str(caught.value)


def test_a_zip_archive_with_senseless_names_is_refused(tmp_path):
    path = tmp_path / "mine.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("\xe9.npy", b"")
    path.write_bytes(path.read_bytes().replace("\xe9".encode(), b"\xff\xfe"))
    with pytest.raises(InputError, match="found a file that cannot be read"):
        ARRAYS.made({"file": str(path)})


@pytest.mark.filterwarnings("ignore:overflow")  # it is made infinite on purpose
@pytest.mark.parametrize("coordinate", ["     nan", "   1e300"])
def test_coordinates_that_are_no_numbers_are_refused(tmp_path, coordinate):
    lines = line_of(of("WAGC"))
    lines[2] = lines[2][:30] + coordinate + lines[2][38:]
    path = tmp_path / "some.pdb"
    path.write_text("\n".join(lines))
    with pytest.raises(InputError, match="coordinates in chain A that are no finite numbers"):
        structures.read(path, None)
