"""Vector spins: conventions, overlaps, corruption on the sphere.

A spin is a unit vector of d components, a state (site, component), patterns (replicate, pattern,
site, component). For d = 1 these are Ising spins, +1 and -1.
"""

from __future__ import annotations

import numpy as np

from plmemory.errors import InputError
from plmemory.machine.chunks import chunks
from plmemory.networks.ising import states as ising

VECTORS = "vector spins, unit vectors along `component`"
"""The convention that every data set of vectors states in its attributes."""

# In single precision a length is exact to 1e-7; a larger deviation is not a unit vector.
_OFF_SPHERE = 1e-4


def check_unit(vectors: np.ndarray, name: str) -> None:
    """Raise InputError unless the ``vectors`` (..., d) are unit vectors of d >= 1 components."""
    if vectors.shape[-1] < 1:
        raise InputError(f"{name}: found vectors of 0 components, expected at least 1")
    each = vectors.reshape(-1, vectors.shape[-1])
    for part in chunks(*each.shape):
        lengths = np.linalg.norm(each[part].astype(np.float64), axis=-1)
        off = ~(np.abs(lengths - 1) <= _OFF_SPHERE)
        if off.any():
            first = off.argmax()
            place = np.unravel_index(part.start + first, vectors.shape[:-1])
            found = f"a vector of length {lengths[first]:.6g} at {tuple(map(int, place))}"
            raise InputError(f"{name}: found {found}, expected unit vectors")


def normalised(vectors: np.ndarray, name: str) -> np.ndarray:
    """The ``vectors`` (..., d) divided by their lengths.

    Raises
    ------
    InputError
        If a vector has length zero.
    """
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    zero = ~(lengths[..., 0] > 0)
    if zero.any():
        place = tuple(map(int, np.unravel_index(zero.argmax(), zero.shape)))
        raise InputError(f"{name}: found a vector of length zero at {place}, expected a direction")
    return vectors / lengths


def directions(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Independent unit vectors, uniform on the sphere, of the given shape (..., d)."""
    return normalised(rng.standard_normal(shape), "random vectors")


def overlap(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Overlap m = (1/N) sum_i a_i . b_i over the last two axes (broadcasting the others)."""
    return np.einsum("...ia,...ia->...", a, b, dtype=np.float64) / a.shape[-2]


def nearest(states: np.ndarray, examples: np.ndarray) -> np.ndarray:
    """Largest overlap of each state (S, N, d) with any example (P, N, d) or its negative: (S,).

    A network without fields cannot tell a state from its negative.
    """
    overlaps = states.reshape(len(states), -1) @ examples.reshape(len(examples), -1).T
    return np.abs(overlaps).max(axis=1) / states.shape[1]


def corrupt(states: np.ndarray, initial_overlap: float, rng: np.random.Generator) -> np.ndarray:
    """Turn every spin of the states (..., N, d) by the same angle in a random direction.

    s_i = m0 xi_i + sqrt(1 - m0^2) u_i, with u_i a random unit vector at a right angle to xi_i, so
    that the overlap is m0 at every site. For d = 1 spins are flipped as ``ising.states.corrupt``
    does it.
    """
    if states.shape[-1] == 1:
        return ising.corrupt(states[..., 0], initial_overlap, rng)[..., None]
    spins = states.astype(np.float64)
    noise = rng.standard_normal(states.shape)
    noise -= np.einsum("...a,...a->...", noise, spins)[..., None] * spins
    sideways = np.sqrt(1 - initial_overlap**2) * normalised(noise, "corruption")
    return (initial_overlap * spins + sideways).astype(states.dtype)
