"""Small made-up tables of every kind of figure, as its ``build`` would make them."""

import itertools
from collections.abc import Callable

import numpy as np
import pandas as pd

Table = Callable[[], pd.DataFrame]
RULES = ("hebb", "pl", "pl_lambda_0.1", "a_rule_of_tomorrow")
LOADS = (0.2, 0.5)
KEYS = {"alpha", "P", "L", "T", "alpha_D", "epoch", "example", "row", "column", "rank", "i", "j"}
KEYS |= {
    "label_a",
    "label_b",
    "bin_left",
    "bin_right",
    "temperature",
    "parameter",
    "draws",
    "N",
    "asked_overlap",
    "K",
    "sigma",
    "beta",
    "scaled",
    "radius",
    "samples",
    "steps",
    "kappa",
    "clock",
    "t",
    "first_t",
    "late_t",
}  # where


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
    return table.assign(
        loss=np.exp(-epoch / 50),
        norm=0.1 * epoch,
        hebb_distance=epoch / 200,
        overlap=0.5 + epoch / 200,
    )


def norm_path() -> pd.DataFrame:
    table = cross(rule=("pl", "a_rule_of_tomorrow"), alpha=LOADS, epoch=(0, 1, 10, 100))
    epoch = table["epoch"]
    table = table.assign(
        b=0.1 * epoch,
        mean_stability=1.0,
        mean_stability_theory=1.01,
        min_stability=epoch / 100 - 0.5,
        min_stability_theory=epoch / 100 - 0.4,
        margin_theory=0.6,
        half_overlap=0.4,
        half_overlap_sem=0.01,
        half_overlap_theory=0.41,
    )
    optima = cross(rule=("pl_b_2", "maximum_stability"), alpha=LOADS).assign(
        b=lambda rows: np.where(rows["rule"] == "pl_b_2", 2.0, np.inf),
        min_stability=0.6,
        mean_stability=1.1,
        half_overlap=0.3,
    )
    return pd.concat([table, optima], ignore_index=True)


def learning_curve() -> pd.DataFrame:
    table = cross(run=("pl_slow", "pl_lambda_0.1"), draw=("published", "own"), epoch=(0, 10, 100))
    epoch = table["epoch"]
    table = table.assign(
        source="ours",
        norm=1.0 + epoch,
        norm_sem=0.1,
        distance=np.sqrt(epoch / 100),
        loss=np.exp(-epoch / 100),
        train=0.5 + epoch / 300,
        test=0.5 + epoch / 400,
        test_sem=0.01,
        asymmetry=epoch / 200,
    )
    end = table[(table["run"] == "pl_slow") & (table["draw"] == "published") & (epoch == 100)]
    end = end.assign(source="published", asymmetry=np.nan, test=0.7)
    return pd.concat([table, end], ignore_index=True)


def receptive_fields() -> pd.DataFrame:
    epochs = {"run": ("pl_slow", "a_rule_of_tomorrow"), "epoch": (0, 10, 100)}
    density = cross(**epochs, stability=np.linspace(-1, 3, 9)).assign(quantity="density")
    density = density.assign(value=np.exp(-((density["stability"] - 1) ** 2)))
    field = cross(**epochs, row=range(4), column=range(3)).assign(quantity="coupling")
    field = field.assign(value=(field["row"] - 1.5) / 10)
    return pd.concat([density, field], ignore_index=True).assign(
        norm=lambda table: 1.0 + table["epoch"]
    )


NULLS = {"nearest_train": 0.3, "consensus": 0.25, "exchanged": 0.05}


def nulls(table: pd.DataFrame) -> dict[str, np.ndarray]:
    """The null models of generalisation, which test starts have."""
    tests = table["start"] == "test"
    return {f"{name}_overlap": np.where(tests, value, np.nan) for name, value in NULLS.items()}


def mnist() -> pd.DataFrame:
    table = cross(
        title=("MNIST",),
        rule=RULES,
        P=(20, 196, 19600),
        start=("train", "test", "random"),
        draw=("published", "own"),
    )
    table = table.assign(
        alpha=table["P"] / 196,
        overlap=0.7,
        overlap_sem=0.01,
        n=table["P"],
        source="ours",
        **nulls(table),
    )
    published = table[(table["rule"] == "pl") & (table["draw"] == "published")].assign(
        overlap=0.72, overlap_sem=np.nan, n=np.nan, source="published", comparable=True
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


def catalogue() -> pd.DataFrame:
    table = cross(
        alpha=(0.1, 100.0),
        start=("test", "random"),
        rank=range(1, 15),
        row=range(4),
        column=range(3),
    )
    return table.assign(
        share=0.3 / table["rank"],
        share_sem=0.01 / table["rank"],
        nearest_train=0.75,
        value=np.where(table["row"] < table["rank"] % 4, 1, -1),
    )


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
    classes = cross(label_a=range(10), label_b=range(10))
    ours = classes.assign(quantity="class_overlap", source="ours", value=0.1)
    same = classes[classes["label_a"] == classes["label_b"]]
    published = same.assign(quantity="class_overlap", source="published", value=0.3)
    return pd.concat([pd.DataFrame(bins + means), ours, published], ignore_index=True)


def _objective(rule):
    """The objective of a rule, from its contract."""
    if rule.startswith("pl"):
        return "pseudo-likelihood"
    return "pseudo-likelihood at infinite norm" if rule == "maximum_stability" else ""


def stabilities() -> pd.DataFrame:
    rules = (*RULES, "maximum_stability")
    table = cross(rule=rules, alpha=LOADS, b=(0.5, 2.0), stability=np.linspace(-1, 3, 9))
    bell = np.exp(-((table["stability"] - 1) ** 2))
    table = table.assign(
        density=bell.where(table["stability"] > 0, 0.0),
        theory_density=bell.where(table["rule"] != "a_rule_of_tomorrow"),
        objective=table["rule"].map(_objective),
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
        half_overlap=overlap.where(retrieves),
        half_overlap_sem=0.003,
        first_step_theory=(overlap - 0.05).where(table["rule"] == "pl"),
        excess=(0.01 * (table["rule"].map(RULES.index) - 1)).where(retrieves),
        objective=table["rule"].map(_objective),
    )


def rivals() -> pd.DataFrame:
    judged = cross(rule=RULES, alpha=LOADS, kind=("judged",)).assign(parameter=2.0)
    tuning = cross(
        rule=("dreaming", "pl_b"), alpha=LOADS, kind=("tuning",), parameter=(1.0, 2.0, 4.0)
    )
    table = pd.concat([judged, tuning], ignore_index=True)
    judging = table["kind"] == "judged"
    half = 0.3 + 0.1 * table["alpha"] + 0.01 * (table["parameter"] - 2) ** 2
    excess = np.where(table["rule"] == "hebb", 0.05, -0.01)
    return table.assign(
        half_overlap=half,
        half_overlap_sem=0.002,
        difference=np.where(judging, excess, np.nan),
        difference_sem=np.where(judging, 0.001, np.nan),
        critical_difference=np.where(judging, 2 * excess, np.nan),
        critical_difference_sem=np.where(judging, 0.001, np.nan),
        draws=12,
    )


def phase_diagram() -> pd.DataFrame:
    table = cross(rule=("pl_b", "dreaming"), alpha=(0.1, 0.2, 0.5), parameter=(1.0, 1.5, 2.0, 4.0))
    excess = 0.01 * (table["parameter"] - 2) ** 2
    return table.assign(
        half_overlap=table["alpha"] + excess,
        excess=excess,
        excess_sem=np.where(excess > 0, 0.002, 0.0),
        best=table["parameter"] == 2,
        draws=12,
    )


def sizes() -> pd.DataFrame:
    table = cross(
        rule=("pl_b_2", "maximum_stability"),
        alpha=LOADS,
        definition=("half", "mean"),
        dynamics=("synchronous", "sequential"),
        N=(125.0, 500.0, np.inf),
    )
    table = table[(table["definition"] == "half") | (table["dynamics"] == "synchronous")]
    return table.assign(
        overlap=table["alpha"] + 2 / table["N"],
        overlap_sem=0.001,
        slope=np.where(np.isinf(table["N"]), 2.0, np.nan),
    ).reset_index(drop=True)


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
    theory = np.where(table["rule"] == "pl", table["alpha"] + 0.01, np.nan)
    return table.assign(value=table["alpha"], value_sem=0.01, value_theory=theory)


def starts(rule: tuple[str, ...] = RULES, **axes: object) -> pd.DataFrame:
    """The common columns of the generalisation figures, with baselines for test starts."""
    table = cross(rule=rule, P=(10, 100, 1000), start=("train", "test", "random"), **axes)
    return table.assign(
        alpha=table["P"] / 100,
        overlap=0.6 + 0.1 * np.log10(table["P"]) / 3,
        overlap_sem=0.01,
        n=50,
        **nulls(table),
    )


def completed() -> pd.DataFrame:
    table = cross(
        rule=("pl", "hebb"), P=(10, 1000), start=("train", "test"), asked_overlap=(0.0, 0.5, 1.0)
    )
    tests, asked = table["start"] == "test", table["asked_overlap"]
    return table.assign(
        alpha=table["P"] / 100,
        initial_overlap=asked + 0.01,
        final_overlap=np.where(tests, 0.5, 0.9) * np.sqrt(asked),
        final_overlap_sem=0.02,
        at_train_share=np.where(tests, 0.1, 0.7) * asked,
        at_train_share_sem=0.03,
        nearest_train_overlap=np.where(tests, 0.4, np.nan),
        consensus_overlap=np.where(tests, 0.3, np.nan),
        at_train_share_of_examples=np.where(tests, 0.05, np.nan),
        n=50,
    )


def completion() -> pd.DataFrame:
    return completed()[lambda table: table["start"] == "test"].reset_index(drop=True)


def feature_diagram() -> pd.DataFrame:
    table = cross(
        rule=("pl",),
        alpha=(0.1, 0.5, 1.0),
        alpha_D=(0.05, 0.2),
        start=("train", "test", "feature"),
        steps=(10, 100),
    )
    return table.assign(
        overlap=1 / (1 + table["alpha"]) - table["alpha_D"] / 10 - table["steps"] / 1000
    )


def features() -> pd.DataFrame:
    table = starts(rule=("pl", "hebb"), title=("sparse features", "features"))
    feature = table[table["start"] == "random"].assign(start="feature", overlap=0.99)
    return pd.concat([table, feature], ignore_index=True)


def spin_glass() -> pd.DataFrame:
    dynamics = ("synchronous", "sequential")
    table = starts(rule=("pl",), title=("spin glass",), L=(16,), T=(0.99,), dynamics=dynamics)
    limit = table[table["P"] == 1000].assign(P=np.inf, alpha=np.inf, overlap=0.88)
    published = limit.assign(source="published", overlap=0.882, overlap_sem=np.nan, n=np.nan)
    table, limit = table.assign(source="ours"), limit.assign(source="ours", rule="true_couplings")
    return pd.concat([table, limit, published.assign(comparable=True)], ignore_index=True)


def inference() -> pd.DataFrame:
    table = cross(rule=RULES, P=(10.0, 1000.0), L=(8, 16), T=(0.99, 1.65))
    return table.assign(
        alpha=table["P"] / 256,
        gamma=np.where(table["rule"] == "hebb", np.nan, table["P"] ** -0.5),
        gamma_sem=0.01,
        R=1 - 1 / table["P"],
        R_sem=0.01,
        draws=8,
    )


def energies() -> pd.DataFrame:
    kinds = ("train", "test", "random", "ground", "sample", "lowest")
    table = cross(
        rule=("pl", "pl_cv"), P=(10.0, 1000.0, np.inf), start=kinds, L=(8, 16), T=(0.99, 1.65)
    )
    return table.assign(
        alpha=table["P"] / 256,
        energy=-1.2,
        energy_sem=0.01,
        learnt_energy=-1.3,
        learnt_energy_sem=0.01,
        draws=8,
    )


def proteins() -> pd.DataFrame:
    table = starts(rule=("pl", "hebb"), title=("dhfr", "ww"))
    return table.assign(
        identity=(20 * table["overlap"] + 1) / 21,
        identity_sem=20 / 21 * table["overlap_sem"],
        **{f"{name}_identity": (20 * table[f"{name}_overlap"] + 1) / 21 for name in NULLS},
    )


def contacts() -> pd.DataFrame:
    families = {"family": ("dhfr", "ww"), "definition": ("heavy", "beta")}
    precision = cross(**families, rule=("pl", "mean_field"), rank=(1, 10, 100))
    value = 1 / (1 + precision["rank"] / np.where(precision["definition"] == "beta", 30, 50))
    precision = precision.assign(kind="precision", value=value, value_sem=0.02)
    predicted = precision.assign(kind="predicted", i=3, j=precision["rank"] % 7 + 20, value=1.0)
    chain = cross(**families, kind=("chain",), rank=(1, 10, 100)).assign(value=0.15)
    single = cross(**families, kind=("contact", "chance")).assign(i=3, j=21, value=0.1)
    whole = cross(family=("dhfr", "ww"), kind=("length", "sequences"))
    whole = whole.assign(value=np.where(whole["kind"] == "length", 30, 1200))
    table = pd.concat([precision, predicted, chain, single, whole], ignore_index=True)
    return table.assign(title=table["family"].str.upper())


def attractor_counts() -> pd.DataFrame:
    table = starts(rule=("pl", "hebb"))
    return table.assign(
        attractors=table["P"],
        cycles_fraction=0.1,
        nearest_train=0.9,
        nearest_test=0.5,
        orders_differ=np.where(table["start"] == "test", 0.6, np.nan),
        orders_overlap=np.where(table["start"] == "test", 0.8, np.nan),
        pair_entropy=np.where(table["start"] == "random", np.nan, 3.0),
        pair_entropy_sem=0.1,
        pair_entropy_least=np.where(table["start"] == "random", 8.0, np.nan),
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


def steps() -> pd.DataFrame:
    table = cross(
        rule=("pl", "a_rule_of_tomorrow"),
        alpha=LOADS,
        step=(1, 2, 3, 20),
        initial_overlap=np.linspace(0.1, 0.9, 5),
    )
    overlap = table["initial_overlap"] ** (1 / (1 + table["step"]))
    known, whole = table["rule"] == "pl", table["step"] == 20
    return table.assign(
        connectivity=np.where(known, np.nan, 20.0),
        overlap=overlap,
        overlap_sem=0.01,
        iterated_map=(overlap + 0.02).where(~whole),
        excess=np.where(whole, np.nan, -0.02),
        excess_sem=0.01,
        theory=(overlap + 0.001).where(known & ~whole),
    )


def dense() -> pd.DataFrame:
    table = cross(order=(2, 3, 4), P=(10, 100, 1000))
    error = table["P"] / (1000 + table["P"])
    return table.assign(
        N=50,
        capacity=10.0 ** table["order"],
        unstable_site_fraction=error,
        unstable_site_fraction_sem=0.01,
        unstable_site_fraction_theory=error + 0.01,
        fixed_point_fraction=1 - error,
        fixed_point_fraction_theory=0.99 - error,
    )


def perceptron_rules() -> pd.DataFrame:
    table = cross(alpha=(2.0, 5.0), curve=("fixed_norm", "free_norm"), norm=(0.01, 0.1, 1.0, 10.0))
    table = table.assign(error=0.3 / (1 + table["norm"]), error_sem=0.01, teachers=8)
    table["theory"] = (table["error"] + 0.005).where(table["curve"] == "fixed_norm")
    ends = cross(alpha=(2.0, 5.0), curve=("hebb", "maximum_stability", "bayes", "gibbs"))
    places = {"hebb": 0.0, "maximum_stability": np.inf}
    ends["norm"] = ends["curve"].map(places)
    ends["theory"] = 0.1 + 0.02 * ends.index
    ends["error"] = ends["theory"].where(ends["norm"].notna())
    return pd.concat([table, ends.assign(error_sem=0.01, teachers=8)], ignore_index=True)


def perceptron_scaling() -> pd.DataFrame:
    curves = cross(
        source=("simulation", "theory", "limit"),
        curve=("fixed_norm", "free_norm"),
        alpha=(3.1, 25.0),
        norm=(0.01, 0.1, 1.0, 10.0),
    )
    curves = curves.assign(
        scaled_norm=curves["norm"] / curves["alpha"], theory=1 / (1 + curves["norm"])
    )
    curves["reduced_error"] = curves["theory"].where(curves["source"] == "simulation")
    curves["scaled_error"] = 0.4 * curves["reduced_error"]
    curves = curves.assign(
        reduced_error_sem=0.01, scaled_error_sem=0.01, scaled_theory=0.4 * curves["theory"]
    )
    curves.loc[curves["source"] == "limit", "alpha"] = np.inf
    optima = cross(
        source=("simulation", "theory", "limit"), curve=["fixed_norm"], alpha=(3.1, 25.0)
    )
    optima = optima.assign(optimal_norm=0.9 * optima["alpha"], optimal_error=0.4 / optima["alpha"])
    optima.loc[optima["source"] == "limit", ["alpha", "optimal_norm", "optimal_error"]] = (
        *(np.inf, 0.9),
        0.4,
    )
    exponents = cross(source=["simulation"], curve=["fixed_norm"], exponent=("gamma_1", "gamma"))
    exponents = exponents.assign(value=0.5, value_sem=0.02, dataset="teacher")
    return pd.concat([curves, optima.drop_duplicates(), exponents], ignore_index=True)


def norm_clock() -> pd.DataFrame:
    course = cross(P=(100, 1000), step=(1, 10, 100))
    course = course.assign(
        norm=1.0 * course["step"], test_error=1 / course["step"], test_error_sem=0.01
    )
    optima = pd.DataFrame({"P": [100, 1000], "optimal_norm": [9.0, 20.0]})
    optima = optima.assign(smallest_error=[0.3, 0.1], smallest_error_sem=0.01)
    names = ("gamma_1", "gamma_2", "gamma_predicted", "gamma")
    exponents = pd.DataFrame({"exponent": names, "value": (0.6, 0.3, 0.18, 0.35)})
    table = pd.concat([course, optima, exponents.assign(value_sem=0.02)], ignore_index=True)
    return table.assign(draws=6, dataset="mnist")


def vector_capacity() -> pd.DataFrame:
    limits = cross(d=(1, 10, 100)).assign(capacity_d=0.14)
    measured = cross(d=(1, 10), alpha=(0.01, 0.05)).assign(
        overlap=0.9,
        median_overlap=0.95,
        retrieved=0.8,
        retrieved_sem=0.05,
        retrieved_overlap=0.96,
        retrieved_overlap_sem=0.01,
        theory=0.96,
        n=40,
    )
    line = cross(d=(1, 10), alpha=(0.005, 0.03)).assign(theory=0.97)
    return pd.concat([limits, measured, line], ignore_index=True)


def vector_first_step() -> pd.DataFrame:
    start = np.linspace(0, 1, 5)
    maps = cross(panel=("map",), d=(2, 8), alpha=(0.5,), initial_overlap=start)
    maps = maps.assign(theory=np.sqrt(maps["initial_overlap"]))
    maps = maps.assign(one_step_overlap=maps["theory"] + 0.01, one_step_overlap_sem=0.01)
    limit = cross(panel=("limit",), d=(1, 4, 32), initial_overlap=(0.0, 0.5))
    limit = limit.assign(alpha=limit["d"] - 0.4 - 0.2 * limit["initial_overlap"])
    times = cross(panel=("time",), d=(2, 8), time=range(4))
    times = times.assign(overlap=1 / (1 + times["time"]), overlap_sem=0.01)
    return pd.concat([maps, limit, times], ignore_index=True)


def vector_phase_diagram() -> pd.DataFrame:
    table = cross(
        d=(1, 10), line=("spinodal", "first_order", "spin_glass"), temperature=(0.0, 0.5, 1.0)
    )
    return table.assign(alpha_d=0.14 * (1 - table["temperature"]) ** 2)


def vector_hessian() -> pd.DataFrame:
    axes = {"N": (100.0, 400.0, np.inf), "start": ("memory", "random")}
    modes = cross(quantity=("density", "localisation"), **axes, eigenvalue=np.linspace(0.05, 2, 9))
    fields = cross(quantity=("field",), **axes, length=np.linspace(0, 2, 9))
    lowest = cross(quantity=("lowest",), **axes).assign(typical=3.0, typical_sem=0.2)
    table = pd.concat([modes, fields, lowest], ignore_index=True)
    known = table["start"] == "memory"
    bell = np.exp(-((2 * (table["eigenvalue"].fillna(table["length"]) - 1)) ** 2))
    measured, kind = np.isfinite(table["N"]), table["quantity"]
    return table.assign(
        density=bell.where(measured & kind.isin(["density", "field"])),
        density_sem=0.01,
        localisation=(4 + bell.fillna(1)).where(measured & kind.isin(["localisation", "lowest"])),
        localisation_sem=0.1,
        theory=bell.where(known),
    )


def vector_learning() -> pd.DataFrame:
    table = cross(rule=RULES, alpha=LOADS, initial_overlap=(0.6, 1.0))
    return table.assign(
        d=3,
        median_overlap=table["initial_overlap"],
        retrieved=0.9,
        retrieved_sem=0.02,
        one_step_overlap=0.99,
        capacity=table["rule"].map({"hebb": 0.05, "pl": np.nan}),
        n=80,
    )


def attention_step() -> pd.DataFrame:
    start = np.linspace(0, 1, 5)
    line = cross(d=(2, 8), kappa=(0.0, 0.5), initial_overlap=np.linspace(0.05, 0.95, 4))
    line = line.assign(theory=np.sqrt(line["initial_overlap"]))
    table = cross(d=(2, 8), kappa=(0.0, 0.5), initial_overlap=start)
    table = table.assign(theory=np.sqrt(table["initial_overlap"]))
    table = table.assign(
        one_step_overlap=table["theory"] + 0.01,
        one_step_overlap_sem=0.01,
        excess=0.01,
        excess_sem=0.01,
        n=30,
    )
    return pd.concat([table, line], ignore_index=True).assign(N=200, P=400, draws=6)


def transients() -> pd.DataFrame:
    """Training and test starts, whole and corrupted, and random ones."""
    starts = cross(start=("train", "test"), corruption=("none", "flipped", "masked"))
    random = pd.DataFrame({"start": ["random"], "corruption": ["none"]})
    return pd.concat([starts, random], ignore_index=True)


def attention_transient() -> pd.DataFrame:
    steps = cross(clock=(2.0, 10.0), t=(0, 1, 3, 100)).merge(transients(), how="cross")
    steps = steps.assign(overlap=1 / (1 + steps["t"]), baseline="none")
    levels = cross(baseline=("nearest_train", "mean_image")).merge(transients(), how="cross")
    levels = levels[levels["start"] != "random"].assign(overlap=0.5)
    table = pd.concat([steps, levels], ignore_index=True)
    return table.assign(P=1000, overlap_sem=0.01, draws=6, n=60)


def attention_load() -> pd.DataFrame:
    table = cross(P=(100, 1000), clock=(2.0, 10.0)).merge(transients(), how="cross")
    known = table["start"] != "random"
    return table.assign(
        first_t=3,
        late_t=100,
        peak=0.8,
        peak_sem=0.01,
        late=0.6,
        late_sem=0.01,
        nearest_train=np.where(known, 0.7, np.nan),
        mean_image=np.where(known, 0.3, np.nan),
        draws=6,
        n=60,
    )


def memorised(**axes: object) -> pd.DataFrame:
    table = cross(**axes, K=(10, 250, 1000))
    part = np.log(table["K"]) / 7
    return table.assign(
        memorised=1 - part,
        memorised_sem=0.01,
        spurious=0.3 * part,
        generalised=0.7 * part,
        samples=400,
        nearest_heldout=0.7,
        nearest_heldout_sem=0.01,
        nearest_heldout_real=0.77,
        memorised_real=0.02,
        spurious_real=0.01 * part,
        generalised_real=0.98 - 0.01 * part,
        draws=3,
    )


def diffusion_phases() -> pd.DataFrame:
    exact = memorised(
        memory=("hebb",),
        start=("random",),
        dynamics=("sampling",),
        criterion=("distance",),
        sigma=(0.3, 2.0),
    )
    attractors = memorised(
        memory=("hebb",),
        start=("noisy_test",),
        dynamics=("attractor",),
        criterion=("distance", "weight"),
        sigma=(3.0,),
    )
    networks = memorised(
        memory=("pl", "a_rule_of_tomorrow"),
        start=("random", "noisy_test", "test"),
        dynamics=("relaxation",),
        criterion=("distance",),
        sigma=(np.nan,),
    )
    return pd.concat([exact, attractors, networks], ignore_index=True)


def all_memories() -> pd.DataFrame:
    return memorised(memory=("hebb", "pl"), start=("random", "test"))


def pattern_weights() -> pd.DataFrame:
    table = cross(dataset=("random", "mnist"), N=(100, 200), K=(100, 1000), rate=(0.2, 1.0, 4.0))
    return table.assign(
        independent=table["dataset"] == "random",
        initial_overlap=0.3 / table["rate"],
        critical_overlap=0.3,
        weight=1 / (1 + table["rate"]),
        weight_sem=0.01,
        draws=4,
    )


def circle() -> pd.DataFrame:
    edge = np.linspace(-1.5, 1.5, 5)
    maps = cross(panel=("map",), K=(2, 9, 100, np.inf), x=edge, y=edge)
    maps = maps.assign(energy=maps["x"] ** 2 + maps["y"] ** 2 / maps["K"])
    some = cross(panel=("points", "attractors"), K=(2, 9, 100), x=(-0.6, 0.6), y=(0.8,))
    number = cross(panel=("number",), K=(2, 9, 100)).assign(number=lambda t: t["K"] ** 0.5)
    number = number.assign(number_sem=0.1, draws=3)
    pair = cross(panel=("pair",), scaled=(0.5, 1.5, 3.0)).assign(place=0.5, theory=0.5)
    ring = cross(panel=("ring",), beta=(0.5, 2.0, 20.0)).assign(
        radius=0.5, radius_sem=0.1, theory=0.5
    )
    profile = cross(panel=("profile",), K=(2, 9, 100), radius=(0.0, 0.5, 1.0))
    profile = profile.assign(energy=1 - profile["radius"], theory=1 - profile["radius"])
    return pd.concat([maps, some, number, pair, ring, profile], ignore_index=True)


def noise_basins() -> pd.DataFrame:
    table = cross(
        dataset=("random", "mnist"), memory=("hebb", "pl"), type=("train", "spurious"), K=(10, 100)
    )
    return table.assign(
        sigma=5 / np.log(table["K"]),
        sigma_sem=0.1,
        critical_sigma=np.where(table["dataset"] == "random", 3.0, np.nan),
        draws=3,
    )


def shown_states() -> pd.DataFrame:
    axes = {"image": ("sample", "train", "heldout"), "example": range(8), "row": range(4)}
    table = cross(memory=("hebb", "pl"), K=(10, 1000), **axes, column=range(3))
    return table.assign(value=np.where((table["row"] + table["column"]) % 2, 1, -1))


TABLES: dict[str, tuple[str, Table]] = {
    # case: kind of figure, table
    "retrieval_maps": ("retrieval_maps", retrieval_maps),
    "recall_temperature": ("recall_temperature", recall),
    "steps": ("steps", steps),
    "dense": ("dense", dense),
    "training": ("training", training),
    "norm_path": ("norm_path", norm_path),
    "learning_curve": ("learning_curve", learning_curve),
    "receptive_fields": ("receptive_fields", receptive_fields),
    "examples": ("examples", examples),
    "catalogue": ("catalogue", catalogue),
    "pair_overlaps": ("pair_overlaps", statistics),
    "stabilities": ("stabilities", stabilities),
    "stability_moments": ("stability_moments", moments),
    "basins": ("basins", basins),
    "rivals": ("rivals", rivals),
    "phase_diagram": ("phase_diagram", phase_diagram),
    "sizes": ("sizes", sizes),
    "capacity": ("capacity", capacity),
    "symmetry": ("symmetry", symmetry),
    "images": ("generalization", mnist),
    "features": ("generalization", features),
    "completion": ("completion", completion),
    "basin_maps": ("basin_maps", completed),
    "feature_diagram": ("feature_diagram", feature_diagram),
    "spin_glass": ("generalization", spin_glass),
    "proteins": ("generalization", proteins),
    "inference": ("inference", inference),
    "energies": ("energies", energies),
    "contacts": ("contacts", contacts),
    "attractors": ("attractors", attractor_counts),
    "perceptron_rules": ("perceptron_rules", perceptron_rules),
    "perceptron_scaling": ("perceptron_scaling", perceptron_scaling),
    "norm_clock": ("norm_clock", norm_clock),
    "vector_capacity": ("vector_capacity", vector_capacity),
    "vector_first_step": ("vector_first_step", vector_first_step),
    "vector_phase_diagram": ("vector_phase_diagram", vector_phase_diagram),
    "vector_hessian": ("vector_hessian", vector_hessian),
    "vector_learning": ("vector_learning", vector_learning),
    "attention_step": ("attention_step", attention_step),
    "attention_transient": ("attention_transient", attention_transient),
    "attention_load": ("attention_load", attention_load),
    "diffusion_circle": ("diffusion_circle", circle),
    "diffusion_capacity": ("diffusion_capacity", pattern_weights),
    "diffusion_phases": ("diffusion_phases", diffusion_phases),
    "diffusion_basins": ("diffusion_basins", noise_basins),
    "diffusion_examples": ("diffusion_examples", shown_states),
    "memorisation_generalisation": ("memorisation_generalisation", all_memories),
    "reproduction": ("reproduction", published),
}


def keys(table: pd.DataFrame) -> list[str]:
    """Columns that tell rows apart, with two to four values."""
    named = [c for c in table if c in KEYS or not pd.api.types.is_numeric_dtype(table[c])]
    return [column for column in named if 1 < table[column].nunique() < 5]


def first(table: pd.DataFrame) -> pd.DataFrame:
    """The rows with the first value of the first key, or without one."""
    key = keys(table)[0]
    return table[table[key].isna() | (table[key] == table[key].iloc[0])]


def uneven(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the table, of which no two parts are alike, with numbers of many sizes.

    As in runs of which results are missing: without the rows that have the first value of a key and
    the last of the next, and with some numbers missing.
    """
    few = keys(table)
    kept = pd.Series(True, table.index)
    for one, other in itertools.pairwise(few):
        first, last = table[one].dropna().iloc[0], table[other].dropna().iloc[-1]
        kept &= (table[one] != first) | (table[other] != last)
    table, rng = table[kept].copy(), np.random.default_rng(7)
    for column in table.select_dtypes("number"):
        size, known = 0.1 + 1.6 * rng.random(len(table)), rng.random(len(table)) > 0.1
        if not column.endswith("_sem"):
            size = np.where(size < 0.2, -size, size)  # some of the other sign
        if column == "value" and "row" in table:
            table[column] *= np.where(size > 1, 1, -1)  # pixels
        elif column not in KEYS | {"n", "d", "order", "step"}:
            table[column] = (table[column] * size).where(known)
        elif column in ("n", "samples", "first_t", "late_t"):
            table[column] = np.ceil(table[column] * size)
    return table
