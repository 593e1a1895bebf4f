"""Equilibrium samples of the two-dimensional Edwards-Anderson spin glass.

H(s) = -sum_<ij> J_ij s_i s_j on an L x L square lattice, J_ij standard normal (in steps of 4e-6) or
+1/-1 (Edwards & Anderson 1975); temperatures are in units of the couplings' standard deviation,
k_B = 1. Site (row, column) has the index row * L + column.

Many chains of parallel tempering are brought to equilibrium, which is tested. Then every chain
gives one state every few autocorrelation times. Training and test patterns come from different
chains.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from plmemory.datasets.spin_glass import parallel_tempering as tempering
from plmemory.datasets.spin_glass.equilibration import (
    equilibrate,
    ladder,
    lag_one_correlation,
    overlaps,
    standard_error,
)
from plmemory.datasets.spin_glass.ground_state import ground_state
from plmemory.errors import InputError
from plmemory.files.labelled import Dataset

COUPLINGS = ("gaussian", "bimodal")
BOUNDARIES = ("periodic", "free")
# Attributes of the sampling that differ between instances.
MEASURED = (
    "equilibration_sweeps",
    "largest_deviation_hot_cold",
    "tau_energy_sweeps",
    "tau_overlap_sweeps",
    "thinning_sweeps",
    "lag_one_correlation_energy",
    "lag_one_correlation_overlap",
)


def lattice(side: int, couplings: str, boundary: str, rng: np.random.Generator) -> tempering.Graph:
    """One disorder instance: bonds of the square lattice drawn from the law ``couplings``.

    Raises
    ------
    InputError
        If the law or the boundary is unknown, or the lattice is too small or, periodic with
        odd ``side``, has no checkerboard.
    """
    if couplings not in COUPLINGS:
        raise InputError(f"couplings: found {couplings!r}, expected {' or '.join(COUPLINGS)}")
    if boundary not in BOUNDARIES:
        raise InputError(f"boundary: found {boundary!r}, expected {' or '.join(BOUNDARIES)}")
    if boundary == "periodic" and (side < 4 or side % 2):
        raise InputError(f"side: found {side}, expected an even number from 4 (periodic lattice)")
    if side < 2:
        raise InputError(f"side: found {side}, expected at least 2")
    bonds = np.rint(rng.standard_normal((2, side, side)) / tempering.UNIT) * tempering.UNIT
    if couplings == "bimodal":
        bonds = np.where(bonds < 0, -1.0, 1.0)
    right, down = bonds
    if boundary == "free":
        right[:, -1] = 0
        down[-1] = 0
    sites = np.arange(side * side).reshape(side, side)
    neighbours = [np.roll(sites, shift, axis) for axis in (1, 0) for shift in (-1, 1)]
    strengths = [right, np.roll(right, 1, 1), down, np.roll(down, 1, 0)]
    rows, columns = np.indices((side, side))
    return tempering.Graph(
        np.stack(neighbours, -1).reshape(-1, 4),
        np.stack(strengths, -1).reshape(-1, 4),
        ((rows + columns) % 2).ravel(),
    )


def coupling_matrix(graph: tempering.Graph) -> np.ndarray:
    """Symmetric couplings J (site, site) of a lattice, zero where there is no bond."""
    sites, degree = graph.bonds.shape
    matrix = np.zeros((sites, sites))
    np.add.at(
        matrix, (np.repeat(np.arange(sites), degree), graph.neighbours.ravel()), graph.bonds.ravel()
    )
    return matrix


def load(
    rng: Callable[..., np.random.Generator], *, replicates: int, max_sweeps: int, **settings: Any
) -> Dataset:
    """Instances of the couplings, each with its own samples and its ground state.

    All that ``generate`` returns, along ``replicate`` (NaN where an instance has fewer temperatures
    than another), and ``ground_state`` (replicate, site).

    Raises
    ------
    InputError
        If ``max_sweeps`` did not equilibrate one of them.
    """
    instances = []
    for replicate in range(replicates):
        instance = generate(rng=rng(replicate), max_sweeps=max_sweeps, **settings)
        if instance.attrs["status"] != "equilibrated":
            raise InputError(
                f"max_sweeps: found {max_sweeps}, which does not equilibrate the spin glass, "
                "expected more (or a higher temperature)"
            )
        instance["ground_state"] = ("site", ground_state(instance["couplings"].values))
        instances.append(instance)
    return _together(instances)


def _together(instances: list[Dataset]) -> Dataset:
    """Instances and their measured quantities along a first dimension ``replicate``."""
    first = instances[0]
    variables = {
        name: (("replicate", *variable.dims), _stacked([i[name].values for i in instances]))
        for name, variable in first.variables.items()
    }
    described = {name: (*parts, first[name].attrs) for name, parts in variables.items()}
    measured = {
        name: ("replicate", np.array([instance.attrs[name] for instance in instances]))
        for name in MEASURED
    }
    told = {name: value for name, value in first.attrs.items() if name not in MEASURED}
    return Dataset(described | measured, told)


def _stacked(parts: list[np.ndarray]) -> np.ndarray:
    """Arrays that differ at most in their last length, filled up with NaN."""
    longest = max(part.shape[-1] for part in parts)
    if all(part.shape[-1] == longest for part in parts):
        return np.stack(parts)
    stacked = np.full((len(parts), *parts[0].shape[:-1], longest), np.nan)
    for row, part in zip(stacked, parts, strict=True):
        row[..., : part.shape[-1]] = part
    return stacked


def generate(
    side: int,
    temperature: float,
    couplings: str,
    boundary: str,
    train_patterns: int,
    test_patterns: int,
    rng: np.random.Generator,
    *,
    hottest: float = 1.8,
    chains: int = 128,
    thinning: float = 5.0,
    max_sweeps: int = 131_072,
) -> Dataset:
    """Training and test patterns of one disorder instance at equilibrium.

    ``hottest`` is the top of the temperature ladder, ``thinning`` the distance of two states
    of one chain in autocorrelation times (the longer of energy's and overlap's),
    ``max_sweeps`` the limit of the equilibration.
    Successive patterns come from different chains, so the first P are as good as any P.

    Returns ``train`` (pattern, site), ``test`` (test_pattern, site), ``couplings`` (site,
    source) and the record of the sampling; the attribute ``status`` says ``equilibrated`` or
    ``not equilibrated``.

    Raises
    ------
    InputError
        If a number is out of range or a name is unknown.
    """
    if temperature <= 0:
        raise InputError(f"temperature: found {temperature}, expected a positive number")
    for name, value in (("train_patterns", train_patterns), ("test_patterns", test_patterns)):
        if value < 1:
            raise InputError(f"{name}: found {value}, expected at least 1")
    if chains < 1 or chains % tempering.LANES:
        raise InputError(f"chains: found {chains}, expected a multiple of {tempering.LANES}")
    graph = lattice(side, couplings, boundary, rng)
    temperatures = ladder(graph, temperature, hottest)
    equilibrium = equilibrate(graph, temperatures, chains, max_sweeps, rng)
    slowest = max(equilibrium.tau_energy, equilibrium.tau_overlap)
    # Without equilibrium there is no autocorrelation time, only a limit on the sampling time.
    interval = math.ceil(min(thinning * slowest, equilibrium.chains.sweeps))
    test_chains = round(chains * test_patterns / (train_patterns + test_patterns))
    test_chains = min(max(test_chains, 1), chains - 1)
    train_chains = chains - test_chains
    rounds = max(math.ceil(train_patterns / train_chains), math.ceil(test_patterns / test_chains))
    sample = tempering.advance(
        equilibrium.chains, graph, temperatures, records=rounds, every=interval
    )
    sites = side * side
    energies = sample.energies / sites
    over_chains = energies.mean(axis=0)
    hot, cold = equilibrium.means[:, :-1] / sites
    hot_error, cold_error = equilibrium.errors[:, :-1] / sites
    at_temperature = {
        "energy": (over_chains.mean(axis=1), "mean energy per site of the samples"),
        "energy_error": (standard_error(over_chains), "its standard error over the chains"),
        "energy_hot": (hot, "mean energy per site from hot starts, equilibration"),
        "energy_hot_error": (hot_error, "its standard error over the chains"),
        "energy_cold": (cold, "mean energy per site from cold starts, equilibration"),
        "energy_cold_error": (cold_error, "its standard error over the chains"),
    }
    return Dataset(
        {
            "train": (
                ("pattern", "site"),
                sample.states[:, :train_chains].reshape(-1, sites)[:train_patterns],
            ),
            "test": (
                ("test_pattern", "site"),
                sample.states[:, train_chains:].reshape(-1, sites)[:test_patterns],
            ),
            "couplings": (
                ("site", "source"),
                coupling_matrix(graph),
                {"long_name": "true couplings J, symmetric, standard deviation 1 of a bond"},
            ),
            "swap_rate": (
                "exchange",
                sample.swap_rates,
                {"long_name": "accepted exchanges of the temperatures k and k + 1"},
            ),
            "temperature": ("temperature", temperatures, {"units": "J / k_B"}),
            **{
                name: ("temperature", values, {"long_name": text, "units": "J"})
                for name, (values, text) in at_temperature.items()
            },
        },
        attrs={
            "title": "Equilibrium states of a two-dimensional Edwards-Anderson spin glass",
            "kind": "spin_glass",
            "status": "equilibrated" if equilibrium.reached else "not equilibrated",
            "side": side,
            "sample_temperature": float(temperature),
            "coupling_law": couplings,
            "boundary": boundary,
            "chains": chains,
            "test_chains": test_chains,
            "equilibration_sweeps": equilibrium.chains.sweeps - rounds * interval,
            "largest_deviation_hot_cold": float(np.abs(equilibrium.deviation).max()),
            "tau_energy_sweeps": equilibrium.tau_energy,
            "tau_overlap_sweeps": equilibrium.tau_overlap,
            "thinning_sweeps": interval,
            "lag_one_correlation_energy": lag_one_correlation(energies[:, 0]),
            "lag_one_correlation_overlap": lag_one_correlation(
                overlaps(sample.states, equilibrium.reference)
            ),
        },
    )
