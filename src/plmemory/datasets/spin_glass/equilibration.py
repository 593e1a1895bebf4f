"""Temperature ladders, equilibration and its tests, for Ising spins by parallel tempering.

Half of the chains start hot (random spins) and half cold (annealed to a low temperature).
They are equilibrated when both halves have the same mean energy at every temperature and the same
mean squared overlap with a state of low energy, within the standard errors over the independent
chains, and the run is long compared with the autocorrelation times.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from plmemory.datasets.spin_glass import parallel_tempering as tempering

# Steps of the ladder in standard deviations of the energy: about a third of the exchanges between
# neighbouring temperatures are accepted, near the optimum of the diffusion in T.
STEP = 1.6
# Annealing of the cold starts: temperatures and sweeps at each.
COOLING, COOLING_SWEEPS = np.geomspace(2.0, 0.1, 64), 8
# An equilibration window: its records, its length in autocorrelation times, and the largest
# difference of hot and cold starts in standard errors (by chance: 1e-4 for each quantity).
RECORDS, WINDOW_TIMES, DEVIATION = 256, 20, 4.0


def ladder(graph: tempering.Graph, temperature: float, hottest: float) -> np.ndarray:
    """Temperatures from ``temperature`` to ``hottest`` with equal acceptance of exchanges.

    Neighbours are STEP apart in ``integral sqrt(C) d ln T``, with the heat capacity C of
    independent bonds, sum (J/T)^2 / cosh^2(J/T), which is close to the lattice's above T = 1.
    One temperature alone if ``temperature`` is not below ``hottest``.
    """
    if temperature >= hottest:
        return np.array([temperature])
    grid = np.geomspace(temperature, hottest, 257)
    reduced = np.abs(graph.bonds) / grid[:, None, None]
    sech = 2 * np.exp(-reduced) / (1 + np.exp(-2 * reduced))
    density = np.sqrt(0.5 * ((reduced * sech) ** 2).sum(axis=(1, 2)))  # each bond is counted twice
    distance = np.concatenate([[0], np.cumsum((density[1:] + density[:-1]) / 2)])
    distance *= math.log(grid[1] / grid[0])
    steps = math.ceil(distance[-1] / STEP)
    return np.interp(np.linspace(0, distance[-1], steps + 1), distance, grid)


class Equilibrium(NamedTuple):
    """Chains after equilibration, and the evidence for it.

    means, errors: (start, quantity) with start hot, cold and the quantities the energy at
    every temperature and, last, the squared overlap with ``reference`` at the first one;
    tau_energy, tau_overlap: autocorrelation times in sweeps, at the first temperature.
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
        difference = self.means[0] - self.means[1]
        error = np.sqrt((self.errors**2).sum(axis=0))
        # Frozen chains, all in states of the same energy, agree exactly and without error.
        exact = np.where(difference == 0, 0.0, np.inf)
        return np.divide(difference, error, out=exact, where=error > 0)


def equilibrate(
    graph: tempering.Graph,
    temperatures: np.ndarray,
    chains: int,
    max_sweeps: int,
    rng: np.random.Generator,
) -> Equilibrium:
    """Run hot and cold chains side by side in windows, each twice as long as all before.

    Equilibrium is reached when, in one window, both halves of the chains agree and the window
    spans WINDOW_TIMES autocorrelation times; the first window is always discarded. Gives up,
    with ``reached`` False, when the next window would pass ``max_sweeps``.
    """
    hot = rng.choice(np.array([-1, 1], dtype=np.int8), size=(chains, len(graph.bonds)))
    annealed = tempering.start(hot, 1, rng)
    for temperature in COOLING:
        last = tempering.advance(annealed, graph, [temperature], records=1, every=COOLING_SWEEPS)
    reference = last.states[0, last.energies[0, 0].argmin()]
    cold = np.arange(chains) % 2 == 1
    ladders = tempering.start(np.where(cold[:, None], last.states[0], hot), len(temperatures), rng)
    every = 1
    tempering.advance(ladders, graph, temperatures, records=RECORDS, every=1)
    while True:
        window = tempering.advance(ladders, graph, temperatures, records=RECORDS, every=every)
        overlap = overlaps(window.states, reference)
        averages = np.vstack([window.energies.mean(axis=0), (overlap**2).mean(axis=0)])
        halves = [averages[:, ~cold], averages[:, cold]]
        result = Equilibrium(
            ladders,
            reference,
            np.array([half.mean(axis=1) for half in halves]),
            np.array([standard_error(half) for half in halves]),
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


def overlaps(states: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Overlap of states (record, chain, site) with one reference (site,), (record, chain)."""
    weights = reference.astype(np.float32)
    rows = [(record.astype(np.float32) @ weights) / len(weights) for record in states]
    return np.array(rows, dtype=np.float64)


def standard_error(averages: np.ndarray) -> np.ndarray:
    """Standard error of the mean over the last axis."""
    return averages.std(axis=-1, ddof=1) / math.sqrt(averages.shape[-1])


def lag_one_correlation(series: np.ndarray) -> float:
    """Correlation of successive records (record, chain) of one chain; 0 for a single record."""
    deviation = series - series.mean()
    if len(series) < 2 or not deviation.any():
        return 0.0
    return float((deviation[1:] * deviation[:-1]).mean() / (deviation**2).mean())
