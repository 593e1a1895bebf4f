"""The look of vectors of d components: the same colour and symbol in every figure."""

from __future__ import annotations

from plmemory.figures.shared.look import MARKERS, SPARE, Look
from plmemory.figures.shared.style import number

# Usual dimensions, in the order of the palette of Okabe and Ito, then others.
_USUAL = (1, 2, 3, 5, 4, 8, 16, 10, 50, 32)
_COLOURS = ("#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", *SPARE)


def of_dimension(components: float) -> Look:
    """The look of vectors with this number of components."""
    place = _USUAL.index(components) if components in _USUAL else round(components)
    color, marker = _COLOURS[place % len(_COLOURS)], MARKERS[place % len(MARKERS)]
    return Look(rf"$d$ = {number(components)}", color, marker)
