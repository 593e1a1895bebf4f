"""Contact scores: gauge, corrections, precision, mean-field baseline."""

import numpy as np
import pytest

from plmemory.errors import InputError
from plmemory.figures.contacts import contacts
from plmemory.learning.potts_optimum import learn as potts_optimum
from plmemory.machine.backend import select


def random_couplings(rng, sites=5, states=4):
    couplings = rng.normal(size=(sites, states, sites, states))
    couplings = couplings + couplings.transpose(2, 3, 0, 1)
    couplings[np.arange(sites), :, np.arange(sites), :] = 0
    return couplings


def test_zero_sum_gauge_ignores_what_the_fields_could_carry():
    rng = np.random.default_rng(0)
    couplings = random_couplings(rng)
    moved = couplings + rng.normal(size=(5, 4, 5, 1)) + rng.normal(size=(5, 1, 5, 4))
    np.testing.assert_allclose(contacts.zero_sum(moved), contacts.zero_sum(couplings), atol=1e-12)
    np.testing.assert_allclose(contacts.zero_sum(couplings).sum(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(contacts.zero_sum(couplings).sum(axis=3), 0, atol=1e-12)


@pytest.mark.parametrize("ignored", [None, 3])
def test_frobenius_norm_pair_by_pair(ignored):
    couplings = random_couplings(np.random.default_rng(1))
    couplings[0, :, 1, :] += 1.0  # asymmetric: the two directions are averaged
    scores = contacts.frobenius(couplings, ignored)
    for i, j in [(0, 1), (2, 4)]:
        block = (couplings[i, :, j, :] + couplings[j, :, i, :].T) / 2
        centre = np.eye(4) - 0.25
        block = (centre @ block @ centre)[:ignored, :ignored]
        assert scores[i, j] == pytest.approx(np.linalg.norm(block))
        assert scores[j, i] == pytest.approx(scores[i, j])


def test_average_product_correction():
    rng = np.random.default_rng(2)
    scores = rng.random((6, 6))
    scores = scores + scores.T
    corrected = contacts.average_product_correction(scores)
    off = ~np.eye(6, dtype=bool)
    for i, j in [(0, 1), (3, 5)]:
        product = scores[i][off[i]].mean() * scores[j][off[j]].mean() / scores[off].mean()
        assert corrected[i, j] == pytest.approx(scores[i, j] - product)
    np.testing.assert_array_equal(np.diag(corrected), 0)


def test_rank_counts_known_distant_pairs_only():
    scores = np.array(
        [[0, 9, 5, 1.0], [9, 0, 8, 4], [5, 8, 0, 7], [1, 4, 7, 0]],
    )
    distances = np.full((4, 4), 20.0)
    distances[0, 2] = distances[2, 0] = 5.0
    distances[0, 1] = distances[1, 0] = 4.0  # too near along the chain
    distances[1, 3] = distances[3, 1] = np.nan
    ranking = contacts.rank(scores, distances, cutoff=8.0, min_separation=2)
    assert ranking.pairs.tolist() == [[0, 2], [0, 3]]
    assert ranking.score.tolist() == [5, 1]
    assert ranking.contact.tolist() == [True, False]
    assert ranking.precision.tolist() == [1.0, 0.5]


def ranking_of(pairs, contact):
    pairs, contact = np.array(pairs), np.array(contact, dtype=bool)
    precision = np.cumsum(contact) / np.arange(1, len(contact) + 1)
    return contacts.Ranking(pairs, np.arange(len(pairs), 0, -1.0), contact, precision)


def test_the_nearest_along_the_chain_come_first_in_no_order_of_their_own():
    """Two of three pairs at separation 2 are contacts, none at 3, the one at 4."""
    pairs = [[0, 4], [1, 3], [0, 3], [0, 2], [2, 4]]
    found = contacts.along_the_chain(ranking_of(pairs, [True, True, False, False, True]))
    hits = np.cumsum([2 / 3, 2 / 3, 2 / 3, 0, 1])
    np.testing.assert_allclose(found, hits / np.arange(1, 6))


def test_blocks_are_drawn_as_often_as_there_are_and_each_as_often_as_any_other():
    block, times = contacts.blocks_drawn(11, 4, 3000, np.random.default_rng(5))
    assert block.tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2]
    assert times.shape == (3000, 3)
    assert set(times.sum(axis=1)) == {3}
    np.testing.assert_allclose(times.mean(axis=0), 1, atol=5 * np.sqrt(2 / 3 / 3000))


def test_precision_of_resamples_by_hand():
    """Blocks of sites 0-1, 2-3 and 4-5, drawn 2, 1 and 0 times: pairs count 2, 2, 0, 1 times.

    A pair within the first block counts twice, not four times.
    """
    ranking = ranking_of([[0, 2], [0, 1], [1, 5], [2, 3]], [True, False, True, True])
    drawn = np.array([0, 0, 1, 1, 2, 2]), np.array([[2, 1, 0], [1, 1, 1]])
    found = contacts.resampled(ranking, drawn, np.array([1, 2, 3, 4, 5, 9]))
    np.testing.assert_allclose(found[0], [1, 1, 2 / 3, 2 / 4, 3 / 5, 3 / 5])
    np.testing.assert_allclose(found[1], [1, 1 / 2, 2 / 3, 3 / 4, 3 / 4, 3 / 4])


def test_the_bootstrap_of_independent_pairs_has_the_binomial_error():
    """Pairs that share no site, each in a block of its own: sqrt(p (1 - p) / n) of the first n."""
    rng = np.random.default_rng(6)
    pairs, p, first = 4000, 0.3, 400
    ranking = ranking_of(np.arange(2 * pairs).reshape(-1, 2), rng.random(pairs) < p)
    drawn = contacts.blocks_drawn(2 * pairs, 2, 1000, rng)
    spread = contacts.resampled(ranking, drawn, np.array([first])).std()
    share = ranking.contact[:first].mean()
    expected = np.sqrt(share * (1 - share) / first)
    assert spread == pytest.approx(expected, rel=5 / np.sqrt(2 * 1000))


def test_mean_field_against_the_two_site_formula():
    """Two Ising-like sites: the inverse of a 2 x 2 covariance by hand."""
    pairs = {(0, 0): 0.4, (0, 1): 0.1, (1, 0): 0.2, (1, 1): 0.3}
    sequences = np.array(list(pairs), np.int8)
    weights = 7 * np.array(list(pairs.values()))
    couplings = contacts.mean_field(sequences, weights, 2, pseudocount=0.2)
    p, r = 0.8 * 0.5 + 0.1, 0.8 * 0.6 + 0.1
    joint = 0.8 * 0.4 + 0.05
    covariance = joint - p * r
    determinant = p * (1 - p) * r * (1 - r) - covariance**2
    assert couplings[0, 0, 1, 0] == pytest.approx(covariance / determinant)
    assert couplings[1, 0, 0, 0] == pytest.approx(covariance / determinant)
    couplings[0, 0, 1, 0] = couplings[1, 0, 0, 0] = 0
    np.testing.assert_array_equal(couplings, 0)


def test_mean_field_against_loops():
    rng = np.random.default_rng(3)
    sequences = rng.integers(0, 3, size=(50, 3)).astype(np.int8)
    weights = rng.random(50)
    frequency = np.zeros((3, 2, 3, 2))
    single = np.zeros((3, 2))
    for sequence, weight in zip(sequences, weights / weights.sum(), strict=True):
        for i in range(3):
            for a in range(2):
                single[i, a] += weight * (sequence[i] == a)
                for j in range(3):
                    for b in range(2):
                        frequency[i, a, j, b] += weight * (sequence[i] == a) * (sequence[j] == b)
    mixed, mixed_single = 0.5 * frequency + 0.5 / 9, 0.5 * single + 0.5 / 3
    for i in range(3):
        mixed[i, :, i, :] = np.diag(mixed_single[i])
    covariance = mixed - np.multiply.outer(mixed_single, mixed_single)
    found = contacts.mean_field(sequences, weights, 3, pseudocount=0.5)
    full = -np.linalg.inv(covariance.reshape(6, 6)).reshape(3, 2, 3, 2)
    for i in range(3):
        full[i, :, i, :] = 0
    np.testing.assert_allclose(found[:, :2, :, :2], full, rtol=1e-10)


def test_mean_field_without_a_pseudocount_has_no_inverse():
    sequences = np.array([[0, 1], [0, 0], [0, 1]], np.int8)
    with pytest.raises(InputError, match="pseudocount: found correlations that have no inverse"):
        contacts.mean_field(sequences, np.ones(3), 3, pseudocount=0.0)


def test_coupled_pairs_rank_first():
    """Sites 6 apart mostly follow one another: both methods rank those pairs first."""
    rng = np.random.default_rng(4)
    first = rng.integers(0, 4, size=(800, 6))
    copy = np.where(rng.random((800, 6)) < 0.6, (first + 1) % 4, rng.integers(0, 4, size=(800, 6)))
    sequences = np.concatenate([first, copy], axis=1).astype(np.int8)
    separation = abs(np.arange(12)[:, None] - np.arange(12))
    distances = np.where(separation == 6, 5.0, 15.0)
    learned = potts_optimum.learn(
        sequences[None],
        select("cpu"),
        states=4,
        penalty=0.01,
        symmetric=False,
        tolerance=1e-3,
        max_iterations=100,
    )
    weights = np.ones(800)
    for couplings in (learned.couplings[0], contacts.mean_field(sequences, weights, 4, 0.5)):
        scores = contacts.average_product_correction(contacts.frobenius(couplings, None))
        ranking = contacts.rank(scores, distances, cutoff=8.0, min_separation=5)
        assert ranking.precision[5] == 1
        assert ranking.precision[-1] == pytest.approx(6 / len(ranking.precision))
