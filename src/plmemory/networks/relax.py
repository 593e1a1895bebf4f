"""Any dynamics, run to its fixed points and cycles."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from plmemory.networks.contract import Step, Walk


class Relaxed(NamedTuple):
    """The final states of a dynamics.

    ``states``: the states after exactly ``max_steps`` steps. ``steps``: how many steps lead to
    the attractor (``max_steps`` if none was recognised). ``period``: 1 for a fixed point, 2, 3, ...
    for a cycle of that length, 0 for a state still moving after ``max_steps`` steps.
    """

    states: np.ndarray
    steps: np.ndarray
    period: np.ndarray


def relax_with(step: Step, states: np.ndarray, max_steps: int, *, cycles: bool = True) -> Relaxed:
    """Repeat any ``step`` on ``states`` (S, N) int8 for ``max_steps`` steps.

    States that reach a fixed point or (with ``cycles``, for deterministic steps) a cycle are set
    aside; the result is that of the full run, at the correct phase of the cycle. A recurrence is
    detected by a 64-bit hash of the state among those of all its earlier states, and confirmed by
    comparing the states themselves. So it is found at the first possible step, for any length, and
    never wrongly.

    States (S, N, d) of continuous spins are set aside if they repeat after one or two steps, within
    the tolerance of the step: their final states are those of the full run up to this tolerance.
    """
    run = _settle if step.tolerance else _relax

    def follow(rows: slice) -> Relaxed:
        return run(step, step.walk(), states[rows], max_steps, cycles)

    parts = step.by_batches(follow, len(states))
    return Relaxed(*map(np.concatenate, zip(*parts, strict=True)))


def _relax(step: Step, walk: Walk, states: np.ndarray, max_steps: int, cycles: bool) -> Relaxed:
    """``relax_with`` for one batch; ``walk`` is its step, perhaps with a memory."""
    final = states.copy()
    transient = np.full(len(states), max_steps)
    period = np.zeros(len(states), dtype=np.int64)
    active = np.arange(len(states))
    current, previous = states, states
    hashes = np.empty((len(states), 8), dtype=np.int64)
    hashes[:, 0] = _hash(states)
    for time in range(1, max_steps + 1):
        if not len(active):
            break
        new = walk(current)
        if time == hashes.shape[1]:
            hashes = np.concatenate([hashes, np.empty_like(hashes)], axis=1)
        hashes[:, time] = _hash(new)
        lag = _lag(hashes[:, : time + 1], longest=time if cycles else 1)
        settled = lag[:0]
        if lag.any():
            phase = np.where(lag > 0, (max_steps - time) % np.maximum(lag, 1), 0)
            settled, ends = _close(step, previous, current, new, lag, phase)
        previous, current = current, new
        if len(settled):
            rows = active[settled]
            final[rows], period[rows] = ends, lag[settled]
            transient[rows] = time - lag[settled]
            moving = np.delete(np.arange(len(active)), settled)
            active, hashes = active[moving], hashes[moving]
            previous, current = previous[moving], current[moving]
            walk.keep(moving)
    final[active] = current
    return Relaxed(final, transient, period)


def _settle(step: Step, walk: Walk, states: np.ndarray, max_steps: int, cycles: bool) -> Relaxed:
    """``_relax`` for continuous spins: fixed points, and cycles of two steps, by a tolerance."""
    final = states.copy()
    transient = np.full(len(states), max_steps)
    period = np.zeros(len(states), dtype=np.int64)
    active = np.arange(len(states))
    current, previous = states, states
    for time in range(1, max_steps + 1):
        if not len(active):
            break
        new = walk(current)
        lag = np.where(_same(new, current, step.tolerance), 1, 0)
        if cycles and time > 1:
            lag = np.where((lag == 0) & _same(new, previous, step.tolerance), 2, lag)
        settled = lag > 0
        # The full run ends at the other phase of a cycle if an odd number of steps is left.
        other = (lag == 2) & ((max_steps - time) % 2 == 1)
        rows = active[settled]
        final[rows] = np.where(other[:, None, None], current, new)[settled]
        period[rows], transient[rows] = lag[settled], time - lag[settled]
        moving = np.flatnonzero(~settled)
        active, previous, current = active[moving], current[moving], new[moving]
        walk.keep(moving)
    final[active] = current
    return Relaxed(final, transient, period)


def _same(one: np.ndarray, other: np.ndarray, tolerance: float) -> np.ndarray:
    """Whether states (S, N, d) are the same, by half the mean square change of a site: (S,)."""
    change = (one - other).reshape(len(one), -1)
    return np.einsum("sn,sn->s", change, change) / (2 * one.shape[1]) <= tolerance


def _hash(states: np.ndarray) -> np.ndarray:
    """A 64-bit hash of each row of (S, N)."""
    rows = np.ascontiguousarray(states).view(f"V{states.shape[1]}").ravel()
    return np.fromiter(map(hash, rows.tolist()), dtype=np.int64, count=len(rows))


def _lag(hashes: np.ndarray, longest: int) -> np.ndarray:
    """How many steps ago the last of ``hashes`` (S, T + 1) occurred before, 0 if never: (S,)."""
    past = hashes[:, -2 : -longest - 2 : -1]
    met = past == hashes[:, -1:]
    return np.where(met.any(axis=1), met.argmax(axis=1) + 1, 0)


def _close(
    step: Step,
    previous: np.ndarray,
    current: np.ndarray,
    new: np.ndarray,
    lag: np.ndarray,
    phase: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Confirm suspected recurrences: the confirmed rows, and their states ``phase`` steps later."""
    rows = np.flatnonzero(lag)
    if not len(rows):
        return rows, new[:0]
    ends = new[rows]
    confirmed = np.zeros(len(rows), dtype=bool)
    for length, past in ((1, current), (2, previous)):
        mine = lag[rows] == length
        confirmed[mine] = (new[rows[mine]] == past[rows[mine]]).all(axis=1)
    ahead = (lag[rows] == 2) & (phase[rows] == 1)
    ends[ahead] = current[rows[ahead]]
    long = np.flatnonzero(lag[rows] > 2)
    walker = new[rows[long]]
    for count in range(1, lag.max() + 1 if len(long) else 0):
        walker = step(walker)
        now = phase[rows[long]] == count
        ends[long[now]] = walker[now]
        back = lag[rows[long]] == count
        confirmed[long[back]] = (walker[back] == new[rows[long[back]]]).all(axis=1)
        long, walker = long[~back], walker[~back]
    return rows[confirmed], ends[confirmed]
