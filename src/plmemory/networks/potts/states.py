"""Conventions for Potts spins: colours 0 .. q - 1, one integer a site, and their identity."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

_CHUNK_ELEMENTS = 1 << 22  # pairs compared at once


def identity(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Fraction of equal sites along the last axis (broadcasting the others)."""
    return (a == b).mean(axis=-1)


def rescaled(identities: np.ndarray, states: int) -> np.ndarray:
    """Identity rescaled to 1 for equal states and 0 at chance; for q = 2 the Ising overlap."""
    return (states * identities - 1) / (states - 1)


def colours(shape: tuple[int, int], states: int, rng: np.random.Generator) -> np.ndarray:
    """Independent colours 0 ... ``states`` - 1 of the given shape, equally probable, as int8."""
    return rng.integers(0, states, size=shape).astype(np.int8)


def corrupt(
    rows: np.ndarray, initial_overlap: float, states: int, rng: np.random.Generator
) -> np.ndarray:
    """Give distinct, uniformly chosen sites of every state (S, N) another colour.

    Their number follows from the overlap, the rescaled identity; all other colours are equally
    probable.
    """
    changed = round(rows.shape[-1] * (1 - initial_overlap) * (states - 1) / states)
    order = rng.random(rows.shape, dtype=np.float32).argsort(axis=-1)
    shifts = np.where(order < changed, rng.integers(1, states, size=rows.shape), 0)
    return ((rows + shifts) % states).astype(np.int8)


def equal_sites(rows: np.ndarray, references: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Numbers of equal sites of each row (S, N) with each reference (P, N), block by block.

    Yields (first row, (rows of the block, P) float32): a matrix product of indicators, exact.
    """
    states = int(max(rows.max(initial=0), references.max(initial=0))) + 1
    table = _indicators(references, states).T
    size = max(1, _CHUNK_ELEMENTS // max(1, len(references)))
    for begin in range(0, len(rows), size):
        yield begin, _indicators(rows[begin : begin + size], states) @ table


def _indicators(rows: np.ndarray, states: int) -> np.ndarray:
    return (rows[:, :, None] == np.arange(states)).reshape(len(rows), -1).astype(np.float32)
