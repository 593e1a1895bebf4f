"""What an import costs: nothing heavy that is not used, and the order of the house."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"
HEAVY = {"torch", "xarray", "matplotlib", "pandas", "numba", "scipy.optimize"}
# A module may import those of earlier rooms, never of later ones.
ROOMS = [
    (
        "errors",
        "labelled",
        "backend",
        "spins",
        "colours",
        "nearest",
        "workers",
        "sources",
        "configuration",
    ),
    ("provenance", "jobs"),
    ("datasets",),
    ("learning", "fields", "observables"),
    (
        "synchronous",
        "dynamics",
        "glauber",
        "attractors",
        "retrieval",
        "potts_dynamics",
        "contacts",
        "starts",
        "history",
    ),
    ("theory",),
    ("tables",),
    ("figures",),
]


def loaded_by(statement: str) -> set[str]:
    """Heavy packages that a fresh interpreter has loaded after ``statement``."""
    code = f"import sys; sys.path.insert(0, {str(SOURCE)!r}); {statement}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return HEAVY & set(run.stdout.split())


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ("import plmemory", set()),
        ("import plmemory.sources, plmemory.configuration", set()),
        ("import plmemory.learning.pseudo_likelihood", set()),
        ("import plmemory.learning.pseudo_likelihood_optimum", set()),
        ("import plmemory.dynamics, plmemory.retrieval", set()),
        ("import plmemory.attractors", {"numba"}),
        ("import plmemory.theory.one_step", set()),
        ("import plmemory.theory.basins", {"scipy.optimize"}),
        (
            "import plmemory.datasets.random, plmemory.datasets.selection, plmemory.provenance",
            set(),
        ),
        ("import plmemory.figures.random_basins", {"matplotlib", "pandas"}),
    ],
)
def test_an_import_loads_only_what_it_uses(statement: str, allowed: set[str]) -> None:
    assert loaded_by(statement) <= allowed


def room(name: str) -> int:
    return next(number for number, names in enumerate(ROOMS) if name in names)


def test_data_flow_through_the_house_in_one_direction() -> None:
    package = SOURCE / "plmemory"
    wrong = []
    for file in sorted(package.rglob("*.py")):
        place = file.relative_to(package)
        if place.name == "__init__.py" and len(place.parts) == 1:
            continue
        own = room(place.parts[0].removesuffix(".py"))
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("plmemory"):
                parts = node.module.split(".")
                names = parts[1:2] or [alias.name for alias in node.names]
                wrong += [f"{place} imports {name}" for name in names if room(name) > own]
    assert wrong == []
