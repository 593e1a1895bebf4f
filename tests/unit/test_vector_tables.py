"""Tables of vector networks: what they summarise, beside the theory that belongs to it."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from plmemory.figures.reproduction import table as reproduction
from plmemory.figures.shared.retrieved import retrieved
from plmemory.figures.vector_capacity import published as capacity_published
from plmemory.figures.vector_capacity import table as vector_capacity
from plmemory.figures.vector_first_step import published as first_step_published
from plmemory.figures.vector_first_step import table as vector_first_step
from plmemory.figures.vector_hessian import published as hessian_published
from plmemory.figures.vector_hessian import table as vector_hessian
from plmemory.figures.vector_learning import table as vector_learning
from plmemory.figures.vector_phase_diagram import published as diagram_published
from plmemory.figures.vector_phase_diagram import table as vector_phase_diagram
from plmemory.theory import sphere, vectors
from plmemory.theory.vector_hessian import field_density, field_shift, spectrum

INITIAL = [0.0, 0.5, 1.0]


def result(dimension=3, alpha=0.03, method="vector_hebb", **variables):
    described = {"kind": "random_vectors", "title": "d", "columns": {"d": dimension}}
    described["provides"] = ["independent"]
    attributes = {"dataset": f"vectors_{dimension}", "rule": method, "method": method}
    attributes |= {"alpha": alpha, "patterns": 3, "converged": 1, "described": described}
    return xr.Dataset(variables, attrs=attributes)


def histories(shift=0.0, **changes):
    """Two replicates, three initial overlaps, two patterns, times 0 to 2."""
    overlap = np.zeros((2, 3, 2, 3))
    overlap[..., 0] = np.array(INITIAL)[:, None]
    overlap[..., 1] = 0.6 + shift + np.array([-0.01, 0.01])[:, None, None]
    overlap[..., 2] = 0.3
    final = np.broadcast_to([[[0.9, 0.1]]], (2, 3, 2)).copy()
    final[1] = 0.95
    axes = ("replicate", "initial_overlap", "pattern")
    return result(
        overlap=((*axes, "time"), overlap),
        final_overlap=(axes, final),
        initial_overlap=("initial_overlap", INITIAL),
        **changes,
    )


def test_median_and_fraction_tell_what_a_mean_hides():
    found = retrieved(np.array([[0.95, 0.05, 0.95], [0.05, 0.91, 0.95]]))
    assert found["overlap"] == pytest.approx(3.86 / 6)
    assert found["median_overlap"] == pytest.approx(0.93)
    assert found["retrieved"] == pytest.approx(4 / 6)
    assert found["retrieved_overlap"] == pytest.approx((0.95 + 0.93) / 2)
    assert found["retrieved_overlap_sem"] == pytest.approx(0.01)
    assert math.isnan(retrieved(np.full((2, 2), 0.1))["retrieved_overlap"])


def test_capacities_and_overlaps():
    table = vector_capacity.build(
        [histories(), histories(alpha=0.2, method="vector_pseudo_inverse")]
    )
    limits = table[table["capacity_d"].notna()].set_index("d")["capacity_d"]
    assert limits[1] == pytest.approx(0.137906, abs=1e-5)
    assert limits[100] == pytest.approx(4 / 27, abs=1e-3)
    ours, other = table[table["overlap"].notna()].to_dict("records")
    assert ours["theory"] == pytest.approx(vectors.retrieval(0.03, 3).overlap)
    assert (ours["median_overlap"], ours["retrieved"]) == pytest.approx((0.925, 0.75))
    assert math.isnan(other["theory"])
    line = table[table["overlap"].isna() & (table["rule"] == "vector_hebb")]
    assert line["alpha"].max() == pytest.approx(vectors.capacity(3).alpha)
    assert (line["theory"] > 0.8).all()
    assert (table.loc[table["overlap"].isna(), "rule"] != "vector_pseudo_inverse").all()


def test_every_line_and_point_of_theory_is_of_its_own_dimension_and_load():
    """Two dimensions, a load beyond the capacity, and the rule without theory in between."""
    asked = [(3, 0.03), (8, 0.01), (3, 0.04), (8, 0.3)]
    results = [histories(dimension=d, alpha=alpha) for d, alpha in asked]
    results.insert(2, histories(dimension=5, alpha=0.02, method="vector_pseudo_likelihood"))
    table = vector_capacity.build(results)
    points = table[table["overlap"].notna()].set_index(["d", "alpha"])["theory"]
    for d, alpha in asked[:3]:
        assert points[d, alpha] == pytest.approx(vectors.retrieval(alpha, d).overlap)
    assert points[8, 0.3] == 0
    assert math.isnan(points[5, 0.02])
    lines = table[table["overlap"].isna() & table["alpha"].notna()]
    assert set(lines["d"]) == {3, 8}
    for d, line in lines.groupby("d"):
        assert set(line["rule"]) == {"vector_hebb"}
        assert set(line["dataset"]) == {f"vectors_{d}"}
        parts = line["alpha"].to_numpy() / vectors.capacity(d).alpha
        np.testing.assert_allclose(1 - parts, 0.8 * np.linspace(1, 0, 30) ** 2, atol=1e-8)
        for alpha, theory in zip(line["alpha"][::7], line["theory"][::7], strict=True):
            assert theory == pytest.approx(vectors.retrieval(alpha, d).overlap)
    limits = table[table["capacity_d"].notna()].set_index("d")["capacity_d"]
    dimensions = [1, 2, 3, 4, 5, 6, 7, 8, 10, 13, 16, 20, 25, 32, 40, 50, 63, 80, 100]
    assert limits.index.tolist() == dimensions
    for d in (2, 13, 63):
        assert limits[d] == pytest.approx(d * vectors.capacity(d).alpha)


def test_maps_limits_and_histories():
    table = vector_first_step.build([histories()], [0.0, 0.5], 0.6)
    maps = table[(table["panel"] == "map") & table["one_step_overlap"].notna()]
    assert list(maps["initial_overlap"]) == INITIAL
    np.testing.assert_allclose(maps["one_step_overlap"], 0.6)
    np.testing.assert_allclose(maps["one_step_overlap_sem"], 0.01)
    np.testing.assert_allclose(maps["theory"], vectors.one_step(INITIAL, 2 / 99, 3))
    line = table[(table["panel"] == "map") & table["one_step_overlap"].isna()]
    exact = vectors.one_step(line["initial_overlap"].to_numpy(), 2 / 99, 3)
    np.testing.assert_allclose(line["theory"], exact)
    times = table[table["panel"] == "time"]
    np.testing.assert_allclose(times["overlap"], [0.5, 0.6, 0.3])
    assert set(times["initial_overlap"]) == {0.5}
    assert line["initial_overlap"].tolist() == pytest.approx(np.linspace(0, 1, 60))
    limits = table[table["panel"] == "limit"].set_index(["initial_overlap", "d"])["alpha"]
    dimensions = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32]
    assert limits.index.tolist() == [(m0, d) for m0 in (0.0, 0.5) for d in dimensions]
    assert limits[0.0, 1] == pytest.approx(2 / np.pi)
    assert limits[0.0, 2] == pytest.approx(np.pi / 2)
    for d in dimensions:  # at the limit, a step leads from the overlap to itself
        assert vectors.one_step(np.array([0.5]), limits[0.5, d], d) == pytest.approx(0.5)


def test_learning_rules_have_their_capacities():
    results = [histories(), histories(alpha=1.0, method="vector_pseudo_inverse")]
    table = vector_learning.build([*results, histories(method="vector_pseudo_likelihood")])
    assert len(table) == 9
    capacities = table.groupby("rule")["capacity"].first()
    assert capacities["vector_hebb"] == pytest.approx(vectors.capacity(3).alpha)
    assert capacities["vector_pseudo_inverse"] == 1
    assert math.isnan(capacities["vector_pseudo_likelihood"])
    assert set(table["one_step_overlap"]) == {0.6}


def test_the_phase_diagram_ends_in_its_corners():
    table = vector_phase_diagram.build([1, 4], 5)
    for d, rows in table.groupby("d"):
        lines = dict(list(rows.groupby("line")))
        assert set(lines) == {"spinodal", "first_order", "spin_glass"}
        spinodal = lines["spinodal"].sort_values("temperature")
        assert spinodal["alpha_d"].iloc[0] == pytest.approx(vectors.capacity(d).alpha * d)
        first = lines["first_order"].sort_values("temperature")
        # At T = 0 retrieval is the deepest state of Ising spins up to 0.051 (Amit et al. 1987).
        if d == 1:
            assert first["alpha_d"].iloc[0] == pytest.approx(0.051, abs=1e-3)
        for line in (spinodal, first):
            assert (line["temperature"].iloc[-1], line["alpha_d"].iloc[-1]) == (1, 0)
        assert (np.diff(spinodal["alpha_d"]) < 0).all()
        assert (first["alpha_d"].iloc[:-1].values < spinodal["alpha_d"].iloc[:-1].values).all()
        for temperature, scaled in zip(first["temperature"], first["alpha_d"], strict=True):
            if scaled:  # there the two states are equally deep
                exact = vectors.first_order(d, temperature / d)
                assert scaled == pytest.approx(d * exact.alpha)
        glass = lines["spin_glass"]
        np.testing.assert_allclose(glass["temperature"], 1 + np.sqrt(glass["alpha_d"]) / d)


def minima(dimension=3, alpha=0.04, sites=40):
    """Two replicates of four states, of which a memory and a random state were not kept."""
    rng = np.random.default_rng(0)
    modes = np.sort(rng.uniform(0.01, 2, size=(2, 4, sites * (dimension - 1))), axis=-1)
    kept = np.array([[True, False, True, True], [True, True, True, False]])
    state = vectors.retrieval(alpha, dimension)
    fields = rng.uniform(0.5, 1.5, size=(2, 4, sites))
    axes = ("replicate", "state")
    for values in (modes, fields):
        values[~kept] = np.nan
    variables = {
        "start": ("state", ["memory", "memory", "random", "random"]),
        "eigenvalue": ((*axes, "mode"), modes),
        "participation": ((*axes, "mode"), np.where(np.isnan(modes), np.nan, 0.2)),
        "field": ((*axes, "site"), fields),
        "kept": (axes, kept),
    }
    return result(dimension, alpha, **variables), state


def test_modes_of_kept_states_alone():
    found, state = minima()
    table = vector_hessian.build([found])
    measured = table[table["N"] == 40]
    for start in ("memory", "random"):
        rows = measured[measured["start"] == start]
        assert set(rows["states"]) == {3}
        density = rows[rows["quantity"] == "density"]
        width = np.diff(density["eigenvalue"])[0]
        assert density["density"].sum() * width == pytest.approx(1)
        spread = rows.loc[rows["quantity"] == "localisation", "localisation"]
        np.testing.assert_allclose(spread.dropna(), 8)
        lowest = rows[rows["quantity"] == "lowest"].iloc[0]
        assert (lowest["localisation"], lowest["typical"]) == pytest.approx((8, 8))
        assert density["theory"].notna().all() == (start == "memory")
    memories = measured[(measured["quantity"] == "density") & (measured["start"] == "memory")]
    width = np.diff(memories["eigenvalue"])[0]
    assert memories["theory"].sum() * width == pytest.approx(1, abs=0.01)
    shift = measured[measured["quantity"] == "shift"].iloc[0]
    assert shift["theory"] == pytest.approx(field_shift(state, 3))
    line = table[np.isinf(table["N"])]
    assert {"density", "localisation", "field"} == set(line["quantity"])


@pytest.fixture(scope="module")
def modes():
    """States of 40 sites, of which a third replicate keeps none; and the table of two sizes."""
    small = minima()[0]
    shape = small["participation"].shape
    small["participation"] *= 1 + np.random.default_rng(4).random(shape)
    none = small.isel(replicate=[0]).copy(deep=True)
    none["kept"][:] = False
    small = xr.concat([small, none], "replicate", data_vars="minimal")
    small.attrs = none.attrs
    large = minima(sites=60)[0]
    large["field"] = large["field"] * 1.3
    ends = {
        name: max(float(np.nanmax(one[name])) for one in (small, large))
        for name in ("eigenvalue", "field")
    }
    return small, ends, vector_hessian.build([small, large])


def test_rows_of_modes_are_means_over_replicates_of_their_kept_states(modes):
    small, ends, table = modes
    kept = {"memory": [[0], [0, 1]], "random": [[2, 3], [2]]}
    for start, states in kept.items():
        rows = table[(table["N"] == 40) & (table["start"] == start)].groupby("quantity")

        def of(name, states=states):
            return [small[name].values[r, chosen] for r, chosen in enumerate(states)]

        for quantity, x, name in (
            ("density", "eigenvalue", "eigenvalue"),
            ("field", "length", "field"),
        ):
            edges = np.linspace(0, ends[name], 25)
            parts = [np.histogram(v, edges)[0] / v.size / (ends[name] / 24) for v in of(name)]
            found = rows.get_group(quantity)
            np.testing.assert_allclose(found[x], (edges[1:] + edges[:-1]) / 2)
            np.testing.assert_allclose(found["density"], np.mean(parts, axis=0))
            np.testing.assert_allclose(found["density_sem"], abs(parts[0] - parts[1]) / 2)
        edges = np.linspace(0, ends["eigenvalue"], 25)
        bins = [np.digitize(values, edges) for values in of("eigenvalue")]
        found = rows.get_group("localisation")
        spread = [40 * values for values in of("participation")]
        for place in (3, 11):
            means = [s[b == place + 1].mean() for s, b in zip(spread, bins, strict=True)]
            row = found.iloc[place]
            assert row["localisation"] == pytest.approx(np.mean(means))
            assert row["localisation_sem"] == pytest.approx(abs(means[0] - means[1]) / 2)
        (row,) = rows.get_group("lowest").to_dict("records")
        first = [s[:, 0].mean() for s in spread]
        logs = [np.log(s[:, 0]).mean() for s in spread]
        assert row["localisation"] == pytest.approx(np.mean(first))
        assert row["localisation_sem"] == pytest.approx(abs(first[0] - first[1]) / 2)
        assert row["typical"] == pytest.approx(np.exp(np.mean(logs)))
        assert row["typical_sem"] == pytest.approx(row["typical"] * abs(logs[0] - logs[1]) / 2)
        lowest = [values[:, 0].mean() for values in of("eigenvalue")]
        assert row["eigenvalue"] == pytest.approx(np.mean(lowest))
        (row,) = rows.get_group("exponent").to_dict("records")
        soft = [values[values < 0.2] for values in of("eigenvalue")]
        hill = [(len(s) - 1) / np.log(0.2 / s).sum() - 1 for s in soft]
        assert row["density"] == pytest.approx(np.mean(hill))
        assert row["density_sem"] == pytest.approx(abs(hill[0] - hill[1]) / 2)
    (row,) = table[(table["quantity"] == "shift") & (table["N"] == 40)].to_dict("records")
    state = vectors.retrieval(0.04, 3)
    nodes, weights = sphere.lengths(state.field, 3)
    excess = [small["field"].values[r, [0, 1][: r + 1]].mean() for r in (0, 1)]
    excess = np.array(excess) - state.width * (nodes @ weights)
    assert row["length"] == pytest.approx(excess.mean())
    assert row["length_sem"] == pytest.approx(abs(excess[0] - excess[1]) / 2)


def test_theory_of_modes_is_a_mean_over_bins_and_a_line_to_the_largest_number(modes):
    """Over sixteen points inside each; of two hundred points."""
    _, ends, table = modes
    highest, longest, state = ends["eigenvalue"], ends["field"], vectors.retrieval(0.04, 3)
    line = table[np.isinf(table["N"])].groupby("quantity")
    for quantity in ("density", "localisation"):
        found = line.get_group(quantity)
        np.testing.assert_allclose(found["eigenvalue"], np.linspace(1e-3, highest, 200))
        exact = getattr(spectrum(found["eigenvalue"].to_numpy(), state, 3), quantity)
        np.testing.assert_allclose(found["theory"], exact)
    found = line.get_group("field")
    np.testing.assert_allclose(found["length"], np.linspace(0, longest, 200))
    np.testing.assert_allclose(found["theory"], field_density(found["length"], state, 3))
    width, memories = highest / 24, (table["N"] == 40) & (table["start"] == "memory")
    inside = 12 * width + width * (np.arange(16) + 0.5) / 16
    exact = spectrum(inside, state, 3)
    mean = (exact.density * exact.localisation).sum() / exact.density.sum()
    for quantity, expected in (("density", exact.density.mean()), ("localisation", mean)):
        found = table[memories & (table["quantity"] == quantity)]["theory"].iloc[12]
        assert found == pytest.approx(expected)
    inside = 9 * longest / 24 + longest / 24 * (np.arange(16) + 0.5) / 16
    found = table[memories & (table["quantity"] == "field")]["theory"].iloc[9]
    assert found == pytest.approx(field_density(inside, state, 3).mean())


def test_published_modes_are_compared_at_the_largest_size_with_their_own_start():
    """Every number of the table is another."""
    axes = itertools.product((40, 160, 80), ("random", "memory"), ("shift", "exponent", "density"))
    table = pd.DataFrame(axes, columns=["N", "start", "quantity"])
    table = table[(table["quantity"] != "shift") | (table["start"] == "memory")]
    numbers = np.arange(len(table)) / 1000
    table = table.assign(alpha=0.04, length=0.1 + numbers, length_sem=0.01 + numbers)
    table = table.assign(theory=0.2 + numbers, density=0.5 + numbers, density_sem=0.03 + numbers)
    line = table.assign(N=np.inf, quantity="density")
    table = pd.concat([line, table], ignore_index=True)
    shift, exponent = hessian_published.compare(table)
    at = table.set_index(["quantity", "start", "N"])
    mine = at.loc[("shift", "memory", 160)]
    assert (shift.quantity, shift.start) == ("shift of the fields, N = 160", "memory")
    told = (shift.published, shift.ours, shift.ours_sem, shift.tolerance)
    assert told == pytest.approx((*mine[["theory", "length", "length_sem"]], 3 * mine.length_sem))
    mine = at.loc[("exponent", "random", 160)]
    assert exponent.start == "random"
    told = (exponent.published, exponent.ours, exponent.ours_sem, exponent.tolerance)
    assert told == pytest.approx((0.5, mine.density, mine.density_sem, 3 * mine.density_sem))
    # An error that allows anything leaves no verdict.
    wide = hessian_published.compare(table.assign(density_sem=0.17))[1]
    assert math.isnan(wide.tolerance)


def test_the_exponent_of_a_power_is_found():
    rng = np.random.default_rng(1)
    soft = 0.2 * rng.random(20_000) ** (1 / 1.5)
    assert vector_hessian._exponent(soft) == pytest.approx(0.5, abs=0.04)
    assert math.isnan(vector_hessian._exponent(soft[:1]))


@pytest.mark.parametrize(("shift", "agrees"), [(0.0, True), (0.2, False)])
def test_published_formulas_are_judged_by_standard_errors(shift, agrees):
    exact = float(vectors.one_step(0.5, 2 / (3 / 2.0 - 1), 3))
    steps = vector_first_step.build([histories(shift + exact - 0.6, alpha=2.0)], [0.0], 0.5)
    tables = {
        "capacity": (vector_capacity.build([histories()]), capacity_published),
        "steps": (steps, first_step_published),
        "diagram": (vector_phase_diagram.build([1, 3], 8), diagram_published),
        "modes": (vector_hessian.build([minima()[0]]), hessian_published),
    }
    table = reproduction.build(tables=tables).set_index("quantity")
    assert table.loc["one step from 0.5, d = 3", "agrees"] == agrees
    assert table.loc["capacity, d = 1", "agrees"]
    assert table.loc["capacity times d, large d", "agrees"]
    assert table.loc["temperature dT where retrieval ends, d = 3", "agrees"]
    # The public notebook's curve ends at 1/pi; the exact end is 2/pi.
    slip = table.loc["load of denoising, d = 1, small overlap"]
    assert (slip["ours"] / slip["published"], slip["agrees"]) == (pytest.approx(2), False)
    assert "exponent of the density of soft modes, N = 40" in table.index
    assert "shift of the fields, N = 40" in table.index


def test_published_ends_of_capacities_are_those_of_the_first_and_the_last_dimension():
    table = pd.DataFrame({"d": [100, 1, 5, 0.5], "capacity_d": [0.15, 0.137, 0.2, np.nan]})
    ising, many = capacity_published.compare(table)
    assert ising[1:] == ("capacity, d = 1", ising.alpha, "", 0.138, 0.137, 0.0, 5e-4, ising.reason)
    assert (many.published, many.ours, many.ours_sem) == (4 / 27, 0.15, 0)
    assert (many.tolerance, many.quantity) == (1e-3, "capacity times d, large d")


def test_published_steps_are_compared_in_the_middle_of_each_map():
    maps = pd.DataFrame({"d": [8, 8, 8, 2, 2, 2], "initial_overlap": [0.9, 0.4, 0.1, 0, 0.55, 0.3]})
    maps = maps.assign(panel="map", alpha=0.3 + maps["d"], theory=0.1 * np.arange(6))
    maps = maps.assign(one_step_overlap=0.5 + 0.01 * np.arange(6), one_step_overlap_sem=0.02)
    lines = maps.assign(one_step_overlap=np.nan, initial_overlap=0.5, d=[1, 1, 2, 2, 8, 8])
    limits = pd.DataFrame({"d": [1, 2, 1], "initial_overlap": [0.5, 0.0, 0.0]})
    limits = limits.assign(panel="limit", alpha=[0.2, 1.5, 0.6])
    time = limits.assign(panel="time", d=1, initial_overlap=-1.0)
    two, eight, end = first_step_published.compare(pd.concat([time, lines, maps, limits]))
    assert (two.quantity, two.alpha, two.start) == ("one step from 0.55, d = 2", 2.3, "corrupted")
    assert (two.published, two.ours, two.ours_sem) == pytest.approx((0.4, 0.54, 0.02))
    assert two.tolerance == pytest.approx(0.06)
    assert (eight.quantity, eight.ours) == ("one step from 0.4, d = 8", 0.51)
    assert (end.published, end.ours, end.tolerance) == (1 / np.pi, 0.6, 1e-3)
    away = first_step_published.compare(pd.concat([maps, limits[limits["alpha"] != 0.6]]))
    assert math.isnan(away[-1].ours)


def test_published_ends_of_retrieval_are_where_a_line_through_the_last_points_ends():
    temperature = np.array([0.0, 0.7, 0.9, 0.8, 1.0])
    ends = {1: 0.97, 4: 1.02}
    lines = [
        pd.DataFrame({"d": d, "line": line, "temperature": temperature}).assign(
            alpha_d=slope * np.where(temperature > 0.75, end - temperature, 3.0) ** 2
        )
        for d, end in ends.items()
        for line, slope in (("spinodal", 0.2), ("first_order", 0.1), ("spin_glass", 0.3))
    ]
    table = pd.concat(lines)
    table.loc[table["temperature"] == 1, "alpha_d"] = 0.0
    found = diagram_published.compare(table)
    assert [row.ours for row in found] == pytest.approx(list(ends.values()))
    assert [row.quantity.rpartition("= ")[2] for row in found] == ["1", "4"]
    assert {(row.published, row.tolerance, row.ours_sem) for row in found} == {(1.0, 1e-2, 0.0)}
