"""An associative memory of Ising spins, for notebooks and scripts."""

from __future__ import annotations

import importlib
import inspect
import warnings
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plmemory import border
from plmemory.errors import InputError
from plmemory.machine.backend import Backend, select
from plmemory.machine.compiled_code import give_a_folder
from plmemory.networks.contract import Step
from plmemory.networks.ising.couplings import stabilities
from plmemory.networks.ising.states import corrupt, overlap
from plmemory.networks.ising.synchronous import Synchronous
from plmemory.networks.relax import relax_with
from plmemory.plan import registry
from plmemory.plan.about import REQUIRED, Rule, choice, integer, number
from plmemory.seeds import generator

_OPTIONS = {
    "seed": integer("integer ≥ 0", "of all that is drawn", at_least=0),
    "max_steps": integer("steps", "of the dynamics", at_least=1),
    "order": choice("of the updates", "synchronous", "sequential"),
    "initial_overlap": number("overlap", "of the starts", at_least=-1, at_most=1),
}

give_a_folder()


class Memory:
    """A network of N Ising spins that remembers the patterns it was fitted to.

        memory = Memory("pseudo_likelihood", inverse_temperature=2.0).fit(patterns)
        recalled = memory.recall(corrupted)

    Patterns and states are arrays (P, N) and (S, N) of +1 and -1, of any type of number. Potts
    spins and other data are learnt by the workflow alone.

    Parameters
    ----------
    rule : the learning rule, a folder of ``plmemory.learning``.
    device, dtype : where and in which precision to compute, see ``machine.backend.select``.
    seed : of all that the rule draws.
    settings : of the rule; ``settings`` holds those that were not given too.

    Attributes
    ----------
    couplings_ : (N, N), acting on the site of the row, with zero diagonal.
    converged_ : whether the rule reached what it promises.
    history_ : what it recorded on the way, each (record,).
    snapshots_ : couplings at each record, (record, N, N), where the rule keeps them, else None.
    diagnostics_ : numbers that say how far it came.

    Raises
    ------
    InputError
        Here and in all methods, in one line, if an argument is wrong.
    """

    def __init__(
        self,
        rule: str = "pseudo_likelihood",
        *,
        device: str = "auto",
        dtype: str = "float32",
        seed: int = 0,
        **settings: Any,
    ) -> None:
        self.rule, self.device, self.dtype, self.seed = rule, device, dtype, seed
        self._given = settings
        _check(seed=seed)
        self._backend()
        self.settings = _complete(rule, settings)

    def __repr__(self) -> str:
        given = "".join(f", {name}={value!r}" for name, value in self._given.items())
        return f"Memory({self.rule!r}{given})"

    @classmethod
    def from_couplings(cls, couplings: ArrayLike, **options: Any) -> Memory:
        """A memory with couplings (N, N) of your own, say those of a model of the workflow."""
        memory = cls(**options)
        memory.couplings_ = border.couplings(couplings)
        return memory

    def fit(self, patterns: ArrayLike, *, weights: ArrayLike | None = None) -> Memory:
        """Learn the patterns (P, N); returns the memory itself.

        ``weights`` (P,): how much each counts, for a rule that knows weights.
        """
        spins = _of_one_network(border.patterns(patterns), "patterns")
        count, sites = spins.shape[1:]
        about = _rule(self.rule)
        if not about.exists(count, sites, 1):
            raise InputError(
                f"patterns: found {count} of {sites} sites, for which {self.rule} has no couplings"
            )
        learn = importlib.import_module(registry.module("learning", self.rule, "learn")).learn
        arguments, backend = dict(self.settings), self._backend()
        if weights is not None:
            if "weights" not in inspect.signature(learn).parameters:
                raise InputError(f"weights: found some, expected none for the rule {self.rule}")
            arguments["weights"] = border.weights(weights, (count,))[None]
        if about.observed is not None:
            start = arguments.pop(about.observed)
            if start is not None:
                history = importlib.import_module("plmemory.measures.history")
                watchers = [generator(self.seed, "watch")]
                arguments["observe"] = history.retrieval_observer(spins, start, backend, watchers)
        learned = learn(spins, backend, [generator(self.seed, "train")], **arguments)
        self.couplings_: NDArray[Any] = learned.couplings[0]
        self.converged_ = bool(learned.converged[0])
        self.history_ = {k: v if v.ndim == 1 else v[:, 0] for k, v in learned.history.items()}
        kept = learned.snapshots
        self.snapshots_: NDArray[Any] | None = None if kept is None else kept[:, 0]
        self.diagnostics_ = {k: v[0] for k, v in learned.diagnostics.items()}
        if not self.converged_:
            warnings.warn(f"{self.rule} did not converge, see diagnostics_", stacklevel=2)
        return self

    def recall(
        self,
        states: ArrayLike,
        *,
        max_steps: int = 100,
        order: str = "synchronous",
        seed: int = 0,
    ) -> NDArray[np.int8]:
        """The states (S, N) after ``max_steps`` steps of the zero-temperature dynamics.

        ``order``: all sites at once ("synchronous"), or one by one in random orders, each step
        a sweep ("sequential"), drawn from ``seed``. A zero field keeps the spin.
        """
        _check(max_steps=max_steps, order=order, seed=seed)
        starts = self._states(states, "states")
        if order == "synchronous":
            step: Step = Synchronous(self.couplings_, self._backend())
        else:
            sequential = importlib.import_module("plmemory.networks.ising.sequential").sequential
            step = sequential(self.couplings_, generator(seed, "recall"))
        return relax_with(step, starts, max_steps, cycles=order == "synchronous").states

    def score(
        self,
        patterns: ArrayLike,
        *,
        initial_overlap: float = 1.0,
        max_steps: int = 100,
        seed: int = 0,
    ) -> float:
        """Mean overlap of the patterns (P, N) with where the synchronous dynamics ends.

        It starts from each of them corrupted to ``initial_overlap``, drawn from ``seed``.
        """
        _check(initial_overlap=initial_overlap, seed=seed)
        spins = self._states(patterns, "patterns")
        starts = corrupt(spins, initial_overlap, generator(seed, "corrupt"))
        return float(overlap(self.recall(starts, max_steps=max_steps), spins).mean())

    def stabilities(self, patterns: ArrayLike) -> NDArray[np.float64]:
        """Stabilities xi_i h_i / |J_i| (P, N); a pattern is a fixed point if all are positive."""
        spins = self._states(patterns, "patterns")
        found: NDArray[np.float64] = stabilities(self.couplings_[None], spins[None])[0]
        return found

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """What this memory was made with, as scikit-learn asks for it."""
        options = {name: getattr(self, name) for name in ("rule", "device", "dtype", "seed")}
        return options | self._given

    def set_params(self, **parameters: Any) -> Memory:
        """Change some of what this memory was made with; returns the memory itself."""
        made = type(self)(**self.get_params() | parameters)
        self.__dict__.update(made.__dict__)
        return self

    def _states(self, values: ArrayLike, name: str) -> NDArray[np.int8]:
        if not hasattr(self, "couplings_"):
            raise InputError("memory: found no couplings, expected fit(patterns) before")
        states = border.patterns(values, name=name, sites=len(self.couplings_))
        return _of_one_network(states, name).squeeze(axis=0)

    def _backend(self) -> Backend:
        return select(self.device, self.dtype)


def _check(**options: Any) -> None:
    for name, value in options.items():
        border.setting(value, _OPTIONS[name].schema, name=name)


def _rule(name: str) -> Rule:
    """What an Ising rule that learns from patterns says of itself."""
    rules = {
        known: rule
        for known, rule in registry.rules().items()
        if "ising" in rule.spins and rule.couplings and not rule.infinite
    }
    if name not in rules:
        raise InputError(f"rule: found {name!r}, expected one of {', '.join(rules)}")
    return rules[name]


def _complete(rule: str, given: dict[str, Any]) -> dict[str, Any]:
    """The value of every setting of the rule, given or by default."""
    about = _rule(rule)
    for name, value in given.items():
        if name not in about.settings:
            known = ", ".join(about.settings) or "none"
            raise InputError(f"{rule}: found the setting {name!r}, expected one of: {known}")
        border.setting(value, about.settings[name].schema, name=name)
    settings = {name: given.get(name, setting.default) for name, setting in about.settings.items()}
    for name, value in settings.items():
        if value is REQUIRED:
            raise InputError(f"{rule}: found no {name}, expected {about.settings[name].unit}")
    about.check(settings)
    if needs := about.needs(settings):
        raise InputError(
            f"rule: found {rule!r}, which needs more than patterns: {', '.join(needs)}"
        )
    return settings


def _of_one_network(spins: NDArray[np.int8], name: str) -> NDArray[np.int8]:
    if len(spins) != 1:
        raise InputError(f"{name}: found {len(spins)} replicates, expected one: make a Memory each")
    return spins
