"""The plan of a small run, line by line; see ``planned``."""

from unit import planned


def test_the_plan_says_what_it_said_when_it_was_looked_at(tmp_path, monkeypatch):
    monkeypatch.setenv("MINE", str(tmp_path))
    found = planned.lines(tmp_path)
    recorded = planned.FILE.read_text().splitlines()
    assert found == recorded
