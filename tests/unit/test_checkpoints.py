"""What checkpoints keep of loops and pieces of work, and what becomes of them."""

import logging
import time

import numpy as np
import pytest
from unit.kills import Killed, take_every_chance

from plmemory.errors import TrainingError
from plmemory.files import checkpoints, states
from plmemory.machine.workers import Workers


@pytest.fixture
def often(monkeypatch):
    """Every chance to write is taken; and counted."""
    return take_every_chance(monkeypatch)


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


def test_what_was_finished_is_written_with_the_loop_after_it(tmp_path, monkeypatch):
    """Else a kill could cost all that ended since the last write, however long ago it began."""
    take_every_chance(monkeypatch)
    output, done = tmp_path / "a.nc", []
    monkeypatch.setattr(checkpoints.Store, "due", lambda store: len(done) > 3)

    def run(until):
        with checkpoints.kept(output, "lineage"):
            (squares,) = checkpoints.pieces(lambda n: done.append(n) or n**2, [7])
            counted(done, until)
            return squares

    with pytest.raises(Killed):
        run(4)
    files = sorted(file.name for file in (tmp_path / ".a.nc.checkpoint").iterdir())
    assert files == ["done-1.npz", "loop-2.npz"]
    done.clear()
    assert run(None) == 49
    assert done == [4, 5, 6, 7, 8, 9]


def test_what_an_unsplit_training_kept_goes_when_parts_are_gathered(tmp_path, often):
    output = tmp_path / "a.nc"
    assert leave(output, "lineage").is_file()
    checkpoints.discard(output)
    assert list(tmp_path.iterdir()) == []
    checkpoints.discard(output)


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
