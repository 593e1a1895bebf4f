import math

import numpy as np
import pytest
import xarray as xr

from plmemory.figures.attractors import table as attractors
from plmemory.figures.basins import table as basins
from plmemory.figures.capacity import table as capacity
from plmemory.figures.inference import table as inference
from plmemory.figures.recall_temperature import table as recall_temperature
from plmemory.figures.retrieval_maps import table as retrieval_maps
from plmemory.figures.shared import exact
from plmemory.figures.shared.summary import mean_and_sem
from plmemory.figures.stabilities import table as stabilities
from plmemory.figures.training import table as training

IDENTITY = {"dataset": "toy", "rule": "hebb", "method": "hebb", "alpha": 0.5, "patterns": 3}
DESCRIBED = {"kind": "random", "title": "random", "columns": {}, "provides": ["independent"]}
IDENTITY |= {"converged": 1, "objective": "", "described": DESCRIBED}
PL = {"objective": "pseudo-likelihood"}
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
    table = stabilities.build([result])
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
    assert list(retrieval_maps.build([result])["one_step_theory"]) == [0.1, 0.9]


def test_basins_are_compared_replicate_by_replicate_with_the_best_pl():
    def result(rule, method, critical, **objective):
        attributes = IDENTITY | NO_NORM | {"rule": rule, "method": method} | objective
        return xr.Dataset({"critical_overlap": ("replicate", critical)}, attrs=attributes)

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
    assert np.isnan(table.loc["hebb", ["excess", "critical_overlap"]].astype(float)).all()
    assert table.loc["pl", "critical_overlap_sem"] == pytest.approx(0.1)


def test_the_theory_of_retrieval_jumps_to_zero_at_hebbs_capacity():
    measured = {name: ("replicate", [1.0, 0.9]) for name in capacity.MEASURED}
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
    bare = capacity.build(images)
    assert len(bare) == 2
    known = [name for name in bare if name.endswith("_theory") or name == "capacity"]
    assert bare[known].isna().all(axis=None)


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
    table = training.build(
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
    assert at.index.min() == 0
    assert at.index.max() == 4
    assert at[0.0] == pytest.approx(1, abs=1e-4)


def test_inference_keeps_all_starts_but_training_of_the_true_couplings():
    described = {"kind": "spin_glass", "title": "glass", "columns": {"L": 2, "T": 0.7}}
    starts = ["train", "test", "random"]
    energies = np.array([[-1.0, -0.9, -0.5], [-1.2, -0.7, -0.7]])
    base = xr.Dataset(
        {
            "start": ("start", starts),
            "trajectory_start": ("trajectory", [0, 1, 2]),
            "trajectory_energy": (("replicate", "trajectory"), energies),
            "sample_energy": (("replicate", "test_start"), [[-1.4], [-1.0]]),
            "gamma": ("replicate", [0.3, 0.5]),
            "cosine": ("replicate", [0.9, 0.7]),
        },
        attrs=IDENTITY | {"described": described | {"provides": ["test", "couplings"]}},
    )
    limit = base.assign_attrs(rule="true_couplings", patterns=math.inf, alpha=math.inf)
    table = inference.build([base, limit]).set_index(["rule", "start"])
    energy = table.loc["hebb", "energy"]
    assert energy.to_dict() == pytest.approx(
        {"train": -1.1, "test": -0.8, "random": -0.6, "sample": -1.2}
    )
    assert list(table.loc["true_couplings"].index) == ["test", "random", "sample"]
    assert table.loc[("hebb", "test"), ["L", "T", "P"]].tolist() == [2, 0.7, 3]
    assert table.loc[("hebb", "test"), ["gamma", "R"]].tolist() == pytest.approx([0.4, 0.8])
    assert table.loc[("hebb", "test"), "energy_sem"] == pytest.approx(0.1)
