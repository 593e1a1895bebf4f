"""Learning curve: the couplings during the training, and the final states of examples.

It needs a model with snapshots, the couplings of every recorded epoch.
"""

from __future__ import annotations

import numpy as np

from plmemory.datasets.selection import tested_on, trained_on
from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend
from plmemory.measures.job import Job
from plmemory.measures.nested import choose
from plmemory.networks.ising.couplings import asymmetry, stabilities
from plmemory.networks.ising.states import overlap
from plmemory.networks.ising.synchronous import relax

PASSED_ON = ("image_shape",)  # needed by figures that draw a row of the couplings as an image


def measure(
    job: Job,
    backend: Backend,
    *,
    max_steps: int,
    starts: int,
    stability_range: tuple[float, float],
    stability_bins: int,
) -> Dataset:
    """Norm, distance from the start, asymmetry, kept overlaps and stabilities, by epoch.

    ``starts``: the largest number of training and test examples, followed for ``max_steps``.
    """
    snapshots, trained = job.model["snapshots"].values, trained_on(job.dataset, job.model)
    # Without the rule: all rules start from the same examples, so differences are paired.
    rngs = [job.rng("learning_curve", job.data, job.patterns, r) for r in range(len(trained))]
    examples = {"train": trained, "test": tested_on(job.dataset, job.model)}
    chosen = {
        name: np.stack(
            [choose(states, starts, rng) for states, rng in zip(each, rngs, strict=True)]
        )
        for name, each in examples.items()
    }
    edges = np.linspace(*stability_range, stability_bins + 1)
    found: dict[str, list[np.ndarray]] = {}
    for couplings in snapshots:
        values = {
            "norm": _norms(couplings),
            "distance": direction_distance(couplings, snapshots[0]),
            "asymmetry": asymmetry(couplings),
            "stability_density": _densities(stabilities(couplings, trained), edges),
        }
        for name, states in chosen.items():
            ends = relax(couplings, states, backend, max_steps=max_steps).states
            values[f"{name}_overlap"] = overlap(ends, states).mean(axis=1)
        for name, each in values.items():
            found.setdefault(name, []).append(each)
    axes = ("record", "replicate", "stability")
    return Dataset(
        {name: (axes[: np.ndim(values)], np.array(values)) for name, values in found.items()}
        | {
            "epoch": ("record", job.model["history_epoch"].values),
            "loss": (axes[:2], job.model["history_loss"].values),
            "stability": ("stability", (edges[1:] + edges[:-1]) / 2),
        },
        attrs={name: job.dataset.attrs[name] for name in PASSED_ON if name in job.dataset.attrs},
    )


def direction_distance(couplings: np.ndarray, start: np.ndarray) -> np.ndarray:
    """||J| J0 / |J0| - J| / |J| of couplings J and J0 (R, N, N), Frobenius norms, shape (R,).

    The distance of two directions, as in the published learning curves: 0 along the start, the
    square root of 2 orthogonal to it. NaN if J or J0 vanishes.
    """
    products = np.einsum("rij,rij->r", couplings, start, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        cosines = products / (_norms(couplings) * _norms(start))
    return np.sqrt(np.clip(2.0 - 2.0 * cosines, 0.0, None))


def _norms(couplings: np.ndarray) -> np.ndarray:
    """Frobenius norms (R,) of couplings (R, N, N)."""
    return np.linalg.norm(couplings.astype(np.float64), axis=(1, 2))


def _densities(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Histograms (R, B) of the values (R, ...) of each replicate."""
    return np.array([np.histogram(one, edges)[0] / one.size / np.diff(edges) for one in values])
