import numpy as np
import pytest

from plmemory.networks.nearest import nearest_identity


@pytest.mark.parametrize("values", [[-1, 1], [0], [0, 1, 2], list(range(21)), list(range(256))])
@pytest.mark.parametrize("sites", [1, 63, 64, 65, 196])
def test_the_nearest_is_the_largest_of_all(values, sites):
    rng = np.random.default_rng([len(values), sites])
    rows, references = (rng.choice(np.array(values, dtype=np.int16), (n, sites)) for n in (23, 7))
    expected = (rows[:, None] == references).mean(axis=-1).max(axis=1)
    np.testing.assert_allclose(nearest_identity(rows, references), expected, rtol=0, atol=1e-15)
    assert (nearest_identity(references, references) == 1).all()
    assert nearest_identity(rows[:0], references).shape == (0,)
