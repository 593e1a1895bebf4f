"""Memory and run time that jobs ask for, against jobs that were measured."""

import csv
import functools
from pathlib import Path

import pytest
import yaml

from plmemory.plan import configuration, cost, inheritance, registry
from plmemory.plan.about import Measure, Rule
from plmemory.plan.needs import BESIDE_MINUTES, SAFETY_FACTOR, Need, Needs
from plmemory.plan.plan import Plan, Result

ROOT = Path(__file__).parents[2]
RUNS = {"laptop": (), "paper": ("paper.yaml",)}
START = 5.0  # seconds that any job takes, imports above all
# Core seconds of jobs of config.yaml (1 s and more) and paper.yaml, by their results.
with (ROOT / "tests/data/measured_jobs.tsv").open() as file:
    MEASURED = {job: float(seconds) for job, seconds in list(csv.reader(file, delimiter="\t"))[1:]}


def needs(*files, changes=None):
    written = {}
    for file in ("config.yaml", *files):
        read = yaml.safe_load((ROOT / "config" / file).read_text())
        written = inheritance.laid_over(written, read)
    return Needs(Plan(configuration.complete(inheritance.laid_over(written, changes or {}))))


run = functools.cache(lambda name: needs(*RUNS[name]))


def need(job):
    """What the job asks for that makes a result of a run."""
    name, stage, *result = job.split("/")
    found = run(name)
    if stage in ("tables", "figures"):
        return found.table if stage == "tables" else found.figure
    if stage == "data":
        return found.pool(*result) if len(result) == 1 else found.draw(*result)
    return found.train(*result) if stage == "models" else found.measure(Result(stage, *result))


def test_no_measured_job_would_have_been_killed_for_its_time():
    # Without the minutes that every job is given besides, with which no short job could fail.
    granted = {job: START + SAFETY_FACTOR * need(job).seconds for job in MEASURED}
    assert {job for job in MEASURED if MEASURED[job] > granted[job]} == set()


def test_no_measured_job_over_a_minute_asks_for_much_more():
    long = {job: seconds for job, seconds in MEASURED.items() if seconds > 60}
    assert len(long) >= 6
    assert {job for job in long if 60 * need(job).runtime(1) > 50 * long[job]} == set()


def test_most_is_known_without_the_safety_factor():
    # It is for other machines: on the one of the measurements four jobs in five need none of it.
    within = [MEASURED[job] <= START + need(job).seconds for job in MEASURED]
    assert sum(within) / len(within) > 0.8


def test_the_documentation_tells_what_was_measured():
    told = f"Of the {len(MEASURED)} measured jobs in `tests/data/measured_jobs.tsv` "
    assert f"{told}(up to {max(MEASURED.values()):.0f} s)" in (ROOT / "docs/cluster.md").read_text()
    least = min((START + SAFETY_FACTOR * need(job).seconds) / MEASURED[job] for job in MEASURED)
    assert least > 2  # "half the speed"


def test_what_failed_asks_for_twice_as_much():
    asked = Need(megabytes=1000.5, seconds=600.0)
    assert [asked.mem_mb(attempt) for attempt in (1, 2, 3)] == [1001, 2001, 4002]
    assert SAFETY_FACTOR * 10 + BESIDE_MINUTES == 45
    assert [asked.runtime(attempt) for attempt in (1, 2, 3)] == [45, 90, 180]


def test_memory_follows_the_sizes():
    found = needs(changes={"datasets": {"random": {"sites": 2000, "replicates": 3}}})
    assert found.couplings_memory("random") == int(3 * 2000**2 * 4 / 1e6)
    assert found.patterns_memory("random", "P01000") == int(3 * 2000 * 1000 * 8 / 1e6)
    assert found.couplings_memory("dhfr") == int((200 * 21) ** 2 * 4 / 1e6)
    asked = found.train("random", "pl", "P01000").megabytes
    # Coefficients in the span of the patterns, 28 bytes for each of their numbers.
    assert asked == 500 + 6 * int(3 * 2000**2 * 4 / 1e6) + 28 / 8 * int(3 * 2000 * 1000 * 8 / 1e6)
    quarter = found.part("random", "pl_b_2", "P01000", "2of4")
    whole = found.train("random", "pl_b_2", "P01000")
    assert quarter.megabytes == 500 + 6 * 48 / 4 + (19 + 8 / 4) / 8 * 48
    # What parts share is four arrays of the patterns' size, in double precision.
    assert found.share("random", "pl_b_2", "P01000").megabytes == 500 + 4 * 48
    alone = found.part("random", "pl", "P01000", "2of4")
    assert alone.megabytes == 500 + 6 * 48 / 4 + (8 + 20 / 4) / 8 * 48
    # Sums over the patterns read them some at a time, whatever their number.
    assert found.train("random", "hebb", "P90000").megabytes == 500 + 6 * 48
    assert quarter.seconds == pytest.approx(whole.seconds / 4)


def test_run_time_follows_sizes_settings_and_precision():
    def seconds(**changes):
        entry = {"sites": 500, "replicates": 4, "learning": {"pl": {"epochs": 400}}}
        dtype = changes.pop("dtype", "float32")
        epochs = {"learning": {"pl": {"epochs": changes.pop("epochs", 400)}}}
        found = needs(changes={"dtype": dtype, "datasets": {"random": entry | changes | epochs}})
        return found.train("random", "pl", "P01000").seconds

    before = seconds()
    assert seconds(replicates=8) == pytest.approx(2 * before)
    assert seconds(sites=1000) == pytest.approx(4 * before)
    assert seconds(epochs=1200) == pytest.approx(3 * before)
    assert seconds(dtype="float64") == pytest.approx(2 * before)


def test_a_thing_that_says_nothing_of_its_cost_has_a_default():
    rule = Rule(title="of a stranger", spins=frozenset({"ising"}), settings={})
    assert rule.seconds({}, 1000, 1000) == pytest.approx(1000 * 4 * 1000**3 / 1e11)
    measure = Measure(title="of a stranger", settings={})
    assert 1 < measure.seconds({}, 1000) < 100
    for kind in (*registry.rules().values(), *registry.measures().values()):
        assert callable(kind.seconds)


def test_the_cost_of_passes_updates_and_sweeps():
    """Operations of matrix products, at 1e11 a second."""
    passes = cost.passes(lambda settings: settings["epochs"])
    assert passes({"epochs": 3}, 100, 2000) == pytest.approx(0.96)  # 4 x 3 x 2000^3
    assert passes({"epochs": 3}, 5000, 2000) == pytest.approx(2.4)  # 4 x 3 x 5000 x 2000^2
    # 2 x 7 x 300 x (300 + 500)
    assert cost.updates(lambda _: 7)({}, 300) == pytest.approx(3.36e-5)
    assert cost.sweeps(lambda _: 7)({}, 300) == pytest.approx(3.36e-4)


def test_every_kind_of_job_asks_for_what_it_holds():
    """Megabytes and seconds written out, with sizes that all differ."""
    random = {"sites": 2000, "replicates": 3}
    maps = {"initial_overlaps": [0.1, 0.5, 0.9], "patterns": 5, "max_steps": 40}
    vectors = {"sites": 300, "dimension": 7, "replicates": 5}
    changes = {
        "dtype": "float64",
        "datasets": {"random": random, "mnist": {"replicates": 2}, "vectors_2": vectors},
        "measures": {"retrieval": maps},
    }
    found = needs(changes=changes)
    assert found.draw("random", "P01000") == Need(500 + 48, 3 * 2.0)
    # 2 x 60 000 x 196 numbers of 8 bytes
    assert found.pool("mnist") == Need(4000 + 188, 2 * 2.0)
    assert found.patterns_memory("mnist", "Pall") == 188
    assert found.patterns_memory("mnist", "P00100") == 0  # 0.3
    assert found.patterns_memory("vectors_2", "P01000") == 84  # 5 x 1000 x 300 x 7
    assert found.couplings_memory("vectors_2") == 3  # 5 x 300^2 x 8 = 3.6
    asked = found.measure(Result("retrieval", "random", "pl", "P01000"))
    assert asked.megabytes == 1000 + 4 * 96 + 48
    # Twice for float64, of 3 replicates: 3 x 5 x 40 updates of 2000 numbers
    assert asked.seconds == pytest.approx(2 * 3 * 2 * 600 * 2000 * 2500 / 1e11)
    # Vectors have 300 x 7 numbers; 20 passes of 4 x 2100 x 2100^2 operations, by default 1000
    asked = found.train("vectors_2", "vector_pseudo_inverse", "P01000")
    assert asked.megabytes == 500 + 6 * 3 + 2 * 42 / 8 * 84  # twice for float64
    assert asked.seconds == pytest.approx(2 * 5 * 20 * 4 * 2100**3 / 1e11)
    assert (found.gather, found.table, found.figure) == (
        Need(1000, 300),
        Need(2000, 300),
        Need(1000, 30),
    )


def test_of_alignments_the_largest_usual_sizes_are_assumed():
    """Of 200 sites with 21 colours, and 5000 sequences, which are small beside the couplings."""
    found = needs(changes={"learning": {"potts": {"max_iterations": 150}}})
    assert found.patterns_memory("dhfr", "Pall") == 0
    assert found.couplings_memory("dhfr") == 70  # 4200^2 x 4 = 70.6
    assert found.train("dhfr", "potts", "Pall").megabytes == 500 + 6 * 70
    asked = found.train("dhfr", "potts", "Pall").seconds
    assert asked == pytest.approx(3 * 4 * 5000 * 4200**2 / 1e11)  # three passes
    assert found.train("dhfr", "potts", "P06000").seconds == pytest.approx(asked * 6 / 5)
    assert found.pool("dhfr") == Need(4000, 2.0)
