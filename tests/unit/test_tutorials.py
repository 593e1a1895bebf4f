"""The README's Python and the tutorials run, and show what stands in them."""

import base64
import importlib.util
import io
import os
import re
from pathlib import Path

import matplotlib
import nbformat
import numpy as np
import pytest
from PIL import Image

CHECKOUT = Path(__file__).parents[2]
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
# Rounding differs from processor to processor, and with it the end of a state here and there.
LOOSE = 0.03
# Grey levels, of 255, by which pictures of the same numbers may differ on average.
ALIKE = 3.0


def loaded(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TUTORIALS = loaded(CHECKOUT / "docs/tutorials/run.py")


def alike(one, other):
    """Whether two pictures show the same."""
    pair = [np.asarray(Image.open(file).convert("L"), dtype=float) for file in (one, other)]
    return pair[0].shape == pair[1].shape and np.abs(pair[0] - pair[1]).mean() < ALIKE


def pictures(cell):
    return [base64.b64decode(o.data["image/png"]) for o in cell.outputs if "data" in o]


def printed(cell):
    return "".join(output.text for output in cell.outputs if "text" in output)


@pytest.mark.parametrize("path", TUTORIALS.TUTORIALS, ids=lambda path: path.stem)
def test_a_tutorial_shows_what_it_computes(path):
    stored = nbformat.read(path, as_version=4)
    fresh = TUTORIALS.run(nbformat.read(path, as_version=4))
    shown = 0
    for old, new in zip(stored.cells, fresh.cells, strict=True):
        if old.cell_type != "code":
            continue
        assert NUMBER.sub("#", printed(new)) == NUMBER.sub("#", printed(old))
        numbers = [list(map(float, NUMBER.findall(printed(cell)))) for cell in (new, old)]
        np.testing.assert_allclose(*numbers, rtol=LOOSE, atol=LOOSE)
        assert len(pictures(new)) == len(pictures(old))
        for one, other in zip(pictures(new), pictures(old), strict=True):
            assert alike(io.BytesIO(one), io.BytesIO(other))
        shown += len(old.outputs)
    assert shown > 3


def test_a_tutorial_leads_to_pages_that_are_there():
    for path in TUTORIALS.TUTORIALS:
        text = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
        linked = re.findall(r"\]\(([^)#]+)\)", text)
        assert linked
        assert [name for name in linked if not (path.parent / name).is_file()] == []


def test_the_readme_runs_and_draws_its_picture(tmp_path, monkeypatch, capsys):
    readme = (CHECKOUT / "README.md").read_text()
    blocks = re.findall(r"^```python\n(.*?)^```$", readme, re.M | re.S)
    assert len(blocks) == 2
    assert sum(len(block.splitlines()) for block in blocks) <= 12
    (tmp_path / "docs").mkdir()
    monkeypatch.chdir(tmp_path)
    names = {}
    with matplotlib.rc_context({"backend": "agg"}):
        for block in blocks:
            exec(compile(block, "README.md", "exec"), names)
    assert float(capsys.readouterr().out) > 0.99
    (picture,) = re.findall(r'<img src="([^"]+)"', readme)
    assert os.listdir("docs") == [Path(picture).name]
    assert alike(tmp_path / picture, CHECKOUT / picture)
