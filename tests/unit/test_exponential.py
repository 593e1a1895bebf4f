"""The exponential of compiled loops against the C library's in double precision."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from plmemory.machine.exponential import exponential


@njit
def exponentials(z):
    found = np.empty_like(z)
    for i in range(len(z)):
        found[i] = exponential(z[i])
    return found


@pytest.mark.parametrize(
    ("dtype", "lowest", "highest", "tolerance"),
    [("float32", -87, 88, 2.5e-7), ("float64", -700, 700, 1e-15)],
)
def test_relative_error_is_that_of_rounding(dtype, lowest, highest, tolerance):
    z = np.linspace(lowest, highest, 1_000_001).astype(dtype)
    np.testing.assert_allclose(exponentials(z), np.exp(z.astype(np.longdouble)), rtol=tolerance)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_ends_are_zero_infinity_and_nan(dtype):
    z = np.array([-np.inf, -1e30, -800, 0, 800, 1e30, np.inf, np.nan], dtype)
    expected = np.array([0, 0, 0, 1, np.inf, np.inf, np.inf, np.nan], dtype)
    np.testing.assert_array_equal(exponentials(z), expected)


@given(st.floats(-200, 200, width=32), st.floats(0, 1, width=32))
def test_never_falls_but_by_rounding(z, more):
    low, high = exponentials(np.array([z, np.float32(z) + np.float32(more)], np.float32))
    assert high >= low * np.float32(1 - 4e-7)
