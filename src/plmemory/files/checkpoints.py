"""Checkpoints of long trainings: after a kill, a training resumes instead of starting again.

A learning rule names what to keep: its loop runs ``over`` items with a state that it changes in
place, or its ``pieces`` of work are independent. In a training job of the workflow (inside
``kept``) both write a checkpoint about once a minute, and a later run of the same job resumes from
it. The numbers are those of a run without a kill. Elsewhere, for example in a notebook, they are a
plain loop and a plain map.

A checkpoint belongs to one lineage, one set of libraries and one device; any other is removed. Each
file is written whole and carries its checksum (see ``lineage``). A damaged file is reported, and
its work is done again.
"""

from __future__ import annotations

import hashlib
import itertools
import logging
import operator
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, TypeVar

from plmemory.errors import InputError, TrainingError
from plmemory.files import lineage, states
from plmemory.files.whole import remove_unfinished, whole
from plmemory.machine.workers import Workers

logger = logging.getLogger("plmemory")

INTERVAL = 60.0  # seconds between two writes, at least
SHARE = 50  # interval over the duration of the last write: at most 2 % of the time

Item = TypeVar("Item")
Result = TypeVar("Result")
Watch = Callable[[int | None], AbstractContextManager[Callable[[], object]]]


class Store:
    """The checkpoint of one job: files in a ``folder``, all of one ``identity`` (16 letters).

    ``done-<n>.npz`` hold results of pieces, each written once; ``loop-<name>.npz`` the last state
    of a loop.
    """

    def __init__(self, folder: Path, identity: str) -> None:
        self.folder, self.identity = folder, identity
        self._lock = threading.Lock()
        self._wait, self._written = INTERVAL, time.monotonic()
        self._finished: dict[str, Any] = {}  # and not yet written
        self._results: dict[str, Any] = {}
        files = sorted(folder.glob("done-*.npz"))
        for file in files:
            self._results |= self._read(file) or {}
        self._number = 1 + max((int(file.stem.partition("-")[2]) for file in files), default=0)

    def due(self) -> bool:
        """Whether it is time to write."""
        return time.monotonic() - self._written >= self._wait

    def take(self, name: str) -> Any:
        """The result of a piece of work; None if there is none."""
        return self._results.pop(name, None)

    def finish(self, name: str, result: Any) -> None:
        """Keep the result of a piece, which must not change afterwards."""
        with self._lock:
            inside = f"{name}-"  # checkpoints inside the piece, no longer needed
            self._finished = {n: r for n, r in self._finished.items() if not n.startswith(inside)}
            self._finished[name] = result
            if self.due():
                self._write_finished()

    def _write_finished(self) -> None:
        if self._finished and self._write(f"done-{self._number}", self._finished):
            for part in self._finished:
                for file in self.folder.glob(f"loop-{part}-*.npz"):
                    file.unlink()
            self._number += 1
            self._finished = {}

    def resume(self, name: str, state: Sequence[Any]) -> int:
        """Restore the state of a loop from its checkpoint; returns how many items were done."""
        found = self._read(self._loop(name)) if self.reached(name) else None
        if found is None:
            return 0
        if not states.fit(state, found["state"]):
            logger.warning("checkpoint: found a state of another shape; starting anew")
            return 0
        states.restore(state, found["state"])
        logger.info("checkpoint: going on after %d steps", found["done"])
        return int(found["done"])

    def reached(self, name: str) -> bool:
        """Whether the state of this loop has ever been written."""
        return self._loop(name).is_file()

    def save(self, name: str, done: int, state: Sequence[Any]) -> None:
        """Write the state of a loop after ``done`` items, and the results finished before it."""
        with self._lock:
            self._write_finished()
        self._write(self._loop(name).stem, {"done": done, "state": list(state)})

    def _loop(self, name: str) -> Path:
        return self.folder / f"loop-{name}.npz"

    def _read(self, file: Path) -> Any:
        """The content of a file; if it is damaged, the file is removed and None returned."""
        if lineage.carried([str(file)]) == self.identity and lineage.intact(file):
            return states.read(file)
        logger.warning("checkpoint: found %s damaged or of another run; starting anew", file.name)
        file.unlink()
        return None

    def _write(self, name: str, value: Any) -> bool:
        """Write a file, if possible; returns whether it was written."""
        began = time.monotonic()
        file = self.folder / f"{name}.npz"
        try:
            self.folder.mkdir(exist_ok=True)
            remove_unfinished(file)
            with whole(file) as unfinished:
                states.write(unfinished, value)
                lineage.append(unfinished, self.identity)
            return True
        except OSError as fault:
            logger.warning("checkpoint: not written: %s", fault)
            return False
        finally:
            self._written = time.monotonic()
            self._wait = max(INTERVAL, SHARE * (self._written - began))


class _Place:
    """The place in a job: its calls are the same in every run, so their numbers identify them."""

    def __init__(self, store: Store, prefix: str = "") -> None:
        self.store, self._prefix = store, prefix
        self._calls = itertools.count(1)
        self.looping = False

    def next(self) -> str:
        """The name of the next loop or pieces."""
        return f"{self._prefix}{next(self._calls)}"


_place: ContextVar[_Place | None] = ContextVar("place", default=None)


def _here() -> _Place | None:
    """The place, if calls can be named: not inside a loop, whose first rounds later runs skip."""
    place = _place.get()
    return None if place is None or place.looping else place


@contextmanager
def _at(place: _Place | None) -> Iterator[None]:
    token = _place.set(place)
    try:
        yield
    finally:
        _place.reset(token)


@contextmanager
def kept(output: str | Path, *identity: str) -> Iterator[None]:
    """Keep checkpoints of the block until it ends, in a hidden folder beside the ``output``.

    ``identity``: all that determines its bytes. When the block ends without a fault, or by a fault
    that would occur again, the folder is removed.
    """
    folder = _folder(output)
    digest = hashlib.sha256("\x1f".join(identity).encode()).hexdigest()[: lineage.LENGTH]
    try:
        with _at(_Place(Store(folder, digest))):
            yield
    except (InputError, TrainingError):
        shutil.rmtree(folder, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)


def discard(output: str | Path) -> None:
    """Remove the checkpoints of a killed job whose ``output`` is now made in another way."""
    shutil.rmtree(_folder(output), ignore_errors=True)


def _folder(output: str | Path) -> Path:
    return Path(output).with_name(f".{Path(output).name}.checkpoint")


_watch: ContextVar[Watch | None] = ContextVar("watch", default=None)


@contextmanager
def watched(watch: Watch) -> Iterator[None]:
    """Report the progress of the block: of its outermost loop or pieces with several rounds.

    ``watch``: takes the number of rounds (None if unknown) and returns a context manager of a
    function that is called after each round, from any thread.
    """
    token = _watch.set(watch)
    try:
        yield
    finally:
        _watch.reset(token)


@contextmanager
def _rounds(items: Iterable[Any]) -> Iterator[Callable[[], object]]:
    """The function to call after each round of the items."""
    watch, rounds = _watch.get(), operator.length_hint(items, 0) or None
    if watch is None or rounds == 1:
        yield lambda: None
        return
    token = _watch.set(None)
    try:
        with watch(rounds) as tick:
            yield tick
    finally:
        _watch.reset(token)


def over(items: Iterable[Item], *state: Any) -> Iterator[Item]:
    """The items that are not yet done, one after the other.

    ``state``: all that one round of the loop passes to the next, changed in place: arrays of numpy
    or torch, lists and dictionaries of arrays and numbers, and random generators. Loops and pieces
    inside the loop have no checkpoints.
    """
    place = _here()
    if place is None:
        with _rounds(items) as tick:
            for item in items:
                yield item
                tick()
        return
    store, name = place.store, place.next()
    done = begun = store.resume(name, state)
    place.looping = True
    try:
        for item in itertools.islice(items, begun, None):
            yield item
            done += 1
            if store.due():
                store.save(name, done, state)
    finally:
        place.looping = False
    if done > begun and store.reached(name):
        store.save(name, done, state)


def pieces(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    *outputs: Any,
    workers: Workers | None = None,
) -> list[Result]:
    """The results of independent pieces of work, in order; done by ``workers`` or one by one.

    A result consists of arrays, numbers and tuples; a restored result has plain tuples.
    ``outputs``: arrays of which a piece also fills ``output[item]``. Neither may change later.
    Pieces that are done one by one may contain loops and pieces.
    """
    place = _here()
    work: Callable[..., list[Result]] = workers.map if workers is not None else _in_turn
    if place is None:
        with _rounds(items) as tick:

            def told(item: Item) -> Result:
                result = function(item)
                tick()
                return result

            return work(told, items)
    store, call = place.store, place.next()

    def once(numbered: tuple[int, Any]) -> Any:
        number, item = numbered
        name = f"{call}.{number}"
        parts = [output[item] for output in outputs]
        found = store.take(name)
        if found is not None:
            states.restore(parts, found[1:])
            return found[0]
        with _at(_Place(store, f"{name}-") if workers is None else None):
            result = function(item)
        store.finish(name, (result, *parts))
        return result

    return work(once, enumerate(items))


def _in_turn(function: Callable[[Any], Result], items: Iterable[Any]) -> list[Result]:
    return [function(item) for item in items]
