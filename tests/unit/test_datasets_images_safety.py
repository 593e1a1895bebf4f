"""A user's own images: files that are made to harm, and what sizes cost."""

import gzip
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from PIL import Image
from unit import own_images
from unit.own_images import IMAGES, save, save_idx

from plmemory.datasets.images import load

early_refusal = IMAGES.early_refusal


@pytest.fixture
def images():
    return own_images.images()


def png_of(width, height):
    """A PNG of so many black pixels, almost none of which are there."""

    def chunk(kind, content):
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    start = struct.pack(">2I5B", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(10_000))
    parts = chunk(b"IHDR", start) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def bombs(folder):
    """Folders and files that ask for much memory, or long work."""
    for width in (6000, 10_000, 32_000, 2**31 - 1):
        (folder / f"png {width}").mkdir()
        (folder / f"png {width}" / "0.png").write_bytes(png_of(width, width))
    for width, height in ((1, 2**25), (7, 2621445)):
        (folder / f"png {width} wide").mkdir()
        (folder / f"png {width} wide" / "0.png").write_bytes(png_of(width, height))
    (folder / "many.idx").write_bytes(struct.pack(">4B3I", 0, 0, 8, 3, 10**6, 1000, 1000))
    (folder / "most.idx").write_bytes(struct.pack(">4B3I", 0, 0, 8, 3, *[2**32 - 1] * 3))
    with (folder / "sparse.idx").open("wb") as stream:
        stream.write(struct.pack(">4B3I", 0, 0, 8, 3, 10**6, 100, 100))
        stream.truncate(16 + 10**10)
    for name, shape in (
        ("zeros", (10**5, 1000)),
        ("longer", (10, 10)),
        ("many", (10**7, 1000)),
    ):
        with gzip.open(folder / f"{name}.gz", "wb") as stream:
            stream.write(struct.pack(">4B3I", 0, 0, 8, 3, shape[0], shape[1], 1))
            for _ in range(10):
                stream.write(bytes(10**7))


SMALL = """
import resource, sys, time
from pathlib import Path
from plmemory.datasets.images.load import load
from plmemory.errors import InputError

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for folder in sorted(Path(sys.argv[1]).iterdir()):
    started = time.process_time()
    try:
        load(None, folder=folder, test_folder=None, threshold=127, crop=None, size=[16, 16],
             invert=False, test_fraction=0)
    except InputError as error:
        print(time.process_time() - started, folder.name, error, sep="|")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_bombs_end_within_a_second_and_200_megabytes(tmp_path):
    bombs(tmp_path)
    run = subprocess.run(
        [sys.executable, "-c", SMALL, str(tmp_path)],
        env={"PYTHONPATH": str(Path(load.__file__).parents[3])},
        capture_output=True,
        text=True,
        check=True,
    )
    *lines, kilobytes = run.stdout.splitlines()
    assert len(lines) == len(list(tmp_path.iterdir())) == 12, run.stdout
    said = {line.split("|")[1]: line for line in lines}
    assert all(float(line.split("|")[0]) < 1 for line in lines), run.stdout
    assert int(kilobytes) < 200_000
    assert "found 6000 x 6000 pixels, expected at most 33554432 in all" in said["png 6000"]
    for width in (1, 7):
        assert "and 65536 in a row or column" in said[f"png {width} wide"]
    for width in (10_000, 32_000, 2**31 - 1):
        assert "found an image that cannot be read" in said[f"png {width}"]
    for name in ("many.idx", "most.idx", "sparse.idx", "many.gz"):
        assert "expected at most 8589934592 bytes in all" in said[name]
    assert "expected at most 800 times its size" in said["zeros.gz"]
    assert "found more, expected 116 bytes" in said["longer.gz"]


COPIES = """
import resource, sys
from pathlib import Path
from plmemory.datasets.images.load import picture

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert picture(Path(sys.argv[1])).shape == (3000, 3000)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_an_image_becomes_grey_without_whole_copies(tmp_path):
    Image.new("RGBA", (3000, 3000)).save(tmp_path / "0.png")
    run = subprocess.run(
        [sys.executable, "-c", COPIES, str(tmp_path / "0.png")],
        env={"PYTHONPATH": str(Path(load.__file__).parents[3])},
        capture_output=True,
        text=True,
        check=True,
    )
    # Four bytes a pixel and the grey one; with whole copies they were 13.
    assert int(run.stdout) * 1024 < 8 * 3000**2


def test_too_many_images_are_refused_before_they_are_read(tmp_path, images):
    folder = save(tmp_path, images)
    message = early_refusal(folder=folder, size=[100_000, 100_000])
    assert "found values of shape (12, 10000000000)" in message


def test_only_readers_of_images_are_tried(tmp_path):
    (tmp_path / "0.png").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
    assert "cannot identify image file" in early_refusal(folder=tmp_path, test_fraction=0)


def test_sizes_need_no_numpy_and_no_pillow_where_they_are_given(tmp_path, images):
    folder, file = save(tmp_path / "a", images), save_idx(tmp_path / "images.gz", images)
    code = (
        "import sys; from plmemory.datasets.images.about import ABOUT, SETTINGS\n"
        "defaults = {name: setting.default for name, setting in SETTINGS.items()}\n"
        "for more in ({'folder': sys.argv[1], 'size': [4, 4]}, {'folder': sys.argv[2]}):\n"
        "    entry = defaults | more\n"
        "    print(ABOUT.sites(entry), ABOUT.available(entry), *sorted(ABOUT.provides(entry)))\n"
        "assert not {'numpy', 'PIL'} & set(sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(folder), str(file)],
        env={"PYTHONPATH": str(Path(load.__file__).parents[3])},
        capture_output=True,
        text=True,
    )
    assert run.stdout.split("\n") == ["16 10 image_shape test", "35 10 image_shape test", ""], (
        run.stderr
    )
