"""A denoiser of three layers, trained on examples with noise of all strengths.

The network, its noise and its rates are our choice, at a size for one core; arXiv:2505.21777 trains
U-nets. The settings determine all of it except the constants in ``networks.trained_denoiser``.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from plmemory.errors import TrainingError
from plmemory.files import checkpoints
from plmemory.learning.adam import Adam
from plmemory.machine.backend import Backend
from plmemory.networks.denoising import white_noise
from plmemory.networks.trained_denoiser.denoiser import LAYERS, Denoiser

logger = logging.getLogger("plmemory")

RECORDS = 20  # of the loss, evenly spaced
INDIFFERENT = 1.0  # the mean squared error of the output zero
DIVERGED = 1.5  # between that and 2, that of guessed signs
BEGUN = 100  # steps after which a training must be below


class Trained(NamedTuple):
    """The weights of one denoiser for each replicate, and its loss during the training.

    converged: (replicate,), whether it ended better than the output zero. history: ``step``
    (record,) and ``loss`` (record, replicate), the mean of all steps since the previous record.
    """

    denoisers: Sequence[Denoiser]
    converged: np.ndarray
    history: dict[str, np.ndarray]
    diagnostics: dict[str, np.ndarray]

    @property
    def variables(self) -> dict[str, tuple[Any, ...]]:
        """The variables of the network: axes and values by name."""
        found: dict[str, tuple[Any, ...]] = {}
        for name in LAYERS:
            values = np.stack([getattr(denoiser, name) for denoiser in self.denoisers])
            axes = [f"{name}_{axis}" for axis in ("unit", "input")]
            found[name] = (("replicate", *axes[: values.ndim - 1]), values)
        return found


def learn(
    patterns: np.ndarray,
    backend: Backend,
    rngs: Sequence[np.random.Generator],
    *,
    hidden: int,
    learning_rate: float,
    steps: int,
    batch_size: int,
    smallest_sigma: float,
    largest_sigma: float,
) -> Trained:
    """Train on the patterns (R, P, N) of +1/-1 by Adam, the rate falling to zero like a cosine.

    It runs on the CPU for any device, in the backend's floating-point type. A batch is drawn from
    the patterns with replacement; the logarithm of its sigmas is uniform.

    Raises
    ------
    TrainingError
        If a training diverges: after its first steps it is far worse than the output zero.
    """
    sites = patterns.shape[2]
    recorded = np.unique(np.rint(np.linspace(0, steps, RECORDS + 1)[1:]).astype(int))
    bounds = math.log(smallest_sigma), math.log(largest_sigma)

    def train(replicate: int) -> tuple[Any, ...]:
        rng, examples = rngs[replicate], patterns[replicate]
        denoiser = Denoiser.random(sites, hidden, rng, backend.dtype)
        adam = Adam(denoiser)
        losses = np.zeros(len(recorded))
        began, first = time.monotonic(), None
        for step in checkpoints.over(range(1, steps + 1), *denoiser, *adam.state, losses, rng):
            first = step if first is None else first
            clean = examples[rng.integers(0, len(examples), batch_size)].astype(backend.dtype)
            sigma = np.exp(rng.uniform(*bounds, batch_size))
            noise = white_noise(clean.shape, rng, backend.dtype)
            noisy = clean + sigma[:, None].astype(backend.dtype) * noise
            loss, gradient = denoiser.gradient(clean, noisy, sigma)
            rate = learning_rate * (1 + math.cos(math.pi * (step - 1) / steps)) / 2
            adam.step(gradient, step, rate)
            place = int(np.searchsorted(recorded, step))
            before = recorded[place - 1] if place else 0
            losses[place] += loss / (recorded[place] - before)
            if step == recorded[place]:
                _check(losses[place], step)
                left = (steps - step) * (time.monotonic() - began) / (step - first + 1)
                told = (replicate + 1, len(patterns), step, steps, losses[place], left)
                logger.info("denoiser %d of %d, step %d of %d: loss %.4g, %.0f s left", *told)
        return (*denoiser, losses)

    *weights, losses = zip(*checkpoints.pieces(train, range(len(patterns))), strict=True)
    denoisers = [Denoiser(*parts) for parts in zip(*weights, strict=True)]
    history = {"step": recorded, "loss": np.stack(losses, axis=1)}
    return Trained(denoisers, history["loss"][-1] < INDIFFERENT, history, {})


def _check(loss: float, step: int) -> None:
    """Check that a recorded loss is not that of a training that diverges.

    With many random patterns a training is above ``INDIFFERENT`` for its first hundreds of steps.
    """
    if (step >= BEGUN and loss > DIVERGED) or not math.isfinite(loss):
        raise TrainingError(
            f"learning_rate: found a loss of {loss:.4g} at step {step}, expected one below "
            f"{INDIFFERENT:g}, that of the answer zero; lower it"
        )
