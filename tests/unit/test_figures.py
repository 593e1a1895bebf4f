"""Every figure from small made-up tables: what is drawn, what is named, what fails, equal bytes."""

import importlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from plmemory.errors import InputError
from plmemory.figures.shared import panels, style

Table = Callable[[], pd.DataFrame]
RULES = ("hebb", "pl", "pl_lambda_0.1", "a_rule_of_tomorrow")
LOADS = (0.2, 0.5)
KEYS = {"alpha", "P", "L", "T", "alpha_D", "epoch", "example", "row", "column", "rank", "i", "j"}
KEYS |= {"digit_a", "digit_b", "bin_left", "bin_right", "temperature"}  # where, not how much


def cross(**axes: object) -> pd.DataFrame:
    """A table with one row for each combination of the given values."""
    index = pd.MultiIndex.from_product(list(axes.values()), names=list(axes))
    return index.to_frame(index=False)


def retrieval_maps() -> pd.DataFrame:
    table = cross(rule=RULES, alpha=LOADS, initial_overlap=np.linspace(0, 1, 5))
    m0 = table["initial_overlap"]
    return table.assign(
        final_overlap=np.sqrt(m0),
        final_overlap_sem=0.02,
        one_step_overlap=m0**0.7,
        one_step_overlap_sem=0.01,
        one_step_theory=(m0**0.7).where(table["rule"] != "a_rule_of_tomorrow"),
    )


def recall() -> pd.DataFrame:
    table = cross(rule=RULES, alpha=LOADS, temperature=(0.0, 0.5, 2.0))
    return table.assign(
        overlap=1 / (1 + table["temperature"]),
        overlap_sem=0.01,
        n=80,
        theory=np.where(table["rule"] == "hebb", 0.9, np.nan),
        own_temperature=np.where(table["rule"] == "pl", 0.6, np.nan),
    )


def training() -> pd.DataFrame:
    table = cross(rule=RULES, alpha=LOADS, epoch=(0, 1, 10, 100))
    epoch = table["epoch"]
    table = table.assign(
        loss=np.exp(-epoch / 50),
        norm=0.1 * epoch,
        asymmetry=0.01 * epoch,
        min_stability=epoch / 100 - 0.5,
        hebb_distance=epoch / 200,
        overlap=0.5 + epoch / 200,
        b=0.1 * epoch,
        mean_stability=1.0,
        mean_stability_theory=1.01,
        margin_theory=0.6,
        critical_overlap=0.4,
        critical_overlap_theory=0.41,
    )
    optima = cross(rule=("pl_b_2", "maximum_stability"), alpha=LOADS).assign(
        b=lambda rows: np.where(rows["rule"] == "pl_b_2", 2.0, np.inf),
        min_stability=0.6,
        mean_stability=1.1,
        critical_overlap=0.3,
    )
    return pd.concat([table, optima], ignore_index=True)


def mnist() -> pd.DataFrame:
    table = cross(rule=RULES, P=(20, 196, 19600), start=("train", "test", "random"))
    table = table.assign(
        alpha=table["P"] / 196,
        overlap=0.7,
        overlap_sem=0.01,
        n=table["P"],
        nearest_train_overlap=np.where(table["start"] == "test", 0.5, np.nan),
        source="ours",
    )
    published = table[table["rule"] == "pl"].assign(
        overlap=0.72, overlap_sem=np.nan, n=np.nan, source="published"
    )
    return pd.concat([table, published], ignore_index=True)


def examples() -> pd.DataFrame:
    table = cross(
        set=("train", "test"),
        alpha=(0.1, 100.0),
        example=(3, 8),
        stage=("original", "corrupted", "retrieved"),
        row=range(4),
        column=range(3),
    )
    return table.assign(digit=5, value=np.where((table["row"] + table["column"]) % 2, 1, -1))


def statistics() -> pd.DataFrame:
    bins = [
        {"quantity": q, "source": "ours", "bin_left": left, "bin_right": left + 0.5, "value": 0.5}
        for q in ("pair_overlap_density", "within_class_overlap_density")
        for left in (-1.0, -0.5, 0.0, 0.5)
    ]
    means = [
        {"quantity": "mean_pair_overlap", "source": source, "value": 0.08878493}
        for source in ("ours", "published")
    ]
    classes = cross(digit_a=range(10), digit_b=range(10))
    ours = classes.assign(quantity="class_overlap", source="ours", value=0.1)
    same = classes[classes["digit_a"] == classes["digit_b"]]
    published = same.assign(quantity="class_overlap", source="published", value=0.3)
    return pd.concat([pd.DataFrame(bins + means), ours, published], ignore_index=True)


def stabilities() -> pd.DataFrame:
    table = cross(rule=RULES, alpha=LOADS, b=(0.5, 2.0), stability=np.linspace(-1, 3, 9))
    bell = np.exp(-((table["stability"] - 1) ** 2))
    table = table.assign(
        density=bell.where(table["stability"] > 0, 0.0),
        theory_density=bell.where(table["rule"] != "a_rule_of_tomorrow"),
    )
    table["b"] = table["b"].where(table["rule"] == "pl")
    return table.drop_duplicates(["rule", "alpha", "b", "stability"])


def moments() -> pd.DataFrame:
    table = stabilities().drop_duplicates(["rule", "alpha", "b"])[["rule", "alpha", "b"]]
    known = np.where(table["rule"] != "a_rule_of_tomorrow", 1.0, np.nan)
    return table.assign(
        mean=1.02, std=0.3, min=-0.1, theory_mean=known, theory_std=0.3 * known, mean_sem=0.01
    )


def basins() -> pd.DataFrame:
    table = cross(rule=RULES, alpha=LOADS)
    overlap = table["alpha"] + 0.01 * table["rule"].map(RULES.index)
    retrieves = (table["rule"] != "hebb") | (table["alpha"] < 0.3)
    return table.assign(
        critical_overlap=overlap.where(retrieves),
        critical_overlap_sem=0.003,
        first_step_theory=(overlap - 0.05).where(table["rule"] == "pl"),
        excess=(0.01 * (table["rule"].map(RULES.index) - 1)).where(retrieves),
    )


def capacity() -> pd.DataFrame:
    table = cross(rule=RULES, alpha=LOADS)
    return table.assign(
        fixed_point_fraction=1 - table["alpha"],
        stable_site_fraction=1 - 0.1 * table["alpha"],
        stable_site_fraction_theory=0.99,
        final_overlap=0.9,
        final_overlap_sem=0.01,
        capacity=table["rule"].map({"hebb": 0.138, "pseudo_inverse": 1.0, "pl": 2.0}),
    )


def symmetry() -> pd.DataFrame:
    table = cross(
        rule=("pl", "pl_symmetric"),
        alpha=LOADS,
        quantity=("critical_overlap", "cycle_fraction", "asymmetry", "own_quantity"),
    )
    return table.assign(value=table["alpha"], value_sem=0.01, value_theory=table["alpha"] + 0.01)


def starts(rule: tuple[str, ...] = RULES, **axes: object) -> pd.DataFrame:
    """What the figures of generalisation share, with baselines for test starts."""
    table = cross(rule=rule, P=(10, 100, 1000), start=("train", "test", "random"), **axes)
    return table.assign(
        alpha=table["P"] / 100,
        overlap=0.6 + 0.1 * np.log10(table["P"]) / 3,
        overlap_sem=0.01,
        n=50,
        nearest_train_overlap=np.where(table["start"] == "test", 0.3, np.nan),
    )


def features() -> pd.DataFrame:
    table = starts(rule=("pl", "hebb"), alpha_D=(0.05, 0.1))
    feature = table[table["start"] == "random"].assign(start="feature", overlap=0.99)
    return pd.concat([table, feature], ignore_index=True)


def spin_glass() -> pd.DataFrame:
    table = starts(rule=("pl",), L=(16,), T=(0.99,), dynamics=("synchronous", "sequential"))
    limit = table[table["P"] == 1000].assign(P=np.inf, alpha=np.inf, overlap=0.88)
    published = limit.assign(source="published", overlap=0.882, overlap_sem=np.nan, n=np.nan)
    return pd.concat([table, limit, published], ignore_index=True)


def inference() -> pd.DataFrame:
    table = cross(rule=RULES, P=(10.0, 1000.0, np.inf), start=("train", "test", "random", "sample"))
    return table.assign(
        L=16,
        T=0.99,
        alpha=table["P"] / 256,
        gamma=table["P"] ** -0.5,
        R=1 - 1 / table["P"],
        energy=-1.2,
        energy_sem=0.01,
    )


def proteins() -> pd.DataFrame:
    table = starts(rule=("pl", "hebb"), family=("dhfr", "ww"))
    names = {"overlap": "identity", "overlap_sem": "identity_sem"}
    table = table.rename(columns=names | {"nearest_train_overlap": "nearest_train_identity"})
    return table.assign(rescaled=(21 * table["identity"] - 1) / 20)


def contacts() -> pd.DataFrame:
    precision = cross(family=("dhfr", "ww"), rule=("pl", "mean_field"), rank=(1, 10, 100))
    precision = precision.assign(kind="precision", value=1 / (1 + precision["rank"] / 50))
    predicted = precision.assign(kind="predicted", i=3, j=precision["rank"] % 7 + 20, value=1.0)
    single = cross(family=("dhfr", "ww"), kind=("contact", "length", "chance"))
    single = single.assign(i=3, j=21, value=np.where(single["kind"] == "length", 30, 0.1))
    return pd.concat([precision, predicted, single], ignore_index=True)


def attractor_counts() -> pd.DataFrame:
    table = starts(rule=("pl", "hebb"))
    return table.assign(
        attractors=table["P"],
        cycles_fraction=0.1,
        nearest_train=0.9,
        nearest_test=0.5,
        orders_differ=np.where(table["start"] == "test", 0.6, np.nan),
        orders_overlap=np.where(table["start"] == "test", 0.8, np.nan),
        basin_entropy=3.0,
        basin_entropy_sem=0.1,
    )


def published() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "dataset": ["mnist", "mnist", "mnist", "spin_glass"],
            "quantity": ["mean_pair_overlap", "final_overlap", "final_overlap", "final_overlap"],
            "alpha": [np.nan, 1.0, 10.0, np.inf],
            "start": [np.nan, "train", "test", "test"],
            "published": [0.08878493, 1.0, 0.8, 0.882],
            "ours": [0.0887849, 0.99, 0.9, np.nan],
            "ours_sem": [np.nan, 0.002, 0.003, np.nan],
            "tolerance": [1e-6, 0.04, 0.04, 0.015],
            "agrees": [True, True, False, None],
        }
    )


FIGURES: dict[str, Table] = {
    "random_retrieval_maps": retrieval_maps,
    "random_recall_temperature": recall,
    "random_training": training,
    "mnist_generalization": mnist,
    "mnist_examples": examples,
    "mnist_statistics": statistics,
    "random_stabilities": stabilities,
    "random_stability_moments": moments,
    "random_basins": basins,
    "random_capacity": capacity,
    "random_symmetry": symmetry,
    "features_generalization": features,
    "spin_glass_generalization": spin_glass,
    "spin_glass_inference": inference,
    "protein_generalization": proteins,
    "protein_contacts": contacts,
    "attractors": attractor_counts,
    "reproduction": published,
}


def module(name: str):
    return importlib.import_module(f"plmemory.figures.{name}")


def texts(figure: Figure) -> list[str]:
    """All words of the legends and titles of a figure."""
    legends = [*figure.legends, *(ax.get_legend() for ax in figure.axes if ax.get_legend())]
    words = [text.get_text() for legend in legends for text in legend.get_texts()]
    words += [text.get_text() for ax in figure.axes for text in ax.texts]
    return words + [ax.get_title() for ax in figure.axes]


@pytest.fixture(scope="module")
def drawn() -> dict[str, Figure]:
    return {name: module(name).draw(table()) for name, table in FIGURES.items()}


@pytest.mark.parametrize("name", FIGURES)
def test_panels_find_room(drawn, name):
    """matplotlib warns, hence fails here, where decorations leave none."""
    drawn[name].draw_without_rendering()
    panels = [ax.get_position() for ax in drawn[name].axes]
    assert all(panel.width > 0 and panel.height > 0 for panel in panels)


@pytest.mark.parametrize("name", FIGURES)
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


@pytest.mark.parametrize("name", [name for name in FIGURES if "rule" in module(name).COLUMNS])
def test_every_rule_is_named(name, drawn):
    table = FIGURES[name]()
    words = texts(drawn[name])
    table = table[table["rule"].notna()]
    settings = table["b"] if "b" in module(name).COLUMNS else pd.Series(np.nan, table.index)
    for rule, b in set(zip(table["rule"], settings.fillna(-1.0), strict=True)):
        label = style.rule(rule, b if b > 0 else np.nan).label
        assert any(word == label or word.startswith(f"{label}, ") for word in words)


@pytest.mark.parametrize(
    "name",
    [name for name in FIGURES if "start" in module(name).COLUMNS and name != "reproduction"],
)
def test_every_start_is_named_and_keeps_its_colour(name, drawn):
    figure = drawn[name]
    for start in FIGURES[name]()["start"].unique():
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


@pytest.mark.parametrize("name", FIGURES)
def test_a_missing_column_is_named(name):
    for column in module(name).COLUMNS:
        with pytest.raises(InputError, match=f"table {name}: column '{column}' is missing"):
            module(name).draw(FIGURES[name]().drop(columns=column))
    with pytest.raises(InputError, match=f"table {name}: no rows"):
        module(name).draw(FIGURES[name]().iloc[:0])


@pytest.mark.parametrize("name", FIGURES)
def test_one_row_and_missing_numbers(name):
    """A table of one row, and one whose measured numbers are all missing, still give a figure."""
    table = FIGURES[name]()
    assert module(name).draw(table.iloc[:1]).axes
    if "rule" in table:  # enough of it
        table = table[table["rule"] == table["rule"].iloc[0]]
    measured = [c for c in table.select_dtypes("number") if c not in KEYS]
    for ax in module(name).draw(table.assign(**dict.fromkeys(measured, np.nan))).axes:
        assert np.isfinite(ax.get_xlim() + ax.get_ylim()).all()
        assert ax.xaxis.get_majorticklocs() is not None  # a log axis without data has none to give
        assert ax.yaxis.get_majorticklocs() is not None


@pytest.mark.parametrize("name", [name for name in FIGURES if name != "reproduction"])
def test_order_of_rows_does_not_matter(name, drawn):
    """Tables sorted otherwise draw the same lines (reproduction keeps the order on purpose)."""
    shuffled = module(name).draw(FIGURES[name]().sample(frac=1.0, random_state=1))
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
    (ax,) = module("spin_glass_generalization").draw(spin_glass()).axes
    edge = [line for line in ax.get_lines() if list(line.get_xdata()) == [1]]
    assert sorted({float(line.get_ydata()[0]) for line in edge}) == [0.88, 0.882]
    levels = [line for line in ax.get_lines() if list(line.get_xdata()) == [0, 1]]
    assert [list(line.get_ydata()) for line in levels] == [[0.88, 0.88]] * 3
    assert "published" in texts(ax.figure)
    assert "sequential" in texts(ax.figure)


def test_rescaled_identity_is_the_second_axis():
    table = proteins()[lambda rows: (rows["family"] == "ww") & (rows["rule"] == "pl")]
    figure = module("protein_generalization").draw(table)
    figure.draw_without_rendering()
    (axis,) = [child for ax in figure.axes for child in ax.child_axes]
    low, high = figure.axes[-1].get_ylim()
    np.testing.assert_allclose(axis.get_ylim(), [(21 * y - 1) / 20 for y in (low, high)])


def test_reproduction_states_deviations_in_allowed_units():
    """(ours - published) / tolerance for each number that is there, words for the others."""
    figure = module("reproduction").draw(published())
    deviation = figure.axes[1]
    found = {
        float(y): float(x)
        for line in deviation.get_lines()
        if line.get_marker() in ("o", "X")
        for x, y in line.get_xydata()
    }
    assert found == pytest.approx({0: -0.03, 1: -0.25, 2: 2.5}, abs=1e-6)
    assert [text.get_text() for text in deviation.texts] == ["not in this configuration"]
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names[0] == "MNIST, mean pair overlap"
    assert names[3] == r"spin glass, final overlap, test, $\alpha$ = $\infty$"


def test_basins_are_compared_with_the_best_pl():
    """The second panel shows each rule minus PL at the same load; PL itself lies at zero."""
    figure = module("random_basins").draw(basins())
    margins = {line.get_label(): line.get_ydata() for line in figure.axes[1].get_lines()}
    np.testing.assert_allclose(margins["PL"], [0.0, 0.0])
    np.testing.assert_allclose(margins["Hebb"], [-0.01])
    np.testing.assert_allclose(margins["a rule of tomorrow"], [0.02, 0.02])


def test_retrieved_overlap_is_printed():
    """Below each image stands the mean product of retrieved and original spins."""
    table = examples()
    flip = (table["stage"] == "retrieved") & (table["example"] == 8) & (table["row"] == 0)
    table.loc[flip, "value"] *= -1  # 3 of 12 pixels: overlap 1 - 2 * 3 / 12
    for ax in module("mnist_examples").draw(table).axes:
        assert [label.get_text() for label in ax.get_xticklabels()] == ["1.00", "0.50"]


def test_looks_are_apart_and_functions_of_the_name():
    known = [style.rule(name) for name in style._RULES if "potts" not in name]
    assert len({(look.color, look.line) for look in known}) == len(known)
    assert len({look.label for look in known}) == len(known)
    starts = [style.start(name) for name in style._STARTS]
    assert len({look.color for look in starts}) == len(starts)
    variants = [style.rule(f"pl_lambda_{value}") for value in (0.1, 1, 10)]
    brightness = [sum(to_rgb(look.color)) for look in variants]
    assert brightness == sorted(brightness, reverse=True)
    assert variants[0].label == r"PL, $\lambda$ = 0.1"
    assert style.rule("pl", b=2.0) == style.rule("pl_b_2")
    assert style.rule("own_rule").label == "own rule"
    numbers = [style.number(value) for value in (0.1, 1.0, 9.9949, 1234, 19600, np.inf)]
    assert numbers == ["0.1", "1", "9.99", "1234", "19\N{THIN SPACE}600", r"$\infty$"]
    assert style.ordered(["zeta", "pl", "hebb", "pl", "pl_b_10", "pl_b_2"]) == [
        "hebb",
        "pl",
        "pl_b_2",
        "pl_b_10",
        "zeta",
    ]


def test_files_are_whole_repeatable_and_without_versions(tmp_path: Path):
    """Two processes with different hash seeds write the same bytes."""
    table = mnist()[lambda rows: rows["rule"] == "pl"]
    figure = module("mnist_generalization").draw(table)
    first = [path.read_bytes() for path in style.save(figure, tmp_path / "a.pdf")]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.pdf", "a.png", "a.svg"]
    table.to_csv(tmp_path / "table.csv", index=False)
    code = (
        "import sys, pandas; from plmemory.figures import mnist_generalization as f, style;"
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
    figure = module("mnist_generalization").draw(mnist().iloc[:3])
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
