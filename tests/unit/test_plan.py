"""Lineages: a change anywhere upstream is seen at the end of the chain, and nowhere else."""

from copy import deepcopy
from pathlib import Path

import pytest
import yaml

from plmemory.errors import InputError
from plmemory.plan import configuration, consistency, inheritance, parts
from plmemory.plan.jobs import Jobs
from plmemory.plan.plan import Plan, Result

ROOT = Path(__file__).parents[2]
WRITTEN = yaml.safe_load((ROOT / "config/config.yaml").read_text())


def jobs(*changes, base=WRITTEN):
    written = deepcopy(base)
    for change in changes:
        written = inheritance.laid_over(written, change)
    plan = Plan(configuration.complete(written))
    return Jobs(plan, ROOT / "workflow/scripts")


def lineages(found):
    """Lineage of every figure, table, measure, model and data set of the plan."""
    plan = found.plan
    named = {("figure", name): found.figure(name).lineage for name in plan.config["figures"]}
    for figure in plan.config["figures"]:
        named["table", figure] = found.table(figure).lineage
        stages = plan.figure(figure).inputs
        for stage in {"models", *stages} - {"data", "tables"}:
            for result in plan.results(figure, stage):
                named[tuple(result)] = found._made(stage, result).lineage
        for dataset, patterns in plan.results(figure, "data"):
            named["data", dataset, patterns] = found.load(dataset, patterns).lineage
    return named


@pytest.fixture(scope="module")
def before():
    return lineages(jobs())


def changed(before, *changes):
    after = lineages(jobs(*changes))
    assert after.keys() == before.keys()
    return {name for name in before if after[name] != before[name]}


def test_nothing_changes_by_itself_or_by_what_does_not_compute(before):
    assert changed(before) == set()
    assert changed(before, {"threads": 8}) == set()
    mirrors = {"datasets": {"mnist": {"mirrors": ["https://example.org"]}}}
    assert changed(before, mirrors) == set()
    # A run has figures of its own, whose captions name it; what they show is the same.
    assert {name[0] for name in changed(before, {"run": "other"})} == {"figure"}


def test_a_rule_of_one_data_set_reaches_its_models_measures_and_figures_alone(before):
    colder = {"datasets": {"random": {"learning": {"pl": {"inverse_temperature": 2.0}}}}}
    found = changed(before, colder)
    assert {name[1:3] for name in found if name[0] in ("models", "storage")} == {("random", "pl")}
    assert ("figure", "random_capacity") in found
    assert ("figure", "random_stabilities") not in found
    assert not [name for name in found if "mnist" in str(name) or name[0] == "data"]


def test_a_data_set_reaches_everything_that_is_made_from_it(before):
    found = changed(before, {"datasets": {"spin_glass": {"temperature": 1.2}}})
    expected = {name for name in before if "spin_glass" in name} - {("data", "spin_glass", "")}
    figures = {f"spin_glass_{kind}" for kind in ("generalization", "energies", "inference")}
    figures |= {"attractors_spin_glass"}
    assert expected <= found
    assert {name[1] for name in found if name[0] == "table"} == figures | {"reproduction"}


def test_the_seed_reaches_all_that_computes(before):
    figures = configuration.complete(WRITTEN)["figures"]
    theory = {name for name, entry in figures.items() if not entry["datasets"]}
    assert theory
    drawn = {name for name in before if name[1] not in theory}
    assert changed(before, {"seed": 1}) == drawn


def test_the_content_of_a_file_counts_and_its_place_does_not(tmp_path):
    def found(file):
        entry = {"datasets": {"ww": {"alignment": str(file)}}}
        return jobs(entry).load("ww", "").lineage

    one, two, other = (tmp_path / name for name in ("one.fa", "two.fa", "other.fa"))
    one.write_text(">a\nACDE\n")
    two.write_text(">a\nACDE\n")
    other.write_text(">a\nACDF\n")
    assert found(one) == found(two) != found(other)


def test_jobs_are_told_neither_where_results_lie_nor_which_run_it_is():
    one, two = jobs(), jobs({"run": "other", "results": "/elsewhere"})
    result = Result("storage", "random", "pl", "P00250")
    assert one.measure(result).parameters == two.measure(result).parameters
    assert two.plan.file(result) == "/elsewhere/other/storage/random/pl/P00250.nc"


def test_the_settings_of_a_job_are_in_one_order_whatever_the_order_of_the_configuration():
    turned = deepcopy(WRITTEN)
    turned["learning"] = dict(reversed(turned["learning"].items()))
    turned["learning"]["pl"] = dict(reversed(turned["learning"]["pl"].items()))
    one, two = jobs(), jobs(base=turned)
    names = ("random", "pl", "P00250")
    assert str(one.train(*names).parameters) == str(two.train(*names).parameters)


def test_a_rule_without_couplings_at_a_load_is_left_out_there():
    found = jobs().plan.results("random_capacity", "storage")
    inverse = [int(r.patterns[1:]) for r in found if r.rule == "pseudo_inverse"]
    assert max(inverse) < 500 < max(int(r.patterns[1:]) for r in found if r.rule == "pl")


def test_captions_tell_the_sizes():
    found = jobs({"datasets": {"random": {"sites": 2000, "replicates": 3}}})
    assert "N = 2000, 3 replicates" in found.caption("random_basins")


def test_data_sets_are_made_of_raw_files_or_of_the_users_or_of_none(tmp_path):
    own = {"kind": "arrays", "file": str(tmp_path / "own.npy")}
    plan = jobs().plan
    assert plan.data_inputs("mnist") == {"raw": ["results/laptop/data/mnist.raw"]}
    assert plan.data_inputs("random") == {}
    assert jobs({"datasets": {"own": own}}).plan.data_inputs("own") == {"file": [own["file"]]}
    assert plan.path("tables", "random_capacity") == "results/laptop/tables/random_capacity.csv"
    assert plan.path("data", ("random", "P00250")) == "results/laptop/data/random/P00250.nc"
    assert plan.path("data", ("mnist", "P00250")) == "results/laptop/data/mnist.nc"


SPLIT = {"datasets": {"random": {"learning": {"pl_b_2": {"parts": 4}}}}}
MODEL = ("random", "pl_b_2", "P00250")


def test_a_model_in_parts_is_gathered_from_files_of_its_own():
    one, found = jobs(), jobs(SPLIT)
    names = parts.names(parts.parts(found.plan, "random", "pl_b_2"))
    assert names == ["1of4", "2of4", "3of4", "4of4"]
    assert ("random", "pl_b_2") in parts.split(found.plan)
    assert parts.split(one.plan) == []
    assert found.plan.part_file(*MODEL, "2of4").endswith("/parts/random/pl_b_2/P00250/2of4.nc")
    of_parts = [found.part(*MODEL, name) for name in names]
    whole, gather = one.train(*MODEL), found.train(*MODEL)
    # What a part is told is what one job is told, and which part it is.
    assert [job.settings["part"] for job in of_parts] == [[n, 4] for n in range(4)]
    assert {k: v for k, v in of_parts[0].settings.items() if k != "part"} == whole.settings
    shared = found.share(*MODEL)
    assert shared.inputs == whole.inputs
    assert all(job.inputs == (*whole.inputs, shared.lineage) for job in of_parts)
    assert gather.inputs == tuple(job.lineage for job in of_parts)
    assert len({job.lineage for job in [*of_parts, gather, whole]}) == 6
    assert gather.settings["parts"] == 4
    assert whole.settings.items() <= gather.settings.items()


def test_splitting_one_model_changes_it_and_what_is_made_of_it_alone(before):
    found = changed(before, SPLIT)
    assert ("models", *MODEL) in found
    assert ("storage", *MODEL) in found
    assert {name[2] for name in found if name[0] == "models"} == {"pl_b_2"}
    assert not any(name[0] == "data" for name in found)


def test_rows_that_are_not_learnt_apart_are_not_split():
    def of(rule, count):
        return jobs({"datasets": {"random": {"learning": {rule: {"parts": count}}}}}).plan

    # One that watches the whole network on its way.
    with pytest.raises(InputError, match=r"^config: datasets.random.learning.pl.parts: found 3, "):
        of("pl", 3)
    assert parts.parts(of("pl", "auto"), "random", "pl") == 1
    assert parts.parts(of("pl_b_2", 3), "random", "pl_b_2") == 3
    with pytest.raises(InputError, match=r"parts: found 501, expected at most 500, the sites of"):
        consistency.check(of("pl_b_2", 501))


def test_parts_follow_from_memory():
    large = {"sites": 20000, "replicates": 1, "learning": {"pl_b_2": {"parts": "auto"}}}
    assert parts.parts(jobs({"datasets": {"random": large}}).plan, "random", "pl_b_2") == 3
    small = large | {"sites": 2000}
    assert parts.parts(jobs({"datasets": {"random": small}}).plan, "random", "pl_b_2") == 1
