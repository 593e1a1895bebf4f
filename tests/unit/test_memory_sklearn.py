"""The estimator by scikit-learn's own checks, in its searches and pipelines."""

import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.utils.estimator_checks import check_estimator

from plmemory import InputError, Memory
from plmemory.estimator.settings import find
from plmemory.plan import registry

OWN_WAYS = {
    "check_do_not_raise_errors_in_init_or_set_params": (
        "a wrong value is told of where it is written, not after a long fit"
    ),
    "check_n_features_in_after_fitting": "the same fault is told in other words: sites",
    "check_dtype_object": "an array of objects is refused in one line, whatever it holds",
    "check_pipeline_consistency": (
        "make_pipeline names a step by its class, and a Pipeline has an argument of that name"
    ),
}
NO_WEIGHTS = {
    f"check_sample_weight{check}": "this rule knows no weights, and says so"
    for check in (
        "s_pandas_series",
        "s_not_an_array",
        "s_list",
        "s_shape",
        "s_not_overwritten",
        "_equivalence_on_dense_data",
    )
} | {"check_all_zero_sample_weights_error": "as above"}


def random_patterns(count, sites, seed=1):
    return np.random.default_rng(seed).choice([-1, 1], size=(count, sites))


@pytest.mark.parametrize(
    ("memory", "expected"),
    [
        (Memory("pseudo_likelihood_optimum", binarize=0.5), OWN_WAYS),
        (Memory("pl", binarize=0.5, epochs=20), OWN_WAYS | NO_WEIGHTS),
    ],
)
def test_it_passes_the_checks_of_estimators(memory, expected):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of fits that do not converge, and of no base class
        results = check_estimator(memory, expected_failed_checks=expected, on_skip=None)
    ended = {status: set() for status in ("passed", "xfail", "skipped")}
    for result in results:
        ended[result["status"]].add(result["check_name"])
    assert ended["xfail"] == expected.keys()  # none of the exceptions has become idle
    assert ended["skipped"] <= {"check_array_api_input"}
    assert len(ended["passed"]) >= 30


def test_it_is_copied_and_changed():
    memory = Memory("pl", random_state=3, inverse_temperature=2.0).fit(random_patterns(5, 20))
    fresh = clone(memory)
    assert fresh.get_params() == memory.get_params()
    assert not hasattr(fresh, "couplings_")
    assert not hasattr(fresh, "n_features_in_")
    assert fresh.set_params(inverse_temperature=0.5, random_state=4) is fresh
    assert (fresh.inverse_temperature, fresh.random_state) == (0.5, 4)
    assert memory.inverse_temperature == 2.0
    assert repr(fresh) == "Memory('pl', inverse_temperature=0.5)"
    with pytest.raises(InputError, match=r"^inverse_temperature: found -1"):
        fresh.set_params(inverse_temperature=-1)
    assert fresh.inverse_temperature == 0.5


def test_the_settings_of_another_rule_begin_at_its_defaults():
    memory = Memory("pl", inverse_temperature=0.5, epochs=7, binarize=0.3)
    memory.set_params(rule="pseudo_likelihood_optimum", scaled_norm=2.0)
    fresh = Memory("pseudo_likelihood_optimum", scaled_norm=2.0)
    assert memory.get_params() == fresh.get_params()
    assert memory.inverse_temperature == 1.0


def test_every_setting_of_every_rule_is_a_parameter_with_the_default_of_its_contract():
    for folder, rule in registry.rules().items():
        if not rule.couplings or rule.infinite:
            continue
        memory = Memory(folder)
        kinds = [registry.spin_types()[kind].settings for kind in rule.spins]
        assert not any(kind.keys() & rule.settings.keys() for kind in kinds)
        for settings in (rule.settings, *kinds):
            for name, setting in settings.items():
                assert memory.get_params()[name] == setting.default == getattr(memory, name)
                assert not hasattr(Memory, name)


def test_a_short_name_is_that_of_one_rule():
    short = [rule.short for rule in registry.rules().values() if rule.short]
    assert len(set(short)) == len(short)
    assert not set(short) & registry.rules().keys()
    assert find("pl") == "pseudo_likelihood"
    patterns = random_patterns(5, 30)
    np.testing.assert_array_equal(
        Memory().fit(patterns).couplings_, Memory("pseudo_likelihood").fit(patterns).couplings_
    )


def test_a_search_over_rules_and_settings_finds_the_best_memory():
    patterns = np.tile(random_patterns(12, 60), (4, 1))  # held out ones are learnt by others
    grid = [{"rule": ["hebb", "pseudo_inverse"]}, {"rule": ["pl"], "epochs": [30]}]
    search = GridSearchCV(Memory(device="cpu"), grid, cv=4).fit(patterns)
    scores = dict(
        zip(
            (made["rule"] for made in search.cv_results_["params"]),
            search.cv_results_["mean_test_score"],
            strict=True,
        )
    )
    assert scores["pseudo_inverse"] == scores["pl"] == 1 > scores["hebb"]  # load 0.2
    assert search.best_estimator_.rule != "hebb"


def test_it_stands_at_the_end_of_a_pipeline():
    grey = np.random.default_rng(2).uniform(0, 255, size=(6, 50))
    pipeline = Pipeline([("scale", MinMaxScaler()), ("network", Memory(binarize=0.5))])
    pipeline.set_params(network__epochs=50).fit(grey)
    assert pipeline["network"].epochs == 50
    assert pipeline.score(grey) == 1
