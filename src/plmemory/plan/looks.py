"""The looks of learning rules in figures.

A method defines its look; here its entries are distinguished. In a family the colour darkens from
value to value. Entries with the same look are numbered in the order of the configuration, and each
number has its shade, symbol and line. All looks follow from the whole configuration, so a rule
looks the same in every figure of a run.
"""

from __future__ import annotations

import functools
from collections import Counter
from typing import Any, NamedTuple

from plmemory.figures.shared.look import MARKERS, SPARE, Look, shade
from plmemory.plan import registry
from plmemory.plan.about import Settings
from plmemory.plan.inheritance import members
from plmemory.plan.plan import Plan


class Member(NamedTuple):
    """A rule's family, the setting that varies there, its value, and its place from 0 to 1.

    The only member of a family has no place.
    """

    family: str
    setting: str
    value: float
    place: float | None


class Looks:
    """The looks of the rules of a plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.told = functools.cache(self._told)

    def of(self, figure: str) -> list[dict[str, Any]]:
        """The looks of all rules of a figure and of their families, in the order of its entry."""
        entry = self.plan.config["figures"][figure]
        found: dict[str, Look] = {}
        for dataset in entry["datasets"]:
            for name in entry.get("rules", []):
                for rule in [name, *members(name, self.plan.rule(dataset, name))]:
                    found.setdefault(rule, self._look(dataset, rule))
        return [{"name": name, **look._asdict()} for name, look in found.items()]

    def _look(self, dataset: str, rule: str) -> Look:
        families, numbers = self.told()
        member = families.get(rule)
        family = member.family if member else rule
        entry = self.plan.rule(dataset, family)
        look, number = _of_method(entry).twin(numbers[family]), numbers[family]
        if entry["title"] or number:
            look = look._replace(label=entry["title"] or f"{look.label} ({family})")
        for setting in entry["grid"] or {}:
            look = look._replace(symbol=_symbol(entry, setting))
        if member:
            own = self.plan.rule(dataset, rule)["title"]
            symbol = _symbol(entry, member.setting)
            label = own or f"{look.label}, ${symbol}$ = {member.value:g}"
            look = look._replace(label=label)
            if member.place is not None:
                look = look._replace(color=shade(look.color, member.place))
        return look

    def _told(self) -> tuple[dict[str, Member], dict[str, int]]:
        """The rules of families, with the values of all data sets; the numbers of all other rules.

        A number counts the earlier rules with the same look.
        """
        entries: dict[str, Settings] = {}
        values: dict[str, dict[str, tuple[str, float]]] = {}
        for dataset in self.plan.config["datasets"]:
            for name, entry in self.plan.learning(dataset).items():
                entries.setdefault(name, entry)
                values.setdefault(name, {}).update(members(name, entry))
        families = {}
        for family, found in values.items():
            ordered = sorted(value for _, value in found.values())
            for rule, (setting, value) in found.items():
                place = ordered.index(value) / (len(ordered) - 1) if len(ordered) > 1 else None
                families[rule] = Member(family, setting, value, place)
        numbers = {}
        seen: Counter[tuple[str, Look]] = Counter()
        for name, entry in entries.items():
            if name not in families:
                same = (entry["method"], _of_method(entry))
                numbers[name] = seen[same]
                seen[same] += 1
        return families, numbers


def _symbol(entry: Settings, setting: str) -> str:
    """The symbol of a setting in a formula."""
    told = registry.rules()[entry["method"]].settings[setting].symbol
    return told or rf"\mathrm{{{setting}}}".replace("_", r"\ ")


def _of_method(entry: Settings) -> Look:
    """The look of the method or, without one, a colour and a symbol by its rank."""
    method = registry.rules()[entry["method"]]
    if method.look is not None:
        return method.look(entry)
    place = [name for name, rule in registry.rules().items() if rule.look is None].index(
        entry["method"]
    )
    return Look(
        entry["method"].replace("_", " "), SPARE[place % len(SPARE)], MARKERS[place % len(MARKERS)]
    )
