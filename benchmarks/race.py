"""Runs the two contestants of a case in turn, each in a separate process.

So threads, imports and memory of one do not disturb the other, and other load on the machine
affects both equally.
"""

from __future__ import annotations

import math
import multiprocessing
import re
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.cases import Case, Cost, Outcome, Run
from benchmarks.rates import rate


class Row(NamedTuple):
    """A line of the table; times are medians over the rounds, ratio = peer_s / ours_s."""

    case: str
    size: str
    ours_s: float
    peer: str
    peer_s: float
    ratio: float
    floor_s: float
    fraction_of_floor: float
    peak_memory_mb: float
    difference: float


class DisagreementError(Exception):
    """The results of the contestants differ."""


class _Timing(NamedTuple):
    outcome: Outcome
    seconds: float
    peak_memory_mb: float
    floor_s: float


# In the process of a contestant: its prepared run.
_prepared: list[Run] = []


def race(case: Case) -> Row:
    """Run a case; the floor is for our run, at the rate measured right after it.

    If the peer is not installed, its numbers are nan and its name says so.

    Raises
    ------
    DisagreementError
        If the results differ by more than the case's tolerance.
    """
    data = case.data()
    spawn = multiprocessing.get_context("spawn")
    theirs: list[_Timing] = []
    peer, difference = f"{case.peer} (not installed)", math.nan
    with (
        ProcessPoolExecutor(1, mp_context=spawn) as us,
        ProcessPoolExecutor(1, mp_context=spawn) as them,
    ):
        us.submit(_prepare, case.ours, data).result()
        ours = [us.submit(_time, case.device).result()]
        if case.peer_is_here:
            peer, value = case.peer, ours[0].outcome.value
            them.submit(_prepare, case.theirs, data, value).result()
            theirs.append(them.submit(_time, case.device).result())
            difference = case.difference(data, value, theirs[0].outcome.value)
            if not difference <= case.tolerance:
                raise DisagreementError(
                    f"{case.name}, {case.size}: found a difference of {difference:.3g} from "
                    f"{case.peer}, expected at most {case.tolerance:g}"
                )
        for _ in range(case.rounds - 1):
            ours.append(us.submit(_time, case.device).result())
            if case.peer_is_here:
                theirs.append(them.submit(_time, case.device).result())
    ours_s = statistics.median(timing.seconds for timing in ours)
    peer_s = statistics.median(timing.seconds for timing in theirs) if theirs else math.nan
    floor = statistics.median(timing.floor_s for timing in ours)
    return Row(
        case=case.name,
        size=case.size,
        ours_s=ours_s,
        peer=peer,
        peer_s=peer_s,
        ratio=peer_s / ours_s,
        floor_s=floor,
        fraction_of_floor=floor / ours_s,
        peak_memory_mb=max(timing.peak_memory_mb for timing in ours),
        difference=difference,
    )


def _prepare(contestant: Any, *arguments: Any) -> None:
    _prepared[:] = [contestant(*arguments)]


def _time(device: str) -> _Timing:
    Path("/proc/self/clear_refs").write_text("5")  # reset the peak memory
    start = time.perf_counter()
    outcome = _prepared[0]()
    elapsed = time.perf_counter() - start
    status = Path("/proc/self/status").read_text()
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    if peak is None:
        raise RuntimeError("/proc/self/status has no VmHWM")
    seconds = elapsed if outcome.seconds is None else outcome.seconds
    return _Timing(
        outcome,
        seconds / outcome.units,
        int(peak[1]) / 1000,
        _floor(outcome.cost, device) / outcome.units if outcome.cost else float("nan"),
    )


def _floor(cost: Cost, device: str) -> float:
    return cost.amount / rate(cost.unit, device)
