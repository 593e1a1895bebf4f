"""A user's own arrays as text: tables, whatever sets their fields apart."""

import re

import numpy as np
import pandas as pd
import pytest
from unit import own_arrays
from unit.own_arrays import ARRAYS

from plmemory.datasets.arrays import table

loaded, refusal, early_refusal = ARRAYS.loaded, ARRAYS.refusal, ARRAYS.early_refusal


@pytest.fixture
def patterns():
    return own_arrays.patterns()


@pytest.mark.parametrize("apart", [",", ";", "\t", " ", "  ", ", "])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("first", ["", "\ufeff", "# made by hand\n\n"])
def test_tables_are_read_whatever_sets_their_fields_apart(
    tmp_path, patterns, apart, newline, first
):
    file = tmp_path / "mine.csv"
    rows = newline.join(apart.join(map(str, row)) for row in patterns)
    file.write_bytes((first + rows + newline * 3).encode())
    np.testing.assert_array_equal(loaded(file=file, test_fraction=0)["train"].values, patterns)


@pytest.mark.parametrize("columns", [[f"x{i}" for i in range(12)], list(range(12))])
def test_a_line_of_column_names_is_no_pattern(tmp_path, patterns, columns):
    file = tmp_path / "mine.csv"
    pd.DataFrame(patterns, columns=columns).to_csv(file, index=False)
    data = loaded(file=file, test_fraction=0, threshold=0.5)
    np.testing.assert_array_equal(data["train"].values, patterns)
    assert "the first line of mine.csv names its columns" in data.attrs["remarks"]


def test_quoted_fields_are_numbers_and_may_hold_the_delimiter(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text('"a, first","b","what"\n"1","-1","x, y"\n"-1","1","z"\n')
    data = loaded(file=file, test_fraction=0, labels="what")
    np.testing.assert_array_equal(data["train"].values, [[1, -1], [-1, 1]])
    assert data.attrs["label_names"] == ["x, y", "z"]


def test_a_column_of_row_numbers_is_no_two_values(tmp_path, patterns):
    file = tmp_path / "mine.csv"
    pd.DataFrame(patterns).to_csv(file)  # its first field is empty: neither name nor number
    assert re.search(r"mine.csv: line 1: found '' as value 1", refusal(file=file))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "found an empty file, expected rows of numbers"),
        ("# nothing\n\n", "found an empty file"),
        ("a,b\n", "found no patterns, expected at least one"),
        ("1,0\n0,1\n1,x\n", "line 3: found 'x' as value 2, expected a number"),
        ("1,NA\n0,1\n1,0\n", "line 1: found 'NA' as value 2, expected a number"),
        ("1,0\n\n0,1\n1,0,1\n", "line 4: found 3 fields, expected 2 as in the first line"),
        ("1,0\n0,nan\n1,-inf\n", "found 2 values that are NaN or infinite"),
        ("1\n0\n1\n", "found 1 sites a pattern, expected at least 2"),
        ("\0\1\2", "line 1: found no text"),
    ],
)
def test_a_bad_table_is_told_with_its_line(tmp_path, content, message):
    file = tmp_path / "mine.csv"
    file.write_text(content)
    found = refusal(file=file, test_fraction=0)
    assert found.startswith(f"{file}: ")
    assert message in found


def test_a_line_without_end_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(table, "MAX_LINE", 100)
    file = tmp_path / "mine.csv"
    file.write_text("1,0," * 1000)
    assert "line 1: found no text of fewer than 100 characters" in early_refusal(file=file)
