"""States of computations in files."""

import numpy as np
import pytest
from optional import torch

from plmemory.files import states


def test_no_pickle_is_written_or_read(tmp_path):
    file = tmp_path / "a.npz"
    with pytest.raises(ValueError, match="allow_pickle"):
        np.savez(file, layout=np.array([object()]), allow_pickle=False)
    np.savez(file, np.array([{"a": 1}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        states.read(file)


def test_states_on_a_device_are_brought_back_to_it():
    state = [torch.arange(6.0).reshape(2, 3), torch.zeros(3)]
    saved = states._unpacked(*packed(state))
    changed = [array * 0 - 1 for array in state]
    named = {"point": state[0] * 0, "steps": 1}
    states.restore([named], [{"point": saved[0], "steps": 2}])
    assert torch.equal(named["point"], state[0])
    assert named["steps"] == 2
    assert states.fit(changed, saved)
    assert not states.fit(changed[::-1], saved)
    states.restore(changed, saved)
    assert all(torch.equal(a, b) for a, b in zip(changed, state, strict=True))


def packed(value):
    """A value as it lies in a file."""
    arrays: list = []
    layout = states._packed(value, arrays)
    return layout, {f"arr_{n}": array for n, array in enumerate(arrays, 1)}
