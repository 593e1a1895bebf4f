"""Trainings that are killed, and checkpoints that are written at every chance."""

import itertools

from plmemory.files import checkpoints


class Killed(BaseException):
    """An exception that nothing catches."""


def take_every_chance(monkeypatch):
    """Write at every chance; returns the list to which the name of each written file is added."""
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
    """Run a rule that dies right after ``writes`` writes; returns whether it died."""
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
