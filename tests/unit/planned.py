"""What the plan of a small run tells its jobs, asks a cluster for and says of wrong entries.

``tests/data/planned.txt`` holds it as it was when it was looked at: a record that shows a change,
no independent value. After a change that is meant:

    PYTHONPATH=src:tests python -m unit.planned     # writes it anew; read the difference
"""

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from unit.test_plan_jobs import ALIGNMENT, SCRIPTS, written

from plmemory.errors import InputError
from plmemory.plan import configuration, consistency, gallery, inheritance, parts, registry, told
from plmemory.plan.jobs import Job, Jobs
from plmemory.plan.needs import Need, Needs
from plmemory.plan.plan import Plan

FILE = Path(__file__).parents[1] / "data/planned.txt"
# Laid over the configuration of test_plan_jobs.py: rows in parts, vectors, a rule of its own title.
MORE: dict[str, Any] = {
    "learning": {
        "split": {"from": "pl_b", "grid": None, "scaled_norm": None, "l2": 0.1, "parts": 3},
        "twin": {"method": "hebb", "title": "Hebb again"},
        "vector_hebb": {"method": "vector_hebb"},
        "potts": {"method": "potts_optimum", "penalty": 0.02, "symmetric": False}
        | {"tolerance": 0.02, "max_iterations": 50, "reweighted": False},
    },
    "datasets": {
        "large": {"from": "drawn", "sites": 6000, "replicates": 7},
        "arrows": {"kind": "random_vectors", "sites": 30, "dimension": 3, "replicates": 2},
        "drawn": {"learning": {"inverse": {"method": "pseudo_inverse", "title": "Inverse"}}},
    },
    "measures": {
        "attractors": {"max_steps": 10, "further_steps": 90, "starts": 50, "random_starts": 40}
        | {"corrupted_overlap": 0.7, "sequential_starts": 20},
        "overlaps": {"max_steps": 30, "recorded_steps": 1, "initial_overlaps": [0.6, 1.0]}
        | {"patterns": 20},
        "examples": {"number": 6, "initial_overlap": 0.7, "max_steps": 10},
    },
    "figures": {
        "large": {"figure": "capacity", "datasets": ["large"], "loads": [0.5]}
        | {"rules": ["pl_b", "split", "inverse"]},
        "basins": {"datasets": ["drawn"], "rules": ["split", "twin"], "loads": [0.5]},
        "generalization": {"datasets": ["own"], "rules": ["potts"], "patterns": [1, "all"]},
        "vector_capacity": {"datasets": ["arrows"], "rules": ["vector_hebb"], "loads": [0.1]},
    },
}


CAPACITY = {"figure": "capacity", "datasets": ["drawn"], "loads": [1], "rules": ["hebb"]}
SHOWN = ("`basins`", "cores all capacity` makes", "all basins", "ALONE", "SEE", "CAPTION")
# By key, separated by slashes: a wrong value.
WRONG: list[tuple[str, Any]] = [
    ("seeed", 1),
    ("seed", -1),
    ("dtype", "float16"),
    ("run", "raw"),
    ("datasets", 3),
    ("datasets/drawn", 3),
    ("datasets/Drawn", {}),
    ("datasets/nan", {}),
    ("datasets/drawn/sites", 2.5),
    ("datasets/drawn/sits", 2),
    ("datasets/other", {"kind": "random"}),
    ("datasets/other", {"sites": 3}),
    ("datasets/own/alignment", "$MINE/none.fa"),
    ("datasets/own/alignment", "package:none/none.fa"),
    ("datasets/own/alignment", ""),
    ("datasets/glass/side", 15),
    ("datasets/own/structure", "$MINE/none.cif"),
    ("learning/hebb/parts", 2),
    ("learning/hebb/parts", "some"),
    ("learning/split/parts", 401),
    ("learning/split/from", "nobody"),
    ("learning/split/from", "split"),
    ("learning", {"one": {"from": "two"}, "two": {"from": "one"}}),
    ("learning/pl_b/grid", {"scaled_norm": [1.5, 1.5]}),
    ("learning/new", {"from": "split", "grid": {"scaled_norms": [1.5]}}),
    ("learning/new", {"from": "pl_b", "grid": {"scaled_norm": []}}),
    ("learning/new", {"from": "pl_b", "grid": {"scaled_norm": [2, -1]}}),
    ("learning/new", {"from": "split", "grid": {"max_iterations": [2, 1.5]}}),
    ("learning/pl_b_4", {"from": "pl_b", "grid": None, "scaled_norm": 3}),
    ("measures/storage/stability_bins", 0),
    ("measures/storage/target", 1.5),
    ("measures/storage/target", float("nan")),
    ("measures/storag", {}),
    ("figures/train", CAPACITY),
    ("figures/raw_x", CAPACITY),
    ("figures/more", CAPACITY),
    ("figures/capacity/datasets", []),
    ("figures/capacity/datasets", ["drawn", "fewer"]),
    ("figures/capacity/datasets", ["drwn"]),
    ("figures/capacity/datasets", ["own"]),
    ("figures/capacity/rules", ["nobody"]),
    ("figures/capacity/rules", ["vector_hebb"]),
    ("figures/capacity/rules", ["truth"]),
    ("figures/capacity/loads", [0.001]),
    ("figures/capacity/loads", None),
    ("figures/capacity/patterns", [3]),
    ("figures/inference/patterns", [1, 91]),
    ("figures/inference/datasets", ["digits"]),
    ("figures/digits/datasets", ["glass"]),
    ("figures/sizes/rules", ["vector_hebb"]),
    ("figures/generalization/rules", ["hebb"]),
    ("figures/generalization/loads", [1]),
    ("figures/vector_phase_diagram/datasets", ["drawn"]),
    ("figures/vector_capacity/loads", []),
    ("figures/vector_capacity/loads", [0.01, 0.02]),
    ("figures/training", {"datasets": ["drawn"], "rules": ["hebb"], "loads": [1]}),
    ("figures/examples", {"datasets": ["digits"], "rules": ["hebb", "twin"], "loads": [1]}),
    ("figures/capacity", {"loads": None, "patterns": ["all"]}),
    ("figures/capacity", {"loads": None, "patterns": [0]}),
    ("figures/capacity", {"loads": None, "patterns": [1]}),
    ("figures/generalization", {"loads": [0.5], "patterns": None}),
    ("figures/vector_capacity/datasets", ["drawn"]),
    ("figures/vector_capacity/rules", ["hebb"]),
    ("figures/attractors", {"datasets": ["arrows"], "rules": ["vector_hebb"], "loads": [1]}),
    ("figures/capacity/rules", ["inverse", "vector_hebb", "hebb"]),
    ("figures/capacity", {"rules": ["inverse"], "loads": [1, 1.01]}),
    ("figures/capacity", {"rules": ["inverse"], "loads": [1.01]}),
    ("figures/reproduction/datasets", ["drawn", "digits"]),
    ("results", "a{b}"),
]


def plan(**changes: Any) -> Plan:
    """The plan of the small run, with some sections laid over it."""
    more = inheritance.laid_over(MORE, changes)
    return Plan(configuration.complete(inheritance.laid_over(written(), more)))


def refused(key: str, value: Any) -> str:
    """What is said of a wrong value."""
    *parents, last = key.split("/")
    changes: dict[str, Any] = {last: value}
    for name in reversed(parents):
        changes = {name: changes}
    try:
        consistency.check(plan(**changes))
    except InputError as fault:
        return str(fault)
    return "is taken"


def _job(job: Job) -> list[Any]:
    """What a job is told, and from how many results it is made; not its code."""
    settings = {name: value for name, value in job.settings.items() if name != "caption"}
    return [settings, job.told, len(job.inputs), sorted(job.contents)]


def _need(need: Need) -> list[int]:
    return [need.mem_mb(1), need.mem_mb(3), need.runtime(1), need.runtime(2)]


def _of_data(jobs: Jobs, needs: Needs) -> Iterator[tuple[str, Any]]:
    plan = jobs.plan
    for name in plan.config["datasets"]:
        known = [plan.title(name), plan.sites(name), plan.components(name), plan.available(name)]
        yield f"data {name}", [*known, sorted(plan.provides(name)), plan.data_inputs(name)]
        yield f"loads {name}", _job(jobs.load(name, "P00020"))
        yield f"needs {name}", [_need(needs.pool(name)), _need(needs.draw(name, "P02000"))]
        if plan.raw_file(name):
            yield f"raw {name}", [plan.raw_file(name), _job(jobs.raw(name))]


def _of_models(jobs: Jobs, needs: Needs) -> Iterator[tuple[str, Any]]:
    plan = jobs.plan
    pairs = {r[1:] for f in plan.config["figures"] for r in plan.results(f, "models")}
    for one in sorted(pairs):
        yield f"train {' '.join(one)}", _job(jobs.train(*one))
        yield f"needs {' '.join(one)}", [_need(needs.train(*one)), _need(needs.share(*one))]
    split = ("drawn", "split", "P00200")
    yield "part", [_job(jobs.part(*split, "2of3")), _need(needs.part(*split, "2of3"))]
    yield "share", [_job(jobs.share(*split)), plan.part_file(*split, "2of3")]
    yield "split", [parts.split(plan), parts.names(3)]


def _of_figures(jobs: Jobs, needs: Needs) -> Iterator[tuple[str, Any]]:
    plan = jobs.plan
    for name in plan.config["figures"]:
        yield f"table {name}", [*_job(jobs.table(name)), plan.table_inputs(name)]
        yield f"figure {name}", [*_job(jobs.figure(name)), jobs.category(name)]
        shown = told._figure(jobs, name)
        yield f"behind {name}", [shown["behind"], shown["settings"], shown["made"]["modules"]]
        yield f"time {name}", gallery.time(gallery.seconds(plan, needs, name))
        for stage in set(plan.figure(name).inputs) & set(registry.measures()):
            for result in plan.results(name, stage)[:2]:
                yield f"measure {name}", [*_job(jobs.measure(result)), _need(needs.measure(result))]


def _of_run(jobs: Jobs) -> Iterator[tuple[str, Any]]:
    run = told.run(jobs)
    yield "run", {key: run[key] for key in ("run", "seed", "scale", "symbols")}
    page = jobs.page()
    yield "page", [len(page.settings["assets"]), page.parameters.keys() - {"run"}]
    for stages in (("data",), ("models",), ("storage", "basins"), ("tables", "data")):
        yield f"files {' '.join(stages)}", jobs.plan.stage_files(*stages)
    yield "pictures", [*jobs.plan.figure_files(["basins"]), jobs.plan.page_file]
    kind = registry.figures()["basins"]
    for part in gallery.page(jobs.plan, {"basins"}).split("\n\n")[4:]:
        part = part.replace(kind.see, "SEE").replace(kind.caption, "CAPTION")
        part = part.replace(kind.caption.partition(":")[0], "ALONE")  # words that may change
        if part[:3] == "## " or any(word in part for word in SHOWN):
            yield "gallery", part
    yield "gallery", gallery._kind("dense").replace(registry.figures()["dense"].caption, "CAPTION")


def lines(folder: Path) -> list[str]:
    """A line for everything, with the files of the user in a folder, $MINE."""
    (folder / "own.fa").write_text(ALIGNMENT)
    for part in ("train", "t10k"):
        for what in ("images-idx3", "labels-idx1"):
            (folder / f"{part}-{what}-ubyte").touch()
    jobs = Jobs(plan(), SCRIPTS)
    needs = Needs(jobs.plan)
    found = [*_of_data(jobs, needs), *_of_models(jobs, needs), *_of_figures(jobs, needs)]
    found += _of_run(jobs)
    found += [(f"refused {key}: {value!r}", refused(key, value)) for key, value in WRONG]
    told = [f"{k} | {json.dumps(v, default=sorted, ensure_ascii=False)}" for k, v in found]
    return [line.replace(str(folder), "$MINE") for line in told]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MINE"] = folder
        FILE.write_text("\n".join(lines(Path(folder))) + "\n")
