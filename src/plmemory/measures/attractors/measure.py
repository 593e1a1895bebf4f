"""Attractor search: where training, test, corrupted and random starts end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from plmemory.datasets.selection import tested_on, trained_on
from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend
from plmemory.measures.attractors.search import Search, labelled, orders, search
from plmemory.measures.attractors.starts import starts as starting_states
from plmemory.measures.job import Job
from plmemory.measures.nulls import null_models
from plmemory.networks.contract import Network
from plmemory.networks.ising.couplings import coupling_cosine, energies, reconstruction_error

Named = tuple[str, tuple[str, ...], Any]
"""The name, axes and values of something measured of one replicate."""


def measure(
    job: Job,
    backend: Backend,
    *,
    max_steps: int,
    further_steps: int,
    starts: int,
    random_starts: int,
    corrupted_overlap: float,
    sequential_starts: int,
) -> Dataset:
    """Trajectories from all starts, the catalogue of their attractors, and what they compare with.

    ``starts``: at most so many training, test and corrupted ones each, per replicate.
    """
    train, test = trained_on(job.dataset, job.model), tested_on(job.dataset, job.model)
    found: list[Search] = []
    further: dict[str, tuple[tuple[str, ...], list[Any]]] = {}
    for r in range(len(train)):
        network = job.network(r, backend)
        batch = _batch(job, network, r, train[r], test[r], starts, random_starts, corrupted_overlap)
        result = search(
            network,
            batch,
            train=train[r],
            test=test[r],
            max_steps=max_steps,
            further_steps=further_steps,
        )
        found.append(result)
        unseen = batch["test"]
        ends = result.final[result.trajectories.start == result.kinds.index("test")]
        nulls = null_models(network, train[r], unseen, ends)
        measured: list[Named] = [(f"test_{k}", ("test_start",), v) for k, v in nulls.items()]
        if "couplings" in job.dataset:
            measured += _against_nature(job, r, result, unseen)
        if sequential_starts:
            sweeps = max_steps + further_steps
            measured += _in_two_orders(job, network, r, unseen[:sequential_starts], sweeps)
        for name, axes, values in measured:
            further.setdefault(name, (("replicate", *axes), []))[1].append(values)
    variables = labelled(found)
    return Dataset(
        variables | {name: (axes, np.array(values)) for name, (axes, values) in further.items()}
    )


def _batch(
    job: Job,
    network: Network,
    replicate: int,
    train: np.ndarray,
    test: np.ndarray,
    most: int,
    random: int,
    corrupted_overlap: float,
) -> dict[str, np.ndarray]:
    rng = job.rng("search", job.data, job.rule, job.patterns, replicate)
    batch = starting_states(
        network, train, test, most=most, random=random, corrupted_overlap=corrupted_overlap, rng=rng
    )
    if "features" in job.dataset:
        batch["feature"] = job.dataset["features"].values[replicate]
    return batch


def _against_nature(
    job: Job, replicate: int, result: Search, samples: np.ndarray
) -> Iterator[Named]:
    """Against the couplings of nature: the learnt ones have an energy of their own."""
    learnt = job.model["couplings"].values[replicate][None]
    true = job.dataset["couplings"].values[None]
    reduced = job.dataset.attrs["sample_temperature"] * job.model.attrs["inverse_temperature"]
    ideal = true / reduced  # what samples without end would teach
    yield "trajectory_energy", ("trajectory",), energies(true, result.final[None])[0]
    yield "sample_energy", ("test_start",), energies(true, samples[None])[0]
    yield "gamma", (), reconstruction_error(learnt, ideal)[0]
    yield "cosine", (), coupling_cosine(learnt, ideal)[0]


def _in_two_orders(
    job: Job, network: Network, replicate: int, states: np.ndarray, sweeps: int
) -> Iterator[Named]:
    identity = (job.data, job.rule, job.patterns, replicate)
    one, two = (job.rng("order", *identity, run) for run in range(2))
    for quantity, values in orders(network, states, (one, two), sweeps)._asdict().items():
        yield f"sequential_{quantity}", ("sequential_start",), values
