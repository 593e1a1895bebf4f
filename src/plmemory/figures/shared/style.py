"""The single style sheet: sizes, type, colours, and how a figure becomes files.

A thing keeps its colour, marker and name in every figure: learning rules by :func:`rule`, starting
states by :func:`start`. Rules use the palette of Okabe and Ito (2008), starts the muted palette of
Tol (2021); both stay apart for colour-blind readers. ``matplotlib.pyplot`` is never imported.
"""

import contextlib
import functools
import io
import math
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from plmemory.files.whole import whole

COLUMN = 3.4  # width of one journal column, inches
DOUBLE = 7.0  # width of a page, inches
SUFFIXES = (".pdf", ".svg", ".png")

RC: Any = {
    "font.family": "DejaVu Sans",  # carried by matplotlib: the same on every machine
    "font.size": 7,
    "axes.labelsize": 7.5,
    "axes.titlesize": 7.5,
    "xtick.labelsize": 6.5,
    "ytick.labelsize": 6.5,
    "legend.fontsize": 6.5,
    "legend.title_fontsize": 6.5,
    "legend.frameon": False,
    "legend.handlelength": 1.8,
    "legend.columnspacing": 1.2,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "lines.linewidth": 1.1,
    "lines.markersize": 3.2,
    "lines.markeredgewidth": 0.8,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.direction": "in",
    "ytick.direction": "in",
    "figure.constrained_layout.h_pad": 0.03,
    "figure.constrained_layout.w_pad": 0.03,
    "pdf.fonttype": 42,
    "svg.hashsalt": "plmemory",
    "figure.dpi": 200,
}

LOAD = r"load $\alpha = P/N$"
PATTERNS = r"training examples $P$"
INITIAL_OVERLAP = r"initial overlap $m_0$"
FINAL_OVERLAP = r"final overlap $m$"
HALF_OVERLAP = r"half overlap $m_{1/2}$"  # from which half of the starts are retrieved
GREY = "#8c8c8c"


class Look(NamedTuple):
    """How one thing is drawn: its name in legends, colour, marker, line style, open symbols."""

    label: str
    color: str
    marker: str
    line: Any = "-"
    hollow: bool = False


_PL_BLUE = "#0072B2"
_RULES = {
    "hebb": Look("Hebb", "#000000", "s"),
    "storkey": Look("Storkey", "#CC79A7", "P"),
    "pseudo_inverse": Look("pseudo-inverse", "#E69F00", "^"),
    "unlearning": Look("unlearning", "#009E73", "v"),
    "maximum_stability": Look("maximum stability", "#D55E00", "D"),
    "maximum_stability_symmetric": Look("maximum stability, symmetric", "#F2A473", "D", "--", True),
    "pl": Look("PL", _PL_BLUE, "o"),
    "pl_symmetric": Look("PL, symmetric", "#56B4E9", "o", "--", True),
    "pl_slow": Look("PL, slow", "#56B4E9", "o"),
    "pl_steps": Look("PL, steps in the rate", "#00417A", "s", "--"),
    "pl_l2": Look(r"PL, $L_2$", "#5B6FC0", "X"),
    "pl_b": Look("PL, fixed norm", "#00457A", "o"),
    "dreaming": Look("dreaming", "#7B2D8E", "*"),
    "daydreaming": Look("daydreaming", "#B07AA1", "X"),
    "squared_hinge": Look("squared hinge", "#44AA99", ">"),
    "soft_margin": Look("soft margin", "#8C6D31", "p"),
    "noise_training": Look("noise training", "#999933", "h"),
    "probability_flow": Look("probability flow", "#6699CC", "H"),
    "minover": Look("minover", "#CC6677", "<"),
    "margin_perceptron": Look("perceptron with margin", "#882255", "d"),
    "potts": Look("PL", _PL_BLUE, "o"),
    "potts_contacts": Look("PL", _PL_BLUE, "o"),
    "mean_field": Look("mean field", "#8C564B", "v"),
    "true_couplings": Look(r"true couplings, $P=\infty$", "#5f5f5f", "_", "--"),
    "random": Look("chance", GREY, "", ":"),
}
_STARTS = {
    "train": Look("training", "#332288", "o"),
    "test": Look("test", "#CC6677", "s"),
    "feature": Look("feature", "#117733", "^"),
    "corrupted": Look("corrupted", "#88CCEE", "v"),
    "random": Look("random", "#999933", "D"),
    "sample": Look("sample, unrelaxed", "#5f5f5f", "_", ":"),
}
# Numbers in a rule's name: symbol, range over which the shade darkens, lightest and darkest shade.
_BLUES = ((160, 218, 246), (0, 44, 108))
_VIOLETS = ((205, 190, 240), (72, 36, 140))
_PARAMETERS: dict[str, tuple[str, float, float, Any]] = {
    "lambda": (r"\lambda", 0.03, 30.0, _BLUES),
    "b": ("b", 0.3, 30.0, _BLUES),
    "epochs": (r"\mathrm{epochs}", 1.0, 1e4, _VIOLETS),
}
# What the parameter of a family of rules is called.
SYMBOLS = {
    "pl_b": "b",
    "probability_flow": "b",
    "dreaming": "t",
    "squared_hinge": r"\kappa",
    "soft_margin": r"\kappa",
    "margin_perceptron": r"\kappa",
    "noise_training": "m_t",
    "minover": "c",
    "unlearning": r"\varepsilon D/N",
    "daydreaming": r"\tau",
}
_FALLBACK = ("#AA4499", "#44AA99", "#882255", "#B8A500", "#7A5C3E", "#6A51A3", "#5F7F2F")
_MARKERS = "p<>8Hd"
LINES = (
    "-",
    "--",
    "-.",
    ":",
    (0, (5, 1, 1, 1, 1, 1)),
    (0, (1, 3)),
    (0, (9, 3)),
    (0, (9, 2, 1, 2, 1, 2)),
)


def number(value: float) -> str:
    """A number as a reader expects it: 1, 196, 19 600, ∞; others to three digits."""
    if math.isinf(value):
        return r"$\infty$"
    if float(value).is_integer():
        return f"{int(value):,}".replace(",", "\N{THIN SPACE}" if abs(value) >= 1e4 else "")
    return f"{value:.3g}"


def _shade(value: float, low: float, high: float, shades: Any = _BLUES) -> str:
    """Colour that darkens with log(value) from ``low`` to ``high``."""
    if not value > 0:
        return _PL_BLUE
    place = min(max(math.log(value / low) / math.log(high / low), 0.0), 1.0)
    mixed = (a + (d - a) * place for a, d in zip(*shades, strict=True))
    return "#" + "".join(f"{round(part):02x}" for part in mixed)


def rule(name: str, b: float = math.nan) -> Look:
    """The look of a learning rule, a function of its name (and reduced temperature b) alone.

    ``pl_lambda_0.5``, ``pl_b_2`` and ``pl_epochs_300`` are shades of PL; ``dreaming_4`` has the
    colour of its family; any other name gets a colour and a marker from its check sum, and itself
    as the label.
    """
    found = re.fullmatch(r"pl_(lambda|b|epochs)_?([0-9.]+(?:e[+-]?\d+)?)", name)
    if name == "pl" and math.isfinite(b):
        key, value = "b", float(b)
    elif found:
        key, value = found[1], float(found[2])
    elif name in _RULES:
        return _RULES[name]
    else:
        key, value = "", math.nan
    check = zlib.crc32(name.encode())
    family, _, setting = name.rpartition("_")
    if not key and family in SYMBOLS and re.fullmatch(r"\d+(\.\d+)?", setting):
        label = f"{_RULES[family].label}, ${SYMBOLS[family]}$ = {number(float(setting))}"
        return _RULES[family]._replace(label=label, line=LINES[check % len(LINES)])
    if key:
        symbol, low, high, shades = _PARAMETERS[key]
        marker = "opd<>"[round(math.log2(value)) % 5 if value > 0 else 0]
        label = f"PL, ${symbol}$ = {number(value)}"
        return Look(label, _shade(value, low, high, shades), marker)
    marker, line = _MARKERS[check % len(_MARKERS)], ("-", "--", "-.")[check // 64 % 3]
    if name.startswith("pl_"):
        color = _shade(0.1 * 1.2 ** (check // 8 % 38), 0.1, 100.0)
        return Look(f"PL, {name[3:].replace('_', ' ')}", color, marker, line)
    return Look(name.replace("_", " "), _FALLBACK[check // 8 % len(_FALLBACK)], marker, line)


def start(name: str) -> Look:
    """The look of a kind of starting state (train, test, feature, corrupted, random, sample)."""
    return _STARTS.get(name) or rule(f"start {name}")._replace(label=name.replace("_", " "))


def ordered(names: Iterable[str]) -> list[str]:
    """Distinct rules or starts in the order of the legends: known ones first, then by name."""
    known = {name: place for place, name in enumerate((*_RULES, *_STARTS))}
    known["random"] = len(known)
    return sorted(set(names), key=lambda name: (known.get(name, len(known) + 1), _natural(name)))


def _natural(name: str) -> list[tuple[int, float, str]]:
    parts = re.split(r"([0-9.]*[0-9])", name)
    return [(1, float(p), "") if re.fullmatch(r"\d*\.?\d+", p) else (0, 0.0, p) for p in parts]


@contextlib.contextmanager
def _sheet() -> Iterator[None]:
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(RC)
        yield


def styled(draw: Callable[[pd.DataFrame], Figure]) -> Callable[[pd.DataFrame], Figure]:
    """Let ``draw`` run under this style, whatever the reader's own matplotlib settings."""

    @functools.wraps(draw)
    def under_style(table: pd.DataFrame) -> Figure:
        with _sheet():
            return draw(table)

    return under_style


def save(figure: Figure, stem: Path | str, caption: str = "") -> list[Path]:
    """Write ``stem``.pdf, .svg and .png, each whole or not at all; equal figures, equal bytes.

    The files carry the ``caption`` as their description.

    A known suffix of ``stem`` is dropped. Dates and versions are left out of the files.
    """
    stem = Path(stem)
    stem = stem.with_suffix("") if stem.suffix in SUFFIXES else stem
    with _sheet():
        figure.set_dpi(RC["figure.dpi"])  # writing PDF or SVG leaves it at 72
        contents = {
            ".png": _bytes(
                FigureCanvasAgg(figure).print_png, {"Software": None, "Description": caption}
            )
        }
        figure.set_layout_engine("none")  # laid out by now: once is enough for all formats
        svg, pdf = FigureCanvasSVG(figure), FigureCanvasPdf(figure)
        contents[".svg"] = _bytes(
            svg.print_svg, {"Date": None, "Creator": None, "Description": caption}
        )
        undated = {"CreationDate": None, "Creator": None, "Producer": None, "Subject": caption}
        contents[".pdf"] = _bytes(pdf.print_pdf, undated)
    stem.parent.mkdir(parents=True, exist_ok=True)
    paths = [stem.with_name(stem.name + suffix) for suffix in SUFFIXES]
    for path in paths:
        with whole(path) as unfinished:
            unfinished.write_bytes(contents[path.suffix])
    return paths


def _bytes(write: Callable[..., Any], metadata: dict[str, Any]) -> bytes:
    buffer = io.BytesIO()
    write(buffer, metadata=metadata)
    return buffer.getvalue()
