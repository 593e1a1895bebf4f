"""The page of faults cites tests that there are."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_fault_cites_a_test_that_is_there():
    faults, _, _ = (ROOT / "docs/reliability.md").read_text().partition("## Files from strangers")
    rows = re.findall(r"^\| .*", faults, re.MULTILINE)[1:]
    files = {file.name: file.read_text() for file in (ROOT / "tests").rglob("test_*.py")}
    assert len(rows) > 10
    for row in rows:
        cited = re.findall(r"`(test_\w+\.py)(?:::(test_\w+))?`", row)
        assert cited or "as above" in row or "the same |" in row, row
        for file, name in cited:
            assert f"def {name}(" in files[file] if name else file in files, (file, name)
