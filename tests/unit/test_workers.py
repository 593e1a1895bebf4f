"""Sharing of work: every row once, and the library's threads as they were."""

import os
import threading

import pytest
import threadpoolctl

from plmemory.machine import workers
from plmemory.machine.workers import Workers, split


def test_cores_are_those_of_this_process_where_the_system_tells(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {3, 5, 8}, raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    assert workers._cores() == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    assert workers._cores() == 7
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert workers._cores() == 1


@pytest.mark.parametrize(
    ("count", "most", "pieces"),
    [
        (100, 512, 1),
        (1000, 512, 2),
        (1100, 512, 4),
        (127, 512, 1),
        (128, 512, 2),
        (3, 1, 3),
        (5, 0, 5),
        (0, 9, 1),
    ],
)
def test_pieces_cover_all_rows_in_order(count, most, pieces):
    found = split(count, most)
    assert [row for rows in found for row in range(rows.start, rows.stop)] == list(range(count))
    assert len(found) == pieces
    lengths = [rows.stop - rows.start for rows in found]
    assert max(lengths) <= max(most, 1)
    assert min(lengths) >= min(count, max(1, max(lengths) - 1))


def test_the_matrix_library_is_single_threaded_inside_and_as_before_afterwards():
    def threads():
        return {
            library["num_threads"]
            for library in threadpoolctl.threadpool_info()
            if library["user_api"] == "blas"
        }

    with threadpoolctl.threadpool_limits(2):
        before = threads()
        with Workers() as workers:
            assert workers.count == max(before)
            assert threads() == {1}
            assert workers.map(lambda piece: piece + 1, range(5)) == [1, 2, 3, 4, 5]
            with pytest.raises(ZeroDivisionError):
                workers.map(lambda piece: 1 / piece, [1, 0])
        assert threads() == before


@pytest.mark.parametrize("cores", [1, 2, 3])
def test_work_is_shared_by_as_many_threads_as_the_library_has(cores):
    """Every thread waits until all have begun: with fewer of them none would ever go on."""
    together = threading.Barrier(cores)

    def work(piece):
        together.wait(timeout=10)
        return piece**2, threading.get_ident()

    with threadpoolctl.threadpool_limits(cores), Workers() as workers:
        results, threads = zip(*workers.map(work, range(2 * cores)), strict=True)
    assert list(results) == [piece**2 for piece in range(2 * cores)]
    assert len(set(threads)) == cores
    assert (threading.get_ident() in threads) == (cores == 1)


def test_without_a_library_that_says_how_many_all_cores_of_the_process_work(monkeypatch):
    none = threadpoolctl.ThreadpoolController().select(user_api="none")
    monkeypatch.setattr(threadpoolctl.ThreadpoolController, "select", lambda self, user_api: none)
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {4, 7, 9})
    together = threading.Barrier(3)
    with Workers() as workers:
        assert sorted(workers.map(lambda _: together.wait(timeout=10), range(3))) == [0, 1, 2]
