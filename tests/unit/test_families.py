"""Families of learning rules: one entry with a grid is a rule a value, for every data set."""

import math
from copy import deepcopy
from pathlib import Path

import pytest
import yaml

from plmemory.errors import InputError
from plmemory.plan import configuration, consistency, inheritance
from plmemory.plan.jobs import Jobs
from plmemory.plan.plan import Plan, Result

ROOT = Path(__file__).parents[2]
WRITTEN = yaml.safe_load((ROOT / "config/config.yaml").read_text())
WIDE = {"method": "squared_hinge", "gap": 1e-5, "grid": {"margin": [0.5, 2, 1.25]}}
SHOWN = {
    "figure": "basins",
    "datasets": ["random"],
    "rules": ["hebb", "wide"],
    "loads": [0.2],
}


def completed(learning, given=None, **datasets):
    """The configuration with these rules, and what differs for data sets."""
    changes = {"learning": learning, "figures": {"shown": SHOWN}, "datasets": datasets}
    return configuration.complete(inheritance.laid_over(deepcopy(WRITTEN), changes), given)


def test_a_family_is_a_rule_a_value():
    config = completed({"wide": WIDE})
    margins = {"wide_0.5": 0.5, "wide_2": 2, "wide_1.25": 1.25}
    for name, margin in margins.items():
        rule = config["learning"][name]
        assert (rule["margin"], rule["gap"], rule["grid"]) == (margin, 1e-5, None)
        assert rule.keys() == config["learning"]["wide"].keys()
    assert config["learning"]["wide"]["grid"] == {"margin": [0.5, 2, 1.25]}
    assert configuration.complete(config) == config


def test_a_figure_that_names_a_family_shows_all_its_rules():
    plan = Plan(completed({"wide": WIDE}))
    consistency.check(plan)
    rules = ["hebb", "wide_0.5", "wide_2", "wide_1.25"]
    assert plan.rules("shown", "random") == rules
    expected = [Result("storage", "random", rule, "P00100") for rule in rules]
    assert plan.results("shown", "storage") == expected


def test_models_say_of_which_family_they_are_and_where_in_it():
    jobs = Jobs(Plan(completed({"wide": WIDE})), ROOT / "workflow/scripts")
    told = jobs.train("random", "wide_1.25", "P00100").settings["attributes"]
    assert (told["family"], told["parameter"]) == ("wide", 1.25)
    told = jobs.train("random", "hebb", "P00100").settings["attributes"]
    assert told["family"] == "hebb"
    assert math.isnan(told["parameter"])


def test_rules_inherit_from_families_and_from_their_rules():
    learning = {
        "first": {"from": "wide_2", "gap": 1e-3},
        "wider": {"from": "first", "grid": {"margin": [3]}},
        "wide": WIDE,
        "likewise": {"from": "wide", "gap": 1e-2},
        "single": {"from": "wide", "grid": None, "margin": 7},
    }
    rules = completed(learning)["learning"]
    assert (rules["first"]["margin"], rules["first"]["gap"]) == (2, 1e-3)
    assert (rules["wider_3"]["margin"], rules["wider_3"]["gap"]) == (3, 1e-3)
    assert (rules["likewise_0.5"]["margin"], rules["likewise_0.5"]["gap"]) == (0.5, 1e-2)
    assert rules["single"]["margin"] == 7
    assert not [name for name in rules if name.startswith("single_")]


def test_what_differs_for_a_data_set_differs_for_the_rules_of_a_family():
    own = {"wide": {"gap": 1e-2}, "wide_2": {"max_iterations": 7}}
    plan = Plan(completed({"wide": WIDE}, random={"learning": own}))
    settings = [(r["margin"], r["gap"], r["max_iterations"]) for r in rules(plan, "random")]
    assert settings == [(0.5, 1e-2, 2000), (2, 1e-2, 7), (1.25, 1e-2, 2000)]
    assert [r["gap"] for r in rules(plan, "features_few")] == [1e-5] * 3
    grid = {"wide": {"grid": {"margin": [4]}}}
    plan = Plan(completed({"wide": WIDE}, random={"learning": grid}))
    assert plan.rules("shown", "random") == ["hebb", "wide_4"]
    assert plan.family("random", "wide_4") == ("wide", 4.0)
    assert configuration.complete(plan.config) == plan.config


def rules(plan, dataset):
    return [plan.rule(dataset, name) for name in plan.rules("shown", dataset)[1:]]


def test_a_rule_of_a_family_can_be_changed_alone():
    learned = completed({"wide": WIDE, "wide_2": {"max_iterations": 7}})["learning"]
    assert learned["wide_2"]["max_iterations"] == 7
    assert learned["wide_2"]["gap"] == 1e-5
    assert learned["wide_0.5"]["max_iterations"] == 2000


def test_a_grid_of_a_command_line_is_text():
    given = {"learning": {"wide": {"method": "squared_hinge", "grid": {"margin": ["1", "2.5"]}}}}
    learned = completed(given["learning"], given)["learning"]
    assert learned["wide"]["grid"] == {"margin": [1, 2.5]}
    assert learned["wide_2.5"]["margin"] == 2.5


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ({}, r"learning\.wide\.grid: found \{\}, expected one key"),
        ({"margin": [1], "gap": [1]}, r"learning\.wide\.grid: found .*, expected one key"),
        ({"margin": []}, r"learning\.wide\.grid\.margin: found \[\], expected at least 1 entries"),
        ({"margin": [1, 1.0]}, r"learning\.wide\.grid\.margin: found .*, expected no entry twice"),
        ({"margin": ["x"]}, r"learning\.wide\.grid\.margin\.0: found 'x', expected .* number"),
        ({"margin": [1, 0]}, r"learning\.wide\.grid\.margin\.1: found 0, expected more than 0"),
        ({"magrin": [1]}, r"learning\.wide\.grid: unknown key 'magrin', did you mean 'margin'\?"),
        ([1], r"learning\.wide\.grid: found \[1\], expected a value of type object, null"),
    ],
)
def test_a_wrong_grid_names_its_key(grid, message):
    with pytest.raises(InputError, match=f"^config: {message}"):
        completed({"wide": {"method": "squared_hinge", "grid": grid}})


@pytest.mark.parametrize("other", [{"method": "hebb"}, {"from": "wide", "grid": None, "margin": 3}])
def test_the_name_of_a_rule_of_a_family_is_taken(other):
    with pytest.raises(InputError, match=r"^config: learning\.wide_2: found margin = .* 'wide'$"):
        completed({"wide": WIDE, "wide_2": other})
