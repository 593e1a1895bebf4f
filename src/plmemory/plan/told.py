"""The parameters of the results page: the figures of a run, their inputs, and the sizes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from plmemory.plan import registry
from plmemory.plan.about import Figure, Setting, Settings
from plmemory.plan.plan import Plan, Result

if TYPE_CHECKING:
    from plmemory.plan.jobs import Jobs


def run(jobs: Jobs) -> dict[str, Any]:
    """The run and all its figures, in plain types and one order."""
    plan = jobs.plan
    shown = list(
        dict.fromkeys(d for figure in plan.config["figures"].values() for d in figure["datasets"])
    )
    return {
        "run": plan.config["run"],
        "seed": plan.config["seed"],
        "scale": [_scale(plan, name) for name in shown],
        "symbols": list(_symbols(plan)),
        "figures": {name: _figure(jobs, name) for name in plan.config["figures"]},
    }


def _scale(plan: Plan, dataset: str) -> dict[str, Any]:
    return {
        "name": dataset,
        "kind": plan.dataset(dataset)["kind"].replace("_", " "),
        "sites": plan.sites(dataset),
        "replicates": plan.dataset(dataset)["replicates"],
    }


def _figure(jobs: Jobs, name: str) -> dict[str, Any]:
    plan, described = jobs.plan, jobs.plan.figure(name)
    entry = plan.config["figures"][name]
    table, figure = jobs.table(name), jobs.figure(name)
    return {
        "category": jobs.category(name),
        "caption": jobs.caption(name),
        **contract(described),
        "looks": figure.settings["looks"],
        "titles": figure.settings["titles"],
        "settings": settings(plan, name),
        "behind": list(dict.fromkeys(_stem(plan, result) for result in behind(plan, name))),
        "made": {
            "lineage": figure.lineage,
            "code": figure.code.digest,
            "table_code": table.code.digest,
            "modules": [registry.module("figures", entry["figure"], p) for p in ("table", "draw")],
        },
    }


def contract(described: Figure) -> dict[str, Any]:
    """The contract of the kind of a figure, as far as a page shows it."""
    return {
        "see": described.see,
        "row": described.row,
        "columns": dict(described.columns),
        "charts": [asdict(chart) for chart in described.charts],
        "gallery": asdict(described.gallery) if described.gallery else None,
        "verdicts": described.verdicts,
    }


def settings(plan: Plan, figure: str) -> dict[str, Any]:
    """The entries of a figure, of its data sets and of its rules, without the user's paths."""
    entry = plan.config["figures"][figure]
    found: dict[str, Any] = {"figures": {figure: entry}}
    for name in entry["datasets"]:
        own = plan.dataset(name)
        known: dict[str, Setting] = dict(plan.kind(name).settings)
        hidden = {key for key, setting in known.items() if setting.file}
        hidden |= {*plan.kind(name).raw_settings, *plan.own_files(name), "learning", "measures"}
        data = {key: value for key, value in own.items() if key not in hidden}
        rules = {rule: dict(plan.rule(name, rule)) for rule in plan.rules(figure, name)}
        measures: dict[str, Settings] = {
            stage: plan.measure(name, stage)
            for stage in plan.figure(figure).inputs
            if stage in registry.measures()
        }
        more = {"learning": rules} if rules else {}
        more |= {"measures": {stage: dict(told) for stage, told in measures.items()}}
        found.setdefault("datasets", {})[name] = data | {k: v for k, v in more.items() if v}
    return found


def behind(plan: Plan, figure: str) -> Iterator[Result]:
    """Results that a figure's table is made from, directly or not, some of them twice.

    A table has the name of its figure instead of a data set; data have no rule, and those of a pool
    no number of patterns.
    """
    for stage in plan.figure(figure).inputs:
        for result in plan.results(figure, stage):
            if stage == "tables":
                yield from behind(plan, result)
                yield Result("tables", result, "", "")
                continue
            dataset, patterns = result if stage == "data" else (result.dataset, result.patterns)
            yield Result("data", dataset, "", "" if plan.kind(dataset).pool else patterns)
            if stage != "data":
                yield result._replace(stage="models")
                yield result


def _stem(plan: Plan, result: Result) -> str:
    """The file of a result without the folder of the run and the suffix."""
    if result.stage == "tables":
        return f"tables/{result.dataset}"
    if result.stage == "data":
        file = plan.data_file(result.dataset, result.patterns)
    else:
        file = plan.file(result)
    return file.removeprefix(f"{plan.root}/").removesuffix(".nc")


def _symbols(plan: Plan) -> Iterator[dict[str, str]]:
    """Symbols of the settings of the rules that the run uses."""
    used = dict.fromkeys(
        plan.rule(dataset, rule)["method"]
        for figure, entry in plan.config["figures"].items()
        for dataset in entry["datasets"]
        for rule in plan.rules(figure, dataset)
    )
    for method in used:
        for setting in registry.rules()[method].settings.values():
            if setting.symbol:
                yield {"symbol": setting.symbol, "meaning": setting.meaning, "rule": method}
