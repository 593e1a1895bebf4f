"""The input of every measure: a model, its data set, and random generators."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

import numpy as np

from plmemory.files.labelled import Dataset
from plmemory.machine.backend import Backend
from plmemory.networks.contract import Network
from plmemory.seeds import generator


@dataclass(frozen=True)
class Job:
    """One model to be measured.

    data, rule, patterns: names of its data set, rule and number of patterns (P00250). spins: name
    of its spin type, whose module has compiled code and is loaded only when a network is needed.
    """

    model: Dataset
    dataset: Dataset
    data: str
    rule: str
    patterns: str
    seed: int
    spins: str

    def rng(self, *identity: str | int) -> np.random.Generator:
        """The generator of this identity, the same in every run."""
        return generator(self.seed, *identity)

    def network(self, replicate: int, backend: Backend) -> Network:
        """The network of one replicate."""
        module = importlib.import_module(f"plmemory.networks.{self.spins}.network")
        made: Network = module.network(self.model, replicate, backend)
        return made
