"""The look of a thing, and variants for several of the same kind."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping
from typing import Any, NamedTuple

LINES: tuple[Any, ...] = (
    "-",
    "--",
    "-.",
    ":",
    (0, (5, 1, 1, 1, 1, 1)),
    (0, (1, 3)),
    (0, (9, 3)),
    (0, (9, 2, 1, 2, 1, 2)),
)
MARKERS = "osDv^X*P"
# Colours of things without a look.
SPARE = ("#AA4499", "#44AA99", "#882255", "#B8A500", "#7A5C3E", "#6A51A3", "#5F7F2F")
_LIGHTEST, _DARKEST = 0.74, 0.18  # in HLS
_TWINS = (1.0, 0.2, 0.9, 0.1, 0.5)  # shades of the second of a kind, the third, ...


class Look(NamedTuple):
    """The look of a thing, in terms of matplotlib.

    label: its name in legends. line: line style of curves. hollow: whether its symbols are open.
    symbol: the setting that its family varies, in TeX.
    """

    label: str
    color: str
    marker: str = "o"
    line: Any = "-"
    hollow: bool = False
    symbol: str = ""

    def tied(self, symmetric: bool = True) -> Look:
        """The look of the same thing with symmetric couplings: open symbols, dashed lines."""
        if not symmetric:
            return self
        return self._replace(label=f"{self.label}, symmetric", line="--", hollow=True)

    def twin(self, number: int) -> Look:
        """The look of another thing with the same declared look; 0 is this one."""
        if not number:
            return self
        others = MARKERS.replace(self.marker, "")
        return self._replace(
            color=shade(self.color, _TWINS[(number - 1) % len(_TWINS)]),
            marker=others[(number - 1) % len(others)],
            line=LINES[number % len(LINES)],
            hollow=bool(number % 2) != self.hollow,
        )


def shade(color: str, place: float) -> str:
    """The hue of a colour, light at place 0 and dark at 1."""
    red, green, blue = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    hue, _, saturation = colorsys.rgb_to_hls(red, green, blue)
    lightness = _LIGHTEST + (_DARKEST - _LIGHTEST) * place
    parts = colorsys.hls_to_rgb(hue, lightness, saturation)
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts)


def told(looks: list[Mapping[str, Any]]) -> dict[str, Look]:
    """Looks by name, in the order of the legends, from the parameters of a job."""
    return {look["name"]: Look(**{k: look[k] for k in Look._fields}) for look in looks}
