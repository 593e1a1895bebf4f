"""What every network does with a few states, in numbers.

``tests/data/followed.txt`` holds them as they were, to five digits: a record, which notices
changes, and not numbers from elsewhere. After a change that is meant:

    PYTHONPATH=src:tests python -m unit.followed     # writes it anew; read the difference
"""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from unit import learnt
from unit.summaries import write

from plmemory.files.labelled import Dataset
from plmemory.machine.backend import select
from plmemory.networks.contract import Network
from plmemory.networks.final_states import Protocol
from plmemory.networks.relax import relax_with
from plmemory.plan import registry
from plmemory.seeds import generator

FILE = Path(__file__).parents[1] / "data/followed.txt"
# By the type of a network, the case of ``learnt`` whose couplings it takes.
MODELS = {
    "attention": "attention",
    "empirical_denoiser": "exact_denoiser",
    "ising": "pseudo_likelihood: random",
    "potts": "potts",
    "trained_denoiser": "trained_denoiser",
    "vectors": "vector_pseudo_likelihood",
}
ATTRIBUTES = {"inverse_temperature": 1.2, "gamma": 0.3}
REPLICATE, STATES, OVERLAP = 1, 11, 0.41
BACKEND = select("cpu", "float64")
PROTOCOL = Protocol(
    noisy_overlap=0.6,
    max_steps=30,
    steps=5,
    largest_sigma=4.0,
    sigmas=(1.2, 0.3),
    attractor_sigmas=(0.9, 0.4),
)


def images(patterns: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Pixels of +1/-1 as states of this shape; of unit length along a third axis."""
    pixels = rng.choice(np.array([-1, 1], dtype=np.int8), (STATES, *patterns.shape[1:]))
    return pixels if pixels.ndim == 2 else pixels / np.sqrt(pixels.shape[2])


def model(spins: str) -> Dataset:
    return Dataset(learnt.learnt(MODELS[spins]).variables, ATTRIBUTES)


def part(spins: str, name: str) -> Any:
    return importlib.import_module(registry.module("networks", spins, name))


def network(spins: str) -> tuple[Network, np.ndarray]:
    """A network, and random states."""
    made = part(spins, "network").network(model(spins), REPLICATE, BACKEND)
    return made, made.random(STATES, generator(4, "followed", spins, "random"))


def numbers(spins: str) -> Iterator[tuple[str, Any]]:
    """What the network of this type does, by name."""
    examples = learnt.CASES[MODELS[spins]][0][REPLICATE]

    def rng(name: str) -> np.random.Generator:
        return generator(4, "followed", spins, name)

    if registry.has("networks", spins, "network"):
        made, states = network(spins)
        yield "random", states
        walk, walked = made.step.walk(), states
        for time in range(1, 5):
            walked = walk(walked)
            yield f"walk {time}", walked
        walk.keep(np.array([1, 4, 5]))
        yield "kept", walk(walked[[1, 4, 5]])
        yield "sweep", made.sweep(rng("sweep"))(states)
        yield from zip(("energy", "smallest stability"), made.measure(states), strict=True)
        yield "overlap", made.overlap(states[:9], states[2:])
        yield "nearest", made.nearest(states, examples)
        yield "corrupted", made.corrupt(states, OVERLAP, rng("corrupt"))
        for most in (6, 41):
            relaxed = relax_with(made.step, states, most)
            yield from ((f"relaxed {most} {n}", v) for n, v in relaxed._asdict().items())
    if registry.has("networks", spins, "denoiser"):
        denoise = part(spins, "denoiser").denoiser(model(spins), REPLICATE, BACKEND, examples)
        noisy = rng("noisy").normal(size=(STATES, examples.shape[1]))
        yield from ((f"denoised {sigma}", denoise(noisy, sigma)) for sigma in (0.4, 1.7))
    if registry.has("networks", spins, "final_states"):
        told = (BACKEND, PROTOCOL, examples, images(examples, rng("images")), rng("ends"))
        ends = part(spins, "final_states").final_states(model(spins), REPLICATE, *told)
        for count, end in enumerate(ends):
            for name in ("sigma", "states", "settled", "weight"):
                if (value := getattr(end, name)) is not None:
                    yield f"{count} {end.start} {end.dynamics} {name}", value


if __name__ == "__main__":
    write(FILE, {spins: numbers(spins) for spins in MODELS})
