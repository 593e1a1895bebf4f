"""A bar is shown where work is long, in a terminal or a notebook alone; no number changes."""

import io
import sys
import time
import types

import numpy as np
import pytest

from plmemory import Memory
from plmemory.estimator import bar
from plmemory.files import checkpoints
from plmemory.machine.workers import Workers

SPINS = np.random.default_rng(6).choice([-1, 1], size=(6, 30))
COLOURS = np.random.default_rng(7).integers(0, 3, size=(6, 7))
LONG = {
    # rule: its settings, patterns, what is said at first
    "pl": ({"epochs": 40}, SPINS, "pseudo_likelihood: "),
    "daydreaming": ({"epochs": 12}, SPINS, "0/12"),
    "potts_optimum": ({}, COLOURS, "0/7"),
    "potts": ({"epochs": 9}, COLOURS, "0/7"),
    "unlearning": ({}, SPINS, "0it"),
}


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("rule", LONG)
def test_a_terminal_shows_how_far_it_is_and_nothing_stays(rule, monkeypatch):
    settings, patterns, first = LONG[rule]
    quiet = Memory(rule, **settings).fit(patterns)
    monkeypatch.setattr(sys, "stderr", screen := Terminal())
    monkeypatch.setattr(bar, "DELAY", 0)
    shown = Memory(rule, **settings).fit(patterns)
    monkeypatch.undo()
    said = screen.getvalue()
    assert first in said
    assert said.rsplit("\r", 2)[-2].strip() == ""  # wiped at the end
    np.testing.assert_array_equal(shown.couplings_, quiet.couplings_)


def test_epochs_are_told_with_their_number_and_the_loss(monkeypatch):
    monkeypatch.setattr(sys, "stderr", screen := Terminal())
    monkeypatch.setattr(bar, "DELAY", 0)
    with bar.Bar("pl").epochs() as show:
        show(10, 40, 0.51)
        time.sleep(0.11)  # it is drawn ten times a second
        show(20, 40, 0.52)
    assert "20/40" in screen.getvalue()
    assert "loss=0.52" in screen.getvalue()


def test_short_work_and_pipes_show_nothing(monkeypatch):
    for stream in (Terminal(), io.StringIO(), None):
        monkeypatch.setattr(sys, "stderr", stream)
        Memory("daydreaming", epochs=3).fit(SPINS)
        if stream is not None:
            assert stream.getvalue() == ""


def test_a_bar_is_made_for_work_of_more_than_a_second(monkeypatch):
    made = []
    monkeypatch.setattr(bar, "_screen", lambda: lambda **told: made.append(told) or Terminal())
    with bar.Bar("daydreaming")._bar(7):
        pass
    assert made == [{"total": 7, "desc": "daydreaming", "delay": 1.0, "leave": False}]


def test_a_notebook_is_a_screen_and_no_bar_is_needed(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert bar._screen() is None
    monkeypatch.setitem(sys.modules, "ipykernel", types.ModuleType("ipykernel"))
    assert bar._screen().__name__ == "tqdm_asyncio"  # without the kernel itself: the terminal's
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    assert bar._screen() is None


class Told:
    """Counts the rounds of each bar."""

    def __init__(self):
        self.bars = []

    def __call__(self, rounds):
        return self

    def __enter__(self):
        self.bars.append(0)
        return self.tick

    def __exit__(self, *fault):
        self.bars[-1] = -self.bars[-1]  # over

    def tick(self):
        self.bars[-1] += 1


def test_the_outermost_loop_of_more_than_one_round_is_told():
    def inner(item):
        return sum(checkpoints.over(range(item)))

    told = Told()
    with checkpoints.watched(told):
        assert checkpoints.pieces(inner, [5]) == [10]  # a single piece: its loop
        assert checkpoints.pieces(inner, [2, 3]) == [1, 3]  # two pieces: they, not their loops
        with Workers() as workers:
            assert checkpoints.pieces(inner, [2, 3, 4], workers=workers) == [1, 3, 6]
        for item in checkpoints.over(iter("abc")):
            if item == "b":
                break
    assert told.bars == [-5, -2, -3, -1]
    assert list(checkpoints.over("ab")) == ["a", "b"]
    assert len(told.bars) == 4


def test_a_fault_closes_the_bar():
    told = Told()

    def fail(item):
        raise ValueError(item)

    with checkpoints.watched(told), pytest.raises(ValueError, match="3"):
        checkpoints.pieces(fail, [3, 4])
    assert told.bars == [0]
    with checkpoints.watched(told):
        assert list(checkpoints.over([1, 2])) == [1, 2]
    assert told.bars == [0, -2]
