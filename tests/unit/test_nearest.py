import numpy as np
import pytest

from plmemory.networks.nearest import BESIDE, nearest_identity, nearest_overlap


@pytest.mark.parametrize("values", [[-1, 1], [0], [0, 1, 2], list(range(21)), list(range(256))])
@pytest.mark.parametrize("sites", [1, 63, 64, 65, 196])
def test_the_nearest_is_the_largest_of_all(values, sites):
    rng = np.random.default_rng([len(values), sites])
    rows, references = (rng.choice(np.array(values, dtype=np.int16), (n, sites)) for n in (23, 7))
    expected = (rows[:, None] == references).mean(axis=-1).max(axis=1)
    np.testing.assert_allclose(nearest_identity(rows, references), expected, rtol=0, atol=1e-15)
    assert (nearest_identity(references, references) == 1).all()
    assert nearest_identity(rows[:0], references).shape == (0,)


@pytest.mark.parametrize("sites", [1, 64, 130])
def test_the_nearest_overlap_is_the_largest_over_examples_and_their_negatives(sites):
    rng = np.random.default_rng(sites)
    rows, references = (rng.choice(np.array([-1, 1], np.int8), (n, sites)) for n in (40, 9))
    expected = [max(abs(int(row @ other.astype(int))) for other in references) for row in rows]
    found = nearest_overlap(rows, references)
    np.testing.assert_allclose(found, np.array(expected) / sites, rtol=0, atol=1e-15)
    np.testing.assert_array_equal(found, nearest_overlap(-rows, references))
    one_sided = 2 * nearest_identity(rows, references) - 1
    assert sites == 1 or (found > one_sided).any()


@pytest.mark.parametrize("place", [0, BESIDE - 1, BESIDE, 2 * BESIDE, 2 * BESIDE + 76])
@pytest.mark.parametrize("sign", [1, -1])
def test_the_nearest_may_lie_in_any_block_of_references(place, sign):
    rng = np.random.default_rng(place)
    references = rng.choice(np.array([-1, 1], np.int8), (2 * BESIDE + 77, 70))
    rows = np.stack([references[place], references[place]])
    rows[1, :3] *= -1  # an overlap of 64/70; of 2125 others at most about 40/70
    np.testing.assert_allclose(nearest_overlap(sign * rows, references), [1, 64 / 70])
    others = np.delete(references, place, axis=0)
    naive = np.abs(rows.astype(int) @ others.T).max(axis=1) / 70
    np.testing.assert_allclose(nearest_overlap(rows, others), naive)
