"""A training that is killed goes on: to the bytes of one that was not, whatever lies in between."""

import itertools
import logging
import time

import numpy as np
import pytest
from optional import torch

from plmemory.errors import TrainingError
from plmemory.files import checkpoints, states
from plmemory.learning.attention.learn import learn as attention
from plmemory.learning.daydreaming.learn import learn as daydreaming
from plmemory.learning.margin_perceptron.learn import learn as margin_perceptron
from plmemory.learning.maximum_stability.learn import learn as maximum_stability
from plmemory.learning.minover.learn import learn as minover
from plmemory.learning.potts.learn import learn as potts
from plmemory.learning.potts_optimum.learn import learn as potts_optimum
from plmemory.learning.pseudo_likelihood import learn as pseudo_likelihood
from plmemory.learning.pseudo_likelihood_cv.learn import learn as pseudo_likelihood_cv
from plmemory.learning.pseudo_likelihood_optimum.learn import learn as optimum
from plmemory.learning.soft_margin.learn import learn as soft_margin
from plmemory.learning.trained_denoiser.learn import learn as trained_denoiser
from plmemory.learning.two_layers.learn import learn as two_layers
from plmemory.learning.unlearning.learn import learn as unlearning
from plmemory.learning.vector_pseudo_likelihood.learn import learn as vector_pseudo_likelihood
from plmemory.machine.backend import Backend
from plmemory.machine.part import Part
from plmemory.machine.workers import Workers

REPLICATES, SITES, COUNT = 2, 14, 9
SINGLE, DOUBLE = Backend(np, "cpu", "float32"), Backend(np, "cpu", "float64")


class Killed(BaseException):
    """Nothing catches it."""


def rngs(seed=5):
    return [np.random.default_rng([seed, r]) for r in range(REPLICATES)]


def spins(*shape):
    return np.random.default_rng(1).choice(np.array([-1, 1], dtype=np.int8), shape)


PATTERNS = spins(REPLICATES, COUNT, SITES)
COLOURS = np.random.default_rng(2).integers(0, 3, size=(REPLICATES, 30, 5)).astype(np.int8)
LABELS = np.random.default_rng(3).integers(0, 3, size=(REPLICATES, COUNT))
VECTORS = np.random.default_rng(4).normal(size=(REPLICATES, 4, 6, 3))
VECTORS /= np.linalg.norm(VECTORS, axis=-1, keepdims=True)


def descent(**settings):
    defaults = {
        "inverse_temperature": 1.7,
        "learning_rate": 3.0,
        "batch_size": None,
        "initial": "hebb",
        "initial_scale": 0.5,
        "symmetric": False,
        "l2": 0.01,
        "clip_norm": None,
        "decay": 0.99,
    }
    return lambda: pseudo_likelihood.learn(
        PATTERNS,
        SINGLE,
        rngs(),
        epochs=7,
        records=3,
        keep_couplings=True,
        **{**defaults, **settings},
    )


def colours(**settings):
    fixed = {"states": 3, "inverse_temperature": 1.4, "learning_rate": 2.0, "epochs": 5}
    return lambda: potts(COLOURS, SINGLE, rngs(), **fixed, **settings)


WIDE = spins(REPLICATES, COUNT, 130)  # so many sites are more than one block
MARGIN = {"symmetric": False, "gap": 1e-3, "max_iterations": 700}
OPTIMUM = {"inverse_temperature": 1.3, "tolerance": 1e-4, "max_iterations": 200}
RULES = {
    "mini-batches": descent(batch_size=4, space="direct"),
    "tied couplings": descent(symmetric=True, initial="zero", clip_norm=0.3),
    "span of the patterns": descent(space="gram", initial="random"),
    "optimum": lambda: optimum(PATTERNS, SINGLE, l2=0.1, **OPTIMUM),
    "optimum at fixed norm": lambda: optimum(PATTERNS, DOUBLE, scaled_norm=3.0, **OPTIMUM),
    "cross-validation": lambda: pseudo_likelihood_cv(
        PATTERNS, SINGLE, rngs(), strengths=[0.1, 1.0], folds=3, **OPTIMUM
    ),
    "hinge": lambda: soft_margin(PATTERNS, SINGLE, margin=1.1, gap=0.05, max_iterations=500),
    "maximum stability": lambda: maximum_stability(WIDE, SINGLE, **MARGIN),
    "the last rows of maximum stability": lambda: maximum_stability(
        WIDE, DOUBLE, **MARGIN, part=Part(1, 2)
    ),
    "margin perceptron": lambda: margin_perceptron(PATTERNS, SINGLE, margin=0.1, max_sweeps=50),
    "minover": lambda: minover(PATTERNS, SINGLE, target_field=0.5, max_updates=500),
    "unlearning": lambda: unlearning(
        PATTERNS,
        SINGLE,
        rngs(),
        strength=0.05,
        dreams_per_batch=3,
        max_dreams=30,
        patience=12,
        duration=None,
    ),
    "daydreaming": lambda: daydreaming(PATTERNS, SINGLE, rngs(), tau=40.0, epochs=4, batch=5),
    "colours": colours(symmetric=False),
    "the last rows of colours": colours(symmetric=False, part=Part(1, 2)),
    "tied colours": colours(symmetric=True),
    "optimum of colours": lambda: potts_optimum(
        COLOURS,
        SINGLE,
        states=3,
        penalty=0.05,
        symmetric=False,
        tolerance=1e-4,
        max_iterations=30,
    ),
    "optimum of tied colours": lambda: potts_optimum(
        COLOURS, SINGLE, states=3, penalty=0.05, symmetric=True, tolerance=1e-4, max_iterations=30
    ),
    "two layers": lambda: two_layers(
        PATTERNS,
        SINGLE,
        rngs(),
        train_label=LABELS,
        test=PATTERNS[0],
        test_label=LABELS[0],
        hidden=5,
        initial_scale=1.0,
        learning_rate=0.01,
        epochs=3,
        batch_size=4,
        records=4,
    ),
    "attention": lambda: attention(
        VECTORS,
        SINGLE,
        rngs(),
        clock=4.0,
        inverse_temperature=1.2,
        learning_rate=4.0,
        batch_size=3,
        epochs=6,
        normalised=True,
        gamma=0.0,
    ),
    "denoiser": lambda: trained_denoiser(
        PATTERNS,
        SINGLE,
        rngs(),
        hidden=5,
        learning_rate=0.01,
        steps=30,
        batch_size=4,
        smallest_sigma=0.3,
        largest_sigma=5.0,
    ),
    "vectors": lambda: vector_pseudo_likelihood(
        VECTORS, DOUBLE, inverse_temperature=1.2, learning_rate=4.0, epochs=6
    ),
}


def contents(learned):
    """All numbers of what was learned, with their types and shapes."""
    arrays: list = []
    states._packed(learned._asdict(), arrays)
    return [(array.dtype, array.shape, array.tobytes()) for array in arrays]


@pytest.fixture
def often(monkeypatch):
    """Every chance to write is taken; and counted."""
    monkeypatch.setattr(checkpoints, "INTERVAL", 0.0)
    monkeypatch.setattr(checkpoints, "SHARE", 0)
    written = []

    def write(store, name, value):
        written.append(name)
        return original(store, name, value)

    original = checkpoints.Store._write
    monkeypatch.setattr(checkpoints.Store, "_write", write)
    return written


def killed_after(writes, rule, output, monkeypatch):
    """Run a rule that dies right after it has written so often; whether it died."""
    original = checkpoints.Store._write
    left = itertools.count(1)

    def write(store, name, value):
        done = original(store, name, value)
        if next(left) >= writes:
            raise Killed
        return done

    with monkeypatch.context() as patch:
        patch.setattr(checkpoints.Store, "_write", write)
        try:
            with checkpoints.kept(output, "one"):
                rule()
        except Killed:
            return True
    return False


@pytest.mark.parametrize("name", RULES)
def test_a_killed_training_goes_on_to_the_same_bytes(name, tmp_path, often, monkeypatch):
    rule, output = RULES[name], tmp_path / "P00009.nc"
    expected = contents(rule())
    assert often == []
    with checkpoints.kept(output, "one"):
        assert contents(rule()) == expected
    chances = len(often)
    assert chances >= 2
    for writes in sorted({1, chances // 2, chances - 1} - {0}):
        often.clear()
        assert killed_after(writes, rule, output, monkeypatch)
        assert list(tmp_path.glob(".P00009.nc.checkpoint/*.npz"))
        done, _ = len(often), often.clear()
        with checkpoints.kept(output, "one"):
            assert contents(rule()) == expected
        assert done == writes
        assert len(often) < chances  # what was done is not done again
        assert list(tmp_path.iterdir()) == []


def counted(done, until=None):
    """A loop over ten that adds random numbers to a total, killed at ``until``."""
    total, rng, said = np.zeros(3, np.float32), np.random.default_rng(8), {"last": -1, "all": []}
    for item in checkpoints.over(range(10), total, rng, said):
        if item == until:
            raise Killed
        total += rng.normal(size=3).astype(np.float32)
        said["last"] = item
        said["all"].append((item, np.float32(0.1)))
        done.append(item)
    return total, said


def leave(output, *identity, until=6):
    """A loop that is killed, and its checkpoint."""
    with pytest.raises(Killed), checkpoints.kept(output, *identity):
        counted([], until)
    (file,) = output.parent.glob(f".{output.name}.checkpoint/*")
    return file


@pytest.fixture
def told(caplog):
    """What the log says."""
    caplog.set_level(logging.INFO, "plmemory")
    return lambda: " ".join(record.getMessage() for record in caplog.records)


def test_a_loop_goes_on_where_it_was_and_says_so(tmp_path, often, told):
    output, done = tmp_path / "a.nc", []
    expected = counted([])
    leave(output, "lineage", "numpy 2.0")
    with checkpoints.kept(output, "lineage", "numpy 2.0"):
        total, said = counted(done)
    assert done == [6, 7, 8, 9]
    np.testing.assert_array_equal(total, expected[0])
    assert said == expected[1]
    assert type(said["all"][0][1]) is np.float32
    assert "going on after 6 steps" in told()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("identity", [("other", "numpy 2.0"), ("lineage", "numpy 2.1")])
def test_a_checkpoint_of_other_settings_or_libraries_is_not_taken_up(
    tmp_path, often, told, identity
):
    output, done = tmp_path / "a.nc", []
    leave(output, "lineage", "numpy 2.0")
    with checkpoints.kept(output, *identity):
        counted(done)
    assert done == list(range(10))
    assert "damaged or of another run; starting anew" in told()


@pytest.mark.parametrize("damage", ["flipped", "truncated", "emptied", "end flipped"])
def test_a_damaged_checkpoint_is_told_of_and_done_again(tmp_path, often, told, damage):
    output, done = tmp_path / "a.nc", []
    expected = counted([])
    file = leave(output, "lineage")
    content = bytearray(file.read_bytes())
    place = {"flipped": len(content) // 3, "end flipped": -1}.get(damage, 0)
    content[place] ^= 16
    size = {"truncated": len(content) // 2, "emptied": 0}.get(damage, len(content))
    file.write_bytes(content[:size])
    with checkpoints.kept(output, "lineage"):
        total, _ = counted(done)
    assert done == list(range(10))
    np.testing.assert_array_equal(total, expected[0])
    assert "loop-1.npz damaged or of another run; starting anew" in told()


def test_what_was_begun_to_be_written_when_it_was_killed_does_not_stay(tmp_path, often):
    output = tmp_path / "a.nc"
    file = leave(output, "lineage")
    begun = file.with_name(f".{file.name}.0123abcd")
    begun.write_bytes(b"half")
    with pytest.raises(Killed), checkpoints.kept(output, "lineage"):
        counted([], until=8)
    assert not begun.exists()


def test_a_state_of_another_shape_is_not_taken_up(tmp_path, often, told):
    output = tmp_path / "a.nc"
    leave(output, "lineage")
    total = np.zeros(4, np.float32)
    with checkpoints.kept(output, "lineage"):
        done = list(checkpoints.over(range(3), total, np.random.default_rng(8), {}))
    assert done == [0, 1, 2]
    assert "another shape" in told()


def test_pieces_are_done_once_by_however_many_threads(tmp_path, often):
    output, filled = tmp_path / "a.nc", np.zeros((4, 2))
    done: list[int] = []

    def piece(number):
        if number == 3 and len(done) < 4:
            raise Killed
        done.append(number)
        filled[number] = number, 0.1 * number
        return number**2, np.full(2, number), None

    def run():
        with checkpoints.kept(output, "lineage"), Workers() as workers:
            return checkpoints.pieces(piece, range(4), filled, workers=workers)

    with pytest.raises(Killed):
        run()
    assert sorted(done) == [0, 1, 2]
    done.append(99)
    expected, filled[:3] = filled.copy(), -1
    squares, numbers, nothing = zip(*run(), strict=True)
    assert done[4:] == [3]
    expected[3] = 3, 0.1 * 3
    np.testing.assert_array_equal(filled, expected)
    assert squares == (0, 1, 4, 9)
    assert [n.tolist() for n in numbers] == [[n, n] for n in range(4)]
    assert nothing == (None,) * 4


def test_what_was_kept_before_several_kills_stays(tmp_path, often):
    output, done = tmp_path / "a.nc", []

    def run(until):
        def piece(number):
            if number == until:
                raise Killed
            done.append(number)
            return 10 * number

        with checkpoints.kept(output, "lineage"):
            return checkpoints.pieces(piece, range(7))

    for until in (2, 3, 6):
        with pytest.raises(Killed):
            run(until)
    files = sorted(file.name for file in tmp_path.glob(".a.nc.checkpoint/*"))
    assert files == [f"done-{number}.npz" for number in range(1, 7)]
    assert run(None) == [0, 10, 20, 30, 40, 50, 60]
    assert done == list(range(7))  # nothing twice


def test_states_come_back_from_a_file_as_they_were(tmp_path):
    rng = np.random.default_rng(3)
    value = {
        "array": np.arange(6.0).reshape(2, 3),
        "of": [np.int64(7), (True, None, "word"), []],
        "nested": {"a": {"b": (1.5, np.float32(0.1))}},
        "rng": rng,
    }
    states.write(tmp_path / "a.npz", value)
    found = states.read(tmp_path / "a.npz")
    np.testing.assert_array_equal(found["array"], [[0, 1, 2], [3, 4, 5]])
    assert found["of"] == [7, (True, None, "word"), []]
    assert type(found["of"][0]) is np.int64
    assert found["nested"] == {"a": {"b": (1.5, np.float32(0.1))}}
    state = [np.zeros((2, 3)), [1, 2, 3], {"left": 1}, np.random.default_rng(99)]
    saved = [found["array"], found["of"], found["nested"], found["rng"]]
    assert states.fit(state, saved)
    assert not states.fit(state[:3], saved)
    assert not states.fit([np.zeros((3, 2)), *state[1:]], saved)
    states.restore(state, saved)
    np.testing.assert_array_equal(state[0], value["array"])
    assert state[1:3] == [value["of"], value["nested"]]
    assert state[3].random() == rng.random()


def test_pieces_in_turn_have_loops_inside(tmp_path, often):
    output, done = tmp_path / "a.nc", []
    expected = counted([])
    killed = [True]

    def piece(number):
        total, _ = counted(done, until=4 if number == 1 and killed else None)
        return number * total

    def run():
        with checkpoints.kept(output, "lineage"):
            return checkpoints.pieces(piece, range(3))

    with pytest.raises(Killed):
        run()
    folder = tmp_path / ".a.nc.checkpoint"
    # The loop of the first piece went when the piece was over; that of the second is half done.
    assert sorted(file.name for file in folder.iterdir()) == ["done-1.npz", "loop-1.1-1.npz"]
    killed.clear()
    done.clear()
    found = run()
    assert done == [*range(4, 10), *range(10)]
    np.testing.assert_array_equal(found, [n * expected[0] for n in range(3)])


def test_what_is_inside_a_loop_is_not_kept_by_itself(tmp_path, often):
    """Its calls have other numbers in a run that skips the first rounds."""
    output = tmp_path / "a.nc"

    def run(until):
        total = np.zeros(1)
        with checkpoints.kept(output, "lineage"):
            for item in checkpoints.over(range(6), total):
                if item == until:
                    raise Killed
                total += sum(checkpoints.pieces(lambda n, item=item: n * item, range(3)))
                for _ in checkpoints.over(range(2), total):
                    total += 0.5
        return total

    with pytest.raises(Killed):
        run(4)
    assert [file.name for file in tmp_path.glob(".a.nc.checkpoint/*")] == ["loop-1.npz"]
    assert run(None) == [3 * sum(range(6)) + 6]


def test_writing_waits_a_minute_and_takes_at_most_a_fiftieth_of_the_time(tmp_path, monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])

    def slow(file, value):
        clock[0] += 3.0
        file.write_bytes(b"")

    monkeypatch.setattr(states, "write", slow)
    begun = []
    with checkpoints.kept(tmp_path / "a.nc", "lineage"):
        for _ in checkpoints.over(range(400)):
            begun.append(clock[0])
            clock[0] += 1.0
    # Each item takes a second, and three more if something is written after it.
    assert (np.flatnonzero(np.diff(begun) > 2) + 1).tolist() == [60, 60 + 150, 60 + 300]


def test_a_training_that_fails_by_itself_leaves_nothing(tmp_path, often):
    def fails():
        for _ in checkpoints.over(range(3), np.zeros(2)):
            pass
        raise TrainingError("learning_rate: found 9, expected less")

    with pytest.raises(TrainingError), checkpoints.kept(tmp_path / "a.nc", "lineage"):
        fails()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_keeps_no_checkpoint_and_stops_no_training(tmp_path, often, told, monkeypatch):
    def full(file, value):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(states, "write", full)
    with checkpoints.kept(tmp_path / "a.nc", "lineage"):
        total, _ = counted([])
    np.testing.assert_array_equal(total, counted([])[0])
    assert "not written: [Errno 28] No space left" in told()


def test_no_pickle_is_written_or_read(tmp_path):
    file = tmp_path / "a.npz"
    with pytest.raises(ValueError, match="allow_pickle"):
        np.savez(file, layout=np.array([object()]), allow_pickle=False)
    np.savez(file, np.array([{"a": 1}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        states.read(file)


def test_states_on_a_device_are_brought_back_to_it():
    state = [torch.arange(6.0).reshape(2, 3), torch.zeros(3)]
    saved = states._unpacked(*packed(state))
    changed = [array * 0 - 1 for array in state]
    assert states.fit(changed, saved)
    assert not states.fit(changed[::-1], saved)
    states.restore(changed, saved)
    assert all(torch.equal(a, b) for a, b in zip(changed, state, strict=True))


def packed(value):
    """A value as it lies in a file."""
    arrays: list = []
    layout = states._packed(value, arrays)
    return layout, {f"arr_{n}": array for n, array in enumerate(arrays, 1)}
