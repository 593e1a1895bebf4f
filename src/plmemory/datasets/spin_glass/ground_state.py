"""Exact ground states of Ising spins by cutting planes.

A bond is cut if its spins differ. A ground state is a cut of least weight sum J_ij x_ij, and x in
{0, 1} is a cut if and only if every cycle contains an even number of cut bonds: for each cycle C
and each odd part F of it, sum_F x - sum_(C - F) x <= |F| - 1. Of these inequalities only those are
taken that the present optimum violates (Barahona & Mahjoub 1986, Math. Program. 36, 157; Barahona,
Groetschel, Juenger & Reinelt 1988, Oper. Res. 36, 493). On planar lattices the optimum is then a
cut; where it is not, x is required to be integer.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csgraph

# Violation above which an inequality is added; solutions are exact to a tenth of it.
VIOLATED = 1e-6


def ground_state(couplings: np.ndarray) -> np.ndarray:
    """The state (N,) int8 of least energy -1/2 sum_ij J_ij s_i s_j, its first spin up.

    ``couplings`` (N, N): symmetric, of a connected graph of few bonds.

    Raises
    ------
    RuntimeError
        If the solver fails.
    """
    sites = len(couplings)
    ends = np.argwhere(np.triu(couplings, 1))
    weights = couplings[ends[:, 0], ends[:, 1]]
    cuts = sparse.csr_array((0, len(ends)))
    limits = np.empty(0)
    whole = 0
    while True:
        solved = milp(
            weights,
            bounds=Bounds(0, 1),
            constraints=[LinearConstraint(cuts, ub=limits)] if len(limits) else [],
            integrality=whole,
            options={"mip_rel_gap": 0.0},
        )
        if solved.x is None:
            raise RuntimeError(f"ground state: {solved.message}")
        rows, ub = violated(np.clip(solved.x, 0, 1), ends, sites)
        if rows.shape[0]:
            cuts, limits = sparse.vstack([cuts, rows], format="csr"), np.append(limits, ub)
        elif np.abs(solved.x - solved.x.round()).max() < VIOLATED:
            return _spins(solved.x.round(), ends, sites)
        else:
            whole = 1


def violated(cut: np.ndarray, ends: np.ndarray, sites: int) -> tuple[sparse.csr_array, np.ndarray]:
    """The most violated inequality of the cycles through each site, as rows and upper limits.

    ``cut`` (bond,) in [0, 1]; ``ends`` (bond, 2). On two copies of the graph, with bonds within a
    copy of length x and between the copies of length 1 - x, a path from a site to its twin is a
    cycle with an odd F; it is violated if shorter than 1.
    """
    one, two = ends.T
    bond = np.tile(np.arange(len(ends)), 4)
    odd = np.repeat([0, 0, 1, 1], len(ends))
    start = np.concatenate([one, one + sites, one, one + sites])
    end = np.concatenate([two, two + sites, two + sites, two])
    lengths = np.where(odd, 1 - cut[bond], cut[bond]) + 1e-9  # a length of zero would be no bond
    graph = sparse.csr_array((lengths, (start, end)), shape=(2 * sites, 2 * sites))
    distance, before = csgraph.dijkstra(
        graph, directed=False, indices=np.arange(sites), return_predecessors=True, limit=1.0
    )
    around = distance[np.arange(sites), np.arange(sites) + sites]
    numbers = {}
    for place, (i, j) in enumerate(zip(start.tolist(), end.tolist(), strict=True)):
        numbers[i, j] = numbers[j, i] = place
    found: dict[tuple[tuple[int, int], ...], None] = {}
    for site in np.flatnonzero(around < 1 - VIOLATED).tolist():
        steps, node = [], site + sites
        while node != site:
            place = numbers[node, int(before[site, node])]
            steps.append((bond[place], odd[place]))
            node = int(before[site, node])
        found[tuple(sorted(steps))] = None
    which = np.repeat(np.arange(len(found)), [len(cycle) for cycle in found])
    met, signs = np.array([step for cycle in found for step in cycle]).reshape(-1, 2).T
    rows = sparse.coo_array((2.0 * signs - 1, (which, met)), shape=(len(found), len(ends)))
    return rows.tocsr(), np.bincount(which, weights=signs, minlength=len(found)) - 1


def _spins(cut: np.ndarray, ends: np.ndarray, sites: int) -> np.ndarray:
    """The spins of a cut, site after site from the first, which is up."""
    signs = np.zeros((sites, sites), dtype=np.int8)
    signs[ends[:, 0], ends[:, 1]] = signs[ends[:, 1], ends[:, 0]] = 1 - 2 * cut
    order, before = csgraph.breadth_first_order(sparse.csr_array(signs != 0), 0)
    state = np.ones(sites, dtype=np.int8)
    for site in order[1:]:
        state[site] = state[before[site]] * signs[site, before[site]]
    return state
