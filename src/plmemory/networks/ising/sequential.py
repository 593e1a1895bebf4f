"""Updates of single spins: in random order at zero temperature, and at finite temperature.

A spin flips if s_i h_i is below a threshold. This is zero at zero temperature; at temperature T it
is logistic noise of scale T / 2. So a spin flips with probability 1 / (1 + exp(2 s_i h_i / T)), the
heat bath (Glauber 1963): its new value is drawn from exp(s_i h_i / T) / 2 cosh(h_i / T). At T = 1 /
lambda these are the conditional probabilities that pseudo-likelihood fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numba import njit

from plmemory.errors import InputError
from plmemory.networks.contract import Step
from plmemory.networks.ising.signs import CHUNK_ELEMENTS, prepare

ORDERS = ("sequential", "synchronous")


def sequential(couplings: np.ndarray, rng: np.random.Generator) -> Step:
    """The step that sweeps once through the sites in a new random order at zero temperature.

    ``couplings`` (N, N). The order is shared by all states; a zero field keeps the spin.
    """
    network = prepare(couplings)
    effects = np.ascontiguousarray(network.couplings.T)
    return Step(
        lambda states: _swept(effects, states, rng.permutation(len(effects)), -network.tolerance)
    )


def glauber(
    couplings: np.ndarray,
    states: np.ndarray,
    rngs: Sequence[np.random.Generator],
    *,
    temperature: float | np.ndarray,
    sweeps: int,
    order: str,
) -> np.ndarray:
    """The states (R, S, N) after ``sweeps`` sweeps at ``temperature``, one for all or (S,).

    For symmetric couplings the sequential order (a random one for each sweep, shared by the states
    of a replicate) has the stationary law exp(sum_i<j J_ij s_i s_j / T), the synchronous order
    prod_i cosh(h_i / T) (Peretto 1984, Biol. Cybern. 50, 51).

    ``couplings`` (R, N, N) with zero diagonal, ``states`` (R, S, N), ``rngs`` R generators; the
    temperature is in units of the fields. Runs on the CPU in double precision.

    Raises
    ------
    InputError
        If the order is unknown.
    """
    if order not in ORDERS:
        raise InputError(f"order: found {order!r}, expected one of {', '.join(ORDERS)}")
    final = states.copy()
    scale = np.broadcast_to(temperature, states.shape[1])[:, None] / 2
    for network, batch, rng in zip(couplings.astype(np.float64), final, rngs, strict=True):
        effects = np.ascontiguousarray(network.T)
        for _ in range(sweeps):
            noise = rng.logistic(scale=scale, size=batch.shape)
            if order == "sequential":
                batch[:] = _swept(effects, batch, rng.permutation(len(effects)), noise)
            else:
                batch[(batch @ effects) * batch < noise] *= -1
    return final


def _swept(
    effects: np.ndarray, states: np.ndarray, order: np.ndarray, thresholds: np.ndarray
) -> np.ndarray:
    """The states (S, N) after updating the sites in ``order``.

    ``effects`` (N, N): the effect of each site (row) on all fields; ``thresholds`` (N,) or (S, N).
    """
    new = states.copy()
    thresholds = np.broadcast_to(thresholds, states.shape)
    chunk = max(1, CHUNK_ELEMENTS // len(effects))
    for begin in range(0, len(states), chunk):
        part = slice(begin, begin + chunk)
        _visit(effects, new[part], new[part] @ effects, order, thresholds[part])
    return new


@njit(nogil=True, cache=True)
def _visit(effects: Any, states: Any, fields: Any, order: Any, thresholds: Any) -> None:
    """Flip spins below their threshold, one by one, in place; ``fields`` (S, N) are updated."""
    for s in range(len(states)):
        spins, local = states[s], fields[s]
        for i in order:
            if spins[i] * local[i] < thresholds[s, i]:
                spins[i] = -spins[i]
                change, row = 2.0 * spins[i], effects[i]
                for j in range(len(row)):
                    local[j] += change * row[j]
