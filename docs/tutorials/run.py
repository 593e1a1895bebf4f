"""Run the tutorials beside this file and store the outputs of their cells.

    make tutorials

No kernel is needed: the cells of a notebook are run one after the other as one program. The outputs
of a cell are its printed text and its figures, in the same bytes each time.
"""

from __future__ import annotations

import base64
import contextlib
import io
import os
import tempfile
from pathlib import Path
from typing import Any

import matplotlib
import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output

TUTORIALS = sorted(Path(__file__).parent.glob("*.ipynb"))


def run(notebook: NotebookNode) -> NotebookNode:
    """The notebook with the outputs of its cells, run in an empty folder."""
    names: dict[str, Any] = {"__name__": "__main__"}
    place = os.getcwd()
    with tempfile.TemporaryDirectory() as folder, matplotlib.rc_context({"backend": "agg"}):
        os.chdir(folder)
        try:
            for number, cell in enumerate(_code(notebook), start=1):
                cell.execution_count = number
                cell.outputs = _outputs(cell.source, f"<cell {number}>", names)
        finally:
            os.chdir(place)
    nbformat.validate(notebook)
    return notebook


def _code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _outputs(source: str, name: str, names: dict[str, Any]) -> list[NotebookNode]:
    """What a cell prints, and a picture of each figure that it draws."""
    from matplotlib import pyplot

    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(source, name, "exec"), names)
    found = []
    if text := printed.getvalue():
        found.append(new_output("stream", name="stdout", text=text))
    for number in pyplot.get_fignums():
        file = io.BytesIO()
        pyplot.figure(number).savefig(file, format="png", dpi=110, metadata={"Software": None})
        picture = base64.b64encode(file.getvalue()).decode()
        found.append(new_output("display_data", data={"image/png": picture}))
    pyplot.close("all")
    return found


if __name__ == "__main__":
    for path in TUTORIALS:
        nbformat.write(run(nbformat.read(path, as_version=4)), path)
