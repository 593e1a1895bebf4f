from copy import deepcopy
from pathlib import Path

import pytest
import yaml

from plmemory.errors import InputError
from plmemory.plan import configuration

ROOT = Path(__file__).parents[2]
SCHEMA = yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text())
CONFIG = yaml.safe_load((ROOT / "config/config.yaml").read_text())


def changed(path: str, value):
    config = deepcopy(CONFIG)
    *parents, last = path.split("/")
    entry = config
    for key in parents:
        entry = entry[key]
    entry[last] = value
    return config


def test_the_shipped_configuration_passes():
    configuration.check(CONFIG, SCHEMA)
    configuration.check_consistency(CONFIG)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("seeed", 1, r"config: the top level: unknown key 'seeed', expected one of \["),
        ("seed", "x", r"config: seed: found 'x', expected a value of type integer"),
        ("device", "tpu", r"config: device: found 'tpu', expected one of auto, cpu, cuda"),
        (
            "datasets/random/sites",
            -3,
            r"config: datasets\.random\.sites: found -3, expected at least 2",
        ),
        (
            "learning/random/pl/inverse_temperature",
            0,
            r"config: learning\.random\.pl\.inverse_temperature: found 0, expected more than 0",
        ),
        (
            "search/mnist/max_steps",
            9,
            r"config: search\.mnist\.max_steps: found 9, expected a multiple of 2",
        ),
        (
            "figures/protein_contacts/patterns",
            [30, 60],
            r"config: figures\.protein_contacts\.patterns: found \[30, 60\], expected at most 1",
        ),
        (
            "figures/random_basins/loads",
            [-0.1],
            r"config: figures\.random_basins\.loads\.0: found -0\.1, expected more than 0",
        ),
    ],
)
def test_a_wrong_value_names_its_key(path, value, message):
    with pytest.raises(InputError, match=f"^{message}"):
        configuration.check(changed(path, value), SCHEMA)


def test_a_figure_that_another_needs_is_named():
    config = deepcopy(CONFIG)
    del config["figures"]["mnist_statistics"]
    with pytest.raises(InputError, match=r"figures\.reproduction: needs .* mnist_statistics"):
        configuration.check_consistency(config)


def test_a_missing_key_is_named():
    config = deepcopy(CONFIG)
    del config["learning"]["random"]["pl"]["epochs"]
    with pytest.raises(InputError, match=r"^config: learning\.random\.pl: missing key 'epochs'$"):
        configuration.check(config, SCHEMA)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("figures/random_basins/datasets", ["rnd"], "found 'rnd', expected one of random, "),
        ("figures/random_basins/rules", ["hopfield"], "found 'hopfield', expected one of learning"),
        ("figures/random_basins/loads", [1e-6], "found a load of less than one pattern"),
        ("figures/mnist_generalization/loads", [400.0], "found P = 78400 .* at most 60000"),
        ("figures/spin_glass_inference/patterns", [99999], "found P = 99999 .* at most 16384"),
        ("figures/random_basins/datasets", ["mnist"], "found 'mnist' of kind mnist, expected .*"),
        ("figures/attractors_features/datasets", ["features_few", "features_many"], "expected one"),
        ("figures/random_training/rules", ["hebb"], "found 'hebb', expected .* record_overlap"),
        ("figures/random_capacity", {"datasets": ["random"], "rules": ["pl"]}, "missing key"),
    ],
)
def test_names_must_refer_and_loads_must_be_had(path, value, message):
    with pytest.raises(InputError, match=f"^config: figures\\..*{message}"):
        configuration.check_consistency(changed(path, value))


def test_a_method_needs_its_module(tmp_path, monkeypatch):
    monkeypatch.setattr(configuration, "METHODS", tmp_path)
    first = next(iter(CONFIG["learning"]["random"]))
    expected = rf"^config: learning\.random\.{first}\.method: found '\w+' .* {tmp_path}/\w+\.py$"
    with pytest.raises(InputError, match=expected):
        configuration.check_consistency(CONFIG)


def test_loads_become_whole_numbers_of_patterns():
    mnist = CONFIG["datasets"]["mnist"]
    loads = {"loads": [0.1, 0.2154, 1.0, 100.0]}
    assert configuration.pattern_counts(loads, mnist) == [20, 42, 196, 19600]
    assert configuration.pattern_counts({"patterns": [7, "all"]}, mnist) == [7, "all"]
