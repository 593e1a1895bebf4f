"""The page of faults cites tests that there are."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_fault_cites_a_test_that_is_there():
    lines = (ROOT / "docs/reliability.md").read_text().splitlines()
    heads = [n for n, line in enumerate(lines, start=1) if line.startswith("|---")]
    rows = [r for n, r in enumerate(lines, start=1) if r.startswith("| ") and n + 1 not in heads]
    files = {file.name: file.read_text() for file in (ROOT / "tests").rglob("test_*.py")}
    assert len(rows) > 10
    for row in rows:
        cited = re.findall(r"`(test_\w+\.py)(?:::(test_\w+))?`", row)
        assert cited or "as above" in row or "the same |" in row, row
        for file, name in cited:
            assert f"def {name}(" in files[file] if name else file in files, (file, name)
