"""The open house: a new thing is one folder, own data one entry, and no name is known elsewhere."""

import ast
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image

from plmemory.plan import reference, registry

CHECKOUT = Path(__file__).parents[2]
PACKAGE = CHECKOUT / "src/plmemory"
TOY = Path(__file__).parent / "toy"
MINE = """\
run: mine
datasets:
  mine: {{kind: arrays, file: "{file}", test_fraction: 0.2, replicates: 2}}
figures:
  mine: {{figure: generalization, datasets: [mine], rules: [pl], loads: [0.2, 1, 4]}}
"""
NEW = {
    "datasets": {"clocks": {"kind": "clocks", "sites": 30, "replicates": 2}},
    "learning": {"turning": {"method": "clock_hebb", "strength": 2.5}},
    "figures": {
        "clocks": {
            "figure": "clock_ends",
            "datasets": ["clocks"],
            "rules": ["turning"],
            "loads": [0.1, 1.0],
            "word": "tock",
        },
        "clock_attractors": {
            "figure": "attractors",
            "datasets": ["clocks"],
            "rules": ["turning"],
            "patterns": [3, "all"],
        },
    },
}


def test_four_new_folders_and_a_configuration_run_end_to_end(clean, tmp_path):
    workflow = clean.copy(tmp_path / "checkout")
    before = {file: file.read_bytes() for file in sources(workflow.folder)}
    for folder in TOY.glob("*/*"):
        shutil.copytree(folder, workflow.folder / "src/plmemory" / folder.relative_to(TOY))
    mine = workflow.over(tmp_path, NEW)
    mine.finish("clocks", "clock_attractors")
    assert {file: file.read_bytes() for file in before} == before
    table = pd.read_csv(workflow.folder / "results/test/tables/clocks.csv")
    assert list(table["alpha"]) == [0.1, 1.0]
    assert list(table["word"]) == ["tock", "tock"]
    assert list(table["strength"]) == [2.5, 2.5]
    assert table["overlap"][0] > 0.9  # three patterns of thirty clocks are kept
    assert mine.plan("clocks", "clock_attractors") == set()


def sources(folder):
    """All files of a checkout that somebody wrote."""
    made = {".git", ".snakemake", "results", "__pycache__"}
    return [f for f in folder.rglob("*") if f.is_file() and not made & set(f.parts)]


def names_of_things():
    """Names of data sets, rules and figures by room: their kinds, and entries of configurations."""
    rooms = {
        "datasets": set(registry.datasets()),
        "learning": set(registry.rules()),
        "figures": set(registry.figures()),
    }
    written = [yaml.safe_load(file.read_text()) for file in (CHECKOUT / "config").glob("*.yaml")]
    for room, names in rooms.items():
        names.update(*(config.get(room, {}) for config in written))
    for dataset in (d for config in written for d in config.get("datasets", {}).values()):
        rooms["learning"].update(dataset.get("learning", {}))
    return rooms


def spelt(nodes):
    """Words that stand in these expressions; of a prefix the word without its underscore."""
    for node in nodes:
        for leaf in ast.walk(node):
            if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str):
                yield leaf.value.rstrip("_")


def compared(tree):
    """Words with which something is compared, by which it is looked up, or that a pattern holds."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            yield from spelt([node.left, *node.comparators])
        elif isinstance(node, ast.MatchValue):
            yield from spelt([node.value])
        elif isinstance(node, ast.Dict):
            yield from spelt(key for key in node.keys if key)
        elif isinstance(node, ast.Subscript):
            yield from spelt([node.slice])
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in ("startswith", "endswith", "removeprefix", "get", "index"):
                yield from spelt(node.args)
            if isinstance(node.func.value, ast.Name) and node.func.value.id == "re":
                for pattern in spelt(node.args):
                    yield from re.findall(r"[A-Za-z]+(?:_[A-Za-z]+)*", pattern)


def spoken(tree):
    """All words of a file that are neither prose nor the default of a parameter."""
    nodes = list(ast.walk(tree))
    other = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    other |= {id(d) for node in nodes if isinstance(node, ast.arguments) for d in node.defaults}
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in other:
            yield node.value


def choices(room, name):
    """Words that a thing's own settings may be."""
    thing = {"datasets": registry.datasets, "learning": registry.rules}.get(room, dict)().get(name)
    settings = thing.settings.values() if thing else ()
    return {word for setting in settings for word in setting.schema.get("enum", ())}


def strangers(file, text, things):
    """Names of things that code outside their folders knows."""
    place = file.relative_to(PACKAGE).parts if file.is_relative_to(PACKAGE) else ()
    tree = ast.parse(text)
    for room, names in things.items():
        own = {place[1]} if len(place) > 2 and place[0] == room else set()
        own |= choices(*place[:2]) | OWN_WORDS.get(place[:2], set()) if len(place) > 2 else set()
        # Kinds of figures have names that are words of the field; nothing else may name the others.
        words = compared(tree) if room == "figures" else [*compared(tree), *spoken(tree)]
        yield from sorted(set(words) & (names - own - NEUTRAL))


def test_no_thing_is_known_by_name_outside_its_folder():
    things = names_of_things()
    found = []
    for file in [*PACKAGE.rglob("*.py"), *(CHECKOUT / "workflow").rglob("*.py")]:
        found += [f"{file}: {word}" for word in strangers(file, file.read_text(), things)]
    rules = "\n".join(file.read_text() for file in (CHECKOUT / "workflow/rules").glob("*.smk"))
    for word in set().union(*things.values()) - NEUTRAL:
        found += re.findall(rf"[\"']{word}[\"']", rules)
    assert found == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('LOOKS = {"hebb": "black"}', "hebb"),
        ('SYMBOLS = {"pl_b": "b", 3: None}', "pl_b"),
        ('ORDER = ("storkey", "none")', "storkey"),
        ('look = rule("maximum_stability")', "maximum_stability"),
        ('found = re.fullmatch(r"pl_(lambda|b)_?([0-9.]+)", name)', "pl"),
        ('family = name.startswith("pl_")', "pl"),
        ('title = {"mnist": "MNIST"}.get(name, name)', "mnist"),
        ('wide = HEIGHTS["random_basins"]', "random_basins"),
        ('match name:\n    case "dhfr":\n        pass', "dhfr"),
        ('wide = kind in ("phase_diagram",)', "phase_diagram"),
    ],
)
def test_a_table_of_names_would_be_found(text, word):
    assert word in strangers(PACKAGE / "figures/shared/style.py", text, names_of_things())


# Words of the field, or stages, that are also names of things: the kinds of a starting state, a
# variable of a data set or of a theory, spin types and measures.
NEUTRAL = {"random", "features", "attractors", "examples", "teacher", "capacity", "circle"}
NEUTRAL |= {*registry.spin_types(), *registry.measures()}
# The same in one room alone: a baseline among the rules, a phase, a variable of a measure.
OWN_WORDS = {
    ("figures", "contacts"): {"mean_field"},
    ("figures", "vector_phase_diagram"): {"spin_glass"},
    ("measures", "storage"): {"random_steps"},
    ("learning", "pseudo_likelihood"): {"pl"},  # what notebooks call it too
    ("datasets", "mnist_tokens"): {"mnist"},  # whose files it reads
    ("datasets", "mnist_angles"): {"mnist"},  # the same
}


def features(patterns, sites):
    """Examples of 0 and 1 that mix features."""
    rng = np.random.default_rng(1)
    hidden, chosen = rng.integers(0, 2, (12, sites)), rng.integers(0, 12, (patterns, 3))
    return (hidden[chosen].sum(axis=1) > 1).astype(np.uint8)


def drawn(workflow, run, *figures, arguments=()):
    """Run a configuration of ten lines at most for these figures; their tables."""
    workflow.finish(*figures, *arguments)
    folder = workflow.folder / "results" / run
    for figure in figures:
        assert (folder / f"figures/{figure}.png").stat().st_size > 5000
    return [pd.read_csv(folder / f"tables/{figure}.csv") for figure in figures]


def with_file(workflow, folder, text):
    """The checkout with one more configuration file, as a user writes it."""
    assert len(text.splitlines()) <= 10
    file = folder / "mine.yaml"
    file.write_text(text)
    return type(workflow)(workflow.folder, (*workflow.overlays, file))


@pytest.fixture
def checkout(clean, tmp_path):
    return clean.copy(tmp_path / "checkout")


def test_an_array_of_zeros_and_ones_becomes_its_generalisation_figure(checkout, tmp_path):
    file = tmp_path / "my data [1], Ä.NPY"
    with file.open("wb") as stream:
        np.save(stream, features(600, 64))
    workflow = with_file(checkout, tmp_path, MINE.format(file=file))
    (table,) = drawn(workflow, "mine", "mine")
    assert set(table["title"]) == {"mine"}
    assert sorted(set(table["P"])) == [13, 64, 256]
    test = table[table["start"] == "test"].set_index("alpha")["overlap"]
    assert test.iloc[-1] > test.iloc[0]
    assert not (checkout.folder / "results/test").exists()


def test_loads_beyond_what_is_there_end_before_any_job(checkout, tmp_path):
    file = tmp_path / "few.npy"
    np.save(file, features(100, 64))
    done = with_file(checkout, tmp_path, MINE.format(file=file)).run("mine")
    assert done.returncode != 0
    assert "figures.mine.loads: found P = 256 patterns, expected at most 80" in done.stdout
    assert not (checkout.folder / "results").joinpath("mine").exists()


def test_a_folder_of_images_is_shown_by_any_figure(checkout, tmp_path):
    folder = tmp_path / "my pictures"
    folder.mkdir()
    for number, example in enumerate(features(60, 64)):
        picture = Image.fromarray((255 * example.reshape(8, 8)).astype(np.uint8))
        picture.save(folder / f"picture {number}.PNG")
    text = f"""\
run: pictures
datasets:
  faces: {{kind: images, folder: "{folder}", title: Faces, replicates: 2}}
figures:
  maps: {{figure: retrieval_maps, datasets: [faces], rules: [hebb, pl], loads: [0.2]}}
  looks: {{figure: examples, datasets: [faces], rules: [pl], loads: [0.2, 0.5]}}
  histograms: {{figure: stabilities, datasets: [faces], rules: [pl], loads: [0.2]}}
  wide: {{figure: basins, datasets: [faces], rules: [hebb, pl], loads: [0.1, 0.2]}}
"""
    workflow = with_file(checkout, tmp_path, text)
    maps, looks, histograms, wide = drawn(
        workflow, "pictures", "maps", "looks", "histograms", "wide"
    )
    assert set(maps["rule"]) == {"hebb", "pl"}
    assert looks["row"].max() == looks["column"].max() == 7
    # Theory is for independent patterns: none is drawn beside these.
    assert histograms["theory_density"].isna().all()
    assert wide["first_step_theory"].isna().all()


def test_an_alignment_is_an_entry(checkout, tmp_path):
    rng = np.random.default_rng(2)
    parents = rng.integers(0, 20, (40, 30))
    rows = np.repeat(parents, 3, axis=0)
    rows = np.where(rng.random(rows.shape) < 0.3, rng.integers(0, 20, rows.shape), rows)
    letters = np.array(list("ACDEFGHIKLMNPQRSTVWY"))
    file = tmp_path / "family.fa"
    file.write_text("".join(f">s{k}\n{''.join(letters[row])}\n" for k, row in enumerate(rows)))
    text = f"""\
run: family
datasets:
  globins: {{kind: proteins, alignment: "{file}"}}
figures:
  ends: {{figure: generalization, datasets: [globins], rules: [potts], patterns: [10, all]}}
"""
    (table,) = drawn(with_file(checkout, tmp_path, text), "family", "ends")
    train = table[table["start"] == "train"]
    assert (train["identity"] > 0.9).all()


def test_runs_lie_side_by_side(checkout, tmp_path):
    file = tmp_path / "mine.npy"
    np.save(file, features(600, 64))
    checkout.finish("random_capacity")
    before = checkout.results()
    workflow = with_file(checkout, tmp_path, MINE.format(file=file))
    elsewhere = workflow.over(tmp_path, {"results": str(tmp_path / "other disk")})
    elsewhere.finish("mine")
    assert (tmp_path / "other disk/mine/figures/mine.pdf").is_file()
    assert checkout.results() == before
    assert checkout.plan("random_capacity") == set()


def test_a_rule_inherits_in_any_file(checkout, tmp_path):
    text = """\
run: cold
learning:
  pl_cold: {from: pl, inverse_temperature: 5.0}
figures:
  random_capacity: {rules: [pl_cold]}
"""
    workflow = with_file(checkout, tmp_path, text)
    assert workflow.config()["learning"]["pl_cold"]["inverse_temperature"] == 5.0
    assert any("/pl_cold/" in file for file in workflow.plan("random_capacity"))


def test_every_configuration_is_complete(checkout):
    for file in sorted((CHECKOUT / "config").glob("*.yaml")):
        overlays = () if file.name == "config.yaml" else (file,)
        config = type(checkout)(checkout.folder, overlays).config()
        assert yaml.safe_load(file.read_text())["run"]
        assert set(config) == {*reference.schema.TOP, *reference.schema.SECTIONS}
