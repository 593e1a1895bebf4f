"""Theory and measures give the numbers that they gave when independent tests agreed with them.

The data sets are compared with their record in ``test_disjoint.py``, which makes them.
"""

import pytest
from unit import measure_cases, recorded, theory_cases

from plmemory.plan import registry

THEORY, MEASURES = recorded.read("theory"), recorded.read("measures")


def test_everything_is_recorded():
    assert theory_cases.CASES.keys() == THEORY.keys()
    assert {name.partition(",")[0] for name in THEORY} == theory_cases.functions()
    assert measure_cases.CASES.keys() == MEASURES.keys() == registry.measures().keys()


@pytest.mark.parametrize("name", theory_cases.CASES)
def test_theory_gives_the_numbers_of_the_record(name):
    digits = theory_cases.ROUGH.get(name, theory_cases.DIGITS)
    recorded.check(recorded.of_theory(name), THEORY[name], 20 * 10**-digits, 1e-12)


@pytest.mark.parametrize("name", measure_cases.CASES)
def test_measures_give_the_numbers_of_the_record(name):
    recorded.check(recorded.of_measure(name), MEASURES[name], 1e-4, 1e-5)
