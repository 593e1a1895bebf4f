"""How readers look into a table on the results page: curves point by point, pictures one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Where = Mapping[str, tuple[str, ...]]
"""Words that a row has in some columns, one of those given."""


@dataclass(frozen=True)
class Chart:
    """Curves of a table, a panel for each of the columns ``y``.

    x, y: columns; the standard error of one is in ``…_sem``. by: columns that tell curves apart.
    panels: columns whose values have panels of their own. theory: of a column of ``y``, the column
    that has its prediction. log: columns that are drawn on a logarithmic axis. where: rows shown.
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

    leaf: columns whose values are leafed through. beside: the column whose values stand side by
    side. told: columns that stand below a picture. where: rows shown.
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
