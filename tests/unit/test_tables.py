import math

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from plmemory.figures.spin_glass_generalization import table as spin_glass_generalization

from plmemory.figures.attractors import table as attractors
from plmemory.figures.basins import table as random_basins
from plmemory.figures.capacity import table as random_capacity
from plmemory.figures.generalization import table as generalization
from plmemory.figures.reproduction import table as reproduction
from plmemory.figures.retrieval_maps import table as random_retrieval_maps
from plmemory.figures.shared import exact, published
from plmemory.figures.shared.summary import mean_and_sem
from plmemory.figures.stabilities import table as random_stabilities
from plmemory.figures.training import table as random_training

IDENTITY = {"dataset": "toy", "rule": "hebb", "method": "hebb", "alpha": 0.5, "patterns": 3}
IDENTITY |= {"converged": 1}
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


def test_generalisation_averages_each_kind_of_start():
    table = generalization.table([search_result()], ["train", "test"]).set_index("start")
    assert table.loc["train", "overlap"] == pytest.approx(0.7)
    assert table.loc["train", "overlap_sem"] == pytest.approx(0.4 / 2)
    assert table.loc["train", "n"] == 4
    assert table.loc["test", "overlap"] == pytest.approx(0.6)
    assert table.loc["test", "nearest_train_overlap"] == pytest.approx(0.3)
    assert math.isnan(table.loc["train", "nearest_train_overlap"])


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
    ):
        assert exact.distribution(result(**unknown).attrs) is None


def test_theory_fills_the_gaps_between_measured_loads():
    results = [
        xr.Dataset(attrs=IDENTITY | NO_NORM | {"rule": rule, "method": rule, "alpha": alpha})
        for rule in ("hebb", "storkey")
        for alpha in (0.25, 1.0)
    ]
    found = list(exact.lines(results))
    assert {columns["rule"] for columns, _ in found} == {"hebb"}
    loads = [columns["alpha"] for columns, _ in found]
    assert len(loads) == exact.LOADS - 2
    assert 0.25 < min(loads) < max(loads) < 1
    for load, (_, distribution) in zip(loads, found, strict=True):
        assert distribution.mean == pytest.approx(1 / math.sqrt(load))
    assert list(exact.lines(results[:1])) == []


def test_the_exact_density_of_the_bins_is_a_probability():
    centres = np.linspace(-9.95, 9.95, 200)
    result = xr.Dataset(
        {"stability_density": (("replicate", "stability"), np.zeros((1, 200)))},
        coords={"stability": centres},
        attrs=IDENTITY | NO_NORM,
    )
    table = random_stabilities.build([result])
    assert table["theory_density"].sum() * 0.1 == pytest.approx(1, abs=1e-6)


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
    assert list(random_retrieval_maps.build([result])["one_step_theory"]) == [0.1, 0.9]


def test_basins_are_compared_replicate_by_replicate_with_the_best_pl():
    def result(rule, method, critical):
        attributes = IDENTITY | NO_NORM | {"rule": rule, "method": method}
        return xr.Dataset({"critical_overlap": ("replicate", critical)}, attrs=attributes)

    results = [
        result("storkey", "storkey", [0.5, 0.7]),
        result("pl_b_1", "pseudo_likelihood_optimum", [0.35, 0.6]),
        result("pl", "pseudo_likelihood", [0.3, 0.5]),
        result("hebb", "hebb", [0.9, np.nan]),
    ]
    table = random_basins.build(results).set_index("rule")
    assert table.loc["pl", ["excess", "excess_sem"]].tolist() == [0, 0]
    assert table.loc["storkey", "excess"] == pytest.approx(0.2)
    # The replicates differ by 0.2, the differences of the two rules not at all.
    assert table.loc["storkey", "excess_sem"] == pytest.approx(0, abs=1e-12)
    # A replicate without a basin is not left out of the mean.
    assert np.isnan(table.loc["hebb", ["excess", "critical_overlap"]].astype(float)).all()
    assert table.loc["pl", "critical_overlap_sem"] == pytest.approx(0.1)


def test_the_theory_of_retrieval_jumps_to_zero_at_hebbs_capacity():
    measured = {name: ("replicate", [1.0, 0.9]) for name in random_capacity.MEASURED}
    results = [
        xr.Dataset(measured, attrs=IDENTITY | NO_NORM | {"rule": "outer", "alpha": alpha})
        for alpha in (0.1, 0.2)
    ]
    table = random_capacity.build(results).sort_values("alpha")
    assert set(table["rule"]) == {"outer"}
    jump = table["final_overlap_theory"].diff().idxmin()
    assert table.loc[jump, "alpha"] == pytest.approx(0.137906, abs=1e-5)
    before = table[table["alpha"] < table.loc[jump, "alpha"]]["final_overlap_theory"]
    assert before.min() == pytest.approx(0.967, abs=2e-3)  # Amit, Gutfreund & Sompolinsky 1987
    alone = random_capacity.build(results[:1])
    assert len(alone) == 1


def test_training_ends_in_the_optima_that_have_no_epoch():
    numbers = ("overlap", "norm", "mean_stability", "min_stability", "critical_overlap")
    history = {
        f"history_{name}": (("record", "replicate"), [[0.1, 0.3], [2.0, 2.0]]) for name in numbers
    }
    path = {"mean_stability": 1.2, "min_stability": 0.4, "asymmetry": 0.1, "critical_overlap": 0.5}

    def optimum(**attributes):
        values = {name: ("replicate", [value, value]) for name, value in path.items()}
        return xr.Dataset(values, attrs=IDENTITY | NO_NORM | attributes)

    learnt = IDENTITY | NO_NORM | {"rule": "pl", "method": "pseudo_likelihood"}
    history |= {"history_epoch": ("record", [0, 400])}
    trained = xr.Dataset(history, attrs=learnt)
    table = random_training.build(
        models=[trained, xr.Dataset(attrs=IDENTITY)],
        storage=[
            optimum(rule="pl"),
            optimum(rule="pl_b_2", method="pseudo_likelihood_optimum", b=2.0),
            optimum(rule="maximum_stability", method="maximum_stability"),
        ],
    )
    assert list(table["rule"]) == ["pl", "pl", "pl_b_2", "maximum_stability"]
    assert list(table["b"]) == [pytest.approx(0.2), 2.0, 2.0, math.inf]
    assert list(table["epoch"].dropna()) == [0, 400]
    # Checked value of the theory at load 0.5 and b = 2.
    assert list(table["mean_stability_theory"])[1:3] == pytest.approx([1.194, 1.194], abs=1e-3)
    # Gardner's equation in closed form: 1 / load = (1 + k^2) Phi(k) + k phi(k).
    (margin,) = table["margin_theory"].dropna().unique()
    density = math.exp(-(margin**2) / 2) / math.sqrt(2 * math.pi)
    below = math.erfc(-margin / math.sqrt(2)) / 2
    assert (1 + margin**2) * below + margin * density == pytest.approx(2)


def statistics():
    rows = [("mean_pair_overlap", np.nan, published.MNIST_MEAN_PAIR_OVERLAP)]
    rows += [("class_overlap", digit, v) for digit, v in enumerate(published.MNIST_WITHIN_CLASS)]
    table = pd.DataFrame(rows, columns=["quantity", "digit_a", "value"])
    table["digit_b"] = table["digit_a"]
    ours = table.assign(source="ours", value=table["value"] + 1e-7)
    return pd.concat([table.assign(source="published"), ours], ignore_index=True)


def curve(overlaps, shift, **columns):
    table = pd.DataFrame(published.rows(overlaps))
    ours = table.assign(source="ours", overlap=table["overlap"] + shift, overlap_sem=0.001)
    return pd.concat([table, ours], ignore_index=True).assign(**columns)


@pytest.mark.parametrize(("shift", "agrees"), [(0.01, True), (0.1, False)])
def test_published_numbers_are_judged_by_their_tolerance(shift, agrees):
    mnist = curve(published.MNIST_OVERLAPS, shift)
    spin_glass = curve(published.SPIN_GLASS_OVERLAPS, shift, L=32, T=0.99, dynamics="synchronous")
    table = reproduction.build([statistics(), mnist, spin_glass])
    overlaps = table[table["quantity"] == "final overlap"]
    assert len(table) == 11 + len(published.MNIST_OVERLAPS) + len(published.SPIN_GLASS_OVERLAPS)
    assert set(overlaps["agrees"]) == {agrees}
    assert set(table.loc[table["quantity"] != "final overlap", "agrees"]) == {True}
    np.testing.assert_allclose(overlaps["ours"] - overlaps["published"], shift)


def test_a_published_number_out_of_reach_is_left_open():
    other_size = curve(published.SPIN_GLASS_OVERLAPS, 0.0, L=16, T=0.99, dynamics="synchronous")
    mnist = curve(published.MNIST_OVERLAPS, 0.0)
    table = reproduction.build([statistics(), mnist, other_size])
    spin_glass = table[table["dataset"] == "spin_glass"]
    assert spin_glass["ours"].isna().all()
    assert set(spin_glass["agrees"]) == {""}


def test_between_two_loads_the_line_on_a_logarithmic_scale_is_taken():
    mnist = curve(published.MNIST_OVERLAPS, 0.0)
    keep = (mnist["source"] == "published") | mnist["alpha"].isin([0.1, 10.0])
    spin_glass = curve(published.SPIN_GLASS_OVERLAPS, 0.0, L=32, T=0.99, dynamics="synchronous")
    table = reproduction.build([statistics(), mnist[keep], spin_glass])
    row = table[(table["dataset"] == "mnist") & (table["alpha"] == 1) & (table["start"] == "test")]
    assert row["ours"].item() == pytest.approx((0.43 + 0.80) / 2)


def test_the_true_couplings_have_no_training_starts():
    starts = ["train", "test", "random"]
    base = xr.Dataset(
        {
            "start": ("start", starts),
            "trajectory_start": ("trajectory", [0, 1, 2]),
            "trajectory_overlap": (("replicate", "trajectory"), [[1, 0.8, 0.5], [1, 0.7, 0.4]]),
            "test_nearest_train": (("replicate", "test_start"), [[0.2], [0.4]]),
            "site": ("site", np.arange(4)),
        },
        attrs=IDENTITY,
    )
    limit = base.assign_attrs(rule="true_couplings", patterns=np.inf, alpha=np.inf)
    table = spin_glass_generalization.build([base, limit], temperature=1.0)
    assert list(table.loc[np.isinf(table["alpha"]), "start"]) == ["test", "random"]
    assert list(table.loc[np.isfinite(table["alpha"]), "start"]) == starts
