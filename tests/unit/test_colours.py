"""Colours that stand side by side stay apart for colour-blind readers, or symbols and lines differ.

Deficiencies are simulated at their full severity by the matrices of Machado, Oliveira and Fernandes
(IEEE Trans. Vis. Comput. Graph. 15, 1291, 2009) for linear sRGB; differences are CIE 1976 L*a*b*.
No library: colorspacious, which has both, had its last release in 2018; it gives the same matrices,
and its CAM02-UCS puts the palettes below into the same order.
"""

import functools
import itertools
from pathlib import Path

import numpy as np
import pytest
import yaml

from plmemory.figures.page.packed import PALETTE
from plmemory.figures.shared import style
from plmemory.figures.shared.look import Look
from plmemory.plan import configuration, inheritance
from plmemory.plan.looks import Looks
from plmemory.plan.plan import Plan

CONFIG = Path(__file__).parents[2] / "config"
WRITTEN = yaml.safe_load((CONFIG / "config.yaml").read_text())
SEEN = {
    "usual": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
# Of linear sRGB, white D65 (IEC 61966-2-1).
XYZ = [
    [0.4124564, 0.3575761, 0.1804375],
    [0.2126729, 0.7151522, 0.0721750],
    [0.0193339, 0.1191920, 0.9503041],
]
OKABE_ITO = "#000000 #E69F00 #56B4E9 #009E73 #F0E442 #0072B2 #D55E00 #CC79A7"
TOL_BRIGHT = "#4477AA #EE6677 #228833 #CCBB44 #66CCEE #AA3377 #BBBBBB"
TOL_MUTED = "#332288 #88CCEE #44AA99 #117733 #999933 #DDCC77 #CC6677 #882255 #AA4499"
TAB10 = "#1f77b4 #ff7f0e #2ca02c #d62728 #9467bd #8c564b #e377c2 #7f7f7f #bcbd22 #17becf"
# Between the closest pairs of palettes made for all readers (16.1, 13.1, 15.6) and of one that is
# not (4.6).
APART = 12


@functools.cache
def lab(color: str, kind: str) -> np.ndarray:
    """L*, a*, b* of #rrggbb as these readers see it."""
    signal = np.array([int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    light = np.where(signal > 0.04045, ((signal + 0.055) / 1.055) ** 2.4, signal / 12.92)
    white = np.sum(XYZ, axis=1)
    x, y, z = np.array(XYZ) @ np.clip(SEEN[kind] @ light, 0, 1) / white
    fx, fy, fz = (
        np.cbrt(t) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29 for t in (x, y, z)
    )
    return np.array([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])


def difference(one: str, other: str) -> float:
    """The least difference of two colours, for whoever sees it least."""
    return min(float(np.linalg.norm(lab(one, kind) - lab(other, kind))) for kind in SEEN)


def closest(palette: str) -> float:
    return min(difference(*pair) for pair in itertools.combinations(palette.split(), 2))


def told_apart(one: Look, other: Look) -> bool:
    """By colour, else by symbol or line."""
    ways = [(look.marker, str(look.line), look.hollow) for look in (one, other)]
    return difference(one.color, other.color) > APART or ways[0] != ways[1]


def test_colours_are_those_of_the_standards():
    np.testing.assert_allclose(lab("#ff0000", "usual"), [53.24, 80.09, 67.20], atol=0.01)
    np.testing.assert_allclose(lab("#0000ff", "usual"), [32.30, 79.19, -107.86], atol=0.01)
    for kind in SEEN:  # whoever confuses colours sees greys as they are
        for grey in ("#ffffff", "#808080"):
            np.testing.assert_allclose(lab(grey, kind), lab(grey, "usual"), atol=0.01)


def test_the_threshold_tells_palettes_for_all_readers_from_others():
    found = [closest(palette) for palette in (OKABE_ITO, TOL_BRIGHT, TOL_MUTED, TAB10)]
    np.testing.assert_allclose(found, [16.1, 13.1, 15.6, 4.6], atol=0.06)
    assert min(found[:3]) > APART > found[3]


@pytest.mark.parametrize("file", sorted(CONFIG.glob("*.yaml")), ids=lambda file: file.stem)
def test_rules_of_a_figure_are_told_apart_by_all_readers(file):
    """Members of a family share symbol and line, and are shades: they darken for all readers."""
    overlay = yaml.safe_load(file.read_text())
    plan = Plan(configuration.complete(inheritance.laid_over(WRITTEN, overlay)))
    looks, families = Looks(plan), Looks(plan).told()[0]
    whole = {name for name, entry in plan.config["learning"].items() if entry["grid"]}
    relied = []
    for figure in plan.config["figures"]:
        shown = {
            look["name"]: Look(*(look[name] for name in Look._fields))
            for look in looks.of(figure)
            if look["name"] not in whole
        }
        for (one, first), (other, second) in itertools.combinations(shown.items(), 2):
            pair = families.get(one), families.get(other)
            if pair[0] and pair[1] and pair[0].family == pair[1].family:
                ends = [first, second] if pair[0].value < pair[1].value else [second, first]
                for kind in SEEN:
                    light, dark = (lab(look.color, kind)[0] for look in ends)
                    assert light > dark, (figure, one, other, kind)
            else:
                assert told_apart(first, second), (figure, one, other)
                relied.append(difference(first.color, second.color) <= APART)
    assert len(relied) > 50
    assert any(relied)


def test_starts_are_told_apart_by_all_readers():
    for one, other in itertools.combinations(style._STARTS.values(), 2):
        assert told_apart(one, other), (one, other)


def test_colours_of_the_page_are_told_apart_by_all_readers():
    assert closest(" ".join(PALETTE)) > APART
