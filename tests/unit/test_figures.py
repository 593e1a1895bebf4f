"""Every figure from small made-up tables: what is drawn, what is named, what fails, equal bytes."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from unit.made_up_tables import (
    KEYS,
    NULLS,
    TABLES,
    basins,
    completed,
    completion,
    examples,
    feature_diagram,
    mnist,
    phase_diagram,
    proteins,
    published,
    retrieval_maps,
    rivals,
    sizes,
    spin_glass,
)

from plmemory import figures
from plmemory.errors import InputError
from plmemory.figures.shared import panels, style
from plmemory.figures.shared.look import Look

CASES = list(TABLES)
# In which starts are no curves.
PANELS_AND_LINES = {"reproduction", "feature_diagram", "diffusion_phases", "catalogue"}
PANELS_AND_LINES |= {"memorisation_generalisation"}
SHEET = style.Sheet(
    looks={
        "hebb": Look("Hebb", "#000000", "s"),
        "pl_slow": Look("PL, slow", "#005b8d", "v", ":", True),
        "pl": Look("PL", "#0072B2", "o"),
        "pl_symmetric": Look("PL, symmetric", "#0072B2", "o", "--", True),
        "pl_lambda_0.1": Look(r"PL, $\lambda$ = 0.1", "#a5d7f3"),
        "pl_b": Look("PL optimum", "#56B4E9", "d", symbol="b"),
        "pl_b_2": Look("PL optimum, $b$ = 2", "#3faae6", "d"),
        "maximum_stability": Look("maximum stability", "#D55E00", "D"),
        "dreaming": Look("dreaming", "#7B2D8E", "*", symbol="t"),
        "true_couplings": Look("true couplings", "#5f5f5f", "_", "--"),
    },
    titles={"mnist": "MNIST", "spin_glass": "spin glass"},
)


def module(kind: str):
    return importlib.import_module(f"plmemory.figures.{kind}.draw")


def columns(case: str) -> tuple[str, ...]:
    """The columns that the figure of a case needs."""
    return module(TABLES[case][0]).COLUMNS


def table_of(case: str) -> pd.DataFrame:
    return TABLES[case][1]()


def draw(case: str, table: pd.DataFrame) -> Figure:
    return module(TABLES[case][0]).draw(table, SHEET)


def label(rule: str) -> str:
    """What the legends call a rule."""
    return SHEET.looks[rule].label if rule in SHEET.looks else rule.replace("_", " ")


def test_every_kind_of_figure_is_tested_here():
    folders = {file.parent.name for file in Path(figures.__path__[0]).glob("*/draw.py")}
    assert folders == {kind for kind, _ in TABLES.values()}


def texts(figure: Figure) -> list[str]:
    """All words of the legends and titles of a figure."""
    legends = [*figure.legends, *(ax.get_legend() for ax in figure.axes if ax.get_legend())]
    words = [text.get_text() for legend in legends for text in legend.get_texts()]
    words += [text.get_text() for ax in figure.axes for text in ax.texts]
    return words + [ax.get_title() for ax in figure.axes]


@pytest.fixture(scope="module")
def drawn() -> dict[str, Figure]:
    return {case: draw(case, table_of(case)) for case in CASES}


@pytest.mark.parametrize("name", CASES)
def test_panels_find_room(drawn, name):
    """matplotlib warns, hence fails here, where decorations leave none."""
    drawn[name].draw_without_rendering()
    panels = [ax.get_position() for ax in drawn[name].axes]
    assert all(panel.width > 0 and panel.height > 0 for panel in panels)


@pytest.mark.parametrize("name", CASES)
def test_axes_are_labelled(name, drawn):
    """Every panel that is switched on names what it shows, itself or through a shared label."""
    whole = drawn[name].get_supxlabel()
    for ax in drawn[name].axes:
        if not ax.axison or ax.get_label() == "<colorbar>":
            continue
        siblings_x = ax.get_shared_x_axes().get_siblings(ax)
        siblings_y = ax.get_shared_y_axes().get_siblings(ax)
        assert whole or any(other.get_xlabel() for other in siblings_x)
        named_lines = any(label.get_text() for label in ax.get_yticklabels())
        assert any(other.get_ylabel() for other in siblings_y) or named_lines


@pytest.mark.parametrize("name", [name for name in CASES if "rule" in columns(name)])
def test_every_rule_is_named(name, drawn):
    table = table_of(name)
    words = texts(drawn[name])
    table = table[table["rule"].notna()]
    if TABLES[name][0] == "generalization":  # the limit, on the right edge, belongs to all rules
        table = table[np.isfinite(table["alpha"])]
    for rule in set(table["rule"]):
        assert any(word == label(rule) or word.startswith(f"{label(rule)}, ") for word in words)


@pytest.mark.parametrize(
    "name",
    [name for name in CASES if "start" in columns(name) and name not in PANELS_AND_LINES],
)
def test_every_start_is_named_and_keeps_its_colour(name, drawn):
    figure = drawn[name]
    for start in table_of(name)["start"].unique():
        look = style.start(start)
        assert look.label in texts(figure)
        handles = [
            handle
            for ax in figure.axes
            for handle, label in zip(*ax.get_legend_handles_labels(), strict=True)
            if label == look.label
        ]
        colours = {to_rgb(handle.get_color()) for handle in handles if hasattr(handle, "get_color")}
        assert colours == {to_rgb(look.color)}


@pytest.mark.parametrize("name", CASES)
def test_a_missing_column_is_named(name):
    kind = TABLES[name][0]
    for column in columns(name):
        with pytest.raises(InputError, match=f"table {kind}: column '{column}' is missing"):
            draw(name, table_of(name).drop(columns=column))
    with pytest.raises(InputError, match=f"table {kind}: no rows"):
        draw(name, table_of(name).iloc[:0])


@pytest.mark.parametrize("name", CASES)
def test_one_row_and_missing_numbers(name):
    """A table of one row, and one whose measured numbers are all missing, still give a figure."""
    table = table_of(name)
    assert draw(name, table.iloc[:1]).axes
    if "rule" in table:  # enough of it
        table = table[table["rule"] == table["rule"].iloc[0]]
    measured = [c for c in table.select_dtypes("number") if c not in KEYS]
    for ax in draw(name, table.assign(**dict.fromkeys(measured, np.nan))).axes:
        assert np.isfinite(ax.get_xlim() + ax.get_ylim()).all()
        assert ax.xaxis.get_majorticklocs() is not None  # a log axis without data has none to give
        assert ax.yaxis.get_majorticklocs() is not None


@pytest.mark.parametrize("name", [name for name in CASES if name != "reproduction"])
def test_order_of_rows_does_not_matter(name, drawn):
    """Tables sorted otherwise draw the same lines.

    The order of data sets is kept on purpose, as is that of the rows of reproduction.
    """
    table = table_of(name)
    mixed = table.sample(frac=1.0, random_state=1)
    if "title" in table:
        places = {title: place for place, title in enumerate(table["title"].unique())}
        mixed = mixed.sort_values("title", key=lambda titles: titles.map(places), kind="stable")
    shuffled = draw(name, mixed)
    lines = [
        [line.get_xydata().tolist() for ax in figure.axes for line in ax.get_lines()]
        for figure in (drawn[name], shuffled)
    ]
    assert repr(lines[0]) == repr(lines[1])


def test_curve_and_points_show_the_numbers():
    table = pd.DataFrame({"x": [2.0, 1.0, np.inf], "y": [0.4, 0.3, 0.2], "y_sem": [0.1, 0.2, 0.1]})
    _, axes = panels.grid(1, 2, width=3, height=2)
    panels.curve(axes[0, 0], table, "x", "y", style.rule("hebb"))
    panels.points(axes[0, 1], table, "x", "y", style.rule("hebb"))
    np.testing.assert_array_equal(axes[0, 0].get_lines()[0].get_xydata(), [[1, 0.3], [2, 0.4]])
    band = axes[0, 0].collections[0].get_paths()[0].vertices
    assert {(1.0, 0.1), (1.0, 0.5), (2.0, 0.5)} <= {(x, round(y, 9)) for x, y in band}
    bars = axes[0, 1].collections[0].get_segments()
    np.testing.assert_allclose(bars, [[[1, 0.1], [1, 0.5]], [[2, 0.3], [2, 0.5]]])


def test_infinite_data_lie_on_the_right_edge():
    """Each start has a symbol at the edge and, for the usual dynamics, one level across."""
    (ax,) = module("generalization").draw(spin_glass(), SHEET).axes
    edge = [line for line in ax.get_lines() if list(line.get_xdata()) == [1]]
    assert sorted({float(line.get_ydata()[0]) for line in edge}) == [0.88, 0.882]
    levels = [line for line in ax.get_lines() if list(line.get_xdata()) == [0, 1]]
    assert [list(line.get_ydata()) for line in levels] == [[0.88, 0.88]] * 3
    assert {"published", "sequential", r"true couplings, $P=\infty$"} <= set(texts(ax.figure))


def test_data_sets_stand_in_the_order_of_the_table_and_rules_in_their_own():
    figure = module("generalization").draw(table_of("features").iloc[::-1], SHEET)
    titles = ["Hebb, features", "PL, features", "Hebb, sparse features", "PL, sparse features"]
    assert [ax.get_title() for ax in figure.axes if ax.axison] == titles


def test_published_values_of_another_data_set_are_not_drawn():
    other = spin_glass().assign(comparable=lambda rows: rows["source"] == "ours")
    (ax,) = module("generalization").draw(other, SHEET).axes
    edge = [line for line in ax.get_lines() if list(line.get_xdata()) == [1]]
    assert {float(line.get_ydata()[0]) for line in edge} == {0.88}
    assert "published" not in texts(ax.figure)


def test_the_published_draw_is_told_apart_from_the_others():
    """Both lines of each start: thin, open and without a band; and thick, filled, with its band."""
    figure = module("generalization").draw(mnist(), SHEET)
    assert {"published draw of examples", "published"} <= set(texts(figure))
    for ax in figure.axes:
        for start in ("train", "test", "random"):
            mine = [line for line in ax.get_lines() if line.get_label() == style.start(start).label]
            own, published = mine
            assert own.get_linewidth() > published.get_linewidth()
            assert own.get_markerfacecolor() == own.get_color() == published.get_color()
            assert published.get_markerfacecolor() == "white"
        assert len(ax.collections) == 3


@pytest.mark.parametrize(("table", "scale"), [(mnist, (1, 0)), (proteins, (20 / 21, 1 / 21))])
def test_null_models_are_lines_of_their_own_without_symbols(table, scale):
    """Each at its height in every panel, once, and named; colours on the scale of identities."""
    figure = module("generalization").draw(table())
    looks = {"nearest_train": ":", "consensus": "-.", "exchanged": "-"}
    for ax in figure.axes:
        bare = [line for line in ax.get_lines() if line.get_marker() in ("None", "")]
        found = {line.get_linestyle(): line.get_ydata()[0] for line in bare}
        expected = {looks[name]: scale[0] * value + scale[1] for name, value in NULLS.items()}
        assert len(bare) == len(NULLS)
        assert found == pytest.approx(expected)
    names = {"test to nearest training example", "test to consensus of training examples"}
    assert {*names, "chance: test to the end of another"} <= set(texts(figure))


def test_a_deviation_beyond_the_panel_stands_at_its_edge_with_its_number():
    table = published().head(2).assign(published=1.0, ours=[1.1, 3.5], tolerance=0.1, agrees=False)
    _, deviation = module("reproduction").draw(table.assign(ours_sem=0.05)).axes
    (arrow,) = [line for line in deviation.get_lines() if line.get_marker() == ">"]
    assert arrow.get_xydata().tolist() == [[4.0, 1.0]]
    assert [text.get_text() for text in deviation.texts] == ["+25"]
    assert deviation.get_xlim()[1] < 5


def test_completion_shows_overlaps_left_and_shares_right():
    figure = module("completion").draw(completion()[lambda rows: rows["rule"] == "pl"])
    overlaps, shares = figure.axes
    lines = {line.get_label(): line for line in overlaps.get_lines()}
    assert "$m_0$ = 0" not in lines
    bars = [line for line in overlaps.get_lines() if list(line.get_xdata()) == [0, 0.04]]
    for bar, asked in zip(bars, (0.5, 1.0), strict=True):
        left = lines[f"$m_0$ = {asked:g}"]
        (right,) = [line for line in shares.get_lines() if line.get_label() == left.get_label()]
        kept = 0.5 * asked**0.5
        np.testing.assert_allclose(left.get_xydata(), [[0.1, kept], [10, kept]])
        np.testing.assert_allclose(right.get_ydata(), [0.1 * asked] * 2)
        assert left.get_color() == right.get_color() == bar.get_color()
        np.testing.assert_allclose(bar.get_ydata(), [asked + 0.01] * 2)
    plain = [line for line in overlaps.get_lines() if list(line.get_xdata()) == [0.1, 10]]
    nulls = {line.get_linestyle(): line.get_ydata()[0] for line in plain[-2:]}
    assert nulls == {":": 0.4, "-.": 0.3}
    np.testing.assert_allclose(shares.get_lines()[-1].get_xydata(), [[0.1, 0.05], [10, 0.05]])


def test_basin_maps_show_each_load_and_kind_with_the_null_models():
    figure = module("basin_maps").draw(completed())
    assert len(figure.axes) == 4
    for ax in figure.axes:
        lines = {line.get_label(): line for line in ax.get_lines()}
        x = [0.01, 0.51, 1.01]
        np.testing.assert_allclose(lines["training"].get_xydata().T, [x, [0, 0.9 * 0.5**0.5, 0.9]])
        np.testing.assert_allclose(lines["test"].get_xydata().T, [x, [0, 0.5 * 0.5**0.5, 0.5]])
        levels = {line.get_linestyle(): line.get_ydata()[0] for line in ax.get_lines()}
        assert (levels[":"], levels["-."]) == (0.4, 0.3)


def test_feature_diagrams_have_a_cell_a_load_and_density():
    table = feature_diagram()
    figure = module("feature_diagram").draw(table)
    shown = [(start, steps) for steps in (10, 100) for start in ("train", "test", "feature")]
    for ax, (start, steps) in zip(figure.axes, shown, strict=False):
        (mesh,) = ax.collections
        mine = table[(table["start"] == start) & (table["steps"] == steps)]
        cells = mine.sort_values(["alpha_D", "alpha"])["overlap"]
        np.testing.assert_allclose(np.ravel(mesh.get_array()), cells)
        corners = np.asarray(mesh.get_coordinates())
        np.testing.assert_allclose(corners[0, :, 0], [0, 0.3, 0.75, 1.25])
        np.testing.assert_allclose(corners[:, 0, 1], [0, 0.125, 0.275])


def test_rescaled_identity_is_the_second_axis():
    table = proteins()[lambda rows: (rows["title"] == "ww") & (rows["rule"] == "pl")]
    figure = module("generalization").draw(table, SHEET)
    figure.draw_without_rendering()
    (axis,) = [child for ax in figure.axes for child in ax.child_axes]
    low, high = figure.axes[-1].get_ylim()
    np.testing.assert_allclose(axis.get_ylim(), [(21 * y - 1) / 20 for y in (low, high)])


def test_reproduction_states_deviations_in_allowed_units():
    """(ours - published) / tolerance for each number that is there, one line for the others."""
    figure = module("reproduction").draw(published(), SHEET)
    deviation = figure.axes[1]
    found = {
        float(y): float(x)
        for line in deviation.get_lines()
        if line.get_marker() in ("o", "X")
        for x, y in line.get_xydata()
    }
    assert found == pytest.approx({0: -0.03, 1: -0.25, 2: 2.5}, abs=1e-6)
    (legend,) = figure.legends
    assert legend.get_title().get_text().endswith("\nnot in this run: 1 of spin glass")
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names[0] == "MNIST, mean pair overlap"
    assert names[2] == r"MNIST, final overlap, test, $\alpha$ = 10"
    assert len(names) == 3


def test_errors_of_perceptrons_are_said_to_be_over_so_many_teachers():
    table = TABLES["perceptron_rules"][1]().assign(teachers=7)
    (legend,) = module("perceptron_rules").draw(table, SHEET).legends
    assert "over 7 teachers" in legend.get_title().get_text()


def test_shades_of_receptive_fields_are_even_about_zero():
    figure = module("receptive_fields").draw(TABLES["receptive_fields"][1](), SHEET)
    pictures = [image for ax in figure.axes for image in [*ax.images, *ax.collections]]
    limits = {image.get_clim() for image in pictures if image.get_array() is not None}
    assert (-0.15, 0.15) in limits


def test_basins_are_compared_with_the_best_pl():
    """Panels on the right show each rule minus PL at the same load; PL itself lies at zero."""
    figure = module("basins").draw(basins(), SHEET)
    right = [line for ax in figure.axes[1::2] for line in ax.get_lines()]
    margins = {line.get_label(): line.get_ydata() for line in right}
    above = {line.get_label() for line in figure.axes[1].get_lines()}
    assert "PL" in above
    assert not {"Hebb", "a rule of tomorrow"} & above
    np.testing.assert_allclose(margins["PL"], [0.0, 0.0])
    np.testing.assert_allclose(margins["Hebb"], [-0.01])
    np.testing.assert_allclose(margins["a rule of tomorrow"], [0.02, 0.02])


def test_intervals_of_few_draws_are_wider_by_students_t():
    table = pd.DataFrame({"draws": [2, 4, 12], "m_sem": 0.01, "m": 0.5})
    # Quantiles of Student's t at 0.975 with 1, 3 and 11 degrees of freedom, from its tables.
    widened = panels.confident(table)["m_sem"].to_numpy() / 0.01
    np.testing.assert_allclose(widened, [12.706, 3.182, 2.201], atol=5e-4)


def test_bands_of_few_replicates_are_wider_by_students_t():
    """Of four draws 1.197 standard errors hold the mean with 68.27 %, of two 1.837: its tables."""
    table = pd.DataFrame({"x": [1.0], "y": [0.0], "y_sem": [1.0]})

    @style.styled
    def bars(table):
        figure, axes = panels.grid(1, 1, width=3, height=2)
        panels.points(axes[0, 0], table, "x", "y", style.rule("pl"))
        panels.legend(figure, axes.flat, title=panels.sample_note(table))
        return figure

    def half(table, draws):
        figure = bars(table, style.Sheet(draws=draws))
        ((_, end),) = figure.axes[0].collections[0].get_segments()
        return end[1], figure.legends[0].get_title().get_text()

    assert half(table, 4) == (
        pytest.approx(1.197, abs=1e-3),
        "bands: 68 % confidence over 4 draws (Student's $t$)",
    )
    assert half(table.assign(draws=2), 4)[0] == pytest.approx(1.837, abs=1e-3)
    assert half(table, 1) == (1.0, r"bands: $\pm 1$ standard error")
    # What is widened to 95 % already is left as it is.
    assert half(panels.confident(table.assign(draws=4)), 4)[0] == pytest.approx(3.182, abs=1e-3)


def test_a_quantity_that_vanishes_throughout_is_a_word_and_no_panel():
    table = TABLES["symmetry"][1]()
    none = table.assign(value=table["value"].where(table["quantity"] != "cycle_fraction", 0.0))
    figure = module("symmetry").draw(none, SHEET)
    assert len([ax for ax in figure.axes if ax.axison]) == 3
    assert "fraction to cycles: none" in figure.legends[0].get_title().get_text()


def test_what_is_left_of_a_pattern_beyond_capacity_is_called_remanence():
    table = TABLES["recall_temperature"][1]()
    beyond = (table["rule"] == "hebb") & (table["alpha"] == 0.5)
    table["theory"] = table["theory"].mask(beyond, 0.0)
    below, above = module("recall_temperature").draw(table, SHEET).axes
    assert [text.get_text() for text in below.texts] == []
    assert [text.get_text() for text in above.texts] == ["remanence"]
    assert above.texts[0].xy == (0.0, 1.0)


def test_counted_attractors_stand_beside_the_number_of_starts_and_bounds_beside_entropies():
    table = TABLES["attractors"][1]()
    table = table[table["rule"] == "pl"]
    counted, entropy, *_ = module("attractors").draw(table, SHEET).axes
    levels = [line for line in counted.get_lines() if line.get_linestyle() == ":"]
    assert [set(line.get_ydata()) for line in levels] == [{50}] * 3
    bounds = [line for line in entropy.get_lines() if line.get_marker() == "^"]
    assert [list(line.get_ydata()) for line in bounds if len(line.get_ydata())] == [[8.0] * 3]


def test_tuning_curves_are_drawn_relative_to_their_best_parameter():
    figure = module("rivals").draw(rivals(), SHEET)
    panel = figure.axes[3]  # the first of the second row
    (curve,) = [line for line in panel.get_lines() if line.get_label() == "dreaming"]
    np.testing.assert_allclose(curve.get_xdata(), [0.5, 1, 2])
    expected = [0.33, 0.32, 0.36]  # at load 0.2 and t = 1, 2, 4
    np.testing.assert_allclose(curve.get_ydata(), expected)


def test_the_bars_of_the_phase_diagram_span_what_is_as_good_as_the_best():
    """Excess 0.01, 0.0025 and 0.04 with half intervals of 2.2 times 0.002."""
    (left, *_) = module("phase_diagram").draw(phase_diagram(), SHEET).axes
    spans = {tuple(line.get_ydata()) for line in left.get_lines()}
    assert spans == {(1.5, 2.0), (2.0,)}
    assert [text.get_text() for text in left.texts] == ["0.100", "0.200", "0.500"]


def test_the_lines_of_sizes_go_through_their_ends():
    (panel, *_) = module("sizes").draw(sizes(), SHEET).axes
    lines = [line for line in panel.get_lines() if line.get_linestyle() == "-"]
    np.testing.assert_allclose(lines[0].get_xydata(), [[0, 0.2], [1 / 125, 0.2 + 2 / 125]])


def test_retrieved_overlap_is_printed():
    """Below each image stands the mean product of retrieved and original spins."""
    table = examples()
    flip = (table["stage"] == "retrieved") & (table["example"] == 8) & (table["row"] == 0)
    table.loc[flip, "value"] *= -1  # 3 of 12 pixels: overlap 1 - 2 * 3 / 12
    for ax in module("examples").draw(table, SHEET).axes:
        shades = ax.get_images()[0].get_array()
        # Ink, paper, and white between the images: 4 x 3 pixels of six of them.
        assert set(np.unique(shades)) == {0.1, 0.88, 1.0}
        assert (shades == 0.1).sum() + (shades == 0.88).sum() == 6 * 12
        assert [label.get_text() for label in ax.get_xticklabels()] == ["1.00", "0.50"]


def test_rules_look_as_the_sheet_says_and_stand_in_its_order():
    table = retrieval_maps()
    table = table[table["rule"].isin(["hebb", "pl", "a_rule_of_tomorrow"])]
    looks = {"pl": Look("ours", "#123456", "P"), "hebb": Look("Hebb", "#000000", "s")}
    figure = module("retrieval_maps").draw(table, style.Sheet(looks))
    curves = [line for line in figure.axes[0].get_lines() if not line.get_label().startswith("_")]
    assert [line.get_label() for line in curves] == ["ours", "Hebb", "a rule of tomorrow"]
    assert (curves[0].get_color(), curves[0].get_marker()) == ("#123456", "P")
    assert style.rule("pl").label == "pl"  # no longer in force
    numbers = [style.number(value) for value in (0.1, 1.0, 9.9949, 1234, 19600, np.inf)]
    assert numbers == ["0.1", "1", "9.99", "1234", "19\N{THIN SPACE}600", r"$\infty$"]
    starts = [style.start(name) for name in style._STARTS]
    assert len({look.color for look in starts}) == len(starts)


def test_data_sets_stand_at_the_head_where_panels_do_not_name_them():
    titled = SHEET._replace(titles={"a": "faces", "b": "faces"}, head=True)
    (legend,) = module("basins").draw(basins(), titled).legends
    assert legend.get_title().get_text() == r"faces; bars: $\pm 1$ standard error"
    assert module("examples").draw(examples(), titled).get_suptitle() == "faces"
    assert module("examples").draw(examples(), SHEET).get_suptitle() == ""


def test_files_are_whole_repeatable_and_without_versions(tmp_path: Path):
    """Two processes with different hash seeds write the same bytes."""
    table = mnist()[lambda rows: rows["rule"] == "pl"]
    figure = module("generalization").draw(table)
    first = [path.read_bytes() for path in style.save(figure, tmp_path / "a.pdf")]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.pdf", "a.png", "a.svg"]
    table.to_csv(tmp_path / "table.csv", index=False)
    code = (
        "import sys, pandas; from plmemory.figures.generalization import draw as f;"
        "from plmemory.figures.shared import style;"
        "style.save(f.draw(pandas.read_csv(sys.argv[1])), sys.argv[2]);"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    environment = dict(os.environ, PYTHONHASHSEED="7", PYTHONPATH=os.pathsep.join(sys.path))
    command = [sys.executable, "-c", code, str(tmp_path / "table.csv"), str(tmp_path / "b")]
    subprocess.run(command, check=True, env=environment)
    other = [(tmp_path / f"b{suffix}").read_bytes() for suffix in style.SUFFIXES]
    assert other == first
    for content in first[:2]:
        assert b"Matplotlib v" not in content
        assert b"Date" not in content


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch):
    figure = module("generalization").draw(mnist().iloc[:3], SHEET)
    paths = [tmp_path / f"a{suffix}" for suffix in style.SUFFIXES]
    for path in paths:
        path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        style.save(figure, tmp_path / "a")
    assert [path.read_bytes() for path in paths] == [b"old"] * 3
    assert len(list(tmp_path.iterdir())) == 3


def test_the_rules_of_a_scaling_are_told_apart_as_their_symbols_are():
    """The first filled and solid, the second hollow and dashed, in the legend and in the panel."""
    figure = draw("perceptron_scaling", table_of("perceptron_scaling"))
    keys = {line.get_label(): line for line in figure.legends[0].legend_handles}
    filled = {name: keys[label(name)].get_markerfacecolor() for name in ("fixed_norm", "free_norm")}
    assert filled == {"fixed_norm": "#404040", "free_norm": "white"}
    styles = [keys[rf"{label(n)}, $\alpha=\infty$"].get_linestyle() for n in filled]
    assert styles == ["-", "--"]
    faces = [
        line.get_markerfacecolor()
        for line in figure.axes[0].get_lines()
        if line.get_marker() not in ("", "None", "|", "_")
    ]
    # Each at two loads.
    assert [face == "white" for face in faces] == [False, False, True, True]


def test_a_title_of_the_legend_too_wide_for_the_figure_is_broken():
    words = "bands: 68 % confidence over 8 draws, $n$ = 8 to 2048 states a point"
    for width, lines in ((style.COLUMN, 2), (style.DOUBLE, 1)):
        figure, axes = panels.grid(1, 1, width=width, height=2)
        panels.legend(figure, axes.flat, [panels.line("one")], words)
        assert len(figure.legends[0].get_title().get_text().splitlines()) == lines
