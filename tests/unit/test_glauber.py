"""Single-spin updates against naive loops, exact stationary laws and their limits."""

import numpy as np
import pytest

from plmemory.errors import InputError
from plmemory.machine.backend import select
from plmemory.measures.recall.recall import recall
from plmemory.networks.ising import sequential as module
from plmemory.networks.ising.sequential import glauber, sequential
from plmemory.networks.ising.synchronous import Synchronous
from plmemory.networks.relax import relax_with

CPU = select("cpu", "float32")


def all_states(sites):
    codes = np.arange(2**sites)[:, None] >> np.arange(sites)
    return ((codes & 1) * 2 - 1).astype(np.int8)


def random_states(rng, *shape):
    return rng.choice(np.array([-1, 1], dtype=np.int8), shape)


def random_couplings(rng, sites, symmetric=False):
    couplings = rng.normal(size=(sites, sites))
    if symmetric:
        couplings += couplings.T
    np.fill_diagonal(couplings, 0)
    return couplings


def test_sequential_sweep_is_the_naive_sweep(monkeypatch):
    rng = np.random.default_rng(8)
    couplings, states = random_couplings(rng, 25), random_states(rng, 40, 25)
    order = np.random.default_rng(11).permutation(25)
    expected = states.copy()
    for state in expected:
        for site in order:
            field = couplings[site] @ state
            if field:
                state[site] = np.sign(field)
    kept = couplings.copy(), states.copy()
    for chunk in (module.CHUNK_ELEMENTS, 100):
        monkeypatch.setattr(module, "CHUNK_ELEMENTS", chunk)
        found = sequential(couplings, np.random.default_rng(11))(states)
        np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(couplings, kept[0])
    np.testing.assert_array_equal(states, kept[1])


@pytest.mark.parametrize(
    "update",
    [
        lambda couplings: sequential(couplings, np.random.default_rng(0)),
        lambda couplings: Synchronous(couplings, CPU),
    ],
    ids=["sequential", "synchronous"],
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_fields_that_vanish_up_to_rounding_keep_the_spin(dtype, update):
    # 0.3 - 0.1 - 0.2 is -3e-17 in double precision and -7e-9 in single.
    couplings = np.zeros((4, 4), dtype=dtype)
    couplings[0, 1:] = 0.3, -0.1, -0.2
    starts = np.array([[1, 1, 1, 1], [-1, 1, 1, 1], [1, -1, -1, -1], [-1, 1, 1, -1]], dtype=np.int8)
    expected = starts.copy()
    expected[3, 0] = 1  # 0.3 - 0.1 + 0.2 > 0
    np.testing.assert_array_equal(update(couplings)(starts), expected)


def test_sequential_symmetric_lowers_the_energy_to_fixed_points():
    rng = np.random.default_rng(9)
    couplings, starts = random_couplings(rng, 60, symmetric=True), random_states(rng, 80, 60)

    def energy(states):
        return -np.einsum("si,ij,sj->s", states, couplings, states) / 2

    sweep, states = sequential(couplings, np.random.default_rng(1)), starts
    for _ in range(12):
        swept = sweep(states)
        moved = (swept != states).any(axis=1)
        assert (energy(swept)[moved] < energy(states)[moved]).all()
        states = swept
    sweep = sequential(couplings, np.random.default_rng(1))
    relaxed = relax_with(sweep, starts, 100, cycles=False)
    assert (relaxed.period == 1).all()
    np.testing.assert_array_equal(Synchronous(couplings, CPU)(relaxed.states), relaxed.states)
    assert len({*relaxed.steps.tolist()}) > 1


def test_sequential_recurrence_is_no_cycle():
    # No fixed point (the first spin flees the second, which follows), and few states: any state
    # comes back soon, but the next sweep has another order.
    couplings = np.array([[0.0, -1.0], [1.0, 0.0]])
    sweep = sequential(couplings, np.random.default_rng(5))
    relaxed = relax_with(sweep, all_states(2), 20, cycles=False)
    assert (relaxed.period == 0).all()
    assert (relaxed.steps == 20).all()
    sweep, states = sequential(couplings, np.random.default_rng(5)), all_states(2)
    for _ in range(20):
        states = sweep(states)
    np.testing.assert_array_equal(relaxed.states, states)


def test_seeds_reproduce_and_differ():
    rng = np.random.default_rng(10)
    couplings, starts = rng.normal(size=(2, 30, 30)), random_states(rng, 2, 50, 30)

    def run(seed):
        rngs = [np.random.default_rng([seed, replicate]) for replicate in range(2)]
        warm = glauber(couplings, starts, rngs, temperature=10.0, sweeps=2, order="sequential")
        return np.stack([sequential(couplings[0], rngs[0])(starts[0]), warm[0], warm[1]])

    np.testing.assert_array_equal(run(1), run(1))
    assert (run(1) != run(2)).any(axis=(1, 2)).all()


@pytest.mark.parametrize("order", ["sequential", "synchronous"])
def test_glauber_samples_its_stationary_law(order):
    sites, chains, beta = 4, 40_000, 0.25
    rng = np.random.default_rng(12)
    couplings = random_couplings(rng, sites, symmetric=True)
    states = all_states(sites)
    fields = states @ couplings
    if order == "sequential":
        weights = np.exp(beta * (fields * states).sum(axis=1) / 2)
    else:
        weights = np.cosh(beta * fields).prod(axis=1)
    probabilities = weights / weights.sum()
    starts = np.ones((1, chains, sites), dtype=np.int8)
    ended = glauber(
        couplings[None],
        starts,
        [np.random.default_rng(13)],
        temperature=1 / beta,
        sweeps=25,
        order=order,
    )
    seen = np.bincount(((ended[0] > 0) << np.arange(sites)).sum(axis=1), minlength=2**sites)
    # A random order shared by all chains correlates them only through the order: independent at
    # stationarity. Pearson's statistic has mean 15 and standard deviation 5.5.
    statistic = ((seen - chains * probabilities) ** 2 / (chains * probabilities)).sum()
    assert statistic < 40
    other = np.exp(beta * (fields * states).sum(axis=1) * (0.4 if order == "sequential" else 0.5))
    other /= other.sum()
    assert ((seen - chains * other) ** 2 / (chains * other)).sum() > 100


@pytest.mark.parametrize("order", ["sequential", "synchronous"])
def test_glauber_has_its_limits(order):
    rng = np.random.default_rng(14)
    couplings, starts = random_couplings(rng, 20)[None], random_states(rng, 1, 500, 20)
    run = {"sweeps": 1, "order": order}
    cold = glauber(couplings, starts, [np.random.default_rng(3)], temperature=0.0, **run)[0]
    if order == "synchronous":
        np.testing.assert_array_equal(cold, Synchronous(couplings[0], CPU)(starts[0]))
    else:
        # The noise comes from the generator before the order of the sites.
        twin = np.random.default_rng(3)
        twin.logistic(scale=0.0, size=(500, 20))
        np.testing.assert_array_equal(cold, sequential(couplings[0], twin)(starts[0]))
    hot = glauber(couplings, starts, [rng], temperature=1e9, **run)
    assert abs((hot.astype(float) * starts).mean()) < 5 / np.sqrt(starts.size)
    still = glauber(couplings, starts, [rng], temperature=1.0, sweeps=0, order=order)
    np.testing.assert_array_equal(still, starts)


def test_each_state_has_its_own_temperature():
    rng = np.random.default_rng(15)
    couplings, starts = random_couplings(rng, 20)[None], random_states(rng, 1, 400, 20)
    temperature = np.repeat([0.0, 1e9], 200)
    rngs = [np.random.default_rng(4)]
    mixed = glauber(
        couplings, starts, rngs, temperature=temperature, sweeps=1, order="synchronous"
    )[0]
    np.testing.assert_array_equal(mixed[:200], Synchronous(couplings[0], CPU)(starts[0, :200]))
    assert abs((mixed[200:] * starts[0, 200:].astype(float)).mean()) < 5 / np.sqrt(200 * 20)


def test_recall_does_not_depend_on_the_scale_of_a_row():
    rng = np.random.default_rng(16)
    patterns = random_states(rng, 2, 5, 80)
    couplings = np.einsum("rpi,rpj->rij", patterns, patterns) / 80.0
    couplings[:, np.arange(80), np.arange(80)] = 0
    rows = 2.0 ** rng.integers(-3, 4, size=(2, 80, 1))

    def run(network):
        rngs = [np.random.default_rng([7, r]) for r in range(2)]
        settings = {"initial_overlap": 0.5, "sweeps": 10, "order": "sequential"}
        return recall(network, patterns, [0.0, 0.5, 50.0], rngs, **settings)

    found = run(couplings)
    assert found.shape == (2, 3, 5)
    np.testing.assert_array_equal(run(rows * couplings), found)
    cold, warm, hot = found.mean(axis=(0, 2))
    assert min(cold, warm) > 0.9
    assert abs(hot) < 0.1


def test_unknown_order_is_one_clear_line():
    couplings, starts = np.zeros((1, 3, 3)), np.ones((1, 1, 3), dtype=np.int8)
    with pytest.raises(InputError, match=r"^order: found 'parallel', expected one of"):
        glauber(couplings, starts, [], temperature=1.0, sweeps=1, order="parallel")
