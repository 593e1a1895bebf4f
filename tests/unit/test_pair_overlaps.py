"""Statistics of pairs of examples against all pairs, one by one, and their table."""

import numpy as np
import pytest
import xarray as xr

from plmemory.datasets.mnist import published as mnist
from plmemory.figures.pair_overlaps import statistics
from plmemory.figures.pair_overlaps import table as pair_overlaps
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


def with_labels(patterns, labels, kind):
    described = {"kind": kind, "title": "toy", "columns": {}, "provides": ["labels"]}
    return xr.Dataset(
        {"train": (("pattern", "site"), patterns), "train_label": ("pattern", labels)},
        attrs={"dataset": "toy", "described": described},
    )


def test_the_table_holds_densities_means_and_what_is_published_of_the_kind(labelled):
    patterns, labels = labelled
    table = pair_overlaps.build([with_labels(patterns, labels, "mnist")])
    assert set(table["dataset"]) == {"toy"}
    pairs = (patterns.astype(float) @ patterns.T / 31)[np.triu_indices(40, 1)]
    same = np.equal.outer(labels, labels)[np.triu_indices(40, 1)]
    for quantity, expected in (
        ("pair_overlap_density", pairs),
        ("within_class_overlap_density", pairs[same]),
    ):
        bins = table[table["quantity"] == quantity]
        width = bins["bin_right"] - bins["bin_left"]
        np.testing.assert_allclose(width, 2 / 31)
        np.testing.assert_allclose(bins["bin_left"], np.linspace(-32 / 31, 30 / 31, 32), atol=1e-9)
        assert (bins["value"] * width).sum() == pytest.approx(1)
        centre = (bins["bin_left"] + bins["bin_right"]) / 2
        assert (centre * bins["value"] * width).sum() == pytest.approx(expected.mean())
    ours = table[table["source"] == "ours"].set_index("quantity")["value"]
    assert ours["mean_pair_overlap"] == pytest.approx(pairs.mean(), rel=1e-12)
    theirs = table[table["source"] == "published"]
    assert theirs["value"].tolist()[0] == mnist.mean_pair_overlap()[0]
    assert theirs["tolerance"].tolist()[0] == mnist.mean_pair_overlap()[1]
    digits = theirs[theirs["quantity"] == "class_overlap"]
    assert dict(zip(digits["label_a"], digits["value"], strict=True)) == {
        digit: value for digit, (value, _) in mnist.within_class().items()
    }
    assert (digits["label_a"] == digits["label_b"]).all()
    own = pair_overlaps.build([with_labels(patterns, labels, "arrays")])
    assert set(own["source"]) == {"ours"}
    assert len(own) == len(table) - len(theirs)
