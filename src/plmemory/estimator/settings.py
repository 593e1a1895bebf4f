"""The settings of a memory: those of its rule and of its spins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plmemory import border
from plmemory.errors import InputError
from plmemory.figures.shared.look import SPARE, Look
from plmemory.plan import registry
from plmemory.plan.about import REQUIRED, Rule, Setting

_OVERLAP = {"type": "number", "minimum": -1, "maximum": 1}
# The schemas of options of methods.
OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "random_state": {"type": ["integer", "null"], "minimum": 0},
    "max_steps": {"type": "integer", "minimum": 1},
    "random_starts": {"type": "integer", "minimum": 0},
    "order": {"enum": ["synchronous", "sequential"]},
    "initial_overlap": _OVERLAP,
    "initial_overlaps": {"type": "array", "items": _OVERLAP},
    "replicate": {"type": "integer", "minimum": 0},
}
# Needs of a rule that are met by what is given with the patterns.
WEIGHT = "weight"


def check(**options: Any) -> None:
    """Check options of methods; raises InputError."""
    for name, value in options.items():
        border.setting(value, OPTIONS[name], name=name)


def find(name: Any) -> str:
    """The folder of the rule with this name or short name, which learns from patterns alone.

    Raises
    ------
    InputError
        If there is no such rule.
    """
    known = {
        folder: rule
        for folder, rule in registry.rules().items()
        if rule.couplings and not rule.infinite and _kinds(rule)
    }
    for folder, rule in known.items():
        if isinstance(name, str) and name in (folder, rule.short):
            return folder
    words = [word for folder, rule in known.items() for word in (rule.short, folder) if word]
    raise InputError(f"rule: found {name!r}, expected one of {', '.join(words)}")


def spins(folder: str) -> str:
    """The type of spins that a rule learns."""
    return _kinds(registry.rules()[folder])[0]


def complete(folder: str, given: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The value of every setting of a rule and of its spins, given or by default.

    Raises
    ------
    InputError
        If a value is invalid or missing, or settings contradict each other.
    """
    about, known = registry.rules()[folder], _all(folder)
    for key, value in given.items():
        if key not in known:
            words = ", ".join(known) or "none"
            raise InputError(f"{name}: found the setting {key!r}, expected one of: {words}")
        border.setting(value, known[key].schema, name=key)
    settings = {key: given.get(key, setting.default) for key, setting in known.items()}
    for key, value in settings.items():
        if value is REQUIRED:
            raise InputError(f"{name}: found no {key}, expected {known[key].unit}")
    about.check(settings)
    there = {WEIGHT, *registry.spin_types()[spins(folder)].settings}
    if lacking := about.needs(settings) - there:
        raise InputError(
            f"rule: found {name!r}, which needs more than patterns: {', '.join(sorted(lacking))}"
        )
    return settings


def changed(folder: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that differ from their defaults."""
    known = _all(folder)
    return {key: value for key, value in settings.items() if value != known[key].default}


def divided(folder: str, settings: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The settings of the rule, and the settings of its spins."""
    own = registry.rules()[folder].settings
    return (
        {key: value for key, value in settings.items() if key in own},
        {key: value for key, value in settings.items() if key not in own},
    )


def look(folder: str, settings: Mapping[str, Any]) -> Look:
    """How figures draw a rule."""
    own = registry.rules()[folder].look
    return Look(folder, SPARE[0]) if own is None else own(settings)


def _all(folder: str) -> dict[str, Setting]:
    kind = registry.spin_types()[spins(folder)]
    return {**registry.rules()[folder].settings, **kind.settings}


def _kinds(rule: Rule) -> list[str]:
    """Those of its spin types whose states can be checked as input."""
    return [kind for kind in sorted(rule.spins) if registry.has("networks", kind, "given")]
