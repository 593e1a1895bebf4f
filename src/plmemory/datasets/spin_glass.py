"""Equilibrium samples of the two-dimensional Edwards-Anderson spin glass.

H(s) = -sum_<ij> J_ij s_i s_j on an L x L square lattice, J_ij standard normal or +1/-1
(Edwards & Anderson 1975); temperatures are in units of the couplings' standard deviation,
k_B = 1. Site (row, column) has the index row * L + column.

Half of the chains start hot (random spins) and half cold (annealed to a low temperature).
They are equilibrated when both halves have the same mean energy at every temperature,
within the standard errors over the independent chains, and the run is long against the
autocorrelation time. Then every chain gives one state each few autocorrelation times;
training and test patterns come from different chains.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import xarray as xr

from plmemory.datasets import parallel_tempering as tempering
from plmemory.errors import InputError

COUPLINGS = ("gaussian", "bimodal")
BOUNDARIES = ("periodic", "free")
# Steps of the ladder in standard deviations of the energy: about a third of the exchanges
# between neighbouring temperatures is accepted, near the optimum of the diffusion in T.
STEP = 1.6
# Annealing of the cold starts: temperatures and sweeps at each.
COOLING, COOLING_SWEEPS = np.geomspace(2.0, 0.1, 64), 8
# An equilibration window: its records, its length in autocorrelation times, and the largest
# difference of hot and cold starts in standard errors (by chance: 1e-4 for each quantity).
RECORDS, WINDOW_TIMES, DEVIATION = 256, 20, 4.0


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
    bonds = rng.standard_normal((2, side, side))
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


def ladder(graph: tempering.Graph, temperature: float, hottest: float) -> np.ndarray:
    """Temperatures from ``temperature`` to ``hottest``, equally hard to exchange throughout.

    Neighbours are STEP apart in ``integral sqrt(C) d ln T``, with the heat capacity C of
    independent bonds, sum (J/T)^2 / cosh^2(J/T), which is close to the lattice's above T = 1.
    One temperature alone if ``temperature`` is not below ``hottest``.
    """
    if temperature >= hottest:
        return np.array([temperature])
    grid = np.geomspace(temperature, hottest, 257)
    reduced = np.abs(graph.bonds) / grid[:, None, None]
    sech = 2 * np.exp(-reduced) / (1 + np.exp(-2 * reduced))
    density = np.sqrt(0.5 * ((reduced * sech) ** 2).sum(axis=(1, 2)))  # each bond is seen twice
    distance = np.concatenate([[0], np.cumsum((density[1:] + density[:-1]) / 2)])
    distance *= math.log(grid[1] / grid[0])
    steps = math.ceil(distance[-1] / STEP)
    return np.interp(np.linspace(0, distance[-1], steps + 1), distance, grid)


class Equilibrium(NamedTuple):
    """Chains after equilibration, and the evidence for it.

    means, errors: (start, quantity) with start hot, cold and the quantities the energy at
    every temperature and, last, the squared overlap with ``reference`` at the first one;
    tau_energy, tau_overlap: autocorrelation times in sweeps at the first temperature.
    """

    chains: tempering.Chains
    reference: np.ndarray
    means: np.ndarray
    errors: np.ndarray
    tau_energy: float
    tau_overlap: float
    reached: bool

    @property
    def deviation(self) -> np.ndarray:
        """Difference of hot and cold starts in standard errors, (quantity,)."""
        return (self.means[0] - self.means[1]) / np.sqrt((self.errors**2).sum(axis=0))


def equilibrate(
    graph: tempering.Graph,
    temperatures: np.ndarray,
    chains: int,
    max_sweeps: int,
    rng: np.random.Generator,
    threads: int = 1,
) -> Equilibrium:
    """Run hot and cold chains side by side in windows, each twice as long as all before.

    Equilibrium is reached when, in one window, both halves of the chains agree and the window
    spans WINDOW_TIMES autocorrelation times; the first window is always discarded. Gives up,
    with ``reached`` False, when the next window would pass ``max_sweeps``.
    """
    hot = rng.choice(np.array([-1, 1], dtype=np.int8), size=(chains, len(graph.bonds)))
    annealed = tempering.start(hot, 1, rng)
    for temperature in COOLING:
        last = tempering.advance(
            annealed, graph, [temperature], records=1, every=COOLING_SWEEPS, threads=threads
        )
    reference = last.states[0, last.energies[0, 0].argmin()]
    cold = np.arange(chains) % 2 == 1
    ladders = tempering.start(np.where(cold[:, None], last.states[0], hot), len(temperatures), rng)
    every = 1
    tempering.advance(ladders, graph, temperatures, records=RECORDS, every=1, threads=threads)
    while True:
        window = tempering.advance(
            ladders, graph, temperatures, records=RECORDS, every=every, threads=threads
        )
        overlap = _overlaps(window.states, reference)
        averages = np.vstack([window.energies.mean(axis=0), (overlap**2).mean(axis=0)])
        halves = [averages[:, ~cold], averages[:, cold]]
        result = Equilibrium(
            ladders,
            reference,
            np.array([half.mean(axis=1) for half in halves]),
            np.array([_standard_error(half) for half in halves]),
            every * tempering.autocorrelation_time(window.energies[:, 0]),
            every * tempering.autocorrelation_time(overlap),
            False,
        )
        slowest = max(result.tau_energy, result.tau_overlap)
        agree = bool(np.all(np.abs(result.deviation) < DEVIATION))
        if agree and slowest * WINDOW_TIMES <= RECORDS * every:
            return result._replace(reached=True)
        every *= 2
        if ladders.sweeps + RECORDS * every > max_sweeps:
            return result


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
    threads: int = 1,
) -> xr.Dataset:
    """Training and test patterns of one disorder instance at equilibrium.

    ``hottest`` is the top of the temperature ladder, ``thinning`` the distance of two states
    of one chain in autocorrelation times (the longer of energy's and overlap's),
    ``max_sweeps`` the limit of the equilibration. The result does not depend on ``threads``.
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
    equilibrium = equilibrate(graph, temperatures, chains, max_sweeps, rng, threads)
    slowest = max(equilibrium.tau_energy, equilibrium.tau_overlap)
    interval = math.ceil(thinning * min(slowest, max_sweeps))
    test_chains = round(chains * test_patterns / (train_patterns + test_patterns))
    test_chains = min(max(test_chains, 1), chains - 1)
    train_chains = chains - test_chains
    rounds = max(math.ceil(train_patterns / train_chains), math.ceil(test_patterns / test_chains))
    sample = tempering.advance(
        equilibrium.chains, graph, temperatures, records=rounds, every=interval, threads=threads
    )
    sites = side * side
    energies = sample.energies / sites
    over_chains = energies.mean(axis=0)
    hot, cold = equilibrium.means[:, :-1] / sites
    hot_error, cold_error = equilibrium.errors[:, :-1] / sites
    at_temperature = {
        "energy": (over_chains.mean(axis=1), "mean energy per site of the samples"),
        "energy_error": (_standard_error(over_chains), "its standard error over the chains"),
        "energy_hot": (hot, "mean energy per site from hot starts, equilibration"),
        "energy_hot_error": (hot_error, "its standard error over the chains"),
        "energy_cold": (cold, "mean energy per site from cold starts, equilibration"),
        "energy_cold_error": (cold_error, "its standard error over the chains"),
    }
    return xr.Dataset(
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
            **{
                name: ("temperature", values, {"long_name": text, "units": "J"})
                for name, (values, text) in at_temperature.items()
            },
        },
        coords={"temperature": ("temperature", temperatures, {"units": "J / k_B"})},
        attrs={
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
            "lag_one_correlation_energy": _lag_one(energies[:, 0]),
            "lag_one_correlation_overlap": _lag_one(
                _overlaps(sample.states, equilibrium.reference)
            ),
        },
    )


def _overlaps(states: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Overlap of states (record, chain, site) with one reference (site,), (record, chain)."""
    weights = reference.astype(np.float32)
    rows = [(record.astype(np.float32) @ weights) / len(weights) for record in states]
    return np.array(rows, dtype=np.float64)


def _standard_error(averages: np.ndarray) -> np.ndarray:
    """Standard error of the mean over the last axis."""
    return averages.std(axis=-1, ddof=1) / math.sqrt(averages.shape[-1])


def _lag_one(series: np.ndarray) -> float:
    """Correlation of successive records (record, chain) of one chain; 0 for a single record."""
    deviation = series - series.mean()
    if len(series) < 2 or not deviation.any():
        return 0.0
    return float((deviation[1:] * deviation[:-1]).mean() / (deviation**2).mean())
