"""Writing the results page: one folder that needs nothing else and no network."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
import vl_convert

from plmemory.figures.page import context, packed
from plmemory.figures.page.standing import MADE, MISSING, other_runs, seconds, standing
from plmemory.files.whole import whole

HERE = Path(__file__).parent
ASSETS = ("page.css", "page.js", "charts.js", "galleries.js")


def write(told: Mapping[str, Any], root: Path) -> bool:
    """Write ``root``/page from the existing results in ``root``; returns whether all exist.

    Run times and other runs, which depend on the machine, are in a separate folder, page/here: all
    other files are the same for the same results. The page itself is written last, and whole.
    """
    folder = root / "page"
    standings = {name: standing(root, name, told["figures"][name]) for name in told["figures"]}
    tables = {
        name: pd.read_csv(file)
        for name in told["figures"]
        if (file := root / f"tables/{name}.csv").is_file()
    }
    sizes = {}
    files = libraries() | {name: (HERE / name).read_text(encoding="utf-8") for name in ASSETS}
    for name, described in told["figures"].items():
        if name in tables and standings[name].state != MISSING:
            picture = (root / f"figures/{name}.svg").read_text(encoding="utf-8")
            sizes[name] = packed.size(picture)
            files[f"figures/{name}.svg"] = packed.slim(picture)
            files[f"data/{name}.js"] = packed.script(name, described, tables[name])
    files["here/here.js"] = here(told, root)
    remove_others(folder, files)
    files["index.html"] = html(context.page(told, tables, standings, sizes))
    for name, text in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        with whole(place) as unfinished:
            unfinished.write_text(text, encoding="utf-8")
    return all(each.state == MADE for each in standings.values())


def html(filled: Mapping[str, Any]) -> str:
    """The page itself."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("page.html").render(filled)


def here(told: Mapping[str, Any], root: Path) -> str:
    """Run times and the runs beside this one, as a script."""
    verdicts = [name for name, described in told["figures"].items() if described["verdicts"]]
    found = {
        "seconds": {name: seconds(root, name, told["figures"][name]) for name in told["figures"]},
        "runs": other_runs(root, verdicts),
    }
    return f"page.here({json.dumps(found, ensure_ascii=False, sort_keys=True)});\n"


def libraries() -> dict[str, str]:
    """Vega (charts) and DataTables (tables) as self-contained scripts."""
    inside = Path(str(distribution("itables").locate_file("itables/html")))
    module = base64.b64encode((inside / "dt_bundle.js").read_bytes()).decode()
    # A page that is opened as a file can import a module only from its own text.
    tables = f'page.tables = import("data:text/javascript;base64,{module}");\n'
    return {
        "lib/vega.js": vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"),
        "lib/tables.js": tables,
        "lib/tables.css": (inside / "dt_bundle.css").read_text(encoding="utf-8"),
    }


def remove_others(folder: Path, files: Mapping[str, str]) -> None:
    """Remove the page, and files of an earlier page that this one does not need."""
    for part in ("figures", "data"):
        for file in (folder / part).glob("*"):
            if f"{part}/{file.name}" not in files:
                file.unlink()
    (folder / "index.html").unlink(missing_ok=True)
