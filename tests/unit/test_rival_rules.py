"""What the rival rules say of themselves is what they take and give."""

import importlib
import inspect
import math

import numpy as np
import pytest

from plmemory.learning.result import Learned
from plmemory.machine import backend as backends

RULES = (
    *("daydreaming", "dreaming", "margin_perceptron", "minover"),
    *("noise_training", "probability_flow", "soft_margin", "squared_hinge"),
)
EVERY = pytest.mark.parametrize("rule", RULES)
SHORT = {"epochs": 2}


def module(rule, name):
    return importlib.import_module(f"plmemory.learning.{rule}.{name}")


def defaults(rule):
    return {name: setting.default for name, setting in module(rule, "about").ABOUT.settings.items()}


@EVERY
def test_settings_are_the_keywords_of_learn(rule):
    parameters = inspect.signature(module(rule, "learn").learn).parameters.values()
    keywords = {p.name for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY}
    assert set(defaults(rule)) == keywords


@EVERY
def test_defaults_learn_random_patterns_and_tell_what_they_are(rule):
    patterns = np.random.default_rng(0).choice(np.array([-1, 1], dtype=np.int8), (2, 12, 60))
    settings = {name: SHORT.get(name, value) for name, value in defaults(rule).items()}
    rngs = [np.random.default_rng(seed) for seed in (1, 2)]
    learned = module(rule, "learn").learn(
        patterns, backends.select("cpu", "float32"), rngs, **settings
    )
    assert isinstance(learned, Learned)
    assert learned.couplings.shape == (2, 60, 60)
    assert learned.couplings.dtype == np.float32
    np.testing.assert_array_equal(np.diagonal(learned.couplings, axis1=1, axis2=2), 0)
    assert learned.converged.shape == (2,)
    assert learned.converged.all()
    for value in learned.diagnostics.values():
        assert value.shape[0] == 2
    attributes = module(rule, "about").ABOUT.attributes(settings)
    assert set(attributes) == {"b", "l2", "inverse_temperature", "symmetric"}
    tied = np.allclose(learned.couplings, np.swapaxes(learned.couplings, 1, 2), atol=1e-7)
    assert attributes["symmetric"] == tied
    assert math.isnan(attributes["b"]) == ("scaled_norm" not in settings)


@EVERY
def test_replicates_are_learned_as_they_would_be_alone(rule):
    patterns = np.random.default_rng(3).choice(np.array([-1, 1], dtype=np.int8), (2, 10, 40))
    settings = {name: SHORT.get(name, value) for name, value in defaults(rule).items()}
    learn = module(rule, "learn").learn
    backend = backends.select("cpu", "float64")
    both = learn(patterns, backend, [np.random.default_rng(seed) for seed in (1, 2)], **settings)
    alone = learn(patterns[1:], backend, [np.random.default_rng(2)], **settings)
    np.testing.assert_array_equal(both.couplings[1], alone.couplings[0])
