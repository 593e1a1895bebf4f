"""Attractor search: the final states of training, test, corrupted and random starts."""

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
from plmemory.networks.ising.couplings import energies

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
    """Trajectories from all starts, the catalogue of their attractors, and null models.

    ``starts``: the largest number of training, of test and of corrupted starts per replicate.
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
            after = network.step(result.final)
            measured += _against_nature(job, r, batch, result.final, after)
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
    if "ground_state" in job.dataset:
        batch["ground"] = job.dataset["ground_state"].values[replicate][None]
    return batch


def _against_nature(
    job: Job, replicate: int, batch: dict[str, np.ndarray], final: np.ndarray, after: np.ndarray
) -> Iterator[Named]:
    """Energies with the true couplings, and with the learnt ones in the same units.

    For the dynamics, the energy of a step, e(s(t + 1), s(t)) = -sum_ij s_i(t + 1) J_ij s_j(t) / 2N.
    """
    true = job.dataset["couplings"].values[replicate][None]
    reduced = job.dataset.attrs["sample_temperature"] * job.model.attrs["inverse_temperature"]
    learnt = job.model["couplings"].stored[replicate][None] * reduced
    for name, couplings in (("energy", true), ("learnt_energy", learnt)):
        of_step = energies(couplings, final[None], after[None])[0]
        yield f"trajectory_{name}", ("trajectory",), of_step
        for kind, states in (("sample", batch["test"]), ("lowest", batch["ground"])):
            yield f"{kind}_{name}", (f"{kind}_start",), energies(couplings, states[None])[0]


def _in_two_orders(
    job: Job, network: Network, replicate: int, states: np.ndarray, sweeps: int
) -> Iterator[Named]:
    identity = (job.data, job.rule, job.patterns, replicate)
    one, two = (job.rng("order", *identity, run) for run in range(2))
    for quantity, values in orders(network, states, (one, two), sweeps)._asdict().items():
        yield f"sequential_{quantity}", ("sequential_start",), values
