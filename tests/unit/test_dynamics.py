"""The dynamics against naive loops, exact enumeration and networks whose histories are known."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from optional import torch

from plmemory.machine.backend import Backend, select
from plmemory.networks import relax as dynamics
from plmemory.networks.contract import Step
from plmemory.networks.ising import synchronous as step_module
from plmemory.networks.ising.signs import prepare
from plmemory.networks.ising.synchronous import Synchronous, relax
from plmemory.networks.relax import relax_with

CPU = select("cpu", "float32")


@dataclass(frozen=True)
class TorchOnCpu(Backend):
    """The calls that run on a GPU, run on the CPU."""

    def asarray(self, array):
        return torch.tensor(np.asarray(array), dtype=self.float)


def all_states(sites):
    codes = np.arange(2**sites)[:, None] >> np.arange(sites)
    return ((codes & 1) * 2 - 1).astype(np.int8)


def random_states(rng, *shape):
    return rng.choice(np.array([-1, 1], dtype=np.int8), shape)


def hebb(patterns):
    couplings = patterns.T.astype(float) @ patterns / patterns.shape[1]
    np.fill_diagonal(couplings, 0)
    return couplings


def cyclic_shift(sites):
    return np.roll(np.eye(sites), 1, axis=0)


def naive_step(couplings, state):
    fields = couplings.astype(np.float64) @ state
    return np.where(fields > 0, 1, np.where(fields < 0, -1, state)).astype(np.int8)


def naive_histories(couplings, states, max_steps):
    """The states at all times (max_steps + 1, S, N)."""
    history = [states]
    for _ in range(max_steps):
        history.append(np.stack([naive_step(couplings, state) for state in history[-1]]))
    return np.stack(history)


def first_recurrence(history):
    """How many steps lead to the cycle and its length, 0 if no state occurs twice."""
    for time, state in enumerate(history):
        for earlier in range(time):
            if (history[earlier] == state).all():
                return earlier, time - earlier
    return len(history) - 1, 0


@pytest.mark.parametrize("kind", ["normal", "float32", "whole", "symmetric"])
def test_relax_is_the_naive_loop_from_every_state(kind):
    sites = 6
    rng = np.random.default_rng(7)
    couplings = rng.normal(size=(2, sites, sites))
    if kind == "float32":
        couplings = couplings.astype(np.float32)
    if kind == "whole":
        couplings = np.rint(couplings)
    if kind == "symmetric":
        couplings += couplings.transpose(0, 2, 1)
    couplings[:, np.arange(sites), np.arange(sites)] = 0
    states = np.stack([all_states(sites)] * 2)
    histories = [naive_histories(network, all_states(sites), 25) for network in couplings]
    for max_steps in (0, 1, 2, 3, 24, 25):
        relaxed = relax(couplings, states, CPU, max_steps=max_steps)
        assert relaxed.states.dtype == np.int8
        for replicate, history in enumerate(histories):
            np.testing.assert_array_equal(relaxed.states[replicate], history[max_steps])
            fates = [first_recurrence(history[: max_steps + 1, k]) for k in range(2**sites)]
            assert relaxed.steps[replicate].tolist() == [steps for steps, _ in fates]
            assert relaxed.period[replicate].tolist() == [period for _, period in fates]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("library", ["numpy", "torch"])
def test_near_capacity_dropping_states_changes_nothing(library, dtype):
    rng = np.random.default_rng(3)
    patterns = random_states(rng, 110, 200)
    couplings = np.linalg.pinv(patterns.astype(float)) @ patterns
    couplings += 0.1 * rng.normal(size=couplings.shape) / np.sqrt(200)
    np.fill_diagonal(couplings, 0)
    starts = np.concatenate([patterns, random_states(rng, 240, 200)])
    backend = CPU if library == "numpy" else TorchOnCpu(torch, "cpu", dtype)
    for max_steps in (30, 31):
        relaxed = relax(couplings[None].astype(dtype), starts[None], backend, max_steps=max_steps)
        states = starts
        for _ in range(max_steps):
            fields = states @ couplings.astype(dtype).astype(np.float64).T
            states = np.where(fields * states < 0, -states, states)
        np.testing.assert_array_equal(relaxed.states[0], states)
        # The comparison means something only if all fates occur.
        assert {0, 1, 2} <= set(relaxed.period[0].tolist())


@pytest.mark.parametrize("sites", [3, 8, 11])
def test_cyclic_shift_goes_round_in_as_many_steps_as_sites(sites):
    start = -np.ones((1, 1, sites), dtype=np.int8)
    start[..., 0] = 1
    for max_steps in (sites, sites + 1, 10 * sites + 2):
        relaxed = relax(cyclic_shift(sites)[None], start, CPU, max_steps=max_steps)
        assert relaxed.period.item() == sites
        assert relaxed.steps.item() == 0
        np.testing.assert_array_equal(relaxed.states, np.roll(start, max_steps, axis=-1))
    early = relax(cyclic_shift(sites)[None], start, CPU, max_steps=sites - 1)
    assert early.period.item() == 0
    assert early.steps.item() == sites - 1


def test_two_cycle_ends_at_the_right_phase():
    antiferromagnet = np.array([[[0.0, -1.0], [-1.0, 0.0]]])
    start = np.array([[[1, 1], [1, -1]]], dtype=np.int8)
    for max_steps in (2, 3, 100, 101):
        relaxed = relax(antiferromagnet, start, CPU, max_steps=max_steps)
        assert relaxed.period.tolist() == [[2, 1]]
        assert relaxed.steps.tolist() == [[0, 0]]
        assert relaxed.states[0, 0].tolist() == [(-1) ** max_steps] * 2
        assert relaxed.states[0, 1].tolist() == [1, -1]


def test_bipartite_lattice_splits_into_two_histories():
    # A 4 x 4 periodic lattice: sites of even x + y see only odd ones and the reverse.
    side = 4
    x, y = np.divmod(np.arange(side**2), side)
    even = (x + y) % 2 == 0
    distance = np.abs(x[:, None] - x) % (side - 2) + np.abs(y[:, None] - y) % (side - 2)
    rng = np.random.default_rng(5)
    couplings = rng.normal(size=(side**2, side**2)) * (distance == 1)
    assert not couplings[np.ix_(even, even)].any()
    states = random_states(rng, 50, side**2)
    other = np.where(even, states, random_states(rng, 50, side**2))
    for max_steps, kept in ((8, even), (9, ~even)):
        ends, others = (
            relax(couplings[None], batch[None], CPU, max_steps=max_steps).states[0]
            for batch in (states, other)
        )
        np.testing.assert_array_equal(ends[:, kept], others[:, kept])
        assert (ends[:, ~kept] != others[:, ~kept]).any()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("library", ["numpy", "torch"])
def test_zero_fields_of_hebb_keep_the_spin(library, dtype):
    # Many fields vanish exactly, though neither 1/31 nor the couplings are binary fractions.
    rng = np.random.default_rng(1)
    backend = CPU if library == "numpy" else TorchOnCpu(torch, "cpu", dtype)
    patterns, states = random_states(rng, 3, 31), random_states(rng, 300, 31)
    whole = patterns.T.astype(int) @ patterns
    np.fill_diagonal(whole, 0)
    fields = states.astype(int) @ whole.T
    assert (fields == 0).mean() > 0.02
    expected = np.where(fields == 0, states, np.sign(fields))
    couplings = hebb(patterns).astype(dtype)
    assert prepare(couplings).whole
    assert not prepare(couplings * np.sqrt(2)).whole
    np.testing.assert_array_equal(Synchronous(couplings, backend)(states), expected)


def test_fields_in_single_precision_are_decided_as_in_double():
    # Fields of size 1e-8 beside couplings of size 1: single precision alone would guess.
    rng = np.random.default_rng(2)
    sites = 300
    couplings = rng.normal(size=(sites, sites))
    states = random_states(rng, 200, sites)
    for site in range(1, sites):
        # Cancel the field that one of the states gives, up to a tiny rest.
        state = states[site % 200]
        rest = couplings[site] @ state - couplings[site, 0] * state[0]
        couplings[site, 0] = (-rest + rng.choice([-1e-8, 1e-8])) * state[0]
    fields = states @ couplings.T
    assert (np.abs(fields) < 2e-8).sum() >= sites - 1
    expected = np.where(fields * states < 0, -states, states)
    np.testing.assert_array_equal(Synchronous(couplings, CPU)(states), expected)
    on_torch = Synchronous(couplings, TorchOnCpu(torch, "cpu", "float32"))(states)
    np.testing.assert_array_equal(on_torch, expected)


def test_batches_change_nothing(monkeypatch):
    rng = np.random.default_rng(4)
    couplings, states = rng.normal(size=(40, 40)), random_states(rng, 101, 40)
    together = Synchronous(couplings, CPU)(states)
    relaxed = relax(couplings[None], states[None], CPU, max_steps=30)
    monkeypatch.setitem(step_module.BATCH_NUMBERS, "cpu", 400)
    np.testing.assert_array_equal(Synchronous(couplings, CPU)(states), together)
    for one, other in zip(
        relax(couplings[None], states[None], CPU, max_steps=30), relaxed, strict=True
    ):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("kind", ["normal", "whole"])
@pytest.mark.parametrize("few", [0, 0.05, 1])
def test_exchanging_a_few_spins_changes_nothing(monkeypatch, kind, few):
    """Couplings nearly symmetric relax through states that nearly return every second step."""
    rng = np.random.default_rng(5)
    couplings = rng.normal(size=(200, 200))
    couplings = (couplings + couplings.T + 0.3 * rng.normal(size=(200, 200))).astype(np.float32)
    if kind == "whole":
        couplings = np.rint(2 * couplings)
    np.fill_diagonal(couplings, 0)
    states = random_states(rng, 90, 200)
    monkeypatch.setattr(step_module, "FEW", few)
    products = []
    original = step_module._Remembering._product
    monkeypatch.setattr(
        step_module._Remembering,
        "_product",
        lambda walk, batch: (products.append(len(batch)), original(walk, batch))[1],
    )
    relaxed = relax(couplings[None], states[None], CPU, max_steps=60)
    expected = states
    for _ in range(60):
        fields = expected.astype(np.float64) @ couplings.T.astype(np.float64)
        expected = np.where(fields * expected < 0, -expected, expected)
    np.testing.assert_array_equal(relaxed.states[0], expected)
    # The first two steps take products, later ones exchange.
    moved = np.minimum(relaxed.steps + np.maximum(relaxed.period, 1), 60).sum()
    assert few > 0 or sum(products) >= moved
    assert few == 0 or 2 * len(states) <= sum(products) < 0.8 * moved


def test_colliding_hashes_never_claim_a_cycle(monkeypatch):
    couplings = cyclic_shift(12)[None]
    starts = random_states(np.random.default_rng(6), 1, 60, 12)
    right = relax(couplings, starts, CPU, max_steps=100)
    monkeypatch.setattr(dynamics, "_hash", lambda states: (states[:, :3] @ [1, 2, 4]).astype(int))
    weak = relax(couplings, starts, CPU, max_steps=100)
    np.testing.assert_array_equal(weak.states, right.states)
    claimed = weak.period > 0
    assert claimed.any()
    assert (weak.period[claimed] % right.period[claimed] == 0).all()


def test_relax_with_serves_other_spins():
    # Potts colours that count up to the last one, and a clock that counts for ever.
    q = 21
    starts = np.array([[0, 5, 20], [7, 20, 20]], dtype=np.int8)
    counted = relax_with(Step(lambda s: np.minimum(s + 1, q - 1).astype(np.int8)), starts, 50)
    assert (counted.states == q - 1).all()
    assert counted.steps.tolist() == [20, 13]
    assert counted.period.tolist() == [1, 1]
    clock = relax_with(Step(lambda s: ((s + 1) % q).astype(np.int8)), starts, 50)
    np.testing.assert_array_equal(clock.states, (starts + 50) % q)
    assert clock.period.tolist() == [q, q]


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 9), st.integers(0, 2**32 - 1), st.integers(0, 12), st.integers(1, 20))
def test_relaxing_in_two_parts_is_relaxing_at_once(sites, seed, before, after):
    rng = np.random.default_rng(seed)
    couplings = rng.integers(-3, 4, (1, sites, sites)) * rng.choice([1.0, 0.37])
    states = random_states(rng, 1, 20, sites)
    middle = relax(couplings, states, CPU, max_steps=before).states
    end = relax(couplings, middle, CPU, max_steps=after).states
    np.testing.assert_array_equal(
        end, relax(couplings, states, CPU, max_steps=before + after).states
    )


def test_what_was_given_is_left_alone():
    rng = np.random.default_rng(15)
    couplings, starts = rng.normal(size=(1, 12, 12)), random_states(rng, 1, 30, 12)
    kept = couplings.copy(), starts.copy()
    relax(couplings, starts, CPU, max_steps=5)
    np.testing.assert_array_equal(couplings, kept[0])
    np.testing.assert_array_equal(starts, kept[1])


@pytest.mark.cuda
def test_gpu_gives_the_same_states():
    if not torch.cuda.is_available():
        pytest.skip("no NVIDIA GPU on this machine: the GPU's dynamics is not tested")
    rng = np.random.default_rng(16)
    couplings, starts = rng.normal(size=(2, 150, 150)), random_states(rng, 2, 200, 150)
    for dtype in ("float32", "float64"):
        on_gpu = relax(couplings, starts, select("cuda", dtype), max_steps=21)
        on_cpu = relax(couplings, starts, CPU, max_steps=21)
        for ours, theirs in zip(on_gpu, on_cpu, strict=True):
            np.testing.assert_array_equal(ours, theirs)
