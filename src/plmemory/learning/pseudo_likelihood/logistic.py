"""Elementwise arithmetic of gradient descent on the Ising pseudo-likelihood, compiled for a CPU.

Each loop reads its arrays once, while numpy reads them for every operation: a third of the time.
All loops use 1 - tanh(z/2) = 2 / (1 + exp(z)), which keeps its relative precision where tanh is one
up to rounding, and is zero where the exponential overflows.
"""

from __future__ import annotations

from typing import Any

from plmemory.machine.exponential import compiled, exponential


@compiled
def strengthen(
    strengths: Any,
    embedded: Any,
    products: Any,
    spins: Any,
    own: Any,
    start: Any,
    factor: Any,
    step: Any,
) -> None:
    """x <- factor x + step / (1 + exp(z)) and embedded <- x xi, all (n, P), in place.

    z = xi * products - own + start are the margins 2 lambda xi h. own: (n, 1); start: (n, P),
    the margins of couplings that do not lie in the span of the patterns, or None.
    """
    one = strengths.dtype.type(1)
    for i in range(strengths.shape[0]):
        itself = own[i, 0]
        for mu in range(strengths.shape[1]):
            xi = spins[i, mu]
            margin = xi * products[i, mu] - itself
            if start is not None:
                margin += start[i, mu]
            strength = factor * strengths[i, mu] + step / (one + exponential(margin))
            strengths[i, mu] = strength
            embedded[i, mu] = xi * strength
