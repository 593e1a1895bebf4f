"""Rows that jobs learn in parts, against the same rows learnt by one."""

import importlib

import numpy as np
import pytest

from plmemory.datasets.selection import training_set
from plmemory.errors import InputError
from plmemory.files import labelled
from plmemory.files.labelled import Dataset, Stored, open_dataset, read_dataset, write_file
from plmemory.learning import shared
from plmemory.learning.gathered import gathered
from plmemory.learning.model import Examples, model
from plmemory.machine import chunks, workers
from plmemory.machine.backend import select
from plmemory.machine.part import WHOLE, Part, drawn, within
from plmemory.networks.ising import by_rows, network
from plmemory.networks.ising.by_rows import Held, Rows
from plmemory.plan import registry, schema
from plmemory.seeds import generator

LEFT = {"parts": 1, "title": None, "grid": None}  # keys that all rules have


def spins(*shape):
    return generator(5, "spins", *shape).choice(np.array([-1, 1], np.int8), shape)


def colours(*shape):
    return generator(5, "colours", *shape).integers(0, 5, shape, dtype=np.int8)


DESCENT = {"inverse_temperature": 0.7, "learning_rate": 5.0, "epochs": 7, "records": 4, "l2": 0.1}
OPTIMUM = {"inverse_temperature": 0.7}
CASES = {
    "descent in the span": ("pseudo_likelihood", (2, 60, 150), DESCENT | {"space": "gram"}),
    "descent of couplings": (
        "pseudo_likelihood",
        (2, 300, 150),
        DESCENT | {"space": "direct", "initial": "random", "initial_scale": 0.3},
    ),
    "descent by tables, in batches": (
        "pseudo_likelihood",
        (1, 700, 130),
        DESCENT | {"batch_size": 256, "initial": "uniform", "initial_scale": 0.3, "epochs": 740},
    ),
    "optimum of fixed norm": (
        "pseudo_likelihood_optimum",
        (2, 60, 150),
        OPTIMUM | {"scaled_norm": 3.0},
    ),
    "optimum with L2": (
        "pseudo_likelihood_optimum",
        (2, 200, 70),
        OPTIMUM | {"scaled_norm": None, "l2": 0.05},
    ),
    "diluted optimum": ("pseudo_likelihood_optimum", (2, 30, 90), OPTIMUM | {"connectivity": 20}),
    "maximum stability": ("maximum_stability", (2, 60, 150), {}),
    "maximum stability at the capacity": ("maximum_stability", (1, 255, 130), {}),
    "pseudo-inverse": ("pseudo_inverse", (2, 60, 150), {}),
    "pseudo-inverse near the capacity": ("pseudo_inverse", (1, 148, 150), {}),
    "Potts descent": ("potts", (2, 40, 13), {"epochs": 6, "inverse_temperature": 0.8}),
    "Potts optimum": ("potts_optimum", (2, 40, 13), {"tolerance": 1e-3}),
}


def learnt(case, dtype, part):
    """The labelled model of some rows."""
    rule, shape, given = CASES[case]
    about = registry.rules()[rule]
    settings = {k: v for k, v in schema.defaults(schema.rule(rule)).items() if k not in LEFT}
    settings |= given
    assert about.rows(settings)
    needs = {"states": 5} if "states" in about.needs(settings) else {}
    patterns = colours(*shape) if needs else spins(*shape)
    told = dict(settings)
    if about.observed:
        assert told.pop(about.observed) is None
    method, backend = (
        importlib.import_module(f"plmemory.learning.{rule}.learn"),
        select("cpu", dtype),
    )
    if part != WHOLE and about.shares(settings):
        of_all = shared.labelled([method.share(own, backend) for own in patterns])
        told["shared"] = shared.of_replicates(of_all)
    rngs = [generator(3, case, r) for r in range(len(patterns))]
    learned = method.learn(patterns, backend, rngs, **told, **needs, part=part)
    return model(learned, Examples(patterns, None, shape[1]), settings | needs, {})


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("case", CASES)
def test_parts_together_are_what_one_job_learns(case, dtype):
    """Couplings, fields, history and diagnostics, to 1e-6 or 1e-12 relative."""
    whole = learnt(case, dtype, WHOLE)
    parts = [learnt(case, dtype, Part(number, 3)) for number in range(3)]
    assert [part.sizes["site"] < whole.sizes["site"] for part in parts] == [True] * 3
    found = gathered(parts, registry.rules()[CASES[case][0]].combined)
    assert list(found.variables) == list(whole.variables)
    assert found.attrs == whole.attrs
    bound = {"float32": 1e-6, "float64": 1e-12}[dtype]
    for name, variable in whole.variables.items():
        assert found[name].dims == variable.dims
        values, expected = found[name].values, variable.values
        assert values.dtype == expected.dtype
        if name == "history_asymmetry":  # relates rows to each other
            assert np.isnan(values).all()
        elif name in ("couplings", "fields"):
            apart = np.linalg.norm((values - expected).ravel())
            assert apart <= bound * np.linalg.norm(expected.ravel())
        elif "gradient" in name or "gap" in name:  # small differences of large numbers
            np.testing.assert_allclose(values, expected, rtol=100 * bound, atol=100 * bound)
        else:
            np.testing.assert_allclose(values, expected, rtol=20 * bound, atol=20 * bound)


@pytest.mark.parametrize("case", ["optimum of fixed norm", "maximum stability", "pseudo-inverse"])
def test_what_parts_share_may_stay_in_a_file(case, tmp_path, monkeypatch):
    """And be made and read a little at a time."""
    expected = learnt(case, "float64", Part(1, 3))["couplings"].values
    monkeypatch.setattr(labelled, "LARGE", 100)
    monkeypatch.setattr(chunks, "CHUNK", 700)
    monkeypatch.setattr("plmemory.learning.pseudo_inverse.learn.CHUNK", 700)
    write, read = shared.labelled, shared.of_replicates

    def through_a_file(replicates):
        write_file(write(replicates), tmp_path / "shared.nc", {})
        return open_dataset(tmp_path / "shared.nc")

    kinds = []
    monkeypatch.setattr(shared, "labelled", through_a_file)
    monkeypatch.setattr(
        shared,
        "of_replicates",
        lambda found: kinds.extend(map(type, read(found)[1].values())) or read(found),
    )
    found = learnt(case, "float64", Part(1, 3))["couplings"].values
    assert Stored in kinds
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-13 * np.abs(expected).max())


def test_rows_of_parts_are_all_rows_once_in_order():
    for count, of, most in ((10, 3, 4), (1000, 7, 60), (513, 4, 512), (40, 40, 7)):
        parts = [Part(number, of) for number in range(of)]
        rows = [row for part in parts for row in range(count)[part.rows(count)]]
        assert rows == list(range(count))
        pieces = [piece for part in parts for piece in part.pieces(count, most)]
        assert [row for piece in pieces for row in range(count)[piece]] == rows
        shares = [part.share(count, most) for part in parts]
        solved = [[row for piece in mine for row in range(count)[piece]] for mine, _ in shares]
        kept = [mine[own] for mine, (_, own) in zip(solved, shares, strict=True)]
        assert [row for mine in kept for row in mine] == rows
        assert all(piece in workers.split(count, most) for mine, _ in shares for piece in mine)
        # Nothing is worked on in vain.
        assert all(piece.start < piece.stop for piece in pieces)
        if of <= len(workers.split(count, most)):
            assert sum(len(mine) for mine, _ in shares) == len(workers.split(count, most))
            continue
        for own, (mine, _) in zip([part.rows(count) for part in parts], shares, strict=True):
            assert all(piece.start < own.stop and own.start < piece.stop for piece in mine)
    assert WHOLE.pieces(1000, 60) == workers.split(1000, 60)
    assert WHOLE.share(1000, 60) == (workers.split(1000, 60), slice(0, 1000))
    assert within([slice(3, 5), slice(5, 9)]) == [slice(0, 2), slice(2, 6)]
    with pytest.raises(InputError, match=r"^parts: found 4, expected at most 3, the sites$"):
        Part(0, 4).rows(3)


def test_what_is_drawn_does_not_depend_on_the_part():
    whole, after = drawn(generator(1, "x").normal, slice(0, 7), 7), generator(1, "x")
    np.testing.assert_array_equal(whole, after.normal(size=(7, 7)))
    rng = generator(1, "x")
    np.testing.assert_array_equal(drawn(rng.normal, slice(2, 5), 7), whole[2:5])
    assert rng.random() == after.random()


def part_of(rows, **attrs):
    sites = 5
    return Dataset(
        {
            "couplings": (("replicate", "site", "source"), np.full((2, len(rows), sites), 1.0)),
            "converged": (("replicate",), [True, rows[0] == 0]),
            "final_low": (("replicate",), [3.0 + rows[0], 3.0 - rows[0]]),
            "final_of_low": (("replicate",), [rows[0], 10 + rows[0]]),
            "final_loss": (("replicate",), [float(rows[0]), 1.0]),
        },
        attrs={"converged": int(rows[0] == 0), **attrs},
    )


def of_three(name, rows):
    """A model of 5 rows in three parts of 1, 1 and 3, with a number of each for two replicates."""
    values = np.array([[2.5, 7.0], [4.0, 1.0], [3.0, 5.0]], dtype=np.float32)
    couplings = np.zeros((2, len(rows), 5))
    part = Dataset(
        {"couplings": (("replicate", "site", "source"), couplings)}, attrs={"converged": 1}
    )
    part[name] = (("replicate",), values[min(rows[0], 2)])
    return part


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("mean", [(2.5 + 4 + 9) / 5, (7 + 1 + 15) / 5]),
        ("sum", [9.5, 13]),
        ("min", [2.5, 1]),
        ("max", [4, 7]),
    ],
)
@pytest.mark.parametrize("when", ["final_", "history_"])
def test_each_way_to_combine_numbers(how, expected, when):
    parts = [of_three(f"{when}loss", rows) for rows in ([0], [1], [2, 3, 4])]
    found = gathered(parts, {"loss": how})[f"{when}loss"]
    np.testing.assert_allclose(found.values, expected, rtol=1e-7)
    assert found.values.dtype == np.float32
    assert gathered(parts, {"loss": how}).attrs["converged"] == 1


def test_numbers_of_each_row_follow_each_other():
    parts = []
    for rows in ([0], [1], [2, 3, 4]):
        part = of_three("final_low", rows)
        part["final_sweeps"] = (("replicate", "row"), np.array([rows, [10 + r for r in rows]]))
        parts.append(part)
    found = gathered(parts, {"low": "min", "sweeps": "each"})
    np.testing.assert_array_equal(
        found["final_sweeps"].values, [[0, 1, 2, 3, 4], [10, 11, 12, 13, 14]]
    )


HOW = {"low": "min", "of_low": "low", "loss": "mean"}


def test_numbers_of_parts_become_those_of_the_network():
    found = gathered([part_of([0, 1, 2]), part_of([3, 4])], HOW)
    np.testing.assert_array_equal(found["final_low"].values, [3, 0])
    np.testing.assert_array_equal(found["final_of_low"].values, [0, 13])
    np.testing.assert_allclose(found["final_loss"].values, [3 * 2 / 5, 1.0])
    np.testing.assert_array_equal(found["converged"].values, [True, False])
    assert found.attrs["converged"] == 0


def test_parts_that_do_not_make_a_network_are_refused():
    with pytest.raises(ValueError, match="parts of 3 rows, expected 5"):
        gathered([part_of([0, 1, 2])], HOW)
    with pytest.raises(ValueError, match="final_loss differs between parts"):
        gathered([part_of([0, 1, 2]), part_of([3, 4])], {"low": "min", "of_low": "low"})


def test_a_gathered_file_is_written_and_read_by_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(labelled, "LARGE", 200)
    rng = generator(1, "file")
    blocks = [rng.normal(size=(2, n, 9)).astype(np.float32) for n in (4, 5)]
    files = [tmp_path / f"{n}.nc" for n in range(2)]
    for file, block in zip(files, blocks, strict=True):
        dims = ("replicate", "site", "source")
        write_file(Dataset({"couplings": (dims, block, {"convention": "c"})}), file, {})
    opened = [open_dataset(file) for file in files]
    assert all(isinstance(part["couplings"].stored, Stored) for part in opened)
    write_file(gathered([_with_end(part) for part in opened], {}), tmp_path / "all.nc", {})
    whole = np.concatenate(blocks, axis=1)
    np.testing.assert_array_equal(read_dataset(tmp_path / "all.nc")["couplings"].values, whole)
    assert read_dataset(tmp_path / "all.nc")["couplings"].attrs == {"convention": "c"}
    stored = open_dataset(tmp_path / "all.nc")["couplings"].stored
    assert isinstance(stored, Stored)
    np.testing.assert_array_equal(stored[1, 2:4], whole[1, 2:4])
    np.testing.assert_array_equal(stored.at(1)[2:4, 3], whole[1, 2:4, 3])
    np.testing.assert_array_equal(np.asarray(stored.at(0)), whole[0])


def _with_end(part):
    part.attrs["converged"] = 1
    return part


@pytest.mark.parametrize("kind", ["real", "whole", "divided"])
def test_couplings_that_are_read_by_rows_are_those_that_are_held(kind, monkeypatch):
    monkeypatch.setattr(by_rows, "READ", 41 * 7)
    rng = generator(2, "rows", kind)
    patterns = spins(6, 41)
    array = rng.normal(size=(41, 41)).astype(np.float32)
    if kind != "real":
        array = (patterns.T.astype(np.float32) @ patterns) / (1 if kind == "whole" else 41)
    np.fill_diagonal(array, 0)
    array[3] = 0
    held, rows = Held(array), Rows(array)
    assert rows.scale == {"real": 0, "whole": 1, "divided": 41}[kind]
    backend = select("cpu", "float32")
    states = np.concatenate([patterns, spins(200, 41)])
    step, other = held.step(backend), rows.step(backend)
    for _ in range(4):
        after = step(states)
        np.testing.assert_array_equal(after, other(states))
        states = after
    for one, two in zip(
        network.ising(array, backend).measure(states), rows.measure(states), strict=True
    ):
        np.testing.assert_allclose(one, two, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(held.stabilities(patterns), rows.stabilities(patterns), rtol=2e-6)
    one, two = network.ising(array, backend), network.by_rows(rows, backend)
    np.testing.assert_array_equal(
        one.sweep(generator(4, "s"))(states), two.sweep(generator(4, "s"))(states)
    )
    np.testing.assert_array_equal(one.step(states), two.step(states))
    found = two.random(3, generator(4, "r"))
    assert found.shape == (3, 41)
    np.testing.assert_array_equal(found, one.random(3, generator(4, "r")))
    assert rows.asymmetry() == pytest.approx(held.asymmetry(), rel=1e-12, abs=1e-15)


def test_a_large_model_is_read_by_rows(tmp_path, monkeypatch):
    array = generator(2, "model").normal(size=(2, 30, 30))
    dims = ("replicate", "site", "source")
    write_file(Dataset({"couplings": (dims, array)}), tmp_path / "m.nc", {})
    monkeypatch.setattr(labelled, "LARGE", 100)
    opened = open_dataset(tmp_path / "m.nc")
    assert by_rows.LARGEST_HELD == 16384  # docs/scaling.md
    assert isinstance(by_rows.couplings(opened, 1), Held)
    monkeypatch.setattr(by_rows, "LARGEST_HELD", 30)
    assert isinstance(by_rows.couplings(opened, 1), Held)
    monkeypatch.setattr(by_rows, "LARGEST_HELD", 29)
    found = by_rows.couplings(opened, 1)
    assert isinstance(found, Rows)
    np.testing.assert_array_equal(np.asarray(found), array[1])


@pytest.mark.parametrize("pool", [True, False])
@pytest.mark.parametrize("example", [(12,), (4, 3)])  # Ising spins, vectors
def test_examples_that_stay_in_their_file_are_those_in_memory(tmp_path, monkeypatch, pool, example):
    train = spins(50, *example) if pool else spins(2, 50, *example)
    dims = ("pattern", "site", "component")[: train.ndim - (not pool)]
    dims = dims if pool else ("replicate", *dims)
    write_file(Dataset({"train": (dims, train)}, {"dataset": "d"}), tmp_path / "d.nc", {})
    held = read_dataset(tmp_path / "d.nc")
    monkeypatch.setattr(labelled, "LARGE", 100)
    monkeypatch.setattr("plmemory.datasets.selection.READ", 12 * 7)
    opened = open_dataset(tmp_path / "d.nc")
    assert isinstance(opened["train"].stored, Stored)
    for count in (20, 50):
        one, places = training_set(held, count, 2, [generator(1, r) for r in range(2)])
        two, there = training_set(opened, count, 2, [generator(1, r) for r in range(2)])
        assert isinstance(two, np.memmap)
        np.testing.assert_array_equal(one, two)
        np.testing.assert_array_equal(places, there) if pool else None
