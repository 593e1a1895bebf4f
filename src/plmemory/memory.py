"""An associative memory, for notebooks and scripts."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plmemory import border
from plmemory.errors import InputError
from plmemory.estimator import kept, labels, plots
from plmemory.estimator import settings as told
from plmemory.estimator.fitted import Fitted
from plmemory.estimator.training import train
from plmemory.files.labelled import Dataset
from plmemory.learning.result import Learned
from plmemory.machine.compiled_code import give_a_folder
from plmemory.measures.completed import completed
from plmemory.networks.contract import Network
from plmemory.networks.relax import relax_with
from plmemory.plan import registry
from plmemory.seeds import generator

if TYPE_CHECKING:
    from plmemory.measures.attractors.search import Search

OVERLAPS = tuple(np.linspace(0, 1, 21).round(2).tolist())

give_a_folder()


class RetrievalMap(NamedTuple):
    """Overlaps of corrupted starts and of their final states with the pattern, each (M, P)."""

    initial_overlap: NDArray[np.float64]
    final_overlap: NDArray[np.float64]


class Memory(Fitted):
    """A network of N spins that remembers the patterns it was fitted to.

        memory = Memory("pl", inverse_temperature=2.0).fit(patterns)
        recalled = memory.recall(corrupted)

    The rule determines the spin type: Ising spins (S, N) of +1 and -1, or of any numbers with
    ``binarize``, which returns +1 and -1; Potts spins (S, N), colours 0 ... q - 1; vector spins
    (S, N, d) of unit length.
    States are arrays, or have labels: a DataArray of xarray, a DataFrame of pandas. Then the labels
    of the sites are checked, and returned states have labels too.

    It is an estimator in the sense of scikit-learn, but does not need this library.

    Parameters
    ----------
    rule : the learning rule, a folder of ``plmemory.learning``; "pl" is pseudo-likelihood.
    device, dtype : device and precision, see ``machine.backend.select``.
    random_state : seed of all random numbers, here and in all methods; None: a new seed each time.
    settings : those of the rule and its spins, also attributes; ``get_params`` lists all.

    Attributes
    ----------
    couplings_ : of Ising spins (N, N), acting on the site of the row, with zero diagonal; of Potts
        spins (N, q, N, q), together with ``fields_`` (N, q). Vector spins have the factors
        ``left_`` and ``right_`` (P, N, d) instead.
    converged_ : whether the learning rule converged.
    history_ : quantities recorded during the training, each (record,).
    snapshots_ : couplings at each record, (record, N, N), where the rule keeps them, else None.
    diagnostics_ : numbers that describe the convergence.
    n_features_in_, feature_names_in_ : N, and the labels of the sites, if there are any.
    model_ : the labelled model, as in the workflow.

    Raises
    ------
    InputError
        Here and in all methods, in one line, if an argument is wrong.
    """

    @classmethod
    def from_couplings(cls, couplings: ArrayLike, **options: Any) -> Memory:
        """A memory of Ising spins with couplings (N, N) of your own."""
        memory = cls(**options)
        array = border.couplings(couplings)[None]
        memory.model_ = Dataset(Learned(array, np.ones(1, bool), {}, {}).variables)
        return memory

    def fit(
        self, X: ArrayLike, y: object = None, *, sample_weight: ArrayLike | None = None
    ) -> Memory:
        """Learn the patterns (P, N); returns the memory itself.

        ``y`` is not used. ``sample_weight`` (P,): weights of the patterns, for rules that use them.
        """
        given = self._given(X, "X", {})
        weights = None if sample_weight is None else np.asarray(sample_weight)
        self.model_ = train(
            self._folder, self._settings, given, weights, self._backend(), self._seed()
        )
        found = labels.sites(X)
        if found is not None:
            self.model_.attrs["site_axis"] = found.axis
            if found.labels is not None:
                self.model_["site"] = ("site", found.labels)
        if not self.converged_:
            warnings.warn(f"{self.rule} did not converge, see diagnostics_", stacklevel=2)
        return self

    def recall(
        self,
        states: ArrayLike,
        *,
        max_steps: int = 100,
        order: str = "synchronous",
        random_state: int | None = None,
    ) -> Any:
        """The states (S, N) after ``max_steps`` steps of the zero-temperature dynamics.

        ``order``: all sites at once ("synchronous"), or one by one in random orders, each step
        a sweep ("sequential"). A zero field keeps the spin. ``random_state``, here and below: a
        seed besides that of the memory.
        """
        told.check(max_steps=max_steps, order=order, random_state=random_state)
        starts, network = self._states(states, "states"), self._network()
        at_once = order == "synchronous"
        rng = generator(self._seed(random_state), "recall")
        step = network.step if at_once else network.sweep(rng)
        return labels.like(states, relax_with(step, starts, max_steps, cycles=at_once).states)

    def corrupt(
        self, X: ArrayLike, initial_overlap: float, *, random_state: int | None = None
    ) -> Any:
        """The patterns (P, N), each corrupted to this initial overlap with the original."""
        told.check(initial_overlap=initial_overlap, random_state=random_state)
        spins, rng = self._states(X, "X"), generator(self._seed(random_state), "corrupt")
        return labels.like(X, self._network().corrupt(spins, initial_overlap, rng))

    def score(
        self,
        X: ArrayLike,
        y: object = None,
        *,
        initial_overlap: float = 1.0,
        max_steps: int = 100,
        random_state: int | None = None,
    ) -> float:
        """Mean overlap of the patterns (P, N) with the final states of the synchronous dynamics.

        The dynamics starts from each pattern, corrupted to ``initial_overlap``; ``y`` is not used.
        """
        told.check(initial_overlap=initial_overlap, max_steps=max_steps, random_state=random_state)
        spins, network = self._states(X, "X"), self._network()
        starts = network.corrupt(
            spins, initial_overlap, generator(self._seed(random_state), "corrupt")
        )
        ends = relax_with(network.step, starts, max_steps).states
        return float(network.overlap(ends, spins).mean())

    def retrieval_map(
        self,
        X: ArrayLike,
        initial_overlaps: Sequence[float] = OVERLAPS,
        *,
        max_steps: int = 100,
        random_state: int | None = None,
    ) -> Any:
        """Final overlaps of the patterns (P, N) from M initial overlaps: a ``RetrievalMap``.

        For labelled patterns the result is a Dataset of xarray.
        """
        overlaps = np.asarray(initial_overlaps, dtype=float).tolist()
        told.check(initial_overlaps=overlaps, max_steps=max_steps, random_state=random_state)
        spins, rng = self._states(X, "X"), generator(self._seed(random_state), "retrieval")
        begun, final, _ = completed(self._network(), spins, overlaps, max_steps, rng)
        axes = ("overlap", "pattern")
        variables = {"initial_overlap": (axes, begun), "final_overlap": (axes, final)}
        found = labels.dataset(X, variables)
        return RetrievalMap(begun, final) if found is None else found

    def attractors(
        self,
        X: ArrayLike,
        *,
        random_starts: int = 100,
        max_steps: int = 1000,
        random_state: int | None = None,
    ) -> Search | Any:
        """Attractors reached from the states (P, N) and from random states, with trajectories.

        Nearest examples are those of ``X``. Returns a ``measures.attractors.search.Search``; for
        labelled states a Dataset of xarray.
        """
        told.check(random_starts=random_starts, max_steps=max_steps, random_state=random_state)
        spins = told.spins(self._folder)
        if not registry.spin_types()[spins].discrete:
            raise InputError(f"attractors: found {spins}, expected spins of finitely many values")
        search = importlib.import_module("plmemory.measures.attractors.search")
        states, network = self._states(X, "X"), self._network()
        rng = generator(self._seed(random_state), "attractors")
        starts = {"given": states, "random": network.random(random_starts, rng)}
        found = search.search(network, starts, train=states, test=None, max_steps=max_steps)
        labelled = labels.dataset(X, search.labelled([found]))
        return found if labelled is None else labelled.isel(replicate=0)

    def stabilities(self, X: ArrayLike) -> Any:
        """Stabilities xi_i h_i / |J_i| (P, N); a pattern is a fixed point if all are positive."""
        spins = told.spins(self._folder)
        if spins not in (registry.measures()["storage"].spins or ()):
            raise InputError(f"stabilities: found {spins}, for which a site has no such number")
        module = importlib.import_module(f"plmemory.networks.{spins}.couplings")
        states = self._states(X, "X")
        return labels.like(X, module.stabilities(self.model_["couplings"].values, states[None])[0])

    def plot(
        self,
        X: ArrayLike,
        ax: Any = None,
        *,
        label: str | None = None,
        initial_overlaps: Sequence[float] = OVERLAPS,
        **options: Any,
    ) -> Any:
        """Draw the ``retrieval_map`` of the patterns (P, N); returns the axes.

        ``ax``: axes of matplotlib, by default new ones. ``label``: of the curve, by default the
        name of the rule.
        """
        patterns = np.asarray(X)
        begun, final = self.retrieval_map(patterns, initial_overlaps, **options)
        look = told.look(self._folder, self._settings)
        return plots.retrieval_map(ax, begun, final, look._replace(label=label or look.label))

    def save(self, path: str | Path) -> None:
        """Write this memory to a NetCDF file."""
        self._check_fitted()
        parts = (self.model_, self.rule, self._settings, self.dtype, self.random_state)
        kept.write(path, kept.Kept(*parts))

    @classmethod
    def load(cls, path: str | Path, *, device: str = "auto", replicate: int = 0) -> Memory:
        """A memory from a file of ``save``, or one ``replicate`` of a model of the workflow.

        No code in the file is run.
        """
        told.check(replicate=replicate)
        found = kept.read(path, replicate)
        memory = cls(
            found.rule, device=device, dtype=found.dtype, random_state=found.seed, **found.settings
        )
        memory.model_ = found.model
        try:
            memory._network()
        except (KeyError, IndexError, ValueError):
            raise InputError(f"{path}: found no couplings of {found.rule}") from None
        return memory

    def _given(self, values: ArrayLike, name: str, sizes: dict[str, int]) -> border.Given:
        module = importlib.import_module(
            registry.module("networks", told.spins(self._folder), "given")
        )
        _, settings = told.divided(self._folder, self._settings)
        found: border.Given = module.given(values, name, sizes, **settings)
        return found

    def _states(self, values: ArrayLike, name: str) -> NDArray[Any]:
        self._check_fitted()
        states = self._given(values, name, self.model_.sizes).states
        learnt = self.model_["site"].values if "site" in self.model_ else None
        axis = self.model_.attrs.get("site_axis", "")
        labels.same(labels.sites(values), labels.Sites(axis, learnt), name)
        return states

    def _network(self) -> Network:
        module = importlib.import_module(
            registry.module("networks", told.spins(self._folder), "network")
        )
        network: Network = module.network(self.model_, 0, self._backend())
        return network
