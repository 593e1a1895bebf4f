"""Cases: each names the data, two contestants, and the criterion of agreement."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple


class Cost(NamedTuple):
    """The least work of a result: ``amount`` operations of a matrix product, or bytes.

    unit: "float32" or "float64" (operations in this precision), or "bytes" (read from cache).
    """

    amount: float
    unit: str


class Outcome(NamedTuple):
    """The result of a contestant.

    value: compared with that of the other contestant. units: divisor of the seconds (epochs, share
    of the rows). seconds: given by contestants that time only a part of themselves. cost: of the
    whole run, given by our side.
    """

    value: Any
    units: float = 1.0
    seconds: float | None = None
    cost: Cost | None = None


Run = Callable[[], Outcome]


@dataclass(frozen=True)
class Case:
    """One row of the table. All functions must be picklable: they run in separate processes.

    data: makes the input, in the main process, once.
    ours, theirs: prepare a contestant on the data (imports, copies; not timed) and return the
    function that is timed. The second argument of ``theirs`` is the value of our result.
    difference: of the two values, on the data; at most ``tolerance``, or the run fails.
    needs: the module or program that the peer needs; without it ours runs alone.
    """

    name: str
    size: str
    peer: str
    data: Callable[[], Any]
    ours: Callable[[Any], Run]
    theirs: Callable[[Any, Any], Run]
    difference: Callable[[Any, Any, Any], float]
    tolerance: float
    needs: str
    rounds: int = 3
    device: str = "cpu"

    @property
    def peer_is_here(self) -> bool:
        """Whether what the peer needs is installed."""
        return bool(shutil.which(self.needs) or importlib.util.find_spec(self.needs))


def size(**numbers: int) -> str:
    """``size(N=1000, P=100)`` is "N=1000 P=100"."""
    return " ".join(f"{name}={number}" for name, number in numbers.items())


def sizes(text: str) -> dict[str, int]:
    """The inverse of ``size``."""
    return {name: int(number) for name, number in (part.split("=") for part in text.split())}


def cores() -> int:
    """How many cores the contestants may use."""
    return int(os.environ.get("OMP_NUM_THREADS") or 0) or len(os.sched_getaffinity(0))


def largest(differences: Sequence[float]) -> float:
    """The largest difference; nan if one is nan (which never counts as agreement)."""
    return max(differences, key=lambda d: (d != d, d))
