import math

import numpy as np
import pytest
import xarray as xr
from scipy.optimize import brentq
from scipy.stats import norm

from plmemory.errors import InputError
from plmemory.figures.attractors import table as attractors
from plmemory.figures.basins import table as basins
from plmemory.figures.capacity import table as capacity
from plmemory.figures.energies import table as energies_table
from plmemory.figures.inference import table as inference
from plmemory.figures.norm_path import table as norm_path
from plmemory.figures.phase_diagram import table as phase_diagram
from plmemory.figures.recall_temperature import table as recall_temperature
from plmemory.figures.retrieval_maps import table as retrieval_maps
from plmemory.figures.rivals import table as rivals
from plmemory.figures.shared import exact
from plmemory.figures.shared.summary import mean_and_sem
from plmemory.figures.sizes import table as sizes
from plmemory.figures.stabilities import table as stabilities
from plmemory.figures.steps import table as steps
from plmemory.figures.training import table as training
from plmemory.theory.one_step import one_step_map
from plmemory.theory.stabilities import hebb
from plmemory.theory.steps import overlaps

IDENTITY = {"dataset": "toy", "rule": "hebb", "method": "hebb", "alpha": 0.5, "patterns": 3}
DESCRIBED = {"kind": "random", "title": "random", "columns": {}, "provides": ["independent"]}
IDENTITY |= {"converged": 1, "objective": "", "described": DESCRIBED}
PL = {"objective": "pseudo-likelihood"}
OPTIMUM = "pseudo_likelihood_optimum"
NO_NORM = {"symmetric": 0, "b": math.nan, "l2": 0.0, "inverse_temperature": 1.0}


def test_the_standard_error_is_that_of_the_replicates():
    values = np.array([[1.0, 3.0], [5.0, 7.0], [9.0, 11.0]])
    assert mean_and_sem(values) == (6.0, pytest.approx(4 / math.sqrt(3)))
    single = np.array([[1.0, 2.0, 3.0, np.nan]])
    assert mean_and_sem(single) == (2.0, pytest.approx(1 / math.sqrt(3)))
    assert math.isnan(mean_and_sem(np.array([[2.0]]))[1])


def search_result():
    """Two replicates, starts: two training, one test; four attractors, two a replicate."""
    return xr.Dataset(
        {
            "start": ("start", ["train", "test"]),
            "trajectory_start": ("trajectory", [0, 0, 1]),
            "trajectory_overlap": (("replicate", "trajectory"), [[1, 0.8, 0.5], [0.6, 0.4, 0.7]]),
            "trajectory_period": (("replicate", "trajectory"), [[1, 2, 1], [1, 1, 0]]),
            "trajectory_nearest_train": (("replicate", "trajectory"), np.ones((2, 3))),
            "trajectory_nearest_test": (("replicate", "trajectory"), np.zeros((2, 3))),
            "test_nearest_train": (("replicate", "test_start"), [[0.2], [0.4]]),
            "attractor_replicate": ("attractor", [0, 0, 1, 1]),
            "attractor_starts": (("start", "attractor"), [[1, 1, 2, 0], [1, 0, 0, 0]]),
            "basin_entropy": (("replicate", "start"), [[math.log(2), 0], [0, np.nan]]),
            "sequential_differ": (("replicate", "sequential_start"), [[True], [False]]),
            "sequential_agreement": (("replicate", "sequential_start"), [[0.5], [1.0]]),
            "sequential_settled": (("replicate", "sequential_start"), [[True], [True]]),
        },
        attrs=IDENTITY,
    )


def test_attractors_are_counted_by_replicate():
    table = attractors.build([search_result()]).set_index("start")
    assert table.loc["train", "attractors"] == 1.5
    assert table.loc["train", "cycles_fraction"] == 0.25
    assert table.loc["test", "unsettled_fraction"] == 0.5
    assert table.loc["train", "basin_entropy"] == pytest.approx(math.log(2) / 2)
    assert table.loc["test", "attractors"] == 0.5
    orders = ["orders_differ", "orders_overlap", "orders_settled"]
    assert table.loc["test", orders].tolist() == [0.5, 0.75, 1.0]
    assert table.loc["train", orders].isna().all()
    # Of the six ends of training starts one is a cycle and none was unsettled.
    assert table.loc["train", "unsettled_fraction"] == 0
    lone = search_result().assign(start=["train", "ground"])
    assert attractors.build([lone])["start"].tolist() == ["train"]


def test_pairs_of_starts_are_those_of_a_replicate():
    """Six starts of each: one meets itself twice in an attractor of three, the other once."""
    counts = [[3, 1, 1, 1, 0, 0], [0, 0, 0, 0, 2, 4]]
    found = search_result().drop_vars(["attractor_replicate", "attractor_starts"])
    found["attractor_replicate"] = ("attractor", [0, 0, 0, 0, 1, 1])
    found["attractor_starts"] = (("start", "attractor"), counts)
    table = attractors.build([found]).set_index("start")
    assert table["coincidences"].to_dict() == {"train": 3, "test": 1 + 6}
    # Of the replicate without starts of this kind nothing is known.
    for start, share in (("train", 3 / 15), ("test", 7 / 15)):
        assert table.loc[start, "pair_entropy"] == pytest.approx(-math.log(share))
        assert table.loc[start, "pair_entropy_sem"] > 0
    found["attractor_starts"][0] = [2, 2, 0, 0, 3, 1]
    row = attractors.build([found]).iloc[0]
    shares = np.array([2 / 6, 3 / 6])
    assert row["coincidences"] == 2 + 3
    assert row["pair_entropy"] == pytest.approx(-math.log(shares.mean()))
    error = shares.std(ddof=1) / math.sqrt(2) / shares.mean()
    assert row["pair_entropy_sem"] == pytest.approx(error)


def test_theory_is_drawn_only_where_it_is_known():
    def result(**attributes):
        return xr.Dataset(attrs=IDENTITY | NO_NORM | attributes)

    assert exact.distribution(result().attrs).mean == pytest.approx(1 / math.sqrt(0.5))
    assert exact.distribution(result(method="pseudo_inverse").attrs).mean == pytest.approx(1.0)
    known = exact.distribution(result(method="pseudo_likelihood_optimum", b=2.0).attrs)
    assert known.mean == pytest.approx(1.194, abs=1e-3)  # checked value of the theory
    decayed = exact.distribution(result(method="pseudo_likelihood_optimum", l2=0.1).attrs)
    assert decayed.l2 == pytest.approx(0.1)
    for unknown in (
        {"method": "maximum_stability", "symmetric": 1},
        {"method": "maximum_stability", "alpha": 2.5},
        {"method": "pseudo_likelihood"},
        {"method": "storkey"},
        {"described": DESCRIBED | {"provides": ["test", "labels"]}},
    ):
        assert exact.distribution(result(**unknown).attrs) is None


def test_capacities_are_known_of_rules_and_not_of_their_tied_forms():
    def known(method, **attributes):
        return exact.capacity(IDENTITY | NO_NORM | {"method": method} | attributes)

    assert known("hebb") == pytest.approx(0.1379, abs=5e-5)
    assert known("pseudo_inverse") == 1
    for method in ("pseudo_likelihood", "pseudo_likelihood_optimum", "maximum_stability"):
        assert known(method) == 2
        assert math.isnan(known(method, symmetric=1))
    assert math.isnan(known(OPTIMUM, b=2.0))
    assert math.isnan(known(OPTIMUM, l2=0.1))
    assert math.isnan(known("storkey"))
    assert math.isnan(known("hebb", described=DESCRIBED | {"provides": ["test"]}))


def test_theory_fills_the_gaps_between_measured_loads():
    results = [
        xr.Dataset(attrs=IDENTITY | NO_NORM | {"rule": rule, "method": rule, "alpha": alpha})
        for rule in ("hebb", "storkey")
        for alpha in (0.25, 1.0)
    ]
    found = list(exact.lines(results))
    assert {columns["rule"] for columns, _ in found} == {"hebb"}
    loads = [columns["alpha"] for columns, _ in found]
    assert len(loads) == 39
    assert 0.25 < min(loads) < max(loads) < 1
    for load, (_, distribution) in zip(loads, found, strict=True):
        assert distribution.mean == pytest.approx(1 / math.sqrt(load))
    assert list(exact.lines(results[:1])) == []


def test_the_exact_density_of_the_bins_is_a_probability():
    centres = np.linspace(-9.95, 9.95, 200)
    densities = np.stack([np.arange(200.0), 3 + 2 * np.arange(200.0)])
    result = xr.Dataset(
        {"stability_density": (("replicate", "stability"), densities)},
        coords={"stability": centres},
        attrs=IDENTITY | NO_NORM,
    )
    table = stabilities.build([result])
    assert table["theory_density"].sum() * 0.1 == pytest.approx(1, abs=1e-6)
    edges = norm.cdf(np.stack([centres - 0.05, centres + 0.05]), math.sqrt(2))  # alpha = 1/2
    np.testing.assert_allclose(table["theory_density"], (edges[1] - edges[0]) / 0.1, atol=1e-9)
    np.testing.assert_allclose(table["density"], 1.5 + 1.5 * np.arange(200))
    np.testing.assert_allclose(table["stability"], centres)


def test_measured_stabilities_stand_in_for_an_unknown_theory():
    maps = np.full((2, 2, 3), 0.5)
    result = xr.Dataset(
        {
            "final_overlap": (("replicate", "initial_overlap", "pattern"), maps),
            "one_step_overlap": (("replicate", "initial_overlap", "pattern"), maps),
            "one_step_from_stabilities": ("initial_overlap", [0.1, 0.9]),
        },
        coords={"initial_overlap": [0.2, 0.8]},
        attrs=IDENTITY | NO_NORM | {"method": "storkey"},
    )
    assert list(retrieval_maps.build([result])["one_step_theory"]) == [0.1, 0.9]


def test_maps_have_the_means_over_replicates_and_the_known_first_step():
    """Of Hebb's rule the first step is erf(m / sqrt(2 alpha)), here alpha = 1/2."""
    final = np.array([[[0.1, 0.3], [0.8, 1.0]], [[0.4, 0.6], [0.6, 0.6]]])
    step = np.array([[[0.5, 0.5], [0.7, 0.9]], [[0.1, 0.3], [0.9, 0.9]]])
    axes = ("replicate", "initial_overlap", "pattern")
    result = xr.Dataset(
        {"final_overlap": (axes, final), "one_step_overlap": (axes, step)},
        coords={"initial_overlap": [0.25, 0.75]},
        attrs=IDENTITY | NO_NORM | {"method": "hebb"},
    )
    table = retrieval_maps.build([result])
    for column, expected in {
        "initial_overlap": [0.25, 0.75],
        "final_overlap": [0.35, 0.75],
        "final_overlap_sem": [0.15, 0.15],
        "one_step_overlap": [0.35, 0.85],
        "one_step_overlap_sem": [0.15, 0.05],
        "one_step_theory": [math.erf(0.25), math.erf(0.75)],
    }.items():
        np.testing.assert_allclose(table[column], expected, atol=1e-6, err_msg=column)


def test_basins_are_compared_replicate_by_replicate_with_the_best_pl():
    def result(rule, method, half, **objective):
        attributes = IDENTITY | NO_NORM | {"rule": rule, "method": method} | objective
        measured = {"half_overlap": ("replicate", half)}
        measured["critical_overlap"] = ("replicate", np.array(half) + 0.05)
        return xr.Dataset(measured, attrs=attributes)

    results = [
        result("storkey", "storkey", [0.5, 0.7]),
        result("pl_b_1", "pseudo_likelihood_optimum", [0.35, 0.6], **PL),
        result("pl", "pseudo_likelihood", [0.3, 0.5], **PL),
        result("hebb", "hebb", [0.9, np.nan]),
    ]
    table = basins.build(results).set_index("rule")
    assert table.loc["pl", ["excess", "excess_sem"]].tolist() == [0, 0]
    assert table.loc["storkey", "excess"] == pytest.approx(0.2)
    # The replicates differ by 0.2, the differences of the two rules not at all.
    assert table.loc["storkey", "excess_sem"] == pytest.approx(0, abs=1e-12)
    # A replicate without a basin is not left out of the mean.
    missing = table.loc["hebb", ["excess", "half_overlap", "critical_overlap"]]
    assert np.isnan(missing.astype(float)).all()
    assert table.loc["pl", "half_overlap_sem"] == pytest.approx(0.1)
    assert table.loc["pl", "critical_overlap"] == pytest.approx(0.45)


def test_the_boundary_of_basins_is_where_the_first_step_goes_neither_way():
    """Of the pseudo-inverse, whose stabilities are all sqrt((1 - alpha)/alpha)."""
    loads = (0.45, 0.6)
    results = [
        xr.Dataset(
            {"half_overlap": ("replicate", [0.5, 0.7]), "critical_overlap": ("replicate", half)},
            attrs=IDENTITY | NO_NORM | {"method": "pseudo_inverse", "alpha": alpha, "b": 3.0},
        )
        for alpha, half in zip(loads, ([0.4, 0.5], [0.6, 0.9]), strict=True)
    ]
    table = basins.build(results)
    assert table["alpha"].iloc[:2].tolist() == list(loads)
    assert len(table) == 41
    for alpha, found in table[["alpha", "first_step_theory"]].to_numpy():
        stability = math.sqrt((1 - alpha) / alpha)
        step = lambda m, k=stability: math.erf(m * k / math.sqrt(2 * (1 - m * m))) - m  # noqa: E731
        assert found == pytest.approx(brentq(step, 1e-6, 1 - 1e-6), abs=1e-5)
    unknown = [r.assign_attrs(method="storkey") for r in results]
    assert basins.build(unknown)["first_step_theory"].isna().tolist() == [True, True]


def tuned(family, parameter, half, critical=None, alpha=0.5, **attributes):
    """A rule of a family, measured on four draws."""
    critical = np.array(half) + 0.1 if critical is None else critical
    measured = {"half_overlap": ("replicate", half), "critical_overlap": ("replicate", critical)}
    own = {"rule": f"{family}_{parameter}", "family": family, "parameter": parameter}
    return xr.Dataset(measured, attrs=IDENTITY | {"alpha": alpha} | own | attributes)


FAMILIES = [
    # At b = 1 the odd draws (the second and the fourth) are better, at b = 2 the even ones.
    tuned("pl_b", 1.0, [0.50, 0.30, 0.52, 0.34], **PL),
    tuned("pl_b", 2.0, [0.40, 0.42, 0.44, 0.46], **PL),
    tuned("dreaming", 4.0, [0.30, 0.32, 0.36, 0.30], critical=[0.5, 0.5, 0.5, 0.5]),
    tuned("dreaming", 8.0, [0.35, 0.35, 0.35, 0.35], critical=[0.4, 0.3, 0.3, 0.3]),
    tuned("hebb", math.nan, [0.60, 0.60, 0.62, 0.64]),
    tuned("lost", 1.0, [0.2, np.nan, 0.2, np.nan]),
    tuned("lost", 2.0, [np.nan, 0.2, 0.2, 0.2]),
]


def test_rivals_are_judged_on_the_half_of_the_draws_that_did_not_choose():
    table = rivals.build(FAMILIES)
    judged = table[table["kind"] == "judged"].set_index("rule")
    # Even draws with b = 1, the choice of the odd ones (0.32 against 0.44), odd ones with b = 2.
    assert judged.loc["pl_b", ["parameter", "second_parameter"]].tolist() == [1.0, 2.0]
    best = np.array([0.50, 0.42, 0.52, 0.46])
    assert judged.loc["pl_b", "half_overlap"] == pytest.approx(best.mean())
    assert judged.loc["pl_b", "difference"] == 0
    # Both halves choose t = 4; for the other definition t = 8.
    dreaming = np.array([0.30, 0.32, 0.36, 0.30])
    assert judged.loc["dreaming", ["parameter", "second_parameter"]].tolist() == [4.0, 4.0]
    paired = dreaming - best
    assert judged.loc["dreaming", "difference"] == pytest.approx(paired.mean())
    assert judged.loc["dreaming", "difference_sem"] == pytest.approx(paired.std(ddof=1) / 2)
    assert judged.loc["dreaming", "critical_overlap"] == pytest.approx(0.325)
    expected = (np.array([0.4, 0.3, 0.3, 0.3]) - best - 0.1).mean()
    assert judged.loc["dreaming", "critical_difference"] == pytest.approx(expected)
    assert judged.loc["hebb", "half_overlap"] == pytest.approx(0.615)
    assert np.isnan(judged.loc["hebb", "parameter"])
    assert set(judged["draws"]) == {4}


def test_rivals_that_lose_a_draw_have_no_number():
    table = rivals.build(FAMILIES)
    lost = table[(table["kind"] == "judged") & (table["rule"] == "lost")].iloc[0]
    # The even draws are judged at lambda = 2, the only one that the odd draws all keep, and lack
    # the first; the odd ones at lambda = 1.
    assert [lost["parameter"], lost["second_parameter"]] == [2.0, 1.0]
    assert np.isnan(lost[["half_overlap", "difference"]].astype(float)).all()


def test_tuning_curves_are_over_all_draws():
    table = rivals.build(FAMILIES)
    tuning = table[table["kind"] == "tuning"].set_index(["rule", "parameter"])
    assert set(tuning.index.get_level_values("rule")) == {"pl_b", "dreaming", "lost"}
    assert tuning.loc[("pl_b", 1.0), "half_overlap"] == pytest.approx(0.415)
    sem = np.std([0.50, 0.30, 0.52, 0.34], ddof=1) / 2
    assert tuning.loc[("pl_b", 1.0), "half_overlap_sem"] == pytest.approx(sem)


def test_rivals_without_a_pseudo_likelihood_or_with_one_draw():
    alone = rivals.build([r for r in FAMILIES if r.attrs["family"] == "dreaming"])
    assert alone["difference"].isna().all()
    assert alone[alone["kind"] == "judged"]["half_overlap"].notna().all()
    with pytest.raises(InputError, match=r"replicates: found 1 draw, expected two or more"):
        rivals.build([FAMILIES[0].isel(replicate=[0])])


def test_rivals_under_sequential_dynamics_where_they_were_measured():
    both = [r.assign(half_overlap_sequential=r["half_overlap"] + 0.2) for r in FAMILIES[:4]]
    table = rivals.build(both)
    judged = table[table["kind"] == "judged"].set_index("rule")
    for rule in ("pl_b", "dreaming"):
        half = judged.loc[rule, "half_overlap"]
        assert judged.loc[rule, "half_overlap_sequential"] == pytest.approx(half + 0.2)
    difference = judged.loc["dreaming", "sequential_difference"]
    assert difference == pytest.approx(judged.loc["dreaming", "difference"])
    assert "sequential_difference" not in rivals.build(FAMILIES)


def test_the_phase_diagram_tells_the_best_parameter_of_every_load():
    more = [
        tuned("pl_b", 1.0, [0.1, 0.1, 0.1, 0.1], alpha=0.2),
        tuned("pl_b", 2.0, [np.nan, 0.0, 0.0, 0.0], alpha=0.2),
    ]
    table = phase_diagram.build([*FAMILIES[:4], *more]).set_index(["rule", "alpha", "parameter"])
    best = table[table["best"]].index.tolist()
    assert best == [("pl_b", 0.2, 1.0), ("pl_b", 0.5, 1.0), ("dreaming", 0.5, 4.0)]
    row = table.loc[("pl_b", 0.5, 2.0)]
    paired = np.array([-0.10, 0.12, -0.08, 0.12])
    assert row["excess"] == pytest.approx(paired.mean())
    assert row["excess_sem"] == pytest.approx(paired.std(ddof=1) / 2)
    assert np.isnan(table.loc[("pl_b", 0.2, 2.0), "half_overlap"])


def test_sizes_are_extrapolated_by_weighted_least_squares():
    sites, values, errors = np.array([100, 200, 400]), [0.62, 0.60, 0.57], [0.02, 0.01, 0.01]
    found = sizes.extrapolation(sites, np.array(values), np.array(errors))
    # The formulas of a straight line with errors, in sums over the sizes.
    weights, inverse = 1 / np.array(errors) ** 2, 1 / sites
    s, sx, sxx = weights.sum(), weights @ inverse, weights @ inverse**2
    sy, sxy = weights @ values, (weights * inverse) @ values
    determinant = s * sxx - sx**2
    assert found.value == pytest.approx((sxx * sy - sx * sxy) / determinant)
    assert found.slope == pytest.approx((s * sxy - sx * sy) / determinant)
    assert found.error == pytest.approx(math.sqrt(sxx / determinant))
    fit = found.value + found.slope * inverse
    assert found.chi2 == pytest.approx((((values - fit) / errors) ** 2).sum())


def test_the_table_of_sizes_has_an_end_at_infinity_for_every_definition():
    def result(sites, half, sequential):
        measured = {"half_overlap": half, "critical_overlap": [h + 0.1 for h in half]}
        measured |= {"half_overlap_sequential": [h + 0.2 for h in half]} if sequential else {}
        own = {"rule": "pl_b_2", "alpha": 0.4, "patterns": 0.4 * sites, "dataset": f"n{sites}"}
        axes = {name: ("replicate", values) for name, values in measured.items()}
        return xr.Dataset(axes, attrs=IDENTITY | own)

    table = sizes.build(
        [
            result(100, [0.50, 0.54], sequential=True),
            result(200, [0.49, 0.51], sequential=True),
            result(400, [0.48, 0.50], sequential=False),
        ]
    )
    places = ["definition", "dynamics", "N"]
    assert table.set_index(places).index.is_unique
    table = table.set_index(places)
    assert table.loc[("half", "synchronous", 100), "overlap"] == pytest.approx(0.52)
    assert table.loc[("half", "synchronous", 100), "overlap_sem"] == pytest.approx(0.02)
    ends = table.xs(math.inf, level="N")
    # 0.52, 0.50, 0.49 at 1/100, 1/200, 1/400: a line to 0.48 of slope 4.
    assert ends["overlap"].to_dict() == pytest.approx(
        {
            ("half", "synchronous"): 0.48,
            ("mean", "synchronous"): 0.58,
            ("half", "sequential"): 0.68,
        }
    )
    assert ends["slope"].tolist() == pytest.approx([4.0] * 3)
    assert ends["chi2"].iloc[0] == pytest.approx(0, abs=1e-20)
    assert np.isnan(ends.loc[("half", "sequential"), "chi2"])
    assert len(sizes.build([result(100, [0.5, 0.5], sequential=False)])) == 2
    # A size that did not converge leaves the line unconverged, not the other sizes.
    open_end = [result(100, [0.50, 0.54], False), result(200, [0.49, 0.51], False)]
    open_end[0].attrs["converged"] = 0
    flags = sizes.build(open_end).groupby("N")["converged"].agg(set).to_dict()
    assert flags == {100: {False}, 200: {True}, math.inf: {False}}


def test_the_theory_of_retrieval_jumps_to_zero_at_hebbs_capacity():
    names = ("fixed_point_fraction", "stable_site_fraction", "final_overlap")
    measured = {name: ("replicate", [1.0, 0.9]) for name in names}
    results = [
        xr.Dataset(measured, attrs=IDENTITY | NO_NORM | {"rule": "outer", "alpha": alpha})
        for alpha in (0.1, 0.2)
    ]
    table = capacity.build(results).sort_values("alpha")
    assert set(table["rule"]) == {"outer"}
    jump = table["final_overlap_theory"].diff().idxmin()
    assert table.loc[jump, "alpha"] == pytest.approx(0.137906, abs=1e-5)
    before = table[table["alpha"] < table.loc[jump, "alpha"]]["final_overlap_theory"]
    assert before.min() == pytest.approx(0.967, abs=2e-3)  # Amit, Gutfreund & Sompolinsky 1987
    alone = capacity.build(results[:1])
    assert len(alone) == 1
    images = [r.assign_attrs(described=DESCRIBED | {"provides": ["test"]}) for r in results]
    # N = 30: sites that are stable one by one, as if independent.
    at = table.set_index("alpha")
    stable = at["stable_site_fraction_theory"]
    assert at.loc[0.1, "fixed_point_fraction_theory"] == pytest.approx(stable[0.1] ** 30)
    known = stable.dropna()
    np.testing.assert_allclose(known, norm.cdf(known.index.to_numpy() ** -0.5))
    np.testing.assert_allclose(at.loc[[0.1, 0.2], "final_overlap"], 0.95)
    np.testing.assert_allclose(at.loc[[0.1, 0.2], "stable_site_fraction_sem"], 0.05)
    bare = capacity.build(images)
    assert len(bare) == 2
    known = [name for name in bare if name.endswith("_theory") or name == "capacity"]
    assert bare[known].isna().all(axis=None)


def test_descents_end_in_the_optima_that_have_no_epoch():
    numbers = ("overlap", "norm", "mean_stability", "min_stability")
    numbers += ("critical_overlap", "half_overlap")
    history = {
        f"history_{name}": (("record", "replicate"), [[0.1, 0.3], [2.0, 2.0]]) for name in numbers
    }
    path = {"mean_stability": 1.2, "min_stability": 0.4, "asymmetry": 0.1}
    path |= {"critical_overlap": 0.5, "half_overlap": 0.45}

    def optimum(**attributes):
        values = {name: ("replicate", [value, value]) for name, value in path.items()}
        return xr.Dataset(values, attrs=IDENTITY | NO_NORM | attributes)

    learnt = IDENTITY | NO_NORM | {"rule": "pl", "method": "pseudo_likelihood"}
    history |= {"history_epoch": ("record", [0, 400])}
    trained = xr.Dataset(history, attrs=learnt)
    table = norm_path.build(
        models=[trained, xr.Dataset(attrs=IDENTITY)],
        storage=[
            optimum(rule="pl"),
            optimum(rule="pl_b_2", method=OPTIMUM, b=2.0),
            optimum(rule="maximum_stability", method="maximum_stability"),
        ],
    )
    course = training.build([trained, xr.Dataset(attrs=IDENTITY)])
    assert list(course["overlap"]) == [0.2, 2.0]
    for name in ("half_overlap_sem", "critical_overlap_sem"):
        assert list(course[name]) == pytest.approx([0.1, 0.0])
    assert list(table["rule"]) == ["pl", "pl", "pl_b_2", "maximum_stability"]
    assert list(table["b"]) == [pytest.approx(0.2), 2.0, 2.0, math.inf]
    assert list(table["epoch"].dropna()) == [0, 400]
    assert list(table["half_overlap"]) == pytest.approx([0.2, 2.0, 0.45, 0.45])
    # Checked value of the theory at load 0.5 and b = 2.
    assert list(table["mean_stability_theory"])[1:3] == pytest.approx([1.194, 1.194], abs=1e-3)
    # Theory is known at every finite norm, small ones as well, of rows of their own alone.
    known = table["mean_stability_theory"].notna()
    assert known.tolist() == [True, True, True, False]
    small = exact.distribution(IDENTITY | NO_NORM | {"method": OPTIMUM, "b": table["b"][0]})
    assert table["mean_stability_theory"][0] == pytest.approx(small.mean)
    tied = norm_path.build(models=[], storage=[optimum(rule="tied", b=2.0, symmetric=1)])
    assert "mean_stability_theory" not in tied
    # N = 6 and P = 3: 18 independent ones are all above it in half of the cases.
    (least,) = table["min_stability_theory"][table["b"] == 2.0].unique()
    known = exact.distribution(IDENTITY | NO_NORM | {"method": OPTIMUM, "b": 2.0})
    assert (1 - float(known.cdf(np.array(least)))) ** 18 == pytest.approx(0.5)
    # Gardner's equation in closed form: 1 / load = (1 + k^2) Phi(k) + k phi(k).
    (margin,) = table["margin_theory"].dropna().unique()
    density = math.exp(-(margin**2) / 2) / math.sqrt(2 * math.pi)
    below = math.erfc(-margin / math.sqrt(2)) / 2
    assert (1 + margin**2) * below + margin * density == pytest.approx(2)


def test_hebbs_recall_has_a_line_of_theory_in_the_units_of_its_own_norm():
    """The norm of a row is sqrt(load): T = 0.8 of it is sqrt(0.02) 0.8 in units of the fields."""
    overlaps = np.array([[[0.9, 0.8], [0.5, 0.3]], [[0.7, 0.6], [0.1, 0.1]]])

    def result(rule):
        return xr.Dataset(
            {"overlap": (("replicate", "temperature", "pattern"), overlaps)},
            coords={"temperature": [0.8, 4.0]},
            attrs=IDENTITY | {"rule": rule, "method": rule, "alpha": 0.02, "own_temperature": 0.3},
        )

    table = recall_temperature.build([result("hebb"), result("storkey")])
    measured = table[table["overlap"].notna()].set_index(["rule", "temperature"])
    assert measured.loc[("hebb", 0.8), "overlap"] == pytest.approx(0.75)
    assert measured.loc[("storkey", 4.0), "overlap_sem"] == pytest.approx(0.15)
    assert set(measured["n"]) == {4}
    assert set(measured["own_temperature"]) == {0.3}
    theory = table[table["theory"].notna()]
    assert set(theory["rule"]) == {"hebb"}
    at = theory.set_index("temperature")["theory"]
    # Few patterns: m = tanh(m / T) up to corrections of the order of the load.
    field = 0.8 * math.sqrt(0.02)
    assert at[0.8] == pytest.approx(math.tanh(at[0.8] / field), abs=0.02)
    assert at[0.8] > 0.9
    assert at[4.0] == pytest.approx(math.tanh(at[4.0] / 4 / math.sqrt(0.02)), abs=0.1)
    assert 0.5 < at[4.0] < 0.99
    np.testing.assert_allclose(at.index, np.union1d(np.linspace(0, 4, 61), [0.8]))
    assert at[0.0] == pytest.approx(1, abs=1e-4)


GLASS = {"kind": "spin_glass", "title": "glass", "columns": {"L": 2, "T": 0.7}}


def test_energies_keep_all_starts_but_training_of_the_true_couplings():
    starts = ["random", "train", "test", "corrupted", "ground"]
    energies = np.array([[-0.5, -1.0, -0.9, 9.0, -1.3], [-0.7, -1.2, -0.7, 9.0, -1.5]])
    base = xr.Dataset(
        {
            "start": ("start", starts),
            "trajectory_start": ("trajectory", range(5)),
            "trajectory_energy": (("replicate", "trajectory"), energies),
            "trajectory_learnt_energy": (("replicate", "trajectory"), 2 * energies),
            "sample_energy": (("replicate", "sample_start"), [[-1.4], [-1.0]]),
            "sample_learnt_energy": (("replicate", "sample_start"), [[-2.4], [-2.0]]),
            "lowest_energy": (("replicate", "lowest_start"), [[-1.6], [-1.8]]),
            "lowest_learnt_energy": (("replicate", "lowest_start"), [[-2.6], [-2.8]]),
        },
        attrs=IDENTITY | {"described": GLASS | {"provides": ["test", "couplings"]}},
    )
    limit = base.assign_attrs(rule="true_couplings", patterns=math.inf, alpha=math.inf)
    table = energies_table.build([base, limit]).set_index(["rule", "start"])
    expected = {"train": -1.1, "test": -0.8, "random": -0.6, "ground": -1.4}
    expected |= {"sample": -1.2, "lowest": -1.7}
    assert table.loc["hebb", "energy"].to_dict() == pytest.approx(expected)
    learnt = {start: 2 * energy for start, energy in expected.items()}
    learnt |= {"sample": -2.2, "lowest": -2.7}
    assert table.loc["hebb", "learnt_energy"].to_dict() == pytest.approx(learnt)
    assert list(table.loc["true_couplings"].index) == [*list(expected)[1:]]
    assert table.loc[("hebb", "test"), ["L", "T", "P", "draws"]].tolist() == [2, 0.7, 3, 2]
    assert table.loc[("hebb", "test"), "energy_sem"] == pytest.approx(0.1)
    assert table.loc[("hebb", "ground"), "learnt_energy_sem"] == pytest.approx(0.2)


def test_inference_compares_each_instance_with_its_own_couplings_over_lambda_t():
    rng = np.random.default_rng(2)
    true, learnt = rng.normal(size=(2, 3, 5, 5))
    true += true.swapaxes(1, 2)
    nature = xr.Dataset(
        {"couplings": (("replicate", "site", "source"), true)},
        attrs={"dataset": "toy", "sample_temperature": 0.7, "described": GLASS},
    )
    other = nature.assign_attrs(dataset="other")
    attrs = IDENTITY | {"inverse_temperature": 1.6}
    model = xr.Dataset({"couplings": (("replicate", "site", "source"), learnt)}, attrs=attrs)
    scaleless = model.assign_attrs(rule="hebb", inverse_temperature=math.nan, alpha=0.7)
    table = inference.build([other, nature], [model, scaleless])
    gammas, cosines = [], []
    for J, K in zip(true, learnt, strict=True):
        ideal, symmetric = J / (0.7 * 1.6), (K + K.T) / 2
        gammas.append(math.sqrt(((symmetric - ideal) ** 2).sum() / (ideal**2).sum()))
        length = math.sqrt((symmetric**2).sum() * (ideal**2).sum())
        cosines.append((symmetric * ideal).sum() / length)
    one = table.iloc[0]
    assert one[["dataset", "rule", "P", "L", "T", "draws"]].tolist() == [
        "toy",
        "hebb",
        3,
        2,
        0.7,
        3,
    ]
    for name, values in (("gamma", gammas), ("R", cosines)):
        assert one[name] == pytest.approx(np.mean(values))
        assert one[f"{name}_sem"] == pytest.approx(np.std(values, ddof=1) / math.sqrt(3))
    assert math.isnan(table.iloc[1]["gamma"])
    # The cosine does not ask for a scale.
    assert table.iloc[1]["R"] == pytest.approx(np.mean(cosines))


def steps_result(**attributes):
    """Two networks, three steps, two initial overlaps, four starts."""
    overlap = np.arange(48).reshape(2, 3, 2, 4) / 48
    return xr.Dataset(
        {
            "overlap": (("replicate", "step", "initial_overlap", "start"), overlap),
            "final_overlap": (("replicate", "initial_overlap", "start"), np.full((2, 2, 4), 0.9)),
            "iterated_overlap": (
                ("replicate", "step", "initial_overlap"),
                overlap.mean(axis=3) - 0.1,
            ),
        },
        coords={"step": [1, 2, 3], "initial_overlap": [0.2, 0.6]},
        attrs=IDENTITY | NO_NORM | {"max_steps": 20} | attributes,
    )


def test_steps_stand_beside_theory_and_the_exact_map():
    table = steps.build([steps_result()])
    assert len(table) == 3 * 2 + 2
    rows = table.set_index(["step", "initial_overlap"])
    exact = hebb(0.5)
    for m0 in (0.2, 0.6):
        expected, reached = overlaps(exact, 0.5, [m0], 3)[:, 0], m0
        for step in (1, 2, 3):
            reached, row = float(one_step_map(exact, reached)), rows.loc[(step, m0)]
            assert row["theory"] == pytest.approx(expected[step - 1])
            assert row["iterated_map"] == pytest.approx(reached)
            assert row["excess"] == pytest.approx(row["overlap"] - reached)
            assert row["excess_sem"] == pytest.approx(row["overlap_sem"])
        assert rows.loc[(20, m0), "overlap"] == 0.9
    assert rows.loc[(1, 0.2), "theory"] == pytest.approx(
        rows.loc[(1, 0.2), "iterated_map"], abs=1e-4
    )


def test_steps_of_diluted_networks_stand_beside_the_measured_map():
    table = steps.build([steps_result(method="pseudo_likelihood_optimum", b=2.0, connectivity=4)])
    assert set(table["alpha"]) == {3 / 4}  # patterns per input
    assert set(table["connectivity"]) == {4}
    stepwise = table[table["step"] < 20]
    assert stepwise["theory"].isna().all()
    assert stepwise["excess"].to_numpy() == pytest.approx(0.1)
    assert stepwise["excess_sem"].to_numpy() == pytest.approx(0, abs=1e-12)
