"""How rules are drawn: told apart, the same in every figure, and no concern of their tables."""

import colorsys
from copy import deepcopy
from pathlib import Path

import pytest
import yaml

from plmemory.figures.shared.look import Look, shade
from plmemory.learning.hebb import about as hebb
from plmemory.plan import configuration, inheritance, registry
from plmemory.plan.jobs import Jobs
from plmemory.plan.looks import Looks
from plmemory.plan.plan import Plan

ROOT = Path(__file__).parents[2]
WRITTEN = yaml.safe_load((ROOT / "config/config.yaml").read_text())


def plan(overlay=None):
    return Plan(configuration.complete(inheritance.laid_over(WRITTEN, overlay or {})))


def looks(figure, overlay=None):
    """The looks of a figure by name, in their order."""
    found = Looks(plan(overlay)).of(figure)
    return {look["name"]: Look(*(look[name] for name in Look._fields)) for look in found}


def rgb(color):
    """Red, green and blue of #rrggbb, 0 to 1."""
    return [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]


def luminance(color):
    """Relative luminance, by the weights of Rec. 709."""
    return sum(w * p**2.2 for w, p in zip((0.2126, 0.7152, 0.0722), rgb(color), strict=True))


@pytest.mark.parametrize("file", sorted((ROOT / "config").glob("*.yaml")), ids=lambda f: f.stem)
def test_rules_of_a_figure_are_told_apart_and_look_the_same_in_all(file):
    written = inheritance.laid_over(WRITTEN, yaml.safe_load(file.read_text()))
    whole = Plan(configuration.complete(written))
    everywhere = {}
    families = {name for name, rule in whole.config["learning"].items() if rule["grid"]}
    for figure in whole.config["figures"]:
        found = {
            look["name"]: tuple(look[n] for n in Look._fields) for look in Looks(whole).of(figure)
        }
        assert len({look[0] for look in found.values()}) == len(found), figure
        # A family is drawn as one where rules are compared at their best, without its members.
        shown = [look for name, look in found.items() if name not in families]
        assert len({look[1:5] for look in shown}) == len(shown), figure
        for name, look in found.items():
            assert everywhere.setdefault(name, look) == look, name


def test_legends_follow_the_entry_of_the_figure():
    rules = ["pl_b_10", "hebb", "pl", "pl_b_2"]
    assert list(looks("random_basins", {"figures": {"random_basins": {"rules": rules}}})) == rules


def test_a_family_darkens_with_its_value_over_all_data_sets():
    """b = 0.5 and 10 are values of one data set, 1.5 of another: one scale for both."""
    few = looks("random_basins", {"figures": {"random_basins": {"rules": ["pl_b"]}}})
    more = looks("random_rivals")
    shades = [luminance(few[f"pl_b_{b}"].color) for b in ("0.5", "1", "1.5", "2", "3", "10")]
    assert shades == sorted(shades, reverse=True)
    assert shades[0] > 3 * shades[-1]
    assert few["pl_b_1.5"] == more["pl_b_1.5"]
    assert few["pl_b_1.5"].label == "PL optimum, $b$ = 1.5"
    assert more["dreaming"].symbol == "t"


def test_entries_of_one_method_are_told_apart():
    overlay = {
        "learning": {
            "pl_cold": {"from": "pl", "inverse_temperature": 5.0},
            "pl_tied": {"from": "pl_cold", "symmetric": True, "title": "tied"},
            "rates": {"from": "pl", "grid": {"learning_rate": [1.0, 3.0]}},
        },
        "figures": {"random_basins": {"rules": ["pl", "pl_cold", "pl_tied", "rates"]}},
    }
    found = looks("random_basins", overlay)
    assert found["pl"] == registry.rules()["pseudo_likelihood"].look({"symmetric": False})
    assert found["pl_cold"].label == "PL (pl_cold)"
    assert found["pl_tied"].label == "tied"
    assert found["rates_3"].label == r"PL (rates), $\mathrm{learning\ rate}$ = 3"
    assert len({(look.color, look.marker) for look in found.values()}) == len(found)


def test_a_title_is_no_part_of_what_is_inherited():
    overlay = {
        "datasets": {"mine": {"from": "dhfr", "chain": None}},
        "learning": {
            "named": {"from": "pl", "title": "a name"},
            "heir": {"from": "named", "epochs": 3},
        },
        "figures": {"random_basins": {"rules": ["named", "heir"]}},
    }
    found = looks("random_basins", overlay)
    assert found["named"].label == "a name"
    assert found["heir"].label == "PL (heir)"
    assert plan(overlay).title("dhfr") == "DHFR"
    assert plan(overlay).title("mine") == "mine"


def test_a_method_that_says_nothing_gets_a_look(monkeypatch):
    silent = {
        name: rule if name not in ("hebb", "storkey") else type(rule)(rule.title, rule.spins, {})
        for name, rule in registry.rules().items()
    }
    monkeypatch.setattr(registry, "rules", lambda: silent)
    found = looks("random_basins")
    assert found["hebb"].label == "hebb"
    assert found["hebb"].color != found["storkey"].color


def test_a_changed_look_redraws_pictures_and_makes_no_table(monkeypatch):
    scripts = ROOT / "workflow/scripts"
    before = Jobs(plan(), scripts)
    titled = Jobs(plan({"learning": {"hebb": {"title": "Hebb 1949"}}}), scripts)
    figure = "random_capacity"
    assert titled.table(figure).parameters == before.table(figure).parameters
    assert titled.figure(figure).parameters != before.figure(figure).parameters
    changed = dict(registry.rules())
    changed["hebb"] = deepcopy(hebb.ABOUT)
    object.__setattr__(changed["hebb"], "look", lambda settings: Look("Hebb", "#111111"))
    monkeypatch.setattr(registry, "rules", lambda: changed)
    recoloured = Jobs(plan(), scripts)
    assert recoloured.table(figure).parameters == before.table(figure).parameters
    assert recoloured.figure(figure).parameters != before.figure(figure).parameters


def test_figures_are_told_what_data_sets_are_called_and_how_many_draws_there_are():
    jobs = Jobs(plan(), ROOT / "workflow/scripts")
    told = jobs.figure("random_capacity").settings
    assert (told["titles"], told["head"]) == ({"random": "random patterns"}, True)
    assert told["draws"] == plan().dataset("random")["replicates"]
    several = jobs.figure("random_sizes").settings
    assert not several["head"]
    assert several["draws"] == min(plan().dataset(name)["replicates"] for name in several["titles"])


def test_shades_keep_the_hue_and_are_evenly_light():
    found = [colorsys.rgb_to_hls(*rgb(shade("#56B4E9", place))) for place in (0, 0.25, 0.5, 1)]
    hue = colorsys.rgb_to_hls(*rgb("#56B4E9"))[0]
    assert [hls[0] for hls in found] == pytest.approx([hue] * 4, abs=0.01)
    light = [hls[1] for hls in found]
    assert light[0] - light[1] == pytest.approx(light[1] - light[2], abs=0.01)
    assert light[0] - light[2] == pytest.approx(light[2] - light[3], abs=0.01)
