"""Checks beyond the schema: names refer to something, and requests can be fulfilled."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from plmemory.errors import InputError
from plmemory.plan import parts, registry
from plmemory.plan.plan import Plan

# Targets of the workflow itself; a figure with such a name could not be requested.
TARGETS = {"all", "data", "models", "measures", "tables", "page"}
# Its other rules, whose names no figure may have either.
RULES = {"pool", "draw", "train", "share", "part", "gather", "measure", "table", "figure"}


def check(plan: Plan) -> None:
    """Check a plan before any job starts.

    Raises
    ------
    InputError
        One line: the key, what was found, what was expected.
    """
    for figure in plan.config["figures"]:
        _check_figure(plan, figure)
    if {"{", "}"} & set(plan.root):
        raise InputError(f"config: results: found {plan.root}, expected a path without braces")
    used = {name for figure in plan.config["figures"].values() for name in figure["datasets"]}
    for dataset in sorted(used):
        _check_files(plan, dataset)
        _check_draws(plan, dataset)


def _check_files(plan: Plan, dataset: str) -> None:
    entry = plan.dataset(dataset)
    for name, files in plan.own_files(dataset).items():
        key = f"config: datasets.{dataset}.{name}"
        for file in files:
            if not Path(file).exists():
                raise InputError(f"{key}: found no file {file}, expected one that exists")
            if Path(file).is_dir() or not os.access(file, os.R_OK):
                raise InputError(f"{key}: found {file}, expected a file that can be read")
            if {"{", "}"} & set(file):
                raise InputError(f"{key}: found {file}, expected a path without braces")
    for name, packaged in plan.packaged_files(dataset).items():
        if packaged is None:
            raise InputError(
                f"config: datasets.{dataset}.{name}: found no file {entry[name]}, expected one of "
                "an installed package"
            )
    for name, setting in plan.kind(dataset).settings.items():
        if setting.file and entry[name] == "":
            raise InputError(f"config: datasets.{dataset}.{name}: found '', expected a file")


def _check_draws(plan: Plan, dataset: str) -> None:
    """Check that examples drawn for another data set are the same ones here."""
    other = plan.dataset(dataset)["draws"]
    if other is None:
        return
    key = f"config: datasets.{dataset}.draws: found {other!r}"
    if other not in plan.config["datasets"]:
        raise InputError(f"{key}, expected one of {', '.join(plan.config['datasets'])}")
    if plan.dataset(other)["draws"] is not None:
        raise InputError(f"{key}, whose draws are those of {plan.dataset(other)['draws']!r}")
    if plan.raw_file(dataset) is None or _pool(plan, dataset) != _pool(plan, other):
        raise InputError(f"{key}, expected a data set of the same raw files in the same order")


def _pool(plan: Plan, dataset: str) -> tuple[object, ...]:
    """What determines the examples of a pool of raw files, and which are drawn first."""
    entry, kind = plan.dataset(dataset), plan.kind(dataset)
    files = tuple(entry[name] for name in kind.raw_settings)
    return plan.raw_kind(dataset), files, "published_draw" in plan.provides(dataset)


def _check_figure(plan: Plan, name: str) -> None:
    key, entry = f"config: figures.{name}", plan.config["figures"][name]
    described = plan.figure(name)
    if name in TARGETS | RULES or name.startswith("raw_"):
        raise InputError(f"{key}: found the name of a target of the workflow, expected another")
    if bool(entry["datasets"]) != bool(described.inputs):
        expected = "some" if described.inputs else "none: it is of theory alone"
        raise InputError(f"{key}.datasets: found {entry['datasets']}, expected {expected}")
    if len(entry["datasets"]) > 1 and not described.several:
        raise InputError(f"{key}.datasets: found {entry['datasets']}, expected one data set")
    if described.rules and (entry["loads"] is None) == (entry["patterns"] is None):
        found = "neither" if entry["loads"] is None else "both"
        raise InputError(f"{key}: found {found}, expected either 'loads' or 'patterns'")
    if "tables" in described.inputs and not plan.results(name, "tables"):
        raise InputError(f"{key}: found no figure with published values, expected one in figures")
    for dataset in entry["datasets"]:
        if dataset not in plan.config["datasets"]:
            known = ", ".join(plan.config["datasets"])
            raise InputError(f"{key}.datasets: found {dataset!r}, expected one of {known}")
        kind = plan.kind(dataset)
        _check_spins(f"{key}.datasets: found {dataset!r}", kind.spins, described.spins)
        lacking = sorted(described.needs - plan.provides(dataset))
        if lacking:
            raise InputError(
                f"{key}.datasets: found {dataset!r} without {' and '.join(map(_words, lacking))}, "
                "expected a data set that has them"
            )
        for stage in described.inputs:
            _check_measure(plan, key, dataset, stage)
        if described.rules:
            _check_rules(plan, name, dataset)
            _check_counts(plan, name, dataset)


def _check_measure(plan: Plan, key: str, dataset: str, stage: str) -> None:
    measure = registry.measures().get(stage)
    if measure is None:
        return
    kind = plan.kind(dataset)
    _check_spins(f"{key}.datasets: found {dataset!r}", kind.spins, measure.spins)
    spins = registry.spin_types()[kind.spins]
    if measure.discrete and not spins.discrete:
        raise InputError(
            f"{key}.datasets: found {dataset!r} ({spins.title}), "
            f"expected discrete spins, which the measure {stage} needs"
        )
    lacking = sorted(measure.needs - plan.provides(dataset))
    if lacking:
        raise InputError(
            f"{key}.datasets: found {dataset!r} without {' and '.join(map(_words, lacking))}, "
            f"which the measure {stage} needs"
        )


def _check_rules(plan: Plan, figure: str, dataset: str) -> None:
    entry, described, kind = plan.config["figures"][figure], plan.figure(figure), plan.kind(dataset)
    key = f"config: figures.{figure}.rules"
    known = plan.learning(dataset)
    for rule in entry["rules"]:
        if rule not in known:
            raise InputError(f"{key}: found {rule!r}, expected one of learning: {', '.join(known)}")
    rules = plan.rules(figure, dataset)
    if described.one_rule and len(rules) > 1:
        raise InputError(
            f"{key}: found {', '.join(rules)}, expected one rule in this kind of figure"
        )
    types = {plan.kind(name).spins for name in entry["datasets"]}
    for rule in entry["rules"]:
        learnt = plan.method(dataset, rule).spins
        if not types & learnt:
            raise InputError(
                f"{key}: found {rule!r}, a rule for {_titles(learnt)}, expected one for "
                f"{dataset!r} ({_titles([kind.spins])})"
            )
    if not rules:
        raise InputError(
            f"{key}: found none for {dataset!r}, expected one for {_titles([kind.spins])}"
        )
    for rule in rules:
        method, settings = plan.method(dataset, rule), plan.rule(dataset, rule)
        lacking = sorted(method.needs(settings) - plan.provides(dataset))
        if lacking:
            raise InputError(
                f"{key}: found {rule!r} for {dataset!r}, which has no "
                f"{' and no '.join(map(_words, lacking))}, expected a rule that needs none"
            )
        count, sites = parts.parts(plan, dataset, rule), plan.sites(dataset)
        if sites is not None and count > sites:
            raise InputError(
                f"config: learning.{rule}.parts: found {count}, expected at most {sites}, "
                f"the sites of {dataset!r}"
            )
        measured = [stage for stage in described.inputs if stage in registry.measures()]
        if measured and not method.couplings and not method.network:
            raise InputError(
                f"{key}: found {rule!r}, which learns no couplings, expected a rule that does: "
                f"{measured[0]} measures them"
            )
        for stage in measured:
            _check_network(f"{key}: found {rule!r}", plan.network(dataset, rule), stage)
        lacking = sorted(described.rule_needs - method.provides(settings))
        if lacking:
            able = [r for r in known if described.rule_needs <= _provides(plan, dataset, r)]
            raise InputError(
                f"{key}: found {rule!r}, which has no {' and no '.join(map(_words, lacking))}, "
                f"expected one of {', '.join(able)}"
            )
        if not plan.existing(figure, dataset, rule):
            raise InputError(
                f"{key}: found {rule!r}, which has couplings at none of the figure's loads, "
                "expected one that has some"
            )


def _check_network(found: str, network: str, stage: str) -> None:
    measure = registry.measures()[stage]
    able = [name for name in registry.spin_types() if registry.has("networks", name, measure.part)]
    if measure.spins is not None:
        able = [name for name in able if name in measure.spins]
    if network not in able:
        raise InputError(
            f"{found}, which makes a network of {_titles([network])}, "
            f"expected one of {_titles(able)}, which the measure {stage} needs"
        )


def _provides(plan: Plan, dataset: str, rule: str) -> frozenset[str]:
    return plan.method(dataset, rule).provides(plan.rule(dataset, rule))


def _check_counts(plan: Plan, figure: str, dataset: str) -> None:
    entry, kind = plan.config["figures"][figure], plan.kind(dataset)
    asked = "loads" if entry["patterns"] is None else "patterns"
    key = f"config: figures.{figure}.{asked}"
    counts, most = plan.counts(figure, dataset), plan.figure(figure).counts
    if most is not None and len(counts) > most:
        raise InputError(f"{key}: found {len(counts)} numbers, expected at most {most}")
    held = plan.available(dataset)
    for count in counts:
        if isinstance(count, str):
            if not kind.pool:
                raise InputError(
                    f"{key}: found {count!r} for {dataset!r}, expected numbers: its patterns are "
                    "drawn anew for every load"
                )
        elif count < 1:
            raise InputError(f"{key}: found a load of less than one pattern, expected at least 1")
        elif held is not None and count > held:
            raise InputError(
                f"{key}: found P = {count} patterns, expected at most {held}, "
                f"the training examples of the data set {dataset!r}"
            )


def _check_spins(found: str, spins: str, able: Iterable[str] | None) -> None:
    if able is not None and spins not in able:
        raise InputError(f"{found} ({_titles([spins])}), expected a data set of {_titles(able)}")


def _titles(spins: Iterable[str]) -> str:
    return " or ".join(registry.spin_types()[name].title for name in sorted(spins))


def _words(name: str) -> str:
    return name.replace("_", " ")
