"""The network of tokens with attention, for measures."""

from __future__ import annotations

from typing import Any

import numpy as np

from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend
from plmemory.networks.attention import side_by_side
from plmemory.networks.attention.attend import attention, outputs
from plmemory.networks.batches import in_batches
from plmemory.networks.contract import Network, Step
from plmemory.networks.vectors.couplings import dense, factors
from plmemory.networks.vectors.states import corrupt, directions, nearest, overlap
from plmemory.networks.vectors.synchronous import TOLERANCE

# Numbers computed together: on the CPU states, whose messages to one token fit into the cache; on
# other devices the weighted tokens.
CPU_NUMBERS, OTHER_NUMBERS = 1 << 16, 1 << 28


def network(model: Dataset, replicate: int, backend: Backend) -> Network:
    """The network of one replicate, of couplings (R, N, d, N, d) or of factors (R, P, N, d)."""
    blocks = (
        model["couplings"].values[replicate]
        if "couplings" in model
        else dense(factors(model, replicate))
    )
    return tokens(blocks, model.attrs["inverse_temperature"], model.attrs["gamma"], backend)


def tokens(blocks: np.ndarray, scale: float, kept: float, backend: Backend) -> Network:
    """The network with couplings ``blocks`` (N, d, N, d) at lambda = ``scale``.

    x_i <- (1 - gamma) sum_j a_ij J_ij x_j + gamma x_i, gamma = ``kept``, all tokens at once, and
    then normalised; the published formula shows only the sum, the normalisation is our choice. If
    the sum is below rounding, the token stays.

    Its energy is the mean of the local e_i, which need not decrease; its stabilities are the
    cosines of the angles between tokens and their outputs of attention.
    """
    sites, components = blocks.shape[:2]
    xp = backend.xp
    couplings = backend.asarray(blocks.reshape(sites, components, -1))
    rounding = np.finfo(backend.dtype).eps * np.linalg.norm(blocks, axis=(1, 3)).max(axis=1)
    bound = backend.asarray((1 - kept) * rounding)
    if xp is np:
        batch = CPU_NUMBERS // (sites * components)
    else:
        batch = OTHER_NUMBERS // (sites * sites * components)

    def attend(states: np.ndarray) -> tuple[Any, Any, Any]:
        """The states on the device, the outputs of attention (S, N, d) and local energies."""
        held = backend.asarray(states)
        weights, energies = attention(couplings, held, scale, xp)
        return held, outputs(couplings, weights, held, xp), energies

    def turned(states: np.ndarray) -> np.ndarray:
        if xp is np:
            held = backend.asarray(states)
            return side_by_side.turned(couplings, held, scale, kept, bound)
        held, output, _ = attend(states)
        sums = (1 - kept) * output + kept * held
        return backend.to_numpy(_directions(sums, held, bound[:, None], xp))

    def by_batches(states: np.ndarray) -> np.ndarray:
        return in_batches(turned, states, batch)

    def sweep(rng: np.random.Generator) -> Step:
        def swept(states: np.ndarray) -> np.ndarray:
            new = states.copy()
            for site in rng.permutation(sites):
                new[:, site] = by_batches(new)[:, site]
            return new

        return Step(swept, tolerance=TOLERANCE)

    def measure(states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        held, output, energies = attend(states)
        lengths = xp.sqrt((output * output).sum(-1))
        aligned = (output * held).sum(-1) / xp.where(lengths > 0, lengths, xp.ones_like(lengths))
        found = (backend.to_numpy(each) for each in (energies.mean(0), xp.amin(aligned, axis=1)))
        energy, smallest = found
        return energy, smallest

    def random(count: int, rng: np.random.Generator) -> np.ndarray:
        return directions((count, sites, components), rng).astype(backend.dtype)

    return Network(
        step=Step(by_batches, tolerance=TOLERANCE),
        sweep=sweep,
        measure=measure,
        overlap=overlap,
        nearest=nearest,
        random=random,
        corrupt=corrupt,
    )


def _directions(sums: Any, tokens: Any, bound: Any, xp: Any) -> Any:
    """The normalised ``sums``, or the ``tokens`` if the length of a sum is within ``bound``."""
    lengths = xp.sqrt((sums * sums).sum(-1))[..., None]
    kept = lengths <= bound
    return xp.where(kept, tokens, sums) / xp.where(kept, xp.ones_like(lengths), lengths)
