"""What an import costs: nothing heavy that is not used, and the order of the house."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"
PACKAGE = SOURCE / "plmemory"
HEAVY = {"torch", "xarray", "matplotlib", "pandas", "numba", "scipy.optimize"}
# A room may import those of its own floor and of earlier ones, never of later ones.
FLOORS = [
    ("errors", "seeds", "border"),
    ("machine", "files"),
    ("networks", "theory"),
    ("datasets", "learning"),
    ("measures",),
    ("figures", "estimator", "memory"),
]
# It stands aside: it reads what the things say of themselves, and no job imports it.
ASIDE = "plan"


def loaded_by(statement: str) -> set[str]:
    """Modules that a fresh interpreter has loaded after ``statement``."""
    code = f"import sys; sys.path.insert(0, {str(SOURCE)!r}); {statement}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ("import plmemory", set()),
        ("import plmemory.plan.jobs, plmemory.plan.consistency", set()),
        ("import plmemory.learning.pseudo_likelihood.learn", set()),
        ("import plmemory.learning.pseudo_likelihood_optimum.learn", set()),
        ("import plmemory.networks.ising.synchronous, plmemory.measures.critical_overlap", set()),
        ("import plmemory.measures.attractors.measure", {"numba"}),
        ("import plmemory.theory.one_step", set()),
        ("import plmemory.theory.basins", {"scipy.optimize"}),
        ("import plmemory.datasets.random.load, plmemory.files.provenance", set()),
        ("import plmemory.figures.basins.draw", {"matplotlib", "pandas"}),
    ],
)
def test_an_import_loads_only_what_it_uses(statement: str, allowed: set[str]) -> None:
    assert HEAVY & loaded_by(statement) <= allowed


def test_planning_needs_no_numbers() -> None:
    statement = "from plmemory.plan import registry, jobs, consistency; registry.datasets()"
    every = "; [getattr(registry, n)() for n in ('rules', 'measures', 'figures', 'spin_types')]"
    assert not {"numpy", "scipy", "netCDF4", "yaml.scanner"} & loaded_by(statement + every) - {
        "yaml.scanner"
    }


def floor(room: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


def imports(file: Path) -> set[str]:
    """Modules of this package that a file imports, as far as they are named."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("plmemory"):
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return {name.removeprefix("plmemory.") for name in found if name != "plmemory"}


def test_the_house_is_climbed_in_one_direction() -> None:
    wrong = []
    for file in sorted(PACKAGE.rglob("*.py")):
        place = file.relative_to(PACKAGE)
        own = place.parts[0].removesuffix(".py")
        if own in ("__init__", ASIDE) or place.name == "about.py":
            continue
        for name in imports(file):
            room = name.split(".")[0]
            if room == ASIDE or "about" in name.split("."):
                allowed = own in ("estimator", "memory")  # the estimator reads the rules' settings
            else:
                allowed = not (PACKAGE / room).exists() and not (PACKAGE / f"{room}.py").exists()
                allowed = allowed or floor(room) <= floor(own)
            if not allowed:
                wrong.append(f"{place} imports {name}")
    assert wrong == []


def test_no_thing_imports_another_of_its_room_but_what_is_shared() -> None:
    """One thing, one folder; what several use is said to be shared."""
    # A folder that says nothing of itself is no thing: a solver, or what figures share.
    shared = {
        (room, folder.name)
        for room in ("learning", "figures")
        for folder in (PACKAGE / room).iterdir()
        if folder.is_dir() and not (folder / "about.py").exists()
    }
    built_on = {  # a thing that begins where another ends
        ("unlearning", "hebb"),
        ("daydreaming", "hebb"),
        ("daydreaming", "unlearning"),
        ("hinge_rows", "maximum_stability"),
        ("perceptron_stability", "maximum_stability"),
        ("potts_optimum", "potts"),
        ("pseudo_likelihood_cv", "pseudo_likelihood_optimum"),
        ("images", "arrays"),
        ("feature_densities", "features"),
        ("mnist_tokens", "mnist"),
        ("mnist_angles", "mnist"),
        ("attention_hebb", "vector_hebb"),
    }
    wrong = []
    for room in ("datasets", "learning", "measures", "figures"):
        things = {folder.name for folder in (PACKAGE / room).iterdir() if folder.is_dir()}
        for file in (PACKAGE / room).rglob("*.py"):
            own = file.relative_to(PACKAGE / room).parts[0]
            for name in imports(file):
                parts = name.split(".")
                other = parts[1] if parts[0] == room and len(parts) > 1 else own
                fine = other == own or (room, other) in shared or (own, other) in built_on
                if other in things and not fine:
                    wrong.append(f"{file.relative_to(PACKAGE)} imports {name}")
    assert wrong == []


def test_packages_that_jobs_pass_are_empty() -> None:
    packages = [file for file in PACKAGE.rglob("__init__.py") if file.parent != PACKAGE]
    assert [str(file) for file in packages if file.read_text()] == []


def test_no_module_is_longer_than_a_newcomer_reads() -> None:
    long = {
        str(f): n for f in PACKAGE.rglob("*.py") if (n := len(f.read_text().splitlines())) > 300
    }
    assert long == {}
