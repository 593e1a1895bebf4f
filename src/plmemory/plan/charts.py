"""Interactive views of a table on the results page: curves point by point, and pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Where = Mapping[str, tuple[str, ...]]
"""Words that a row has in some columns, one of those given."""


@dataclass(frozen=True)
class Chart:
    """Curves of a table, a panel for each of the columns ``y``.

    x, y: columns; the standard error is in the column ``…_sem``. by: columns that distinguish
    curves. panels: columns with a panel for each value. theory: for a column of ``y``, the column
    with its prediction. log: columns that are drawn on a logarithmic axis. where: rows shown.
    """

    x: str
    y: tuple[str, ...]
    by: tuple[str, ...] = ("rule",)
    panels: tuple[str, ...] = ()
    theory: Mapping[str, str] = field(default_factory=dict)
    log: tuple[str, ...] = ()
    where: Where = field(default_factory=dict)

    @property
    def columns(self) -> frozenset[str]:
        """All columns that it names."""
        named = {self.x, *self.y, *self.by, *self.panels, *self.theory.values(), *self.log}
        return frozenset(named | self.where.keys())


@dataclass(frozen=True)
class Gallery:
    """Pictures of a table whose rows are pixels: columns ``row``, ``column`` and ``value``.

    leaf: columns whose values are shown one at a time. beside: the column whose values are shown
    side by side. told: columns that are shown below a picture. where: rows shown.
    """

    leaf: tuple[str, ...]
    beside: str = ""
    told: tuple[str, ...] = ()
    where: Where = field(default_factory=dict)

    @property
    def columns(self) -> frozenset[str]:
        """All columns that it names."""
        named = {"row", "column", "value", *self.leaf, *self.told, *filter(None, [self.beside])}
        return frozenset(named | self.where.keys())
