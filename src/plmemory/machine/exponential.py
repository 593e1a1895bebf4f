"""The exponential function for compiled loops, so that they can be vectorised.

numba calls the C library for ``math.exp``, one number at a time. In single precision the power
series below takes a third of the time of ``numpy.exp``, with a similar relative error (2.3e-7).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import overload

# The decorator of loops that use it: with these options they are vectorised.
compiled = njit(nogil=True, cache=True, fastmath={"contract"}, error_model="numpy")

_F = np.float32
_LOG2_E = _F(1.0 / math.log(2.0))
# log 2 in two parts; multiples of the first by the exponents of float32 are exact.
_LOG_2 = _F(0.693359375)
_LOG_2_REST = _F(math.log(2.0) - 0.693359375)
# exp(r) to the sixth power of r: |r| <= log(2)/2 leaves the next term below the rounding.
_C2, _C3, _C4, _C5, _C6 = (_F(1.0 / math.factorial(k)) for k in range(2, 7))
# At these limits the result is zero or infinity.
_LOWEST, _HIGHEST = _F(-88.0), _F(89.0)
_MANTISSA = 1 << 23
_BIAS = 127


def exponential(z: Any) -> Any:
    """exp(z); in compiled code, of a float32, by the series."""
    return np.exp(z)


@overload(exponential, inline="always")
def _exponential(z: Any) -> Any:
    if z != types.float32:
        return exponential

    def series(z: Any) -> Any:
        inside = _LOWEST if z < _LOWEST else z  # written so that nan remains nan
        inside = _HIGHEST if inside > _HIGHEST else inside
        power = np.floor(inside * _LOG2_E + _F(0.5))
        r = inside - power * _LOG_2 - power * _LOG_2_REST
        found = ((((_C6 * r + _C5) * r + _C4) * r + _C3) * r + _C2) * r + _F(1.0)
        scale = np.int32((np.int32(power) + _BIAS) * _MANTISSA).view(np.float32)
        return (found * r + _F(1.0)) * scale

    return series
