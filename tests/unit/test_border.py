"""What comes from outside: every type of number is taken, every fault is one line."""

import numpy as np
import pytest
import scipy.sparse

from plmemory import border
from plmemory.errors import InputError
from plmemory.networks.ising.given import given
from plmemory.plan.about import boolean, choice, integer, listed, number


def spins(values, sizes=(), binarize=None):
    return given(values, "data", dict(sizes), binarize=binarize).states


SPINS = np.array([[1, -1, 1], [-1, -1, 1], [1, 1, 1], [-1, 1, -1]], dtype=np.int8)


@pytest.mark.parametrize(
    "values",
    [
        *(SPINS.astype(dtype) for dtype in ("i1", "i2", "i4", "i8", "f2", "f4", "f8", "g", ">i4")),
        SPINS.tolist(),
        SPINS.astype(float).tolist(),
        SPINS > 0,
        (SPINS > 0).tolist(),
        np.asfortranarray(SPINS),
    ],
)
def test_any_type_of_number_becomes_the_same_spins(values):
    found = spins(values)
    np.testing.assert_array_equal(found, SPINS)
    assert found.dtype == np.int8
    assert found.flags.c_contiguous


def test_the_values_are_copied():
    given = SPINS.copy()
    spins(given)[:] = 1
    np.testing.assert_array_equal(given, SPINS)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            (SPINS + 1) // 2,
            "found values from 0 to 1, expected Ising spins, -1 and +1; "
            "Memory(binarize=0.5) makes spins of grey levels",
        ),
        (np.uint8([[0, 255], [7, 86]]), "found values from 0 to 255, .* Memory(binarize=127.5)"),
        (np.array([[0.0, 0.25, 1.0]]), "found values from 0.0 to 1.0, .* Memory(binarize=0.5)"),
        (np.zeros((2, 3)), "found values from 0.0 to 0.0, expected"),
        ([[1, -1], [1, 0]], "found 0 at (1, 1), expected Ising spins, -1 and +1"),
        ([[1, -1], [2, 1]], "found 2 at (1, 0), expected"),
        ([[1, np.nan], [1, -1]], "found nan at (0, 1), expected"),
        ([[1, np.inf], [1, -1]], "found inf at (0, 1), expected"),
        ([[1, -1], [1, -np.inf]], "found -inf at (1, 1), expected"),
        (np.int8([[-128, 1]]), "found -128 at (0, 0), expected"),
        ([1, -1, 1], "found the shape (3,), expected (pattern, site)"),
        (np.ones((1, 1, 2, 3)), "found the shape (1, 1, 2, 3), expected"),
        (1, "found the shape (), expected"),
        ([[1, -1], [1]], "found rows of different lengths, expected one length"),
        (np.ones((0, 5)), "found none, shape (0, 5), expected at least one"),
        (np.ones((2, 4, 5)), "found the shape (2, 4, 5), expected (pattern, site)"),
        (np.ones((3, 1)), "found 1 sites, 1 feature(s) (shape=(3, 1)) while a minimum of 2"),
        (np.ones((3, 0)), "found 0 sites, 0 feature(s) (shape=(3, 0)) while a minimum of 2"),
        ([["a", "b"]], "found values of type <U1, expected real numbers"),
        ([[1, None]], "found values of type object, expected real numbers"),
        (np.ones((2, 2), complex), "Complex data not supported, expected real numbers"),
    ],
)
def test_what_are_no_spins_is_one_line(values, message):
    with pytest.raises(InputError) as fault:
        spins(values)
    said = str(fault.value)
    assert "\n" not in said
    rest = said.removeprefix("data: ")
    for part in message.split(" .* "):
        assert part in rest
    assert rest.startswith(message.split(" .* ")[0])


def test_the_number_of_sites_is_compared():
    with pytest.raises(InputError, match=r"^data: found 3 sites, expected 4$"):
        spins(SPINS, {"site": 4})
    assert spins(SPINS, {"site": 3}).shape == (4, 3)


def test_numbers_above_a_threshold_are_spins_up():
    grey = np.array([[0.0, 0.25, 1.0], [0.3, 0.2, 0.0]])
    np.testing.assert_array_equal(spins(grey, binarize=0.25), [[-1, -1, 1], [1, -1, -1]])
    np.testing.assert_array_equal(spins([[1, 1], [1, 9]], binarize=7), [[-1, -1], [-1, 1]])
    np.testing.assert_array_equal(spins(np.ones((2, 3)), binarize=7), -np.ones((2, 3)))
    np.testing.assert_array_equal(spins(SPINS, binarize=7), SPINS)  # as a memory returns them
    np.testing.assert_array_equal(spins(SPINS > 0, binarize=7), SPINS)
    with pytest.raises(InputError, match=r"^data: found NaN at \(0, 1\), expected finite"):
        spins([[0.0, np.nan]], binarize=0.5)
    with pytest.raises(InputError, match=r"^data: found a sparse array, expected a dense one"):
        spins(scipy.sparse.csr_array(grey), binarize=0.5)


def test_weights_are_taken_as_they_are():
    found = border.weights([0, 2, 1], (3,))
    np.testing.assert_array_equal(found, [0.0, 2.0, 1.0])
    assert found.dtype == np.float64


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1, 2], r"found the shape \(2,\), expected \(3,\)"),
        ([1, -0.5, 2], "found -0.5, expected no negative weight"),
        ([0, 0, 0], "found zeros alone"),
        ([1, np.nan, 1], r"found NaN at \(1,\), expected finite numbers"),
        (["a", "b", "c"], "found values of type <U1"),
    ],
)
def test_wrong_weights_are_one_line(values, message):
    with pytest.raises(InputError, match=f"^weights: {message}"):
        border.weights(values, (3,))


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        (np.array([[0, 2], [1, 0]]), "f8"),
        (np.float32([[0, 2], [1, 0]]), "f4"),
        ([[0, 2], [1, 0]], "f8"),
    ],
)
def test_couplings_are_floating_point(values, dtype):
    found = border.couplings(values)
    np.testing.assert_array_equal(found, [[0, 2], [1, 0]])
    assert found.dtype == dtype


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.zeros((2, 3)), r"found the shape \(2, 3\), expected \(site, site\)"),
        (np.zeros(4), r"found the shape \(4,\), expected \(site, site\)"),
        (np.zeros((1, 1)), r"found the shape \(1, 1\), expected \(site, site\), at least 2 sites"),
        ([[0, np.inf], [1, 0]], r"found inf at \(0, 1\), expected finite numbers"),
        (np.eye(3)[::-1], r"found 1.0 at \(1, 1\), expected zero"),
    ],
)
def test_wrong_couplings_are_one_line(values, message):
    with pytest.raises(InputError, match=f"^couplings: {message}"):
        border.couplings(values)


@pytest.mark.parametrize(
    ("value", "described"),
    [
        (1, integer("", "", at_least=1)),
        (np.int64(7), integer("", "", at_least=1)),
        (4, integer("", "", multiple_of=2)),
        (None, integer("", "", at_least=1, null=True)),
        (1, number("", "", above=0)),
        (np.float32(0.5), number("", "", above=0, at_most=0.5)),
        (None, number("", "", above=0, null=True)),
        (False, boolean("")),
        (np.True_, boolean("")),
        ("hebb", choice("", "zero", "hebb")),
        (None, choice("", "zero", None)),
    ],
)
def test_a_setting_in_its_range_is_fine(value, described):
    border.setting(value, described.schema, name="any")


@pytest.mark.parametrize(
    ("value", "described", "expected"),
    [
        (0, integer("", "", at_least=1), "at least 1"),
        (1.5, integer("", "", at_least=1), "a value of type integer"),
        (True, integer("", "", at_least=1), "a value of type integer"),
        (None, integer("", "", at_least=1), "a value of type integer"),
        ("1", integer("", "", null=True), "a value of type integer, null"),
        (3, integer("", "", multiple_of=2), "a multiple of 2"),
        (9, integer("", "", at_most=8), "at most 8"),
        (0, number("", "", above=0), "more than 0"),
        (-2.0, number("", "", above=0), "more than 0"),
        (1, number("", "", below=1), "less than 1"),
        (float("nan"), number("", "", above=0), "a finite number"),
        (float("inf"), number("", "", above=0), "a finite number"),
        (1, boolean(""), "a value of type boolean"),
        ("hebbian", choice("", "zero", "hebb"), "one of zero, hebb"),
        ([0.2, 1], listed("", "", {"type": "number", "maximum": 0.5}), "in each place at most 0.5"),
    ],
)
def test_a_setting_out_of_its_range_is_one_line(value, described, expected):
    with pytest.raises(InputError) as fault:
        border.setting(value, described.schema, name="key")
    assert str(fault.value) == f"key: found {value!r}, expected {expected}"


@pytest.mark.parametrize(
    "described",
    [
        integer("", "", at_least=1, multiple_of=3),
        integer("", "", at_least=0, at_most=5, null=True),
        number("", "", above=0, at_most=1),
        number("", "", at_least=-1, below=2, null=True),
        boolean(""),
        choice("", "a", "b", None),
    ],
)
def test_it_judges_as_a_json_schema_does(described):
    validator = pytest.importorskip("jsonschema").Draft202012Validator(dict(described.schema))
    for value in (None, True, False, -1, 0, 1, 2, 3, 5, 6, -0.5, 0.5, 1.5, 2.5, "a", "c", [1]):
        try:
            border.setting(value, described.schema, name="key")
            fine = True
        except InputError:
            fine = False
        assert fine == validator.is_valid(value), value
