"""One case of ``benchmarks.guard``, run with the package that PYTHONPATH names.

Only public functions are called, so that an older package can run them too.
"""

import sys
import time

import numpy as np

import plmemory
from plmemory import Memory

ROUNDS = 3


def _patterns(count: int, sites: int) -> np.ndarray:
    return np.random.default_rng(1).choice(np.array([-1, 1], dtype=np.int8), (count, sites))


def _fit(count: int, sites: int, rule: str, **settings):
    patterns = _patterns(count, sites)
    return lambda: Memory(rule, device="cpu", **settings).fit(patterns)


def _recall(count: int, sites: int, states: int, order: str):
    patterns = _patterns(count, sites)
    memory = Memory("pseudo_inverse", device="cpu").fit(patterns)
    starts = np.repeat(patterns, -(-states // count), axis=0)[:states].copy()
    starts[:, : sites // 6] *= -1
    return lambda: memory.recall(starts, order=order)


CASES = {
    "descent, span": lambda: _fit(400, 1000, "pseudo_likelihood", learning_rate=10.0, epochs=100),
    "descent, tables": lambda: _fit(4000, 500, "pseudo_likelihood", learning_rate=1.0, epochs=30),
    "optimum": lambda: _fit(200, 500, "pseudo_likelihood_optimum", scaled_norm=2.0),
    "maximum stability": lambda: _fit(250, 500, "maximum_stability"),
    "pseudo-inverse": lambda: _fit(400, 1000, "pseudo_inverse"),
    "recall, synchronous": lambda: _recall(400, 1000, 2000, "synchronous"),
    "recall, sequential": lambda: _recall(200, 500, 200, "sequential"),
}


def main(name: str) -> None:
    """Print the path of the package, and the smallest processor time of some runs."""
    run = CASES[name]()
    run()  # compiles and loads
    seconds = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        run()
        seconds.append(time.process_time() - begin)
    print(plmemory.__file__, min(seconds), sep="\t")


if __name__ == "__main__":
    main(sys.argv[1])
