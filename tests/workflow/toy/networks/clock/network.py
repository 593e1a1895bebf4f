"""Clocks: a hand a takes the value that maximises sum_j J_ij cos(2 pi (a - s_j) / 3 - phase_ij)."""

import numpy as np

from plmemory.networks.contract import Network, Step
from plmemory.networks.nearest import nearest_identity

HANDS = 3


def network(model, replicate, backend):
    """The network of complex ``turns`` (R, N, N)."""
    turns = model["turns_real"].values[replicate] + 1j * model["turns_imaginary"].values[replicate]
    angles = np.exp(2j * np.pi * np.arange(HANDS) / HANDS)

    def fields(states):
        return np.real(np.conj(angles) * (angles[states] @ turns.T)[..., None])

    def update(states):
        local = fields(states)
        present = np.take_along_axis(local, states[..., None].astype(int), axis=-1)[..., 0]
        moves = local.max(axis=-1) > present + 1e-9
        return np.where(moves, local.argmax(axis=-1), states).astype(np.int8)

    def sweep(rng):
        def one_by_one(states):
            new = states.copy()
            for site in rng.permutation(states.shape[1]):
                new[:, site] = update(new)[:, site]
            return new

        return Step(one_by_one)

    def measure(states):
        local = fields(states)
        present = np.take_along_axis(local, states[..., None].astype(int), axis=-1)[..., 0]
        others = np.sort(local, axis=-1)[..., -2]
        return -present.mean(axis=1) / 2, (present - others).min(axis=1)

    def overlap(a, b):
        return ((a == b).mean(axis=-1) * HANDS - 1) / (HANDS - 1)

    def corrupt(states, initial_overlap, rng):
        changed = rng.random(states.shape) > initial_overlap
        return np.where(changed, rng.integers(0, HANDS, states.shape), states).astype(np.int8)

    return Network(
        step=Step(update),
        sweep=sweep,
        measure=measure,
        overlap=overlap,
        nearest=lambda a, b: (nearest_identity(a, b) * HANDS - 1) / (HANDS - 1),
        random=lambda count, rng: rng.integers(0, HANDS, (count, len(turns))).astype(np.int8),
        corrupt=corrupt,
    )
