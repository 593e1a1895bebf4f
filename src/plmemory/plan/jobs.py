"""The parameters of every job: its code, its settings, and where its inputs come from.

Every result has a *lineage*: the digest of its code and settings and of the lineages of all its
inputs. This digest is one of the parameters of a job, so a change anywhere upstream is detected at
the end of the chain, even if results in between failed or are missing.
"""

from __future__ import annotations

import functools
import hashlib
import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from plmemory.files import lineage
from plmemory.files.jobs import Descended, Hashed
from plmemory.plan import parts, registry, told
from plmemory.plan.looks import Looks
from plmemory.plan.plan import Plan, Result, numbered
from plmemory.plan.sources import Code, code
from plmemory.plan.users_files import expanded


class Job(NamedTuple):
    """Code and settings of a job, and the lineages of its inputs.

    inputs: the lineages of the results that it reads. contents: digests of a user's files that it
    reads, by path. told: further parameters of the job, which do not change its result.
    """

    code: Code
    settings: dict[str, Any]
    origin: str
    inputs: tuple[str, ...] = ()
    contents: dict[str, str] = {}  # noqa: RUF012
    told: dict[str, Any] = {}  # noqa: RUF012

    @property
    def lineage(self) -> str:
        """The lineage of what the job makes."""
        return digest([self.code.digest, self.settings, self.origin])

    @property
    def parameters(self) -> dict[str, Any]:
        """All parameters of the job, in a fixed order."""
        code, origin = Hashed(self.code.digest), Descended(self.lineage)
        code.sources = self.code.sources
        origin.lineages, origin.contents = self.inputs, self.contents
        return {**self.settings, **self.told, "code": code, "lineage": origin}


def digest(value: Any) -> str:
    """A short digest of a value of plain types."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


ASSETS = {".html", ".css", ".js"}  # of the results page
content = functools.cache(lineage.content)  # files are read once per run


class Jobs:
    """The jobs of a plan, whose scripts lie in a folder."""

    def __init__(self, plan: Plan, scripts: Path) -> None:
        self.plan = plan
        self.scripts = scripts
        self.looks = Looks(plan)
        self.load = functools.cache(self._load)
        self.train = functools.cache(self._train)
        self.share = functools.cache(self._share)
        self.part = functools.cache(self._part)
        self.measure = functools.cache(self._measure)
        self.table = functools.cache(self._table)
        self.figure = functools.cache(self._figure)

    def raw(self, dataset: str) -> Job:
        """Obtain the raw files of a data set."""
        entry, kind = self.plan.dataset(dataset), self.plan.kind(dataset)
        settings = {name: entry[name] for name in sorted(kind.raw_settings)}
        settings |= {name: expanded(entry[name]) for name in self.plan.own_files(dataset)}
        obtained = self.plan.raw_kind(dataset)
        module = registry.module("datasets", obtained, "raw")
        named = {"dataset": dataset, "kind": obtained, "settings": settings}
        return Job(self._code("raw", module), named, "")

    def _load(self, dataset: str, patterns: str) -> Job:
        """Make a data set, or the patterns of one load."""
        entry, kind = self.plan.dataset(dataset), self.plan.kind(dataset)
        # Raw files are identified by their checksums, for any source.
        obtained = self.plan.raw_file(dataset) is not None
        own = {} if obtained else self.plan.own_files(dataset)
        elsewhere = {*own, *kind.raw_settings}
        settings = {name: entry[name] for name in sorted(kind.settings) if name not in elsewhere}
        if kind.instances or not kind.pool:
            settings["replicates"] = entry["replicates"]
        named = {"kind": entry["kind"], "seed": self.plan.config["seed"], "settings": settings}
        packaged = self.plan.packaged_files(dataset).items()
        files = own | {name: [file] if file else [] for name, file in packaged}
        contents = {file: content(file) for name in files for file in files[name]}
        read = {name: [contents[file] for file in files[name]] for name in sorted(files)}
        # A pool has only one file, for all loads.
        load = "" if kind.pool else patterns
        modules = [registry.module("datasets", entry["kind"], "load")]
        if obtained:
            modules.append(registry.module("datasets", self.plan.raw_kind(dataset), "raw"))
        told = {"files": {name: expanded(entry[name]) for name in sorted(own)}}
        origin = digest([dataset, load, read])
        return Job(self._code("dataset", *modules), named, origin, contents=contents, told=told)

    def _train(self, dataset: str, rule: str, patterns: str) -> Job:
        """Learn couplings, or gather those that were learnt in parts."""
        names = parts.names(parts.parts(self.plan, dataset, rule))
        if len(names) == 1:
            return self._part(dataset, rule, patterns, "")
        combined = self.plan.method(dataset, rule).combined
        told = {"parts": len(names), "combined": dict(sorted(combined.items()))}
        of_parts = [self.part(dataset, rule, patterns, name) for name in names]
        settings = {k: v for k, v in of_parts[0].settings.items() if k != "part"} | told
        made_from = tuple(job.lineage for job in of_parts)
        return Job(self._code("gather"), settings, digest(made_from), made_from)

    def _share(self, dataset: str, rule: str, patterns: str) -> Job:
        """Compute what all rows of couplings need that are learnt in parts."""
        method = self.plan.rule(dataset, rule)["method"]
        whole = self.part(dataset, rule, patterns, "").settings
        named = {name: whole[name] for name in ("method", "infinite", "replicates", "draws")}
        made_from = self.load(dataset, patterns).lineage
        code = self._code("share", registry.module("learning", method, "learn"))
        # The names too: they determine the choice of examples.
        origin = digest([dataset, patterns, made_from])
        return Job(code, named | self._machine(), origin, (made_from,))

    def _part(self, dataset: str, rule: str, patterns: str, part: str) -> Job:
        """Learn some rows of couplings, or all rows (no name of a part)."""
        entry = self.plan.rule(dataset, rule)
        method, described = entry["method"], self.plan.method(dataset, rule)
        settings = {name: entry[name] for name in sorted(described.settings)}
        family, parameter = self.plan.family(dataset, rule)
        attributes = {**described.attributes(entry), "family": family, "parameter": parameter}
        named: dict[str, Any] = {
            "method": method,
            "settings": settings,
            "attributes": {name: attributes[name] for name in sorted(attributes)},
            "needs": sorted(described.needs(entry)),
            "observed": described.observed,
            "objective": described.objective,
            "infinite": described.infinite,
            "replicates": 1 if described.infinite else self.plan.dataset(dataset)["replicates"],
            "draws": self.plan.dataset(dataset)["draws"] or dataset,
        }
        modules = [registry.module("learning", method, "learn")]
        if described.observed is not None and entry[described.observed] is not None:
            modules.append("plmemory.measures.history")
        if part:
            number, of = numbered(part)
            named["part"] = [number - 1, of]
        made_from = [self.load(dataset, patterns).lineage]
        if part and described.shares(entry):
            made_from.append(self.share(dataset, rule, patterns).lineage)
        # The names too: they determine the choice of examples and the seeds.
        origin = digest([dataset, rule, patterns, *made_from])
        code = self._code("train", *modules)
        return Job(code, named | self._machine(), origin, tuple(made_from))

    def _measure(self, result: Result) -> Job:
        """Measure couplings."""
        measure, dataset, rule, patterns = result
        spins = self.plan.network(dataset, rule)
        settings = self.plan.measure(dataset, measure)
        named = {
            "spins": spins,
            "measure": measure,
            "settings": {name: settings[name] for name in sorted(settings)},
        }
        modules = (
            registry.module("measures", measure, "measure"),
            registry.module("networks", spins, registry.measures()[measure].part),
        )
        origin = self.train(dataset, rule, patterns).lineage
        made_from = (self.load(dataset, patterns).lineage, origin)
        return Job(self._code("measure", *modules), named | self._machine(), origin, made_from)

    def _table(self, figure: str) -> Job:
        """The table of a figure."""
        entry, described = self.plan.config["figures"][figure], self.plan.figure(figure)
        kind = entry["figure"]
        modules = [registry.module("figures", kind, "table")]
        options = {name: entry[name] for name in sorted(described.options)}
        named: dict[str, Any] = {"kind": kind, "options": options}
        if "tables" in described.inputs:
            others = self.plan.results(figure, "tables")
            kinds = [self.plan.config["figures"][name]["figure"] for name in others]
            modules += [registry.module("figures", k, "published") for k in sorted(set(kinds))]
            named["tables"] = [list(pair) for pair in zip(others, kinds, strict=True)]
        else:
            named["datasets"] = {name: self._described(name) for name in entry["datasets"]}
            kinds = sorted({self.plan.dataset(name)["kind"] for name in entry["datasets"]})
            modules += _parts("datasets", kinds, "published")
            methods = {
                self.plan.rule(dataset, rule)["method"]
                for dataset in entry["datasets"]
                for rule in self.plan.rules(figure, dataset)
            }
            modules += _parts("learning", sorted(methods), "theory")
        inputs = [
            [stage, result, self._made(stage, result).lineage]
            for stage in described.inputs
            for result in self.plan.results(figure, stage)
        ]
        # Several loads of a pool share its file.
        files = {self.plan.path(stage, result): lineage for stage, result, lineage in inputs}
        return Job(self._code("table", *modules), named, digest(inputs), tuple(files.values()))

    def _figure(self, figure: str) -> Job:
        """The pictures of a figure."""
        entry = self.plan.config["figures"][figure]
        kind = entry["figure"]
        named = {
            "kind": kind,
            "caption": self.caption(figure),
            "looks": self.looks.of(figure),
            "titles": {name: self.plan.title(name) for name in entry["datasets"]},
            "head": bool(entry["datasets"]) and not self.plan.figure(figure).several,
            "draws": min(
                (self.plan.dataset(name)["replicates"] for name in entry["datasets"]),
                default=math.inf,
            ),
        }
        modules = registry.module("figures", kind, "draw")
        origin = self.table(figure).lineage
        return Job(self._code("figure", modules), named, origin, (origin,))

    def page(self) -> Job:
        """The results page, of all figures."""
        module = registry.module("figures", "page", "write")
        folder = registry.PACKAGE / "figures/page"
        assets = sorted(file for file in folder.iterdir() if file.suffix in ASSETS)
        named = {"run": told.run(self), "assets": [content(str(file)) for file in assets]}
        figures = [self.figure(name).lineage for name in self.plan.config["figures"]]
        return Job(self._code("page", module), named, digest(figures))

    def category(self, figure: str) -> str:
        """The category of a figure in the report: the kinds of its data sets."""
        datasets = self.plan.config["figures"][figure]["datasets"]
        kinds = (self.plan.dataset(name)["kind"].replace("_", " ") for name in datasets)
        return ", ".join(dict.fromkeys(kinds)) or "theory"

    def caption(self, figure: str) -> str:
        """What a figure shows, with its run and its sizes."""
        datasets = self.plan.config["figures"][figure]["datasets"]
        scales = "; ".join(self._scale(name) for name in datasets) or "theory alone"
        return f"{self.plan.figure(figure).caption} Run {self.plan.config['run']}: {scales}."

    def _scale(self, dataset: str) -> str:
        entry = self.plan.dataset(dataset)
        sites = self.plan.sites(dataset)
        size = "" if sites is None else f", N = {sites}"
        many = f"{entry['replicates']} replicate{'s' * (entry['replicates'] > 1)}"
        return f"{dataset}{size}, {many}"

    def _made(self, stage: str, result: Any) -> Job:
        """The job that makes what ``Plan.results`` lists."""
        if stage == "tables":
            return self.table(result)
        if stage == "data":
            return self.load(*result)
        return self.train(*result[1:]) if stage == "models" else self.measure(result)

    def _described(self, dataset: str) -> dict[str, Any]:
        """What tables need to know about a data set, besides its results."""
        entry, kind = self.plan.dataset(dataset), self.plan.kind(dataset)
        columns = dict(sorted(kind.columns(entry).items()))
        return {
            "kind": entry["kind"],
            "title": self.plan.title(dataset),
            "columns": columns,
            "provides": sorted(self.plan.provides(dataset)),
        }

    def _machine(self) -> dict[str, Any]:
        return {name: self.plan.config[name] for name in ("seed", "device", "dtype")}

    def _code(self, script: str, *modules: str) -> Code:
        return code(self.scripts / f"{script}.py", *modules)


def _parts(room: str, names: Iterable[str], part: str) -> list[str]:
    """The modules of those things that have this part."""
    return [registry.module(room, name, part) for name in names if registry.has(room, name, part)]
