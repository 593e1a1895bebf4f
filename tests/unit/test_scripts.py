"""The scripts of the workflow from end to end, without Snakemake, against naive recomputation."""

import json
import logging
import math
import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from PIL import Image
from unit import small_jobs as naive

from plmemory.datasets.mnist import raw as mnist_raw
from plmemory.figures.page import write
from plmemory.figures.shared import style
from plmemory.files import jobs, lineage
from plmemory.files.labelled import Dataset, read_dataset, write_file
from plmemory.learning import shared
from plmemory.learning.pseudo_inverse import learn as pseudo_inverse
from plmemory.learning.pseudo_likelihood import learn as pseudo_likelihood
from plmemory.machine.backend import select
from plmemory.measures import history
from plmemory.plan import schema
from plmemory.seeds import generator

SCRIPTS = Path(__file__).parents[2] / "workflow/scripts"
SITES, REPLICATES, PATTERNS = 11, 3, 4
MACHINE = {"seed": 6, "device": "cpu", "dtype": "float32"}


class Named(SimpleNamespace):
    """Files or wildcards of a job, by name and by number, as Snakemake gives them."""

    def keys(self):
        return vars(self).keys()

    def items(self):
        return vars(self).items()

    def __len__(self):
        return len(vars(self))

    def __getitem__(self, place):
        return list(vars(self).values())[place]

    def __iter__(self):
        return iter(vars(self).values())


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A script, as a function of what its job is told; what it left in its log."""
    # This process has imported more than one job would.
    monkeypatch.setattr(jobs, "check_sources", lambda planned: None)
    (tmp_path / "results/test").mkdir(parents=True)

    def script(name, output, wildcards, given, **told):
        code, descended = jobs.Hashed("c" * 16), jobs.Descended("d" * 16)
        code.sources, descended.lineages, descended.contents = {}, (), {}
        job = SimpleNamespace(
            wildcards=Named(**wildcards),
            input=Named(**given),
            output=output,
            params=SimpleNamespace(job=told | {"code": code, "lineage": descended}),
            log=[str(tmp_path / f"{name}.log")],
        )
        runpy.run_path(str(SCRIPTS / f"{name}.py"), init_globals={"snakemake": job})
        assert logging.getLogger("plmemory").handlers == []
        return (tmp_path / f"{name}.log").read_text()

    return script


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "results/test"


@pytest.fixture
def drawn(run, folder):
    """Random patterns as the job of a data set draws them."""
    settings = {"sites": SITES, "replicates": REPLICATES}
    run(
        "dataset",
        [str(folder / "data.nc")],
        {"dataset": "toy", "patterns": "P00004"},
        {},
        kind="random",
        seed=MACHINE["seed"],
        settings=settings,
        files={},
    )
    return folder / "data.nc"


def learn(run, folder, data, rule, shared=None, **told):
    """The file of a model, and what its job left in its log."""
    told = {"method": "hebb", "settings": {}, "attributes": {}, "needs": []} | told
    told = {"observed": None, "objective": "", "infinite": False, "draws": "others"} | told
    said = run(
        "train",
        [str(folder / f"{rule}.nc")],
        {"dataset": "toy", "rule": rule, "patterns": "P00004"},
        {"data": str(data)} | ({"shared": str(shared)} if shared else {}),
        **MACHINE,
        **told,
        replicates=REPLICATES,
    )
    return folder / f"{rule}.nc", said


def test_a_data_set_is_drawn_by_generators_that_its_name_tells_apart(drawn):
    found = read_dataset(drawn)
    assert found.attrs["dataset"] == "toy"
    patterns = found["train"].values
    assert patterns.shape == (REPLICATES, PATTERNS, SITES)
    for r in range(REPLICATES):
        rng = generator(6, "data", "toy", "P00004", r)
        expected = 2 * rng.integers(0, 2, (PATTERNS, SITES), dtype=np.int8) - 1
        np.testing.assert_array_equal(patterns[r], expected)
    told = json.loads(found.attrs["parameters"])
    assert told == {"kind": "random", "seed": 6, "settings": {"sites": 11, "replicates": 3}}
    assert lineage.carried([str(drawn)]) == "d" * 16


def test_files_and_raw_files_of_a_data_set_reach_it(run, folder, monkeypatch):
    seen = {}

    def load(rng, **given):
        seen.update(given, drawn=rng("own").random())
        return Dataset({"train": (("pattern", "site"), np.ones((2, 3), np.int8))}, {"title": "T"})

    monkeypatch.setattr("plmemory.datasets.mnist.load.load", load)
    (folder / "raw.txt").write_text(str(folder / "files"))
    said = run(
        "dataset",
        [str(folder / "pool.nc")],
        {"dataset": "own"},
        {"raw": [str(folder / "raw.txt")]},
        kind="mnist",
        seed=2,
        settings={"threshold": 7},
        files={"labels": str(folder / "labels")},
    )
    assert seen == {
        "raw": folder / "files",
        "labels": folder / "labels",
        "threshold": 7,
        "drawn": generator(2, "data", "own", "own").random(),
    }
    assert " title: T\n" in said
    assert " dataset: own\n" in said


def test_raw_files_lie_once_beside_all_runs(run, folder, monkeypatch):
    asked = []
    monkeypatch.setattr(mnist_raw, "obtain", lambda *a, **k: asked.append((a, k)) or "the web")
    (folder / "data").mkdir()
    output = folder / "data/digits.raw"
    told = {"dataset": "digits", "kind": "mnist", "settings": {"files": None, "mirrors": ["m"]}}
    said = run("raw", [str(output)], {}, {}, **told)
    place = folder.parent / "raw/mnist"
    assert asked == [((place,), {"files": None, "mirrors": ["m"]})]
    assert output.read_text() == str(place)
    assert said.endswith(" source: the web\n")


def test_a_measure_is_that_of_the_couplings_in_its_files(run, folder, drawn):
    """Storage and attractor search of a run: every number from the files of its inputs."""
    models = {
        rule: learn(run, folder, drawn, rule, attributes={"inverse_temperature": 0.7})[0]
        for rule in ("hebb", "again")
    }
    data = read_dataset(drawn)["train"].values
    settings = {"max_steps": 6, "patterns": 2, "target": 0.8, "stability_range": (-1.0, 3.0)}
    settings |= {"stability_bins": 4, "sequential": True}
    for rule, model in models.items():
        run(
            "measure",
            [str(folder / f"storage_{rule}.nc")],
            {"measure": "storage", "dataset": "toy", "rule": rule, "patterns": "P00004"},
            {"data": str(drawn), "model": str(model)},
            **MACHINE,
            spins="ising",
            settings=settings,
        )
    found, again = (xr.load_dataset(folder / f"storage_{rule}.nc") for rule in models)
    assert found.attrs["rule"] == "hebb"
    assert (found.attrs["inverse_temperature"], found.attrs["patterns"]) == (0.7, PATTERNS)
    for r in range(REPLICATES):
        patterns = data[r].astype(float)
        couplings = sum(np.outer(p, p) for p in patterns) / SITES
        np.fill_diagonal(couplings, 0)
        aligned = [p * (couplings @ p) / np.linalg.norm(couplings, axis=1) for p in patterns]
        assert found["mean_stability"].values[r] == pytest.approx(np.mean(aligned), rel=1e-5)
        ends = [naive.history(couplings, p, 6)[-1] for p in data[r][:2]]
        kept = np.mean([naive.overlap(e, p) for e, p in zip(ends, data[r][:2], strict=True)])
        assert found["final_overlap"].values[r] == pytest.approx(kept)
    # Replicates differ, and a rule by another name meets the same starts.
    assert len(set(found["mean_stability"].values)) == REPLICATES
    for name in found.data_vars:
        np.testing.assert_array_equal(found[name], again[name])


def test_rows_learnt_in_parts_are_gathered_to_the_model_that_one_job_learns(run, folder, drawn):
    settings = {"settings": {}, "method": "pseudo_inverse"}
    whole, _ = learn(run, folder, drawn, "whole", **settings)
    parts = [learn(run, folder, drawn, f"part_{n}", **settings, part=[n, 3])[0] for n in range(3)]
    run(
        "gather",
        [str(folder / "all.nc")],
        {"dataset": "toy", "rule": "whole", "patterns": "P00004"},
        {f"{n}": str(file) for n, file in enumerate(parts)},
        parts=3,
        combined={},
    )
    one, other = read_dataset(whole), read_dataset(folder / "all.nc")
    assert [read_dataset(part).sizes["site"] for part in parts] == [3, 4, 4]
    np.testing.assert_allclose(
        other["couplings"].values, one["couplings"].values, rtol=1e-5, atol=1e-7
    )
    assert lineage.carried([str(folder / "all.nc")]) == "d" * 16


@pytest.fixture
def pool(folder):
    """A pool of examples, from which each replicate draws its own."""
    examples = generator(1, "pool").choice(np.array([-1, 1], np.int8), (9, SITES))
    pool = Dataset({"train": (("pattern", "site"), examples)}, {"dataset": "toy"})
    write_file(pool, folder / "pool.nc", {})
    chosen = [generator(6, "choice", "others", "P00004", r) for r in range(REPLICATES)]
    places = np.array([rng.choice(9, PATTERNS, replace=False) for rng in chosen])
    return folder / "pool.nc", places, examples[places]


def settings_of(rule, **changes):
    """The settings of an entry of a configuration."""
    defaults = schema.defaults(schema.rule(rule))
    common = {"parts", "title", "grid"}  # keys that all rules have
    return {name: defaults[name] for name in defaults if name not in common} | changes


WATCHED = settings_of("pseudo_likelihood") | {
    "inverse_temperature": 0.7,
    "learning_rate": 2.0,
    "epochs": 6,
    "records": 3,
    "initial": "random",
    "initial_scale": 0.5,
    "batch_size": 3,
    "record_overlap": 0.6,
}


def test_a_training_is_drawn_watched_and_told_by_its_own_generators(run, folder, pool):
    file, places, patterns = pool
    told = {"method": "pseudo_likelihood", "settings": WATCHED, "observed": "record_overlap"}
    told |= {"objective": "likely", "attributes": {"symbol": "b"}}
    model, said = learn(run, folder, file, "slow", **told)
    found = read_dataset(model)
    np.testing.assert_array_equal(found["pattern_index"].values, places)

    def rngs(*identity):
        return [generator(6, *identity, "P00004", r) for r in range(REPLICATES)]

    settings = {name: value for name, value in WATCHED.items() if name != "record_overlap"}
    backend = select("cpu", "float32")
    alone = pseudo_likelihood.learn(patterns, backend, rngs("train", "toy", "slow"), **settings)
    np.testing.assert_array_equal(found["couplings"].values, alone.couplings)
    observe = history.retrieval_observer(patterns, 0.6, backend, rngs("watch", "toy"))
    seen = observe(slice(0, REPLICATES), 6, alone.couplings)
    for name, values in seen.items():
        np.testing.assert_allclose(found[f"history_{name}"].values[-1], values, rtol=1e-5)
    assert "epoch 6 of 6: loss " in said
    assert "not converged" not in said
    expected = {"dataset": "toy", "rule": "slow", "method": "pseudo_likelihood", "symbol": "b"}
    expected |= {"objective": "likely", "device": "cpu", "record_overlap": 0.6}
    assert {name: found.attrs[name] for name in expected} == expected


def test_what_did_not_converge_stands_in_the_log(run, folder, drawn):
    settings = settings_of("maximum_stability", gap=1e-9, max_iterations=1)
    _, said = learn(run, folder, drawn, "hard", method="maximum_stability", settings=settings)
    assert "not converged in 3 replicates\n" in said


def test_parts_take_what_all_rows_need_from_one_file(run, folder, pool):
    file, _, patterns = pool
    run(
        "share",
        [str(folder / "shared.nc")],
        {"dataset": "toy", "rule": "whole", "patterns": "P00004"},
        {"data": str(file)},
        **MACHINE,
        method="pseudo_inverse",
        infinite=False,
        replicates=REPLICATES,
        draws="others",
    )
    found = shared.of_replicates(read_dataset(folder / "shared.nc"))
    for own, held in zip(patterns, found, strict=True):
        expected = pseudo_inverse.share(own, select("cpu", "float32"))
        assert held.keys() == expected.keys()
        for name, values in expected.items():
            np.testing.assert_array_equal(held[name], values)
    settings = {"settings": {}, "method": "pseudo_inverse", "part": [1, 3]}
    alone, _ = learn(run, folder, file, "alone", **settings)
    # Couplings are the square of the basis that is shared.
    twice = shared.labelled([{name: 2 * x for name, x in held.items()} for held in found])
    write_file(twice, folder / "twice.nc", {})
    other, _ = learn(run, folder, file, "other", folder / "twice.nc", **settings)
    small, large = (read_dataset(file)["couplings"].values for file in (alone, other))
    assert np.abs(small).max() > 0.1
    np.testing.assert_allclose(large, 4 * small, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("complete", [True, False])
def test_a_page_is_noted_when_it_is_complete(run, folder, monkeypatch, complete):
    asked = []
    monkeypatch.setattr(write, "write", lambda *given: asked.append(given) or complete)
    output = folder / "page/index.html"
    output.parent.mkdir()
    output.write_text("<html>")
    run("page", [str(output)], {}, {}, run={"figures": {}})
    assert asked == [({"figures": {}}, folder)]
    assert lineage.carried([str(output)]) == ("d" * 16 if complete else "")


def test_a_table_is_written_from_results_with_what_is_said_of_their_data_sets(run, folder):
    for rule, alpha in (("hebb", 0.25), ("storkey", 0.5)):
        result = Dataset(
            {"overlap": (("replicate", "temperature", "pattern"), [[[1 / 3]], [[2 / 3]]])}
            | {"temperature": ("temperature", [0.0])},
            attrs={"dataset": "toy", "rule": rule, "method": rule, "alpha": alpha, "converged": 1}
            | {"own_temperature": 1.25, "l2": 0.0, "b": math.nan, "inverse_temperature": 0.7},
        )
        write_file(result, folder / f"{rule}.nc", {})
    described = {"provides": ["independent"], "kind": "random", "title": "t", "columns": {}}
    run(
        "table",
        [str(folder / "table.csv")],
        {"figure": "own"},
        {"recall": [str(folder / "hebb.nc"), str(folder / "storkey.nc")]},
        kind="recall_temperature",
        datasets={"toy": described},
        options={},
    )
    text = (folder / "table.csv").read_text()
    assert "\r" not in text
    table = pd.read_csv(folder / "table.csv")
    # That patterns are independent is said of the data set: else there would be no theory.
    assert set(table.loc[table["theory"].notna(), "rule"]) == {"hebb"}
    table = table[table["overlap"].notna()]
    assert table["rule"].tolist() == ["hebb", "storkey"]
    np.testing.assert_allclose(table["overlap"], 0.5)
    assert table["overlap_sem"].iloc[0] == pytest.approx(1 / 6, abs=1e-9)
    assert "0.166666667" in text  # nine figures
    assert lineage.carried([str(folder / "table.csv")]) == "d" * 16


def test_a_comparison_is_made_of_the_tables_it_names(run, folder):
    statistics = {"quantity": "mean_pair_overlap", "source": ["ours", "published"]}
    statistics |= {"value": [0.25, 0.375], "dataset": "digits", "tolerance": 0.2, "label_a": np.nan}
    pd.DataFrame(statistics).to_csv(folder / "statistics.csv", index=False)
    run(
        "table",
        [str(folder / "table.csv")],
        {"figure": "reproduction"},
        {"tables": [str(folder / "statistics.csv")]},
        kind="reproduction",
        tables=[["digits", "pair_overlaps"]],
        options={},
    )
    (row,) = pd.read_csv(folder / "table.csv").to_dict("records")
    assert (row["dataset"], row["ours"], row["published"]) == ("digits", 0.25, 0.375)
    assert row["agrees"]


def test_a_figure_is_drawn_as_it_is_told(run, folder, monkeypatch):
    table = pd.DataFrame({"rule": ["one", "one"], "alpha": 0.5, "temperature": [0.0, 1.0]})
    table = table.assign(overlap=[0.9, 0.4], overlap_sem=0.1, theory=np.nan, own_temperature=np.nan)
    table.to_csv(folder / "table.csv", index=False)
    drawn = []
    saved = style.save
    monkeypatch.setattr(style, "save", lambda *args: drawn.append(args[0]) or saved(*args))
    look = {"name": "one", "label": "The one", "color": "#123456", "marker": "D", "line": ":"}
    files = {kind: str(folder / f"own.{kind}") for kind in ("pdf", "svg", "png")}
    output = Named(**files)
    run(
        "figure",
        output,
        {"figure": "own"},
        {"table": str(folder / "table.csv")},
        kind="recall_temperature",
        looks=[look | {"hollow": False, "symbol": ""}],
        titles={"toy": "Toys"},
        head=True,
        draws=2,
        caption="What is seen.",
    )
    (figure,) = drawn
    (line,) = [one for one in figure.axes[0].get_lines() if one.get_label() == "The one"]
    np.testing.assert_array_equal(line.get_xydata(), [[0, 0.9], [1, 0.4]])
    assert line.get_color() == "#123456"
    note = figure.legends[0].get_title().get_text()
    assert note.startswith("Toys: The one\n")
    assert "2 draws" in note
    with Image.open(files["png"]) as picture:
        assert picture.info["Description"] == "What is seen."
    assert lineage.carried(list(files.values())) == "d" * 16
