"""Statistics of pairs of examples against all pairs, one by one."""

import numpy as np
import pytest

from plmemory.figures.pair_overlaps import statistics
from plmemory.seeds import generator


@pytest.fixture
def labelled():
    rng = generator(1, "statistics")
    probability = rng.random((4, 1, 31)) * np.ones((4, 10, 1))
    patterns = np.where(rng.random(probability.shape) < probability, 1, -1).reshape(40, 31)
    labels = np.repeat([0, 3, 5, 9], [10, 10, 19, 1])
    return patterns.astype(np.int8), labels


def test_statistics_against_all_pairs(labelled):
    patterns, labels = labelled
    overlaps = patterns.astype(float) @ patterns.T / 31
    first, second = np.triu_indices(40, 1)
    pairs = overlaps[first, second]
    assert statistics.mean_pair_overlap(patterns) == pytest.approx(pairs.mean(), rel=1e-12)

    classes, matrix = statistics.class_overlaps(patterns, labels)
    np.testing.assert_array_equal(classes, [0, 3, 5, 9])
    for i, a in enumerate(classes):
        for j, b in enumerate(classes):
            chosen = np.outer(labels == a, labels == b) & ~np.eye(40, dtype=bool)
            if chosen.any():
                assert matrix[i, j] == pytest.approx(overlaps[chosen].mean(), rel=1e-12)
            else:
                assert i == j == 3
                assert np.isnan(matrix[i, j])

    for chunk in (7, 1024):
        values, counts = statistics.pair_overlap_histogram(patterns, chunk)
        expected = [np.sum(np.isclose(pairs, value)) for value in values]
        np.testing.assert_array_equal(counts, expected)
        assert counts.sum() == 40 * 39 // 2
