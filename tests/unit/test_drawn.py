"""Every figure draws the numbers of its columns, each where its row says, with its own error bar.

The made-up tables get a number of its own in every cell; each must be found in the figure again,
at the abscissa of its row, and its standard error as the half of a bar or band around it.
"""

import functools
import importlib
import math

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection
from unit import marks, shown
from unit.made_up_tables import KEYS, TABLES, first, uneven

from plmemory.figures.energies import draw as energies
from plmemory.figures.shared import style
from plmemory.figures.shared.look import Look
from plmemory.figures.vector_capacity import draw as vector_capacity

DRAWS = 4
# Half an interval of so many draws, 68.27 % of Student's t, in standard errors (its tables).
STUDENT = {4: 1.19688135, 6: 1.11050658, 8: 1.07671338, 12: 1.04756753}
# By case: what is drawn against what. A column whose standard errors are drawn has a star.
AGAINST = {
    "retrieval_maps": {"initial_overlap": "final_overlap* one_step_overlap* one_step_theory"},
    "recall_temperature": {"temperature": "overlap* theory"},
    "steps": {"initial_overlap": "overlap* iterated_map excess* theory"},
    "dense": {
        "P": "unstable_site_fraction* unstable_site_fraction_theory "
        "fixed_point_fraction fixed_point_fraction_theory"
    },
    "training": {"epoch": "loss norm hebb_distance overlap"},
    "norm_path": {
        "b": "mean_stability mean_stability_theory min_stability min_stability_theory "
        "half_overlap* half_overlap_theory"
    },
    "learning_curve": {"epoch": "norm distance loss train test asymmetry"},
    "receptive_fields": {"stability": "value"},
    "stabilities": {"stability": "density theory_density"},
    "stability_moments": {"alpha": "mean* std min theory_mean theory_std"},
    "basins": {"alpha": "half_overlap* first_step_theory excess"},
    "capacity": {
        "alpha": "fixed_point_fraction stable_site_fraction stable_site_fraction_theory "
        "final_overlap*"
    },
    "symmetry": {"alpha": "value* value_theory"},
    "images": {"alpha": "overlap"},
    "features": {"alpha": "overlap* nearest_train_overlap consensus_overlap exchanged_overlap"},
    "basin_maps": {"initial_overlap": "final_overlap*"},
    "spin_glass": {"alpha": "overlap"},
    "proteins": {"P": "identity* nearest_train_identity consensus_identity exchanged_identity"},
    "inference": {"alpha": "gamma* R*"},
    "energies": {"alpha": "energy* learnt_energy*"},
    "attractors": {
        "alpha": "attractors cycles_fraction nearest_train nearest_test orders_differ "
        "orders_overlap pair_entropy* pair_entropy_least"
    },
    "perceptron_rules": {"norm": "error*"},
    "perceptron_scaling": {"norm": "reduced_error*"},
    "norm_clock": {"norm": "test_error*", "P": "optimal_norm smallest_error*"},
    "vector_capacity": {"d": "capacity_d"},
    "vector_first_step": {"initial_overlap": "theory one_step_overlap*"},
    "vector_hessian": {"eigenvalue": "density* localisation*", "length": "density*"},
    "vector_learning": {"alpha": "median_overlap retrieved*"},
    "attention_step": {"initial_overlap": "theory one_step_overlap* excess*"},
    "attention_transient": {"t": "overlap*"},
    "attention_load": {"P": "peak* late*"},
}
# Drawn somewhere, as the corner of a bar, a colour or a difference: where is tested by itself.
SOMEWHERE = {
    "rivals": "half_overlap difference critical_difference",
    "phase_diagram": "excess",
    "sizes": "overlap*",
    "feature_diagram": "overlap",
    "reproduction": "ours",
    "vector_capacity": "retrieved* retrieved_overlap* median_overlap",
    "vector_phase_diagram": "alpha_d",
}
# Where a row at infinity is a level.
LEVELS = {
    ("norm_path", "b"): "mean_stability min_stability half_overlap",
    ("energies", "P"): "energy learnt_energy",
}
# Axes of the panels, x and y: linear (i) or logarithmic (o); all others are linear throughout.
SCALES = {
    "dense": "oi oi",
    "training": "oo oo oi oi",
    "norm_path": "oi oi oi",
    "learning_curve": "oi oi oo oi oo oi",
    "stabilities": "io io io io",
    "rivals": "ii ii ii oi oi",
    "images": "oi oi oi oi",
    "features": "oi oi oi oi",
    "completion": "oi oi oi oi",
    "spin_glass": "oi",
    "proteins": "oi oi oi oi",
    "inference": "oo oo oo oo oi oi oi oi",
    "energies": "oi oi oi oi oi oi oi oi",
    "contacts": "oi oi ii oi oi ii",
    "attractors": "oo oi oi oi oi oi oi oo oi oi oi oi oi oi",
    "perceptron_rules": "oi oi",
    "perceptron_scaling": "oo oo oi oi",
    "norm_clock": "oo oo oo",
    "vector_capacity": "oi ii ii",
    "vector_first_step": "ii oo ii",
    "vector_hessian": "io ii io oo",
    "vector_learning": "oi oi oi",
    "attention_transient": "yi yi yi yi yi yi",
    "attention_load": "oi oi oi oi oi oi",
    "diffusion_circle": "ii ii ii ii oo ii oi ii",
    "diffusion_capacity": "ii oi oi",
    "diffusion_phases": " ".join(["oi"] * 10),
    "diffusion_basins": "oi oi oi oi",
    "memorisation_generalisation": "oi oi oi oi",
}
# Pictures and lists, which begin above.
IMAGES = {"examples", "catalogue", "diffusion_examples"}
DOWNWARDS = IMAGES | {"pair_overlaps", "reproduction"}
# Tested apart, number by number, in test_figures.py and test_contacts_figure.py; pictures.
APART = IMAGES | {"completion", "contacts", "pair_overlaps", "memorisation_generalisation"}
APART |= {f"diffusion_{name}" for name in ("circle", "capacity", "phases", "basins")}
SHEET = style.Sheet(draws=DRAWS)
NAMED = style.Sheet(
    looks={
        "pl": Look("PL", "#0072B2", "o", symbol="b"),
        "hebb": Look("Hebb", "#000000", "s", "--", True),
    },
    titles={"mnist": "MNIST", "random": "random patterns"},
    head=True,
)
# Whole tables, their first parts, and uneven ones; a map has all of its cells.
PARTS = [(case, "whole") for case in TABLES]
PARTS += [(case, "first") for case in TABLES]
PARTS += [(case, "uneven") for case in TABLES if case != "feature_diagram"]


def told_apart(table: pd.DataFrame) -> pd.DataFrame:
    """The table with a number of its own, of the same size, in every measured cell."""
    rng, table = np.random.default_rng(5), table.copy()
    for column in table.select_dtypes("number"):
        if column not in KEYS | {"n", "converged"}:
            near = table[column].where(table[column] != 0, 0.01)
            table[column] = near * (1 + 0.02 * rng.random(len(table)))
    return table


@functools.cache
def drawn(case):
    """The figure of a case, and the table that it is drawn from."""
    kind, made = TABLES[case]
    table = told_apart(made())
    return draw(kind, table, SHEET), table


def drawn_part(case, part):
    """The figure of a part of the table of a case, at whose head is what it shows."""
    kind, made = TABLES[case]
    if part == "first":
        return draw(kind, first(told_apart(made())), style.Sheet(draws=1))
    return draw(kind, uneven(made()), NAMED)


def draw(kind, table, sheet):
    return importlib.import_module(f"plmemory.figures.{kind}.draw").draw(table, sheet)


def on_lines(figure, keep=lambda line: True) -> np.ndarray:
    """Points (K, 2) of all lines."""
    lines = [line for ax in figure.axes for line in ax.get_lines() if keep(line)]
    points = [np.asarray(line.get_xydata(), dtype=float) for line in lines]
    return np.concatenate([np.zeros((0, 2)), *points])


def on_bars(figure) -> np.ndarray:
    """Ends of error bars and corners of bands, (K, 2)."""
    collections = [each for ax in figure.axes for each in ax.collections]
    parts = [
        part
        for each in collections
        for part in (
            each.get_segments()
            if isinstance(each, LineCollection)
            else [path.vertices for path in each.get_paths()]
        )
    ]
    return np.concatenate([np.zeros((0, 2)), *parts])


def times(points: np.ndarray, x: float, y: float) -> int:
    """How often a point is among these."""
    close = np.isclose(points, (x, y), rtol=1e-7, atol=1e-9)
    return int(close.all(axis=1).sum())


def pairs(case):
    """(x column, y column, whether with standard errors) of a case."""
    for x, names in AGAINST[case].items():
        for name in names.split():
            yield x, name.removesuffix("*"), name.endswith("*")


def test_every_figure_is_here():
    assert AGAINST.keys() | SOMEWHERE.keys() | APART == TABLES.keys()


@pytest.mark.parametrize("case", AGAINST)
def test_columns_are_drawn_against_the_column_of_their_row(case):
    figure, table = drawn(case)
    points, bars = on_lines(figure), on_bars(figure)
    scales = {ax.get_xscale() for ax in figure.axes if ax.axison}
    for x, y, errors in pairs(case):
        rows = table[np.isfinite(table[x]) & np.isfinite(table[y])]
        if "log" in scales:
            rows = rows[rows[x] > 0]
        assert len(rows), (x, y)
        for _, row in rows.iterrows():
            assert times(points, row[x], row[y]) == 1, (x, y, row[x], row[y])
            if errors and math.isfinite(row[f"{y}_sem"]):
                half = STUDENT[row.get("draws", DRAWS)] * row[f"{y}_sem"]
                for end in (row[y] - half, row[y] + half):
                    assert times(bars, row[x], end), (y, row[x], end)


@pytest.mark.parametrize(("case", "x"), LEVELS)
def test_rows_at_infinity_are_levels_across_their_panel(case, x):
    figure, table = drawn(case)
    lines = [line.get_ydata() for ax in figure.axes for line in ax.get_lines()]
    levels = np.array([y[0] for y in lines if len(y) == 2 and y[0] == y[1]])
    rows = table[np.isposinf(table[x])]
    for y in LEVELS[case, x].split():
        for value in rows[y].dropna():
            assert np.isclose(levels, value, rtol=1e-9, atol=0).sum() == 1, (y, value)


@pytest.mark.parametrize("case", SOMEWHERE)
def test_columns_are_drawn(case):
    figure, table = drawn(case)
    arrays = [each.get_array() for ax in figure.axes for each in ax.collections]
    filled = [np.ma.filled(np.ma.asarray(a, dtype=float), np.nan) for a in arrays if a is not None]
    numbers = np.concatenate([on_lines(figure)[:, k] for k in (0, 1)] + [f.ravel() for f in filled])
    for name in SOMEWHERE[case].split():
        y = name.removesuffix("*")
        for value in table[y].dropna():
            assert np.isclose(numbers, value, rtol=1e-9, atol=0).any(), (y, value)
        if name.endswith("*"):
            ends = on_bars(figure)[:, 1]
            for _, row in table.iterrows():
                top = row[y] + STUDENT[row.get("draws", DRAWS)] * row[f"{y}_sem"]
                assert math.isnan(top) or np.isclose(ends, top, rtol=1e-7).any(), (y, top)


def test_points_of_the_circle_and_their_attractors_are_at_their_places():
    figure, table = drawn("diffusion_circle")
    for panel, marker in (("points", "o"), ("attractors", "x")):
        rows = table[table["panel"] == panel]
        points = on_lines(figure, lambda line, marker=marker: line.get_marker() == marker)
        for x, y in zip(rows["x"], rows["y"], strict=True):
            assert times(points, x, y) == 1


def test_fields_are_pictures_of_their_run_and_epoch():
    figure, table = drawn("receptive_fields")
    crosses = on_lines(figure, lambda line: line.get_marker() == "+")
    fields = [ax.images[0].get_array().shape for ax in figure.axes if ax.images]
    assert crosses.tolist() == [[columns // 2, rows // 2] for rows, columns in fields]
    pictures = [np.asarray(ax.images[0].get_array()) for ax in figure.axes if ax.images]
    rows = table[table["quantity"] == "coupling"]
    expected = [
        part.pivot(index="row", columns="column", values="value").to_numpy()
        for run in style.ordered(rows["run"])
        for _, part in rows[rows["run"] == run].groupby("epoch")
    ]
    np.testing.assert_array_equal(pictures, expected)


def test_loads_of_denoising_are_lines_against_the_dimension():
    figure, table = drawn("vector_first_step")
    rows, points = table[table["panel"] == "limit"], on_lines(figure)
    for d, alpha in zip(rows["d"], rows["alpha"], strict=True):
        assert times(points, d, alpha) == 1


def test_lines_of_replica_theory_end_where_it_does_not_retrieve():
    table = TABLES["vector_capacity"][1]()
    rows = table[table["theory"].notna()]
    rows = rows.assign(theory=np.where(rows["alpha"] < 0.04, 0.5 + 0.001 * rows.index, 0.0))
    figure = vector_capacity.draw(table.assign(theory=rows["theory"]), SHEET)
    assert set(rows["theory"] > 0) == {False, True}
    for d, alpha, overlap in zip(rows["d"], rows["alpha"], rows["theory"], strict=True):
        assert times(on_lines(figure), d * alpha, overlap) == (overlap > 0)


@pytest.mark.parametrize(("lowest", "scale"), [(-9.9, "linear"), (-10.1, "symlog")])
def test_an_axis_of_deep_energies_is_logarithmic(lowest, scale):
    table = TABLES["energies"][1]()
    table.loc[table["learnt_energy"].idxmin(), "learnt_energy"] = lowest
    axes = energies.draw(table, SHEET).axes
    scales = {ax.get_ylabel().partition("\nof the ")[2]: ax.get_yscale() for ax in axes}
    assert scales["true couplings"] == "linear"
    assert scales[r"learnt ones, $\times\,\lambda T$"] == scale


def test_baselines_of_transients_are_those_of_test_images():
    figure, table = drawn("attention_transient")
    lines = [line.get_ydata() for ax in figure.axes for line in ax.get_lines()]
    levels = [y[0] for y in lines if len(y) == 2 and y[0] == y[1]]
    rows = table[table["baseline"] != "none"]
    for start, overlap in zip(rows["start"], rows["overlap"], strict=True):
        shown = np.isclose(levels, overlap, rtol=1e-9, atol=0).sum()
        assert shown == (2 if start == "test" else 0)  # in the panel of each clock
    figure, table = drawn("attention_load")
    points = on_lines(figure)
    for _, row in table[table["start"] != "random"].iterrows():
        for name in ("nearest_train", "mean_image"):
            # Above and below; all clocks meet the same starts.
            shown = 2 if (row["start"], row["clock"]) == ("test", 2) else 0
            assert times(points, row["P"], row[name]) == shown


@pytest.mark.parametrize("case", ["images", "spin_glass", "learning_curve"])
def test_published_numbers_are_open_rings_and_ours_are_not(case):
    figure, table = drawn(case)
    rings = on_lines(figure, lambda line: line.get_markerfacecolor() == "none")[:, 1]
    others = on_lines(figure, lambda line: line.get_markerfacecolor() != "none")[:, 1]
    columns = [name for _, name, _ in pairs(case)]
    for source, inside, outside in (("published", rings, others), ("ours", others, rings)):
        values = table.loc[table["source"] == source, columns].to_numpy().ravel()
        values = values[np.isfinite(values)]
        assert len(values)
        for value in values:
            assert not np.isclose(outside, value, rtol=1e-9, atol=0).any(), (source, value)
        if source == "published":
            assert all(np.isclose(inside, value, rtol=1e-9, atol=0).any() for value in values)


@pytest.mark.parametrize("case", TABLES)
def test_axes_ascend_on_the_scale_of_their_quantity_and_panels_have_letters(case):
    figure, _ = drawn(case)
    axes = [ax for ax in figure.axes if ax.axison]
    for ax in axes if case not in DOWNWARDS else ():
        assert ax.get_xlim()[0] < ax.get_xlim()[1]
        assert ax.get_ylim()[0] < ax.get_ylim()[1]
    for ax in axes if case in IMAGES | {"reproduction"} else ():
        assert ax.get_ylim()[0] > ax.get_ylim()[1]
    if case != "phase_diagram":  # whose colours have an axis of their own
        scales = [ax.get_xscale()[1] + ax.get_yscale()[1] for ax in axes]
        assert scales == SCALES.get(case, " ".join(["ii"] * len(axes))).split()
    letters = "".join(ax.get_title(loc="left") for ax in figure.axes)
    assert letters == "abcdefghijklmnopqrstuvwxyz"[: len(letters)]
    assert len(letters) > 1 or len(axes) == 1


def beside(ax, figure, below):
    """The panels in the same column at or below this one, or in the same row at its left."""
    here = ax.get_position()
    for other in figure.axes:
        there = other.get_position()
        column = abs(there.x0 - here.x0) < 1e-6 and there.y0 <= here.y0 + 1e-6
        row = abs(there.y0 - here.y0) < 1e-6 and there.x0 <= here.x0 + 1e-6
        if column if below else row:
            yield other


# Whole quantities, and what their axes show of them.
WHOLE = {
    "final overlap $m$": (0, 1.03),
    "overlap after one step $m_1$": (0, None),
    "overlap after $t$ steps $m_t$": (0, 1.03),
    "final identity": (0, 1.03),
    "share of ends at a training example": (-0.02, 1.03),
    "precision of pairs up to rank": (0, 1.03),
    "retrieved overlap $m$": (None, 1.03),
    "fraction retrieved ($m > 0.7$)": (-0.03, 1.03),
    "median final overlap": (-0.03, 1.03),
    "overlap $m$, started on pattern": (None, 1.03),
    "fraction of sites stable": (None, 1.03),
}


@pytest.mark.parametrize("case", TABLES)
def test_axes_say_what_they_are_and_show_all_of_a_fraction(case):
    figure, _ = drawn(case)
    told = []
    for ax in figure.axes:
        if not ax.axison or ax.get_label() == "<colorbar>":
            assert not ax.axison or ax.get_ylabel()
            continue
        named = [other.get_ylabel() for other in beside(ax, figure, False)]
        above = [other.get_title() for other in figure.axes if ax in beside(other, figure, True)]
        below = [other.get_xlabel() for other in beside(ax, figure, True)]
        title = ax.get_title() or tuple(filter(None, above))
        told.append((title, tuple(filter(None, named)), tuple(filter(None, below))))
        assert any(below) or figure.get_supxlabel()
        assert any(named) or case in IMAGES
        low, high = WHOLE.get(ax.get_ylabel(), (None, None))
        assert low is None or ax.get_ylim()[0] == low
        assert high is None or ax.get_ylim()[1] == high
    # No two panels say the same, but those whose rows the legend tells apart.
    assert len(set(told)) == len(told) or case == "basins"


@pytest.mark.parametrize("case", TABLES)
def test_panels_show_and_legends_say_what_was_looked_at(case):
    """Words, and how many lines of which look: what no column tells."""
    assert shown.shown(drawn(case)[0]) == shown.blocks(shown.FILE.read_text())[case]


@pytest.mark.parametrize(("case", "part"), PARTS)
def test_marks_are_where_they_were_when_looked_at(case, part):
    """Places in the panel, limits of axes and colours, which no column tells either."""
    whole = part == "whole"
    now = marks.found(drawn(case)[0]) if whole else marks.summed(drawn_part(case, part))
    then = marks.kept(case, part)
    pd.testing.assert_frame_equal(now, then, check_dtype=False, rtol=1e-5, atol=2e-6)
