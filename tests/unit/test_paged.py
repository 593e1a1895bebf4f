"""What the results page says, line by line; see ``paged``. Edges of its numbers and dashes."""

import math

import numpy as np
import pandas as pd
import pytest
from unit import paged

from plmemory.figures.page import alternatives, packed, texts, verdicts


def test_the_page_says_what_it_said_when_it_was_looked_at():
    found, recorded = paged.lines(), paged.FILE.read_text().splitlines()
    assert found == recorded


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ([1.0, 2.5, math.nan, math.inf, -math.inf], [1, 2.5, None, "inf", "-inf"]),
        ([True, False], ["True", "False"]),
        ([3, 4], [3, 4]),
        (["a", None], ["a", None]),
    ],
)
def test_cells_are_what_json_can_hold(column, cells):
    found = packed._cells(pd.Series(column))
    assert found == cells
    assert list(map(type, found)) == list(map(type, cells))


def test_dashes_are_in_units_of_the_line():
    expected = {"-": [1, 0], "--": [6, 3], "-.": [6, 2, 1, 2], ":": [2, 2], "": [1, 0]}
    assert {line: packed.dashes(line) for line in expected} == expected
    assert packed.dashes((0, (5, 1, 1, 1))) == [10, 2, 2, 2]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "True"),
        (None, "None"),
        ("word", "word"),
        (3, "3"),
        (0.0123456, "0.01235"),
        (-2.0, "−2"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, ""),
    ],
)
def test_numbers_are_told_to_four_digits(value, text):
    assert texts.number(value) == text


def test_values_are_told_to_the_second_digit_of_their_error():
    assert texts.measured(1.23456, 0.5) == "1.23"
    assert texts.measured(12.3456, 1.0) == "12.3"
    assert texts.measured(-12.3456, 11.0) == "−12"
    assert texts.measured(1234.5678, 100.0) == "1235"
    assert texts.measured(1 / 3, math.nan) == texts.measured(1 / 3, 0.0) == "0.33333333"
    assert texts.measured(math.inf, 0.1) == ""


@pytest.mark.parametrize("count", [1, 2, 6, 7, 9])
def test_up_to_six_names_are_listed(count):
    table = pd.DataFrame({"rule": [f"r_{k}" for k in range(count)]})
    found = alternatives._values(table, "rule", {"r_1": "R"})
    names = ["r_0", "R", *(f"r_{k}" for k in range(2, 9))][:count]
    if count < 2:
        assert found == ""
    elif count <= 6:
        assert found == f"by rule: {', '.join(names)}"
    else:
        assert found == f"by rule: {', '.join(names[:5])}, {count - 5} more"


def test_up_to_six_columns_of_numbers_are_told():
    table = pd.DataFrame(np.arange(16.0).reshape(2, 8), columns=list("abcdefgh"))
    text = alternatives.alternative("x", {"charts": []}, table.assign(b=np.nan, word="w"))
    assert text == (
        "Figure x, from 2 rows of numbers. a from 0 to 8. c from 2 to 10. d from 3 to 11. "
        "e from 4 to 12. f from 5 to 13."
    )
    one = alternatives.alternative("x_y", {"charts": []}, table.iloc[:1])
    assert one.startswith("Figure x y, from 1 row of numbers. a at 0. b at 1.")


def test_keys_of_published_numbers_are_of_their_four_names():
    record = {"dataset": "d", "quantity": "q", "alpha": math.nan, "start": None, "ours": 1.0}
    assert verdicts.key(record) == "d|q||"
    assert verdicts.key(record | {"alpha": 2.0, "start": "test"}) == "d|q|2.0|test"
