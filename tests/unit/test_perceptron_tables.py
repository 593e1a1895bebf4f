"""Tables of perceptrons and of norms as clocks: fits, rows, published exponents."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from unit.test_configuration import WRITTEN, changed

from plmemory.errors import InputError
from plmemory.figures.norm_clock import published as clock_published
from plmemory.figures.norm_clock import table as clock
from plmemory.figures.perceptron_rules import table as rules
from plmemory.figures.perceptron_scaling import published, table
from plmemory.figures.shared import fits
from plmemory.figures.shared.fits import falling, jackknifed, lowest, slope
from plmemory.plan import configuration, consistency
from plmemory.plan.plan import Plan
from plmemory.theory import teacher
from plmemory.theory.fixed_norm import best_student, students

PROVIDED = {"provides": ["independent", "targets", "teacher"], "kind": "teacher"}
SITES, SPREAD = 40, 0.03


def data_of(alpha, teachers, rng):
    weights = rng.normal(size=(teachers, SITES))
    train = np.ones((teachers, round(alpha * SITES), 1), dtype=np.int8)
    variables = {
        "teacher": (("replicate", "site"), weights),
        "train": (("replicate", "pattern", "input"), train),
    }
    return xr.Dataset(variables, attrs={"dataset": "teacher"})


def model_of(data, rule, method, norms, errors):
    """Students with these errors (step, replicate) of the data's teachers."""
    rng = np.random.default_rng(3)
    weights = data["teacher"].values
    across = rng.normal(size=(len(norms), *weights.shape))
    unit = weights / np.linalg.norm(weights, axis=1, keepdims=True)
    across -= (across * unit).sum(axis=2, keepdims=True) * unit
    across /= np.linalg.norm(across, axis=2, keepdims=True)
    angle, axes = np.pi * errors[..., None], ("step", "replicate", "site")
    patterns = data.sizes["pattern"]
    return xr.Dataset(
        {
            "weights": (axes, np.cos(angle) * unit + np.sin(angle) * across),
            "norm": (("step", "replicate"), np.repeat(np.array(norms)[:, None], len(weights), 1)),
        },
        attrs={
            "rule": rule,
            "method": method,
            "patterns": patterns,
            "alpha": patterns / SITES,
            "dataset": "teacher",
            "converged": 1,
            "described": PROVIDED,
        },
    )


def exact_path(alpha, norms, teachers, rng):
    """Errors (step, replicate) of theory, each teacher off by a small power of the norm."""
    exact = np.array([student.error for student in students(alpha, list(norms))])
    level, tilt = SPREAD * rng.normal(size=(2, teachers))
    return exact[:, None] * np.exp(level + 0.2 * tilt * np.log(norms)[:, None])


def test_where_a_power_is_not_found_there_is_no_number(monkeypatch):
    norms = np.geomspace(1, 10, 6)
    failed = SimpleNamespace(success=False, x=np.array([1.0, 0.7, 0.2]))
    assert falling(norms[:3], 1 / norms[:3]).shape == (1,)
    monkeypatch.setattr(fits, "least_squares", lambda misses, start: failed)
    found = falling(norms, 1 / norms)
    assert np.isnan(found).all()
    assert found.shape == (1,)


def test_lowest_falling_and_slope_of_known_curves():
    norms = np.geomspace(0.01, 100, 30)
    errors = np.exp(0.3 * np.log(norms / 4) ** 2 - 2)
    np.testing.assert_allclose(lowest(norms, errors), [np.log(4), -2], atol=5e-3)
    assert np.isnan(lowest(norms[:15], errors[:15])).all()  # still falling at the end
    assert falling(norms, 3 * norms**-0.7 + 0.2)[0] == pytest.approx(0.7, abs=1e-6)
    assert np.isnan(falling(norms[:3], errors[:3])).all()
    x, sem = np.array([0.0, 1.0, 3.0]), np.array([0.1, 0.2, 0.1])
    fitted, error = np.polyfit(x, [1.0, 2.0, 7.0], 1, w=1 / sem, cov="unscaled")
    expected = fitted[0], error[0, 0] ** 0.5
    assert slope(x, np.array([1.0, 2.0, 7.0]), sem) == pytest.approx(expected)
    assert np.isnan(slope(x[:1], x[:1])).all()


def test_the_jackknife_of_a_mean_is_its_standard_error():
    errors = np.random.default_rng(0).normal(size=(2, 9))
    found, sem = jackknifed(lambda norms, mean: norms * mean, np.array([1.0, 2.0]), errors)
    np.testing.assert_allclose(found, [1, 2] * errors.mean(axis=1))
    np.testing.assert_allclose(sem, [1, 2] * errors.std(axis=1, ddof=1) / 3)
    found, sem = jackknifed(lambda norms, mean: norms * mean, np.array([1.0, 2.0]), errors[:, :1])
    np.testing.assert_allclose(found, [1, 2] * errors[:, 0])
    assert np.isnan(sem).all()
    assert sem.shape == (2,)
    two = np.array([[1.0, 4.0]])
    assert jackknifed(lambda norms, mean: mean, np.ones(1), two)[1] == pytest.approx(1.5)


def test_the_table_of_rules_has_measured_and_exact_errors():
    rng = np.random.default_rng(1)
    norms = np.array([0.1, 1.0, 8.0])
    data = data_of(2, 6, rng)
    errors = exact_path(2.0, norms, 6, rng)
    level = np.full((1, 6), teacher.hebb(2.0)) * (1 + SPREAD * rng.normal(size=(1, 6)))
    models = [
        model_of(data, "fixed_norm", "perceptron_optimum", norms, errors),
        model_of(data, "free_norm", "perceptron_descent", norms, errors),
        model_of(data, "hebb", "perceptron_hebb", [0.0], level),
    ]
    found = rules.build([data], models)
    fixed = found[(found["curve"] == "fixed_norm") & found["error"].notna()]
    np.testing.assert_allclose(fixed["error"], errors.mean(axis=1))
    np.testing.assert_allclose(fixed["error_sem"], errors.std(axis=1, ddof=1) / np.sqrt(6))
    exact = [student.error for student in students(2.0, list(norms))]
    np.testing.assert_allclose(fixed["theory"], exact)
    assert found.loc[found["curve"] == "free_norm", "theory"].isna().all()
    for curve in ("hebb", "bayes", "gibbs"):
        exact = getattr(teacher, curve)(2.0)
        assert found.loc[found["curve"] == curve, "theory"].item() == pytest.approx(exact)
    line = found[(found["curve"] == "fixed_norm") & found["error"].isna()]
    assert len(line) == 49
    assert line["theory"].between(teacher.bayes(2.0), teacher.hebb(2.0)).all()


LOADS, TEACHERS = (30.0, 5.0), 6
PATHS = [np.geomspace(0.01, 4 * alpha, 25) for alpha in LOADS]


@pytest.fixture(scope="module")
def scaling():
    """Errors (step, replicate) by load, and the table; of a rule with theory, and of one without.

    The larger load comes first; theory is asked for at a load of 60 as well.
    """
    rng = np.random.default_rng(2)
    data = [data_of(alpha, TEACHERS, rng) for alpha in LOADS]
    drawn = [exact_path(a, path, TEACHERS, rng) for a, path in zip(LOADS, PATHS, strict=True)]
    models = [
        model_of(d, rule, method, path, errors)
        for rule, method in (("fixed_norm", "perceptron_optimum"), ("free", "perceptron_descent"))
        for d, path, errors in zip(data, PATHS, drawn, strict=True)
    ]
    return drawn, table.build(data, models, lines=[60.0])


def test_the_table_of_scaling_finds_the_optima_and_exponents_of_theory(scaling):
    _, found = scaling
    found = found[found["curve"] == "fixed_norm"]
    optima = found[found["optimal_norm"].notna()].set_index(["source", "alpha"])
    for alpha in (30.0, 5.0):
        best = best_student(alpha)
        mine = optima.loc[("simulation", alpha)]
        assert 0 < mine["optimal_norm_sem"] < 0.1 * best.b
        near = 3 * mine["optimal_norm_sem"] + 0.03 * best.b  # the fit is off by up to 2 %
        assert abs(mine["optimal_norm"] - best.b) < near
        assert mine["optimal_error"] == pytest.approx(best.error, rel=0.05)
        assert optima.loc[("theory", alpha), "optimal_norm"] == pytest.approx(best.b, rel=1e-3)
    assert optima.loc[("theory", 60.0), "optimal_norm"] == pytest.approx(0.8836 * 60, rel=0.01)
    assert optima.loc[("limit", np.inf), "optimal_norm"] == pytest.approx(0.8836, abs=1e-3)
    rows = found[(found["alpha"] == 30) & found["reduced_error"].notna()]
    np.testing.assert_allclose(rows["scaled_norm"], rows["norm"] / 30)
    ratio = rows["scaled_error"] / rows["reduced_error"]
    np.testing.assert_allclose(ratio, 30 * teacher.hebb(30.0))
    compared = {row.quantity: row for row in published.compare(found)}
    assert len(compared) == 3
    for name, value in (("best norm", 1.0), ("error in the norm", 0.5), ("smallest error", 0.5)):
        (row,) = [row for quantity, row in compared.items() if name in quantity]
        assert row.published == value
        assert row.ours == pytest.approx(value, abs=0.1)
        # Half a unit of the last digit published, and two standard errors of ours.
        assert row.tolerance == pytest.approx(np.hypot(0.05, 2 * row.ours_sem))


def left_out(measure, errors):
    """What is measured of the mean over teachers, and its standard error by the jackknife."""
    count = errors.shape[1]
    without = [measure(np.delete(errors, r, axis=1).mean(axis=1)) for r in range(count)]
    apart = np.array(without) - np.mean(without, axis=0)
    return measure(errors.mean(axis=1)), np.sqrt((count - 1) / count * (apart**2).sum(axis=0))


def test_the_rows_of_scaling_are_what_their_names_say(scaling):
    """Number by number, with the jackknife over the teachers."""
    drawn, found = scaling
    simulated = found[(found["source"] == "simulation") & (found["curve"] == "fixed_norm")]
    logs, log_sems, levels, level_sems = [], [], [], []
    for alpha, path, errors in zip(LOADS, PATHS, drawn, strict=True):
        rows = simulated[(simulated["alpha"] == alpha) & simulated["norm"].notna()]
        mean, sem = errors.mean(axis=1), errors.std(axis=1, ddof=1) / np.sqrt(TEACHERS)
        exact = np.array([student.error for student in students(alpha, list(path))])
        hebb = np.arctan(np.sqrt(np.pi / (2 * alpha))) / np.pi
        for name, expected in (
            ("norm", path),
            ("scaled_norm", path / alpha),
            ("reduced_error", mean / hebb),
            ("reduced_error_sem", sem / hebb),
            ("scaled_error", alpha * mean),
            ("scaled_error_sem", alpha * sem),
            ("theory", exact / hebb),
            ("scaled_theory", alpha * exact),
        ):
            np.testing.assert_allclose(rows[name], expected, rtol=1e-6, err_msg=name)
        (log_norm, log_error), sems = left_out(lambda mean, at=path: lowest(at, mean), errors)
        (row,) = simulated[
            (simulated["alpha"] == alpha) & simulated["optimal_norm"].notna()
        ].to_dict("records")
        assert row["optimal_norm"] == pytest.approx(np.exp(log_norm))
        assert row["optimal_norm_sem"] == pytest.approx(np.exp(log_norm) * sems[0])
        assert row["optimal_error"] == pytest.approx(np.exp(log_error))
        assert row["optimal_error_sem"] == pytest.approx(np.exp(log_error) * sems[1])
        assert row["teachers"] == TEACHERS
        logs.append(log_norm)
        log_sems.append(sems[0])
        levels.append(np.log(hebb) - log_error)
        level_sems.append(sems[1])
    exponents = simulated[simulated["exponent"].notna()].set_index("exponent")
    for name, values, sems in (("gamma_2", logs, log_sems), ("gamma", levels, level_sems)):
        apart = np.log(LOADS[0] / LOADS[1])
        assert exponents.loc[name, "value"] == pytest.approx((values[0] - values[1]) / apart)
        assert exponents.loc[name, "value_sem"] == pytest.approx(np.hypot(*sems) / apart)
    # Where the error falls: from a norm of one to half the best one, of the largest load.
    path, errors = PATHS[0], drawn[0]
    falls = (path > 1) & (path < np.exp(logs[0]) / 2)
    assert 4 < falls.sum() < 12
    (value,), (sem,) = left_out(lambda mean: falling(path[falls], mean), errors[falls])
    assert exponents.loc["gamma_1", "value"] == pytest.approx(value, rel=1e-4)
    assert exponents.loc["gamma_1", "value_sem"] == pytest.approx(sem, rel=1e-3)
    assert exponents.loc["gamma_1", "alpha"] == 30
    other = found[found["curve"] == "free"]
    assert other["norm"].notna().all()  # no optima without a theory of them
    assert other.loc[other["source"] == "simulation", "theory"].isna().all()
    # Lines of theory along the path of the largest load, whose end goes with the load.
    exact = found[found["source"] == "theory"]
    for alpha in (5.0, 30.0, 60.0):
        line = exact[(exact["alpha"] == alpha) & exact["norm"].notna()]
        np.testing.assert_allclose(line["norm"], np.geomspace(0.01, 4 * alpha, 30))
        (student,) = students(alpha, [line["norm"].iloc[20]])
        assert line["scaled_theory"].iloc[20] == pytest.approx(alpha * student.error)
    # Where theory falls: between the same bounds, of its own optimum at the last load.
    path = np.geomspace(1, best_student(60.0).b / 2, 30)
    (value,) = falling(path, np.array([student.error for student in students(60.0, list(path))]))
    of_theory = exact[exact["exponent"] == "gamma_1"]
    assert of_theory["value"].item() == pytest.approx(value, rel=1e-4)
    assert of_theory["value_sem"].item() == 0
    limit = found[(found["source"] == "limit") & (found["curve"] == "fixed_norm")]
    early, late = limit[limit["norm"].notna()], limit[limit["scaled_theory"].notna()]
    np.testing.assert_allclose(early["norm"], np.geomspace(0.01, 240, 30))
    np.testing.assert_allclose(late["scaled_norm"], np.geomspace(0.003, 4, 30))
    # The laws of infinite load beside exact errors at the load of 60, where they nearly hold.
    (student,) = students(60.0, [early["norm"].iloc[12]])
    assert early["theory"].iloc[12] == pytest.approx(student.error / teacher.hebb(60.0), rel=0.02)
    (student,) = students(60.0, [60 * late["scaled_norm"].iloc[20]])
    assert late["scaled_theory"].iloc[20] == pytest.approx(60 * student.error, rel=0.05)


def test_a_path_without_an_optimum_has_published_values_and_none_of_its_own():
    rng = np.random.default_rng(3)
    data = data_of(4, 2, rng)
    path = np.geomspace(0.01, 0.5, 6)  # ends before the optimum
    errors = exact_path(4.0, path, 2, rng)
    model = model_of(data, "fixed_norm", "perceptron_optimum", path, errors)
    compared = published.compare(table.build([data], [model]))
    assert [row.published for row in compared] == [0.5, 1.0, 0.5]
    assert all(np.isnan([row.ours, row.ours_sem, row.tolerance]).all() for row in compared)


def clock_of(patterns, replicates, rng):
    """Errors k norm^-0.8 + q that end at a norm of P^(1/4), and fall with it."""
    end = 20 * (patterns / 100) ** 0.25
    norms = np.geomspace(0.5, 10 * end, 60)
    lowest_error = 0.3 * (patterns / 100) ** -0.4
    errors = np.maximum((norms / end) ** -0.8, 1)[:, None] * lowest_error
    errors = np.minimum(errors, 0.9) * (1 + 0.01 * rng.normal(size=(1, replicates)))
    history = {
        "history_step": ("record", np.arange(1, 61)),
        "history_norm": (("record", "replicate"), np.repeat(norms[:, None], replicates, 1)),
        "history_test_error": (("record", "replicate"), errors),
        "history_train_error": (("record", "replicate"), 0 * errors),
    }
    return xr.Dataset(history, attrs={"patterns": patterns, "dataset": "mnist"})


def test_the_table_of_the_clock_finds_made_up_exponents():
    rng = np.random.default_rng(4)
    found = clock.build([clock_of(patterns, 4, rng) for patterns in (1000, 100)])
    exponents = found[found["exponent"].notna()].set_index("exponent")["value"]
    assert exponents["gamma_2"] == pytest.approx(0.25, abs=0.02)
    assert exponents["gamma"] == pytest.approx(0.4, abs=0.02)
    assert exponents["gamma_1"] == pytest.approx(0.8, abs=0.1)
    product = exponents["gamma_1"] * exponents["gamma_2"]
    assert exponents["gamma_predicted"] == pytest.approx(product)
    optima = found[found["optimal_norm"].notna()].set_index("P")
    assert optima.loc[100, "smallest_error"] == pytest.approx(0.3, rel=0.02)
    assert optima.loc[1000, "optimal_norm"] == pytest.approx(20 * 10**0.25, rel=0.1)
    predicted, direct = clock_published.compare(found)
    assert (predicted.published, direct.published) == (0.60, 0.55)
    assert direct.ours == exponents["gamma"]
    for row in (predicted, direct):  # two standard errors, theirs of 0.09
        assert row.tolerance == pytest.approx(2 * np.hypot(0.09, row.ours_sem))


def test_the_norm_of_a_nearly_smallest_error_lies_between_two_records():
    """Of errors within a twentieth of the smallest, the first, by its place between two."""
    norms = np.array([1.0, 2.0, 4.0, 8.0, 16.0])
    errors = np.array([0.8, 0.5, 0.2, 0.21, 0.3])
    part = (0.5 - 1.05 * 0.2) / (0.5 - 0.2)
    expected = [np.log(2) + part * np.log(2), np.log(0.2)]
    np.testing.assert_allclose(clock._settled(norms, errors), expected)
    # From the first record on; and of an error that is met exactly.
    near = np.array([0.205, 0.2, 0.3])
    np.testing.assert_allclose(clock._settled(norms[:3], near), [0, np.log(0.2)])
    rising = np.array([0.2, 0.205, 0.3])
    np.testing.assert_allclose(clock._settled(norms[1:4], rising), [np.log(2), np.log(0.2)])
    met = np.array([0.8, 0.4, 0.42, 0.6])
    reached = np.log(1) + np.log(2) * (0.8 - 0.42) / 0.4
    np.testing.assert_allclose(clock._settled(norms[:4], met), [reached, np.log(0.4)])


def test_the_optima_of_the_clock_have_errors_by_leaving_out_draws():
    rng = np.random.default_rng(9)
    models = [clock_of(patterns, 5, rng) for patterns in (400, 100)]
    models[0]["history_test_error"] = models[0]["history_test_error"] * np.geomspace(
        0.9, 1.1, 300
    ).reshape(60, 5)  # draws that differ in shape
    found = clock.build([models[0], models[1].assign_attrs(dataset="another")])
    optima = found[found["optimal_norm"].notna()].set_index("P")
    norms = models[0]["history_norm"].values[:, 0]
    logs, sems = left_out(
        lambda mean: clock._settled(norms, mean), models[0]["history_test_error"].values
    )
    row = optima.loc[400]
    assert row[["optimal_norm", "smallest_error"]].tolist() == pytest.approx(np.exp(logs).tolist())
    assert row["optimal_norm_sem"] == pytest.approx(np.exp(logs[0]) * sems[0])
    assert row["smallest_error_sem"] == pytest.approx(np.exp(logs[1]) * sems[1])
    assert row["optimal_norm_sem"] != row["smallest_error_sem"]
    assert set(found["dataset"]) == {"another"}  # that of the fewest examples
    exponents = found[found["exponent"].notna()].set_index("exponent")
    assert (exponents["value_sem"] > 0).all()
    assert set(found["draws"]) == {5}


def test_the_order_of_the_models_makes_no_difference():
    """To what is found; the rows of P ascend, and the exponents are of the largest."""
    rng = np.random.default_rng(8)
    models = [clock_of(patterns, 3, rng) for patterns in (100, 400, 1600)]
    tables = [
        clock.build([models[k] for k in order]) for order in ((0, 1, 2), (1, 2, 0), (2, 0, 1))
    ]
    assert tables[0]["P"].dropna().is_monotonic_increasing is False  # courses, then optima
    assert tables[0].loc[tables[0]["optimal_norm"].notna(), "P"].tolist() == [100, 400, 1600]
    for other in tables[1:]:
        pd.testing.assert_frame_equal(other, tables[0])
    courses = tables[0][tables[0]["step"].notna()].reset_index(drop=True)
    assert courses["P"].tolist() == [p for p in (100, 400, 1600) for _ in range(60)]
    first = courses.iloc[59]
    errors = models[0]["history_test_error"].values[59]
    assert first["test_error"] == pytest.approx(errors.mean())
    assert first["test_error_sem"] == pytest.approx(errors.std(ddof=1) / np.sqrt(3))
    assert first["norm"] == pytest.approx(models[0]["history_norm"].values[59, 0])
    assert set(tables[0]["draws"]) == {3}


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (
            "figures/random_capacity/rules",
            ["two_layers"],
            "figures.random_capacity.rules: found 'two_layers' for 'random', which has no test",
        ),
        (
            "figures/perceptron_rules/datasets",
            ["random"],
            "figures.perceptron_rules.datasets: found 'random' without teacher",
        ),
        (
            "figures/perceptron_rules/rules",
            ["pl"],
            "figures.perceptron_rules.rules: found 'pl', which has no weights",
        ),
    ],
)
def test_perceptrons_and_networks_are_told_apart(path, value, said):
    with pytest.raises(InputError) as fault:
        consistency.check(Plan(configuration.complete(changed(path, value))))
    assert said in str(fault.value)
    assert "\n" not in str(fault.value)


def test_a_rule_without_couplings_is_not_measured():
    written = changed("figures/random_capacity/datasets", ["teacher"])
    written["figures"]["random_capacity"]["rules"] = ["fixed_norm"]
    with pytest.raises(InputError, match="found 'fixed_norm', which learns no couplings"):
        consistency.check(Plan(configuration.complete(written)))


@pytest.mark.parametrize("rule", ["fixed_norm", "free_norm"])
def test_a_norm_of_zero_ends_in_one_line(rule):
    written = changed(f"datasets/teacher/learning/{rule}/smallest_norm", 0)
    said = rf"datasets\.teacher\.learning\.{rule}\.smallest_norm: found 0, expected .*more than 0"
    with pytest.raises(InputError, match=said):
        configuration.complete(written)


def test_labels_are_provided_by_the_names_of_their_variables():
    plan = Plan(configuration.complete(WRITTEN))
    assert {"labels", "train_label", "test_label"} <= plan.provides("mnist")
    assert "train_label" not in plan.provides("random")


def test_an_empty_comparison_of_a_table_without_optima():
    assert published.compare(pd.DataFrame({"source": ["simulation"], "exponent": [np.nan]})) == []
