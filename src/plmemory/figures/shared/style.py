"""The style sheet of all figures: sizes, fonts, colours, and the writing of files.

A thing has the same colour, marker and name in every figure: learning rules, which define their
look, by :func:`rule`, starting states by :func:`start`. Rules use the palette of Okabe and Ito
(2008), starts the muted one of Tol (2021). If two colours are similar for colour-blind readers,
symbols or lines differ; shades of a family darken with its value. ``matplotlib.pyplot`` is never
imported.
"""

import contextlib
import functools
import io
import math
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from plmemory.figures.shared.look import LINES, MARKERS, SPARE, Look
from plmemory.files.whole import whole

COLUMN = 3.4  # width of one journal column, inches
DOUBLE = 7.0  # width of a page, inches
SUFFIXES = (".pdf", ".svg", ".png")

RC: Any = {
    "font.family": "DejaVu Sans",  # part of matplotlib: the same on every machine
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


CHANCE = Look("chance", GREY, "", ":")
_STARTS = {
    "train": Look("training", "#332288", "o"),
    "test": Look("test", "#CC6677", "s"),
    "feature": Look("feature", "#117733", "^"),
    "ground": Look("ground state", "#44AA99", "^"),
    "corrupted": Look("corrupted", "#88CCEE", "v"),
    "memory": Look("memory", "#AA4499", "o"),
    "random": Look("random", "#999933", "D"),
    "sample": Look("sample, unrelaxed", "#5f5f5f", "_", ":"),
    "lowest": Look("ground state, unrelaxed", "#000000", "_", ":"),
}


class Sheet(NamedTuple):
    """The parameters of a picture besides its table, active while it is drawn.

    looks: of rules by name, in the order of the legends. titles: names of data sets. head: whether
    these are above the figure; else its panels name them. draws: number of replicates behind a
    mean, if the table does not say; infinite if unknown, then errors are used as they are.
    """

    looks: Mapping[str, Look] = {}
    titles: Mapping[str, str] = {}
    head: bool = False
    draws: float = math.inf


PLAIN = Sheet()
_IN_FORCE: ContextVar[Sheet] = ContextVar("sheet")


def number(value: float) -> str:
    """A number for readers: 1, 196, 19 600, ∞; others to three digits."""
    if math.isinf(value):
        return r"$\infty$"
    if float(value).is_integer():
        return f"{int(value):,}".replace(",", "\N{THIN SPACE}" if abs(value) >= 1e4 else "")
    return f"{value:.3g}"


def rule(name: str) -> Look:
    """The look of a learning rule, from the active sheet.

    Any other name (a baseline, a rule in a notebook) gets a colour and a symbol from its checksum,
    and itself as the label.
    """
    if (look := _IN_FORCE.get(PLAIN).looks.get(name)) is not None:
        return look
    check = zlib.crc32(name.encode())
    color, marker = SPARE[check // 8 % len(SPARE)], MARKERS[check % len(MARKERS)]
    return Look(name.replace("_", " "), color, marker, LINES[check // 64 % 3])


def start(name: str) -> Look:
    """The look of a kind of starting state (train, test, feature, corrupted, random, sample)."""
    return _STARTS.get(name) or rule(f"start {name}")._replace(label=name.replace("_", " "))


def title(dataset: str) -> str:
    """The name of a data set."""
    return _IN_FORCE.get(PLAIN).titles.get(dataset) or dataset.replace("_", " ")


def titles() -> str:
    """The names of all data sets of the figure."""
    return ", ".join(dict.fromkeys(_IN_FORCE.get(PLAIN).titles.values()))


def draws() -> float:
    """The number of replicates behind a mean."""
    return _IN_FORCE.get(PLAIN).draws


def ordered(names: Iterable[str]) -> list[str]:
    """Distinct rules or starts in the order of the legends; others after them by name."""
    known = {name: place for place, name in enumerate((*_IN_FORCE.get(PLAIN).looks, *_STARTS))}
    return sorted(set(names), key=lambda name: (known.get(name, len(known)), name))


@contextlib.contextmanager
def _sheet() -> Iterator[None]:
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(RC)
        yield


def styled(draw: Callable[[pd.DataFrame], Figure]) -> Callable[..., Figure]:
    """Let ``draw`` run with this style, for any matplotlib settings of the user.

    The returned function takes, besides the table, the ``sheet`` that is then active.
    """

    @functools.wraps(draw)
    def under_style(table: pd.DataFrame, sheet: Sheet = PLAIN) -> Figure:
        token = _IN_FORCE.set(sheet)
        try:
            with _sheet():
                figure = draw(table)
                if sheet.head:
                    _head(figure, ": ".join(filter(None, (titles(), _only_rule(sheet)))))
        finally:
            _IN_FORCE.reset(token)
        return figure

    return under_style


def _only_rule(sheet: Sheet) -> str:
    """The name of the rule of the figure, if it shows a single one."""
    labels = [look.label for look in sheet.looks.values()]
    return labels[0] if len(labels) == 1 else ""


def _head(figure: Figure, words: str) -> None:
    """Put words at the head of a figure, at the place of its legend if it has one."""
    if not figure.legends:
        figure.suptitle(words, fontsize=RC["axes.titlesize"])
        return
    legend = figure.legends[0]
    note = legend.get_title().get_text()
    between = "; " if figure.get_figwidth() > COLUMN else "\n"
    legend.set_title(between.join(filter(None, (words, note))))


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
        figure.set_layout_engine("none")  # already laid out: once is enough for all formats
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
