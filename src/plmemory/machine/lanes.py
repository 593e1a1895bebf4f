"""Sums that stay in vector registers, for compiled loops.

numba cannot tell its compiler that two arrays do not overlap. So a sum of rows is loaded and stored
for every row, each time with a check whether the arrays overlap. Here a sum is a value of ``LANES``
numbers; sums over rows of a table take half of the time (docs/performance.md).
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import extending, types
from numba.extending import models, register_model

LANES = 8
# The annotations belong to the functions that generate the code, not to those that are called.
intrinsic: Any = extending.intrinsic


class _Lanes(types.Type):
    """``LANES`` numbers of a ``dtype``."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        super().__init__(f"Lanes({dtype})")


@register_model(_Lanes)
class _Vector(models.PrimitiveModel):
    def __init__(self, manager: Any, lanes: _Lanes) -> None:
        number = manager.lookup(lanes.dtype).get_value_type()
        super().__init__(manager, lanes, ir.VectorType(number, LANES))


@intrinsic
def load(typing: Any, array: Any, index: Any) -> Any:
    """Load the numbers of a contiguous array that begin at an index of its flat view."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _place(context, builder, signature, args)
        return builder.load(place, align=array.dtype.bitwidth // 8)

    return _Lanes(array.dtype)(array, types.intp), generate


@intrinsic
def store(typing: Any, array: Any, index: Any, lanes: Any) -> Any:
    """Store the numbers at an index of the flat view of a contiguous array."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _place(context, builder, signature, args)
        builder.store(args[2], place, align=array.dtype.bitwidth // 8)
        return context.get_dummy_value()

    return types.none(array, types.intp, lanes), generate


@intrinsic
def add(typing: Any, one: Any, other: Any) -> Any:
    """The sums, lane by lane."""
    return one(one, other), lambda context, builder, signature, args: builder.fadd(*args)


@intrinsic
def add_product(typing: Any, lanes: Any, one: Any, other: Any) -> Any:
    """The ``lanes`` plus the products of two others; the compiler may round once only."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        product = builder.fmul(args[1], args[2], flags=("contract",))
        return builder.fadd(args[0], product, flags=("contract",))

    return lanes(lanes, lanes, lanes), generate


@intrinsic
def spread(typing: Any, number: Any) -> Any:
    """The number in all lanes."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        empty = ir.Constant(ir.VectorType(args[0].type, LANES), ir.Undefined)
        first = builder.insert_element(empty, args[0], ir.Constant(ir.IntType(32), 0))
        places = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
        return builder.shuffle_vector(first, empty, places)

    return _Lanes(number)(number), generate


@intrinsic
def larger(typing: Any, one: Any, other: Any) -> Any:
    """The larger numbers, lane by lane."""
    return one(one, other), lambda context, builder, signature, args: _larger(builder, *args)


@intrinsic
def total(typing: Any, lanes: Any) -> Any:
    """The sum of the lanes."""
    return lanes.dtype(lanes), lambda context, builder, signature, args: _across(
        builder, ir.IRBuilder.fadd, args[0]
    )


@intrinsic
def largest(typing: Any, lanes: Any) -> Any:
    """The largest of the lanes."""
    return lanes.dtype(lanes), lambda context, builder, signature, args: _across(
        builder, _larger, args[0]
    )


def _larger(builder: Any, one: Any, other: Any) -> Any:
    return builder.select(builder.fcmp_ordered(">", one, other), one, other)


def _across(builder: Any, combine: Any, lanes: Any) -> Any:
    """Combine halves recursively, always in the same order."""
    half = LANES
    while half := half // 2:
        order = ir.Constant(
            ir.VectorType(ir.IntType(32), LANES), [(lane + half) % LANES for lane in range(LANES)]
        )
        lanes = combine(builder, lanes, builder.shuffle_vector(lanes, lanes, order))
    return builder.extract_element(lanes, ir.Constant(ir.IntType(32), 0))


def _place(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    data = context.make_array(signature.args[0])(context, builder, args[0]).data
    vector = ir.VectorType(data.type.pointee, LANES)
    return builder.bitcast(builder.gep(data, [args[1]]), vector.as_pointer())
