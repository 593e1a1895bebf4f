"""The plan of a run: which files there are, and what each is made from."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

from plmemory.errors import InputError
from plmemory.plan import registry
from plmemory.plan.about import DataSet, Figure, Rule, Settings
from plmemory.plan.inheritance import members
from plmemory.plan.users_files import PACKAGED, expanded, packaged

Told = TypeVar("Told")
FORMATS = ("pdf", "svg", "png")


class Result(NamedTuple):
    """One result of a stage that needs couplings: its data set, rule and P00250, Pall or Pinf."""

    stage: str
    dataset: str
    rule: str
    patterns: str


def numbered(part: str) -> tuple[int, int]:
    """Which of how many parts of a model a name, ``<number>of<parts>``, stands for."""
    number, of = map(int, part.split("of"))
    return number, of


class Plan:
    """The plan of a complete ``config``."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.config = config
        folder = expanded(config["results"]).rstrip("/")
        self.root = f"{folder}/{config['run']}"
        # Some kinds read files for these.
        self.sites = functools.cache(self._sites)
        self.available = functools.cache(self._available)
        self.provides = functools.cache(self._provides)
        self.own_files = functools.cache(self._own_files)

    # The entries of the configuration by name

    def dataset(self, name: str) -> Settings:
        """The entry of a data set."""
        return self.config["datasets"][name]

    def kind(self, name: str) -> DataSet:
        """The contract of the kind of a data set."""
        return registry.datasets()[self.dataset(name)["kind"]]

    def raw_kind(self, name: str) -> str:
        """The kind of data set whose raw files a data set uses, if any."""
        return self.kind(name).raw or self.dataset(name)["kind"]

    def title(self, name: str) -> str:
        """The name of a data set in legends and titles."""
        entry = self.dataset(name)
        return entry["title"] or self.kind(name).title(entry) or name.replace("_", " ")

    def _sites(self, dataset: str) -> int | None:
        """The number of sites N of a data set, None if only the data determine it."""
        return self._told(dataset, self.kind(dataset).sites)

    def components(self, dataset: str) -> int:
        """Numbers of a site of a data set."""
        return self._told(dataset, self.kind(dataset).components)

    def _available(self, dataset: str) -> int | None:
        """The number of training examples, None if only the data determine it or if unlimited."""
        return self._told(dataset, self.kind(dataset).available)

    def _provides(self, dataset: str) -> frozenset[str]:
        """What a data set has besides training examples; for labels, also their variables."""
        found = self._told(dataset, self.kind(dataset).provides)
        if "labels" in found:
            found |= {f"{part}_label" for part in ("train", "test") if part in found | {"train"}}
        return found

    def _told(self, dataset: str, tell: Callable[[Settings], Told]) -> Told:
        try:
            return tell(self.dataset(dataset))
        except InputError as fault:
            raise InputError(f"config: datasets.{dataset}: {fault}") from None

    def learning(self, dataset: str) -> Mapping[str, Settings]:
        """The entries of learning rules, as they are for a data set."""
        return {**self.config["learning"], **self.dataset(dataset)["learning"]}

    def rule(self, dataset: str, name: str) -> Settings:
        """The entry of a learning rule, as it is for a data set."""
        return self.learning(dataset)[name]

    def rules(self, figure: str, dataset: str) -> list[str]:
        """The learning rules that a figure shows for a data set, with all rules of a family.

        If data sets have several spin types, each is shown with the rules that can learn it.
        """
        entry, spins = self.config["figures"][figure], self.kind(dataset).spins
        named, one = entry.get("rules", []), len(entry["datasets"]) == 1
        named = [name for name in named if one or spins in self.method(dataset, name).spins]
        found = [members(name, self.rule(dataset, name)) or [name] for name in named]
        return [rule for rules in found for rule in rules]

    def family(self, dataset: str, rule: str) -> tuple[str, float]:
        """The family of a rule and its value there; itself and NaN, if it belongs to none."""
        for name, entry in self.learning(dataset).items():
            if rule in (found := members(name, entry)):
                return name, float(found[rule][1])
        return rule, math.nan

    def method(self, dataset: str, rule: str) -> Rule:
        """The contract of the method of a learning rule."""
        return registry.rules()[self.rule(dataset, rule)["method"]]

    def network(self, dataset: str, rule: str) -> str:
        """The type of network that a rule makes of a data set."""
        return self.method(dataset, rule).network or self.kind(dataset).spins

    def measure(self, dataset: str, name: str) -> Settings:
        """The settings of a measure, as they are for a data set."""
        own = self.dataset(dataset)["measures"]
        return own[name] if name in own else self.config["measures"][name]

    def figure(self, name: str) -> Figure:
        """The contract of the kind of a figure."""
        return registry.figures()[self.config["figures"][name]["figure"]]

    # Names of numbers of patterns

    def counts(self, figure: str, dataset: str) -> list[int | str]:
        """The numbers of training patterns (or "all") of a data set in a figure."""
        entry = self.config["figures"][figure]
        if entry.get("patterns"):
            return list(entry["patterns"])
        sites = self.sites(dataset)
        if sites is None:
            raise InputError(
                f"config: figures.{figure}: found loads for {dataset!r}, expected 'patterns': how "
                "many sites it has only the data tell"
            )
        return [round(load * sites) for load in entry.get("loads") or []]

    def names(self, figure: str, dataset: str) -> list[str]:
        """P00250 for every number of patterns in a figure, or Pall."""
        return [
            f"P{n:05d}" if isinstance(n, int) else f"P{n}" for n in self.counts(figure, dataset)
        ]

    # Paths

    def data_file(self, dataset: str, patterns: str) -> str:
        """The file of a data set; if it is drawn for every load, that of the load."""
        own = "" if self.kind(dataset).pool else f"/{patterns}"
        return f"{self.root}/data/{dataset}{own}.nc"

    def file(self, result: Result) -> str:
        """The file of a result."""
        return "/".join([self.root, *result]) + ".nc"

    def part_file(self, dataset: str, rule: str, patterns: str, part: str) -> str:
        """The file of some rows of a model."""
        return f"{self.root}/parts/{dataset}/{rule}/{patterns}/{part}.nc"

    def table_file(self, figure: str) -> str:
        """The table of a figure."""
        return f"{self.root}/tables/{figure}.csv"

    def figure_files(self, figures: Iterable[str]) -> list[str]:
        """The pictures of figures."""
        return [f"{self.root}/figures/{name}.{end}" for name in figures for end in FORMATS]

    @property
    def page_file(self) -> str:
        """The results page."""
        return f"{self.root}/page/index.html"

    def raw_file(self, dataset: str) -> str | None:
        """The file that shows where the raw files of a data set are, None if it has none."""
        if not registry.has("datasets", self.raw_kind(dataset), "raw"):
            return None
        return f"{self.root}/data/{dataset}.raw"

    def _own_files(self, dataset: str) -> dict[str, list[str]]:
        """The user's files that a data set's entry names, by setting."""
        entry, kind = self.dataset(dataset), self.kind(dataset)
        named = {
            name: [expanded(entry[name])]
            for name, setting in kind.settings.items()
            if setting.file and entry[name] and not entry[name].startswith(PACKAGED)
        }
        tell = kind.files
        if tell is None:
            return named
        expanding = {name: paths[0] for name, paths in named.items()}
        files = self._told(dataset, lambda settings: tell({**settings, **expanding}))
        return {name: list(paths) for name, paths in files.items()}

    def packaged_files(self, dataset: str) -> dict[str, str | None]:
        """Files of installed packages that a data set's entry names; None for a missing file."""
        entry = self.dataset(dataset)
        return {
            name: packaged(entry[name])
            for name, setting in sorted(self.kind(dataset).settings.items())
            if setting.file and str(entry[name]).startswith(PACKAGED)
        }

    def data_inputs(self, dataset: str) -> dict[str, list[str]]:
        """The inputs of a data set: raw files, or the user's files by setting."""
        raw = self.raw_file(dataset)
        return {"raw": [raw]} if raw else self.own_files(dataset)

    # Inputs of figures

    def results(self, figure: str, stage: str) -> list[Any]:
        """The results of a stage that a figure needs, in the order of the configuration, each once.

        Names of figures for the stage ``tables``, pairs of a data set and a number of patterns for
        ``data``, else a ``Result``.
        """
        entry = self.config["figures"][figure]
        if stage == "tables":
            return [
                name
                for name, other in self.config["figures"].items()
                if registry.has("figures", other["figure"], "published")
            ]
        found: list[Any] = []
        for dataset in entry["datasets"]:
            if stage == "data":
                names = self.names(figure, dataset)
                # A figure made from tables of others has no loads: theirs are the patterns drawn.
                found += [(dataset, name) for name in names or [""] * self.kind(dataset).pool]
            else:
                found += [
                    Result(stage, dataset, rule, name)
                    for rule in self.rules(figure, dataset)
                    for name in self.existing(figure, dataset, rule)
                ]
        return list(dict.fromkeys(found))

    def existing(self, figure: str, dataset: str, rule: str) -> list[str]:
        """The numbers of patterns for which a rule has couplings to learn."""
        described = self.method(dataset, rule)
        if described.infinite:
            return ["Pinf"]
        sites, held = self.sites(dataset), self.available(dataset)
        components = self.components(dataset)
        pairs = zip(self.names(figure, dataset), self.counts(figure, dataset), strict=True)
        numbers = [(name, held if isinstance(count, str) else count) for name, count in pairs]
        return [
            name
            for name, count in numbers
            if sites is None or count is None or described.exists(count, sites, components)
        ]

    def path(self, stage: str, result: Any) -> str:
        """The file of what ``results`` lists."""
        if stage == "tables":
            return self.table_file(result)
        return self.data_file(*result) if stage == "data" else self.file(result)

    def table_inputs(self, figure: str) -> dict[str, list[str]]:
        """The files that a figure's table is made from, by stage."""
        stages = self.figure(figure).inputs
        found = {
            stage: [self.path(stage, r) for r in self.results(figure, stage)] for stage in stages
        }
        return {stage: list(dict.fromkeys(files)) for stage, files in found.items()}

    def stage_files(self, *stages: str) -> list[str]:
        """All files of these stages that figures need, directly or not."""
        found = [
            self.path(stage, result)
            for figure in self.config["figures"]
            for stage in stages
            if stage in ("data", "models") or stage in self.figure(figure).inputs
            for result in self.results(figure, stage)
        ]
        return list(dict.fromkeys(found))
