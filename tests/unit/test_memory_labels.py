"""What has labels goes in and comes out with them; sites in another order are told of."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from plmemory import InputError, Memory

RNG = np.random.default_rng(3)
SPINS = RNG.choice([-1, 1], size=(4, 6))
NAMES = list("abcdef")
LABELLED = xr.DataArray(
    SPINS,
    dims=("memory", "neuron"),
    coords={"memory": [10, 20, 30, 40], "neuron": NAMES},
    name="patterns",
    attrs={"source": "a test"},
)
TABLE = pd.DataFrame(SPINS, columns=NAMES, index=[10, 20, 30, 40])


@pytest.fixture(scope="module")
def memory():
    return Memory("hebb").fit(LABELLED)


def test_labels_change_no_number(memory):
    plain = Memory("hebb").fit(SPINS)
    np.testing.assert_array_equal(memory.couplings_, plain.couplings_)
    assert not hasattr(plain, "feature_names_in_")
    assert memory.feature_names_in_.tolist() == NAMES
    np.testing.assert_array_equal(memory.recall(SPINS), plain.recall(SPINS))
    assert type(memory.recall(SPINS)) is np.ndarray
    assert memory.score(LABELLED) == memory.score(TABLE) == plain.score(SPINS)


@pytest.mark.parametrize("method", ["recall", "stabilities", "corrupt"])
def test_states_come_back_as_they_came(memory, method):
    further = {"initial_overlap": 0.0} if method == "corrupt" else {}
    plain = getattr(memory, method)(SPINS, **further)
    labelled = getattr(memory, method)(LABELLED, **further)
    xr.testing.assert_identical(labelled, LABELLED.copy(data=plain))
    table = getattr(memory, method)(TABLE, **further)
    pd.testing.assert_frame_equal(table, pd.DataFrame(plain, columns=NAMES, index=TABLE.index))


def test_measures_of_labelled_states_are_datasets(memory):
    found = memory.retrieval_map(LABELLED, [0.0, 1.0])
    plain = memory.retrieval_map(SPINS, [0.0, 1.0])
    assert found["final_overlap"].dims == ("overlap", "memory")
    np.testing.assert_array_equal(found["final_overlap"], plain.final_overlap)
    np.testing.assert_array_equal(found["memory"], [10, 20, 30, 40])
    ends = memory.attractors(LABELLED, random_starts=9)
    catalogue = memory.attractors(SPINS, random_starts=9).catalogue
    assert ends["attractor_state"].dims == ("attractor", "neuron")
    np.testing.assert_array_equal(ends["attractor_state"], catalogue.state)
    np.testing.assert_array_equal(ends["attractor_starts"].sel(start="random"), catalogue.starts[1])
    assert ends["neuron"].values.tolist() == NAMES


@pytest.mark.parametrize(
    ("states", "message"),
    [
        (LABELLED[:, ::-1], r"states: found the site 'f', expected 'a' in its place"),
        (TABLE[NAMES[::-1]], r"states: found the site 'f', expected 'a' in its place"),
        (
            LABELLED.rename(neuron="pixel"),
            r"states: found 'pixel' as the second axis, expected 'neuron'",
        ),
        (LABELLED[:, :5], r"states: found 5 sites, expected 6"),
    ],
)
def test_other_sites_than_those_learnt_are_one_line(memory, states, message):
    with pytest.raises(InputError, match=f"^{message}$"):
        memory.recall(states)
    with pytest.raises(InputError, match=f"^{message}$"):
        Memory("hebb").fit(TABLE if "axis" not in message else LABELLED).recall(states)


def test_what_has_no_labels_of_sites_is_taken_in_its_order(memory):
    bare = LABELLED.drop_vars("neuron")
    xr.testing.assert_identical(memory.recall(bare), bare.copy(data=memory.recall(SPINS)))
    numbered = pd.DataFrame(SPINS)
    assert list(memory.recall(numbered).columns) == list(range(6))
    fitted = Memory("hebb").fit(bare)
    assert not hasattr(fitted, "feature_names_in_")
    xr.testing.assert_identical(fitted.recall(LABELLED), memory.recall(LABELLED))


def test_vectors_keep_the_name_of_their_components():
    vectors = RNG.normal(size=(3, 8, 2))
    vectors /= np.linalg.norm(vectors, axis=-1, keepdims=True)
    labelled = xr.DataArray(vectors, dims=("p", "i", "xy"), coords={"xy": ["x", "y"]})
    memory = Memory("vector_hebb").fit(labelled)
    ends = memory.recall(labelled)
    assert ends.dims == ("p", "i", "xy")
    np.testing.assert_array_equal(ends, memory.recall(vectors))
    assert memory.retrieval_map(labelled, [1.0])["final_overlap"].dims == ("overlap", "p")


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        ([3, 1, 4, 15, 9, 2], "i"),
        ([0.5, 1.5, 2.0, 2.5, 3.0, 9.0], "f"),
        (np.array(NAMES, dtype=object), "U"),
    ],
)
def test_numbers_stay_numbers_and_other_labels_are_texts(names, kind):
    patterns = xr.DataArray(SPINS, dims=("p", "i"), coords={"i": names})
    found = Memory("hebb").fit(patterns).feature_names_in_
    assert found.dtype.kind == kind
    assert found.tolist() == list(names)
