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


def numbers(spins: str) -> Iterator[tuple[str, Any]]:
    """What the network of this type does, by name."""
    case, backend = MODELS[spins], select("cpu", "float64")
    learned, examples = learnt.learnt(case), learnt.CASES[case][0][REPLICATE]
    model = Dataset(learned.variables, ATTRIBUTES)

    def part(name: str) -> Any:
        return importlib.import_module(registry.module("networks", spins, name))

    def rng(name: str) -> np.random.Generator:
        return generator(4, "followed", spins, name)

    if registry.has("networks", spins, "network"):
        network = part("network").network(model, REPLICATE, backend)
        states = network.random(STATES, rng("random"))
        yield "random", states
        walk, walked = network.step.walk(), states
        for time in range(1, 5):
            walked = walk(walked)
            yield f"walk {time}", walked
        walk.keep(np.array([1, 4, 5]))
        yield "kept", walk(walked[[1, 4, 5]])
        yield "sweep", network.sweep(rng("sweep"))(states)
        yield from zip(("energy", "smallest stability"), network.measure(states), strict=True)
        yield "overlap", network.overlap(states[:9], states[2:])
        yield "nearest", network.nearest(states, examples)
        yield "corrupted", network.corrupt(states, OVERLAP, rng("corrupt"))
        for most in (6, 41):
            relaxed = relax_with(network.step, states, most)
            yield from ((f"relaxed {most} {n}", v) for n, v in relaxed._asdict().items())
    if registry.has("networks", spins, "denoiser"):
        denoise = part("denoiser").denoiser(model, REPLICATE, backend, examples)
        noisy = rng("noisy").normal(size=(STATES, examples.shape[1]))
        yield from ((f"denoised {sigma}", denoise(noisy, sigma)) for sigma in (0.4, 1.7))
    if registry.has("networks", spins, "final_states"):
        told = (backend, PROTOCOL, examples, images(examples, rng("images")), rng("ends"))
        ends = part("final_states").final_states(model, REPLICATE, *told)
        for count, end in enumerate(ends):
            for name in ("sigma", "states", "settled", "weight"):
                if (value := getattr(end, name)) is not None:
                    yield f"{count} {end.start} {end.dynamics} {name}", value


if __name__ == "__main__":
    write(FILE, {spins: numbers(spins) for spins in MODELS})
