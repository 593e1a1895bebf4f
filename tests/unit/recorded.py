"""What theory, measures and data sets give, as numbers in ``tests/data/recorded_*.txt``.

They were written when independent tests agreed with what they test: a record, which guards against
change, not an independent number. After a change that is meant:

    PYTHONPATH=src:tests python -m unit.recorded     # writes them anew; read the difference
"""

import re
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from unit import measure_cases, theory_cases

from plmemory.files.labelled import Dataset

DATA = Path(__file__).parents[1] / "data"
NUMBER = re.compile(r"(?<![\w.])-?(?:\d+\.?\d*(?:e[-+]\d+)?|inf|nan)(?![\w.])")


def of_theory(name: str) -> list[str]:
    """What a function of the theory gives, a line for each of its arguments."""
    digits = theory_cases.ROUGH.get(name, theory_cases.DIGITS)
    lines = theory_cases.numbers(name)
    return [" ".join(f"{number:.{digits}g}" for number in line) for line in lines]


def of_measure(name: str) -> list[str]:
    """What a measure gives in its cases, a line for each variable."""
    return [line for found in measure_cases.measured(name) for line in summary(found)]


def summary(found: Dataset) -> Iterable[str]:
    """Variables in a line each: axes, kind, and two means; texts and attributes as they are."""
    for name, variable in found.variables.items():
        values, axes = variable.values, " ".join(f"{k} {n}" for k, n in variable.sizes.items())
        said = "; ".join(str(text) for text in variable.attrs.values())
        if values.dtype.kind in "OU":
            yield f"{name} ({axes}) {', '.join(values.ravel()[:9])} {said}".rstrip()
            continue
        numbers = values.ravel().astype(np.float64)
        known = np.flatnonzero(np.isfinite(numbers))
        lacking = f", {numbers.size - known.size} not finite" * (known.size < numbers.size)
        # Another order has another second mean.
        means = [(w * numbers[known]).sum() / max(known.size, 1) for w in (1, np.cos(known))]
        told = f"{means[0]:.5g} {means[1]:.5g}{lacking} {said}".rstrip()
        yield f"{name} ({axes}) {values.dtype}: {told}"
    for key, value in found.attrs.items():
        yield f"{key}: {f'{value:.5g}' if isinstance(value, float) else value}"


def read(what: str) -> dict[str, list[str]]:
    """The lines of a record by the names that begin them."""
    found: dict[str, list[str]] = {}
    for line in (DATA / f"recorded_{what}.txt").read_text().splitlines():
        name, _, rest = line.partition(" | ")
        found.setdefault(name, []).append(rest)
    return found


def write(what: str, of: Callable[[str], list[str]], names: Iterable[str]) -> None:
    lines = [f"{name} | {line}" for name in sorted(names) for line in of(name)]
    (DATA / f"recorded_{what}.txt").write_text("\n".join(lines) + "\n")


def check(found: list[str], expected: list[str], within: float, rounding: float) -> None:
    """That both say the same, up to a fraction ``within`` of their numbers."""
    assert [NUMBER.sub("_", line) for line in found] == [NUMBER.sub("_", line) for line in expected]
    pair = (
        [float(x) for line in lines for x in NUMBER.findall(line)] for lines in (found, expected)
    )
    np.testing.assert_allclose(*pair, rtol=within, atol=rounding)


if __name__ == "__main__":
    from unit import test_disjoint

    write("theory", of_theory, theory_cases.CASES)
    write("measures", of_measure, measure_cases.CASES)
    made = {}
    for name, make in test_disjoint.EVERY.items():
        with tempfile.TemporaryDirectory() as folder:
            made[name] = list(summary(make(Path(folder))))
    write("datasets", made.__getitem__, made)
