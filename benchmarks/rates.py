"""The present speed of this machine: matrix products and reads from cache."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from benchmarks.cases import cores
from plmemory.machine.backend import select

EDGE = {"cpu": 2000, "cuda": 8192}
CACHED = 1 << 16  # float32 numbers: 0.25 MB fits into the second-level cache of a core
REPEATS = 2000


def rate(unit: str, device: str) -> float:
    """Operations of a matrix product, or bytes read from cache by all cores, per second."""
    return _bytes() if unit == "bytes" else _operations(unit, device)


def _operations(dtype: str, device: str) -> float:
    backend = select(device, dtype)
    edge = EDGE[device]
    a = backend.asarray(np.random.default_rng(0).standard_normal((edge, edge)))
    product = backend.empty((edge, edge))
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        backend.xp.matmul(a, a, out=product)
        float(product[0, 0])  # a GPU works asynchronously until a number is read
        seconds.append(time.perf_counter() - start)
    return 2 * edge**3 / min(seconds)


def _bytes() -> float:
    count = cores()

    def read(seed: int) -> None:
        numbers = np.random.default_rng(seed).random(CACHED, dtype=np.float32)
        np.broadcast_to(numbers, (REPEATS, CACHED)).max(axis=1)

    with ThreadPoolExecutor(count) as pool:
        start = time.perf_counter()
        list(pool.map(read, range(count)))
        return count * REPEATS * CACHED * 4 / (time.perf_counter() - start)
