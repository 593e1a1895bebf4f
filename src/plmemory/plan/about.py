"""The contracts: what each thing of the workflow declares about itself.

A data set, a spin type, a learning rule, a measure and a figure are each one folder, and its
``about.py`` has one of these contracts as ``ABOUT``. The Snakefile plans with them alone: an
``about`` imports nothing heavy, and no job imports an ``about``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from plmemory.figures.shared.look import Look
from plmemory.plan import cost
from plmemory.plan.charts import Chart, Gallery

Settings = Mapping[str, Any]
"""The resolved values of a configuration entry."""

REQUIRED: Any = object()
"""The default of a setting that has none."""


@dataclass(frozen=True)
class Setting:
    """One key of a configuration entry.

    schema: its JSON schema. unit: the unit, or the kind of value, in a word. meaning: one line.
    default: its value if the entry has none. file: whether it names a user's file or folder, which
    jobs get as input. symbol: its symbol in figures, in TeX.
    """

    schema: Mapping[str, Any]
    unit: str
    meaning: str
    default: Any = REQUIRED
    file: bool = False
    symbol: str = ""


def integer(
    unit: str,
    meaning: str,
    *,
    at_least: int | None = None,
    at_most: int | None = None,
    multiple_of: int | None = None,
    null: bool = False,
    default: Any = REQUIRED,
    symbol: str = "",
) -> Setting:
    """A whole number in a range; ``null`` allows none."""
    limits = {"minimum": at_least, "maximum": at_most, "multipleOf": multiple_of}
    return Setting(_schema("integer", null, limits), unit, meaning, default, symbol=symbol)


def number(
    unit: str,
    meaning: str,
    *,
    above: float | None = None,
    at_least: float | None = None,
    below: float | None = None,
    at_most: float | None = None,
    null: bool = False,
    default: Any = REQUIRED,
    symbol: str = "",
) -> Setting:
    """A number in a range; ``null`` allows none."""
    limits = {
        "exclusiveMinimum": above,
        "minimum": at_least,
        "exclusiveMaximum": below,
        "maximum": at_most,
    }
    return Setting(_schema("number", null, limits), unit, meaning, default, symbol=symbol)


def boolean(meaning: str, *, default: Any = REQUIRED) -> Setting:
    """True or false."""
    return Setting({"type": "boolean"}, "true, false", meaning, default)


def choice(meaning: str, *values: str | None, default: Any = REQUIRED) -> Setting:
    """One of a few words."""
    words = ", ".join("null" if value is None else value for value in values)
    return Setting({"enum": list(values)}, words, meaning, default)


def text(unit: str, meaning: str, *, null: bool = False, default: Any = REQUIRED) -> Setting:
    """Any text."""
    return Setting(_schema("string", null, {}), unit, meaning, default)


def file(meaning: str, *, null: bool = False, default: Any = REQUIRED) -> Setting:
    """The path of a user's file or folder; ``~`` and ``$NAMES`` are expanded."""
    return Setting(_schema("string", null, {}), "path", meaning, default, file=True)


def listed(
    unit: str,
    meaning: str,
    items: Mapping[str, Any],
    *,
    at_least: int = 1,
    at_most: int | None = None,
    distinct: bool = True,
    null: bool = False,
    default: Any = REQUIRED,
) -> Setting:
    """A list of values of one schema."""
    limits = {"minItems": at_least, "maxItems": at_most, "uniqueItems": distinct or None}
    schema = _schema("array", null, limits) | {"items": dict(items)}
    return Setting(schema, unit, meaning, default)


def _schema(kind: str, null: bool, limits: Mapping[str, Any]) -> dict[str, Any]:
    known = {name: limit for name, limit in limits.items() if limit is not None}
    return {"type": [kind, "null"] if null else kind, **known}


def _nothing(settings: Settings) -> frozenset[str]:
    return frozenset()


def _unknown(settings: Settings) -> None:
    return None


def _fine(settings: Settings) -> None:
    return None


def _never(settings: Settings) -> bool:
    return False


@dataclass(frozen=True)
class DataSet:
    """A kind of data set; beside it ``load.py`` with ``load``, and optional parts.

    Optional are ``raw.py`` with ``obtain`` for files from elsewhere, and ``count.py`` with
    ``count`` if only the data determine the number of training examples.

    spins: its spin type. settings: of an entry, besides the common ones. sites: N, None if only the
    data determine it. components: numbers per site, d of a vector. title: its name in legends and
    titles, by default the name of the entry. pool: whether one file holds the examples of all
    loads; else patterns are drawn for every load. instances: whether every replicate has its own
    examples there; else all choose from a pool. available: number of training examples, None if
    only the data determine it or it is unlimited. provides: what it has besides training examples
    (test, labels, image_shape, couplings, features, structure, weight, independent, ...). columns:
    further numbers that tables show. raw_settings: those of its settings that only ``raw.py``
    needs. raw: the kind whose ``raw.py`` obtains its files, if it has none itself. files: files by
    setting, if they are not just those of the settings that name files. check: raises InputError if
    settings contradict each other. seconds: time of one core to make one replicate.
    """

    spins: str
    settings: Mapping[str, Setting]
    sites: Callable[[Settings], int | None]
    components: Callable[[Settings], int] = field(default=lambda settings: 1)
    title: Callable[[Settings], str] = field(default=lambda settings: "")
    pool: bool = True
    instances: bool = False
    available: Callable[[Settings], int | None] = _unknown
    provides: Callable[[Settings], frozenset[str]] = _nothing
    columns: Callable[[Settings], Mapping[str, float]] = field(default=lambda settings: {})
    raw_settings: tuple[str, ...] = ()
    raw: str = ""
    files: Callable[[Settings], Mapping[str, list[str]]] | None = None
    check: Callable[[Settings], None] = _fine
    seconds: Callable[[Settings], float] = field(default=lambda settings: 2.0)


@dataclass(frozen=True)
class SpinType:
    """A kind of spins; beside it ``network.py`` with ``network(model, replicate, backend)``.

    It may also be another network of an existing kind of spins, for rules that name it: then no
    data set has this type. If ``Memory`` supports it, also ``given.py`` with ``given(values, name,
    sizes, **settings)``, which checks a user's states.

    title: what one spin is, in a phrase. discrete: whether a spin has finitely many values, so that
    states can be distinguished; for other types fixed points are recognised within a tolerance,
    which belongs to their steps. settings: how ``given`` reads a user's numbers.
    """

    title: str
    discrete: bool = True
    settings: Mapping[str, Setting] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """A learning rule; beside it ``learn.py`` with ``learn`` and, where known, ``theory.py``.

    title: one line. short: its short name in notebooks. look: function of the settings, how figures
    draw it; None: by default. spins: types that it learns. network: type of the network of its
    couplings, if it is not the type of the spins. settings: of an entry. exists: whether P patterns
    of N sites, with a number of components each, have couplings of this rule. needs: function of
    the settings, what its data set must provide; these are passed to ``learn`` by name. provides:
    what figures may need from it (norm: a place on the path of growing norms; history: records of
    the training; snapshots: couplings during the training). attributes: what models record of the
    settings (b, inverse_temperature, l2, symmetric). objective: what it maximises, for comparisons
    among rules with the same objective. infinite: whether it stands for infinitely many patterns.
    observed: the setting, if any, with the initial overlap of the retrieval that its history
    records (None: it records none); ``learn`` then takes ``observe`` and ``progress`` instead of
    this setting. couplings: whether it learns couplings; else it can be measured if it names its
    network. rows: function of the settings, whether rows are learnt independently; ``learn`` then
    takes the ``part`` of them that it learns. shares: function of the settings, whether all rows
    need something that is computed once for all parts: ``share``, beside ``learn``, computes it for
    a replicate, and ``learn`` takes it as ``shared``. combined: how quantities of the history and
    the diagnostics of parts are combined (see ``learning.gathered``). seconds: time of one core to
    learn P patterns of N numbers in one replicate (``plan.cost`` has formulas that many share).
    holds: bytes of memory in float32 for each of these numbers, in addition to the couplings, for a
    number of parts (measured by ``benchmarks.holds``); 0 if patterns are read in blocks.
    """

    title: str
    spins: frozenset[str]
    settings: Mapping[str, Setting]
    short: str = ""
    exists: Callable[[int, int, int], bool] = field(
        default=lambda patterns, sites, components: True
    )
    needs: Callable[[Settings], frozenset[str]] = _nothing
    provides: Callable[[Settings], frozenset[str]] = _nothing
    attributes: Callable[[Settings], Mapping[str, Any]] = field(default=lambda settings: {})
    network: str = ""
    objective: str = ""
    infinite: bool = False
    observed: str | None = None
    look: Callable[[Settings], Look] | None = None
    couplings: bool = True
    rows: Callable[[Settings], bool] = _never
    shares: Callable[[Settings], bool] = _never
    combined: Mapping[str, str] = field(default_factory=dict)
    check: Callable[[Settings], None] = _fine
    seconds: Callable[[Settings, int, int], float] = field(
        default=cost.passes(lambda settings: 1000)
    )
    holds: Callable[[Settings, int, int, int], float] = field(default=cost.held(8))


@dataclass(frozen=True)
class Measure:
    """A measurement of couplings; beside it ``measure.py`` with ``measure``.

    title: one line. settings: of its entry. part: the module in the folder of a network that it
    uses. spins: types that it can measure, None for any. discrete: whether only discrete ones of
    these. needs: what the data set must provide. check: raises InputError if settings contradict
    each other. seconds: time of one core to measure one replicate of N numbers.
    """

    title: str
    settings: Mapping[str, Setting]
    part: str = "network"
    spins: frozenset[str] | None = None
    discrete: bool = False
    needs: frozenset[str] = frozenset()
    check: Callable[[Settings], None] = _fine
    seconds: Callable[[Settings, int], float] = field(default=cost.updates(lambda settings: 1e6))


@dataclass(frozen=True)
class Figure:
    """A kind of figure; beside it ``table.py`` with ``build`` and ``draw.py`` with ``draw``.

    caption: what it shows. see: what to see in it, in two sentences. inputs: what its table is made
    from: data, models, measures by name, or tables (of the figures with published values). row:
    what a row of its table is. columns: of the table, name to meaning. charts, gallery: how the
    results page shows its table interactively. verdicts: whether it compares published numbers with
    ours. rules: whether it shows learning rules, at loads. several: whether it distinguishes
    several data sets. spins: types that it can show, None for any. needs: what its data sets must
    provide. rule_needs: what its rules must provide. one_rule: whether its table has only a single
    rule. counts: largest number of loads that it shows, None for any. options: further keys of its
    entry, passed to ``build``.
    """

    caption: str
    inputs: tuple[str, ...]
    row: str
    columns: Mapping[str, str]
    rules: bool = True
    several: bool = False
    spins: frozenset[str] | None = None
    needs: frozenset[str] = frozenset()
    rule_needs: frozenset[str] = frozenset()
    one_rule: bool = False
    counts: int | None = None
    options: Mapping[str, Setting] = field(default_factory=dict)
    see: str = ""
    charts: tuple[Chart, ...] = ()
    gallery: Gallery | None = None
    verdicts: bool = False
