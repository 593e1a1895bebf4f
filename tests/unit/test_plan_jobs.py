"""What every kind of job is told, key by key, and what it is made from; the memory it asks for."""

import hashlib
import math
from pathlib import Path

import pytest

from plmemory.plan import configuration
from plmemory.plan.jobs import Jobs, digest
from plmemory.plan.needs import Needs
from plmemory.plan.plan import Plan, Result

SCRIPTS = Path(__file__).parents[2] / "workflow/scripts"
TOP = {"run": "mine", "results": "there/", "seed": 11, "device": "cpu", "dtype": "float64"}
STORAGE = {"max_steps": 8, "patterns": 5, "target": 0.9, "sequential": False}
STORAGE |= {"stability_range": [-1.0, 2.0], "stability_bins": 6}
GLASS = {"kind": "spin_glass", "side": 8, "temperature": 1.25, "couplings": "bimodal"}
GLASS |= {"boundary": "free", "chains": 1024, "train_patterns": 90, "test_patterns": 10}
GLASS |= {"max_sweeps": 4096, "hottest": 3.5, "thinning": 5.0}
PROTEIN = {"chain": None, "cluster_identity": 0.7, "max_column_gaps": 0.3, "min_coverage": 0.4}
PROTEIN |= {"max_sequence_gaps": 0.25, "min_identity": 0.6, "reweighting_identity": 0.9}
PROTEIN |= {"test_fraction": 0.15}
OPTIMUM = {"connectivity": None, "inverse_temperature": 0.7, "l2": None, "max_iterations": 50}
OPTIMUM |= {"tolerance": 1e-3}
ALIGNMENT = ">a\nACDE\n>b\nACDF\n"


def written():
    """The configuration of one small entry of each kind; its own files are in $MINE."""
    drawn = {"kind": "random", "sites": 400, "replicates": 3}
    family = {"kind": "proteins", "alignment": "$MINE/own.fa", "structure": None}
    return TOP | {
        "threads": 2,
        "datasets": {
            "drawn": drawn | {"learning": {"hebb": {"title": "Own"}}, "measures": {"storage": {}}},
            "fewer": drawn | {"replicates": 2, "title": "The fewer"},
            "glass": GLASS | {"replicates": 4},
            "digits": {
                "kind": "mnist",
                "threshold": 99,
                "mirrors": ["https://m.org"],
                "files": "$MINE",
            },
            "own": family | PROTEIN | {"replicates": 2},
        },
        "learning": {
            "hebb": {"method": "hebb"},
            "pl_b": OPTIMUM
            | {"method": "pseudo_likelihood_optimum", "scaled_norm": 1.0}
            | {"grid": {"scaled_norm": [1.5, 4]}},
            "inverse": {"method": "pseudo_inverse"},
            "truth": {"method": "true_couplings"},
        },
        "measures": {"storage": STORAGE},
        "figures": {
            "capacity": {"datasets": ["drawn"], "rules": ["inverse", "pl_b"], "loads": [0.1, 2]},
            "sizes": {"datasets": ["drawn", "fewer"], "rules": ["hebb"], "loads": [0.05]},
            "inference": {"datasets": ["glass"], "rules": ["hebb", "truth"], "patterns": [9, 30]},
            "digits": {"figure": "pair_overlaps", "datasets": ["digits"]},
            "vector_phase_diagram": {"dimensions": [3, 8], "temperatures": 5},
            "reproduction": {"datasets": ["digits", "glass"]},
        },
    }


@pytest.fixture
def jobs(tmp_path, monkeypatch):
    """Jobs of one small entry of each kind."""
    (tmp_path / "own.fa").write_text(ALIGNMENT)
    monkeypatch.setenv("MINE", str(tmp_path))
    return Jobs(Plan(configuration.complete(written())), SCRIPTS)


def modules(job, room):
    """Modules of a room whose code a job has, without their packages."""
    own = [name.split(".") for name in job.code.sources if name.startswith(f"plmemory.{room}.")]
    return {".".join(name[2:]) for name in own if len(name) > 3}


def test_raw_files_are_obtained_from_where_the_entry_says(jobs, tmp_path):
    job = jobs.raw("digits")
    settings = {"files": str(tmp_path), "mirrors": ["https://m.org"]}
    assert job.settings == {"dataset": "digits", "kind": "mnist", "settings": settings}
    assert (job.origin, job.inputs, job.contents, job.told) == ("", (), {}, {})
    assert modules(job, "datasets") == {"mnist.raw"}
    assert str(SCRIPTS / "raw.py") in job.code.sources


def test_a_pool_is_one_whatever_load_asks_for_it_and_patterns_are_drawn_for_each(jobs):
    drawn = jobs.load("drawn", "P00040")
    settings = {"replicates": 3, "sites": 400}
    assert drawn.settings == {"kind": "random", "seed": 11, "settings": settings}
    assert drawn.origin == digest(["drawn", "P00040", {}])
    assert (drawn.inputs, drawn.contents, drawn.told) == ((), {}, {"files": {}})
    assert modules(drawn, "datasets") == {"random.load"}
    glass = jobs.load("glass", "P00009")
    settings = {name: GLASS[name] for name in GLASS if name != "kind"}
    assert glass.settings["settings"] == settings | {"replicates": 4}  # instances of their own
    assert list(glass.settings["settings"]) == [*sorted(settings), "replicates"]
    assert glass.origin == digest(["glass", "", {}]) == jobs.load("glass", "P00030").origin
    digits = jobs.load("digits", "P00009")
    assert digits.settings == {"kind": "mnist", "seed": 11, "settings": {"threshold": 99}}
    assert (digits.contents, digits.told) == ({}, {"files": {}})
    assert modules(digits, "datasets") >= {"mnist.load", "mnist.raw"}
    assert str(SCRIPTS / "dataset.py") in digits.code.sources


def test_files_of_the_users_count_by_their_content_and_are_told_by_their_path(jobs, tmp_path):
    job, path = jobs.load("own", "Pall"), str(tmp_path / "own.fa")
    assert job.settings == {
        "kind": "proteins",
        "seed": 11,
        "settings": PROTEIN | {"structure": None},
    }
    assert job.told == {"files": {"alignment": path}}
    content = hashlib.sha256(ALIGNMENT.encode()).hexdigest()
    assert job.contents == {path: content}
    assert job.origin == digest(["own", "", {"alignment": [content]}])


def test_a_rule_is_told_its_settings_its_attributes_and_the_machine(jobs):
    job = jobs.train("drawn", "pl_b_4", "P00040")
    attributes = {"b": 4.0, "family": "pl_b", "inverse_temperature": 0.7, "l2": 0.0}
    assert job.settings == {
        "method": "pseudo_likelihood_optimum",
        "settings": OPTIMUM | {"scaled_norm": 4},
        "attributes": attributes | {"parameter": 4.0},
        "needs": [],
        "observed": None,
        "objective": "pseudo-likelihood",
        "infinite": False,
        "replicates": 3,
        "draws": "drawn",
        "seed": 11,
        "device": "cpu",
        "dtype": "float64",
    }
    assert list(job.settings["attributes"]) == sorted(job.settings["attributes"])
    data = jobs.load("drawn", "P00040").lineage
    assert job.inputs == (data,)
    assert job.origin == digest(["drawn", "pl_b_4", "P00040", data])
    assert "pseudo_likelihood_optimum.learn" in modules(job, "learning")
    assert modules(job, "measures") == set()
    truth = jobs.train("glass", "truth", "Pinf").settings
    assert (truth["needs"], truth["infinite"]) == (["couplings", "sample_temperature"], True)
    assert (truth["replicates"], truth["attributes"]["family"]) == (1, "truth")
    assert math.isnan(truth["attributes"]["parameter"])


def test_a_measure_is_told_the_spins_and_its_settings(jobs):
    job = jobs.measure(Result("storage", "drawn", "hebb", "P00040"))
    machine = {"seed": 11, "device": "cpu", "dtype": "float64"}
    assert job.settings == {"spins": "ising", "measure": "storage", "settings": STORAGE} | machine
    assert list(job.settings["settings"]) == sorted(STORAGE)
    learnt = jobs.train("drawn", "hebb", "P00040").lineage
    assert job.inputs == (jobs.load("drawn", "P00040").lineage, learnt)
    assert job.origin == learnt
    assert "storage.measure" in modules(job, "measures")
    assert "ising.network" in modules(job, "networks")


def test_a_table_is_told_of_its_data_sets_and_made_from_each_result_once(jobs):
    job = jobs.table("capacity")
    described = {"kind": "random", "title": "random patterns", "columns": {}}
    described |= {"provides": ["independent"]}
    assert job.settings == {"kind": "capacity", "options": {}, "datasets": {"drawn": described}}
    # The pseudo-inverse has no couplings beyond alpha = 1.
    asked = [("inverse", "P00040"), ("pl_b_1.5", "P00040"), ("pl_b_1.5", "P00800")]
    asked += [("pl_b_4", "P00040"), ("pl_b_4", "P00800")]
    made = [jobs.measure(Result("storage", "drawn", *one)).lineage for one in asked]
    assert job.inputs == tuple(made)
    inputs = [["storage", ["storage", "drawn", *a], m] for a, m in zip(asked, made, strict=True)]
    assert job.origin == digest(inputs)
    theories = {"pseudo_inverse.theory", "pseudo_likelihood_optimum.theory"}
    assert modules(job, "learning") == theories
    assert "capacity.table" in modules(job, "figures")
    pool = jobs.table("inference")
    data = {jobs.load("glass", "").lineage}
    learnt = {
        jobs.train("glass", *one).lineage
        for one in (("hebb", "P00009"), ("hebb", "P00030"), ("truth", "Pinf"))
    }
    assert set(pool.inputs) == data | learnt
    assert len(pool.inputs) == 4
    provided = pool.settings["datasets"]["glass"]
    assert provided["columns"] == {"L": 8, "T": 1.25}
    assert provided["provides"] == sorted(provided["provides"]) != []
    theory = jobs.table("vector_phase_diagram")
    options = {"dimensions": [3, 8], "temperatures": 5}
    assert theory.settings == {"kind": "vector_phase_diagram", "options": options, "datasets": {}}
    assert theory.inputs == ()


def test_the_table_of_published_values_is_made_from_the_tables_that_have_some(jobs):
    job = jobs.table("reproduction")
    pairs = [["digits", "pair_overlaps"], ["vector_phase_diagram", "vector_phase_diagram"]]
    assert job.settings == {"kind": "reproduction", "options": {}, "tables": pairs}
    assert job.inputs == tuple(jobs.table(name).lineage for name, _ in pairs)
    assert {"pair_overlaps.published", "vector_phase_diagram.published"} <= modules(job, "figures")
    assert "mnist.published" in modules(jobs.table("digits"), "datasets")


def test_a_figure_is_told_how_it_is_drawn_and_of_how_many_draws(jobs):
    job = jobs.figure("sizes")
    told = dict(job.settings)
    assert [look["name"] for look in told.pop("looks")] == ["hebb"]
    caption = told.pop("caption")
    end = "Run mine: drawn, N = 400, 3 replicates; fewer, N = 400, 2 replicates."
    assert caption.endswith(end)
    assert caption == f"{jobs.plan.figure('sizes').caption} {end}"
    assert told == {
        "kind": "sizes",
        "titles": {"drawn": "random patterns", "fewer": "The fewer"},
        "head": False,
        "draws": 2,
    }
    assert job.inputs == (job.origin,) == (jobs.table("sizes").lineage,)
    assert modules(job, "figures") >= {"sizes.draw"}
    assert jobs.figure("capacity").settings["head"]
    alone = jobs.figure("vector_phase_diagram").settings
    assert (alone["head"], alone["draws"]) == (False, math.inf)
    assert alone["caption"].endswith("Run mine: theory alone.")
    assert jobs.caption("digits").endswith("Run mine: digits, N = 196, 1 replicate.")
    assert jobs.caption("inference").endswith("Run mine: glass, N = 64, 4 replicates.")


def test_the_parts_of_the_report_are_the_kinds_of_data_each_once(jobs):
    assert jobs.category("sizes") == "random"
    assert jobs.category("reproduction") == "mnist, spin glass"
    assert jobs.category("vector_phase_diagram") == "theory"


def test_memory_is_of_all_replicates_in_megabytes(jobs):
    needs = Needs(jobs.plan)
    assert needs.couplings_memory("drawn") == 3  # 3 x 400^2 numbers of 8 bytes: 3.84
    assert needs.couplings_memory("own") == 282  # 2 x (200 x 21)^2 x 8
    assert needs.patterns_memory("drawn", "P01000") == 9  # 3 x 400 x 1000 x 8: 9.6
    assert needs.patterns_memory("digits", "Pall") == 94  # 196 x 60 000 x 8
    assert needs.patterns_memory("own", "P00001") == 0


def test_what_a_job_is_told_has_its_lineage_and_its_code_beside_it(jobs):
    job = jobs.load("own", "Pall")
    told = job.parameters
    assert list(told) == [*job.settings, "files", "code", "lineage"]
    assert (str(told["code"]), str(told["lineage"])) == (job.code.digest, job.lineage)
    assert told["code"].sources == job.code.sources
    assert (told["lineage"].lineages, told["lineage"].contents) == ((), job.contents)
    assert job.lineage == digest([job.code.digest, job.settings, job.origin])
    assert job.lineage != job._replace(origin="another").lineage
