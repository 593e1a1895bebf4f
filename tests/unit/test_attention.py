"""Attention between tokens: dynamics and local training against their definitions."""

import logging
import time

import numpy as np
import pytest
from optional import torch
from scipy.special import iv

from plmemory.errors import InputError, TrainingError
from plmemory.files.labelled import Dataset
from plmemory.learning.attention import learn as attention
from plmemory.learning.attention.gradient import gradient
from plmemory.learning.attention_hebb.learn import learn as attention_hebb
from plmemory.machine.backend import Backend, select
from plmemory.networks.attention import network as tokens_together
from plmemory.networks.attention.final_states import final_states
from plmemory.networks.attention.network import network, tokens
from plmemory.networks.final_states import Protocol, pixels
from plmemory.networks.relax import relax_with
from plmemory.networks.vectors.couplings import Factors, dense
from plmemory.networks.vectors.network import vectors
from plmemory.networks.vectors.states import directions
from plmemory.theory import attention as theory
from plmemory.theory.vectors import one_step

DOUBLE = Backend(np, "cpu", "float64")
LAMBDA = 1.7


def drawn(seed, sites=6, dimension=3, states=4):
    """Blocks without symmetry (N, d, N, d), and states."""
    rng = np.random.default_rng(seed)
    blocks = rng.normal(size=(sites, dimension, sites, dimension))
    blocks[np.arange(sites), :, np.arange(sites)] = 0
    return blocks, directions((states, sites, dimension), rng)


def local(blocks, state, scale):
    """The weights a_ij and the energies e_i of one state, by loops over the definition."""
    sites = len(state)
    weights, energies = np.zeros((sites, sites)), np.zeros(sites)
    for i in range(sites):
        others = [j for j in range(sites) if j != i]
        scores = [scale * state[i] @ blocks[i, :, j] @ state[j] for j in others]
        weights[i, others] = np.exp(scores) / np.sum(np.exp(scores))
        energies[i] = -np.log(np.mean(np.exp(scores))) / scale
    return weights, energies


def output(blocks, state, scale):
    return np.einsum("ij,iajb,jb->ia", local(blocks, state, scale)[0], blocks, state)


@pytest.mark.parametrize("kept", [0.0, 0.3])
@pytest.mark.parametrize("dimension", [1, 2, 4])
def test_a_step_is_the_normalised_output_of_attention(dimension, kept):
    blocks, states = drawn(1, dimension=dimension)
    expected = [(1 - kept) * output(blocks, state, LAMBDA) + kept * state for state in states]
    expected = expected / np.linalg.norm(expected, axis=-1, keepdims=True)
    ours = tokens(blocks, LAMBDA, kept, DOUBLE)
    np.testing.assert_allclose(ours.step(states), expected, atol=1e-12)
    single = tokens(blocks, LAMBDA, kept, select("cpu", "float32")).step(states)
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, expected, atol=1e-4)
    energies, smallest = ours.measure(states)
    outputs = [output(blocks, state, LAMBDA) for state in states]
    cosines = (outputs * states).sum(-1) / np.linalg.norm(outputs, axis=-1)
    np.testing.assert_allclose(smallest, cosines.min(axis=1))
    each = [local(blocks, state, LAMBDA)[1].mean() for state in states]
    np.testing.assert_allclose(energies, each)


def test_the_output_is_minus_the_derivative_of_each_tokens_own_energy():
    blocks, (state, *_) = drawn(2)
    h = 1e-6
    for i in (0, 3):
        for a in range(3):
            moved = [state.copy() for _ in (1, -1)]
            for sign, copy in zip((1, -1), moved, strict=True):
                copy[i, a] += sign * h
            up, down = (local(blocks, copy, LAMBDA)[1][i] for copy in moved)
            slope = -(up - down) / (2 * h)
            assert output(blocks, state, LAMBDA)[i, a] == pytest.approx(slope, abs=1e-8)


def density(dimension, length):
    """A_d(k), from scipy's Bessel function."""
    order = dimension / 2 - 1
    return (2 * np.pi) ** (dimension / 2) * iv(order, length) / length**order


def normalised_cost(blocks, states, scale):
    """Mean of -log p(x_i | rest) / lambda, by loops."""
    found = []
    for state in states:
        for i, token in enumerate(state):
            messages = [blocks[i, :, j] @ state[j] for j in range(len(state)) if j != i]
            above = sum(np.exp(scale * token @ v) for v in messages)
            below = sum(density(len(token), scale * np.linalg.norm(v)) for v in messages)
            found.append(-np.log(above / below) / scale)
    return np.mean(found)


def plain_cost(blocks, states, scale):
    return np.mean([local(blocks, state, scale)[1] for state in states])


@pytest.mark.parametrize("dimension", [2, 3, 4])
@pytest.mark.parametrize(("normalised", "cost"), [(False, plain_cost), (True, normalised_cost)])
def test_training_follows_the_gradient_of_the_cost(dimension, normalised, cost):
    blocks, states = drawn(3, sites=5, dimension=dimension)
    sites = len(blocks)
    found = gradient(blocks.reshape(sites, dimension, -1), states, LAMBDA, normalised)
    assert found.cost == pytest.approx(cost(blocks, states, LAMBDA), rel=1e-10)
    descent = found.descent.reshape(blocks.shape)
    assert not descent[np.arange(sites), :, np.arange(sites)].any()
    h = 1e-5
    for i, j in ((0, 1), (2, 0), (4, 3)):
        for a in range(dimension):
            change = np.zeros_like(blocks)
            change[i, a, j, dimension - 1] = h
            up, down = (cost(blocks + s * change, states, LAMBDA) for s in (1, -1))
            slope = -sites * (up - down) / (2 * h)
            assert descent[i, a, j, dimension - 1] == pytest.approx(slope, abs=1e-7)
    weights = [local(blocks, state, LAMBDA)[0] for state in states]
    expected = (1 / np.square(weights).sum(axis=-1)).mean()
    assert found.attended == pytest.approx(expected)


def rngs(count, seed=3):
    return [np.random.default_rng([seed, r]) for r in range(count)]


def train(patterns, backend=DOUBLE, **changes):
    settings = {"clock": 3.0, "inverse_temperature": LAMBDA, "learning_rate": 1.5}
    settings |= {"batch_size": 4, "epochs": 200, "normalised": False, "gamma": 0.0}
    return attention.learn(patterns, backend, rngs(len(patterns)), **settings | changes)


def patterns_of(seed, *shape):
    return directions(shape, np.random.default_rng(seed))


def norms(learned):
    return np.sqrt(np.square(learned.couplings).sum(axis=(2, 3, 4)))


@pytest.mark.parametrize("normalised", [False, True])
def test_the_first_step_is_hebbs_tensor_rule(normalised):
    patterns = patterns_of(4, 2, 9, 7, 3)
    whole = {"batch_size": 9, "epochs": 1, "clock": 1e3, "normalised": normalised}
    learned = train(patterns, **whole)
    assert not learned.converged.any()
    assert np.isnan(learned.history["step"][-1]).all()
    for blocks, memories in zip(learned.couplings, patterns, strict=True):
        hebb = dense(Factors(memories, memories))
        np.testing.assert_allclose(blocks, 1.5 / (9 * 6) * hebb, atol=1e-14)
    # Less of the same step, where the clock asks for less.
    less = train(patterns, **whole | {"clock": 0.05})
    assert less.converged.all()
    np.testing.assert_allclose(LAMBDA * norms(less).mean(axis=1), 0.05, rtol=1e-10)
    scaled = less.couplings / less.couplings[:, :1, :1, 1:2, :1]
    np.testing.assert_allclose(
        scaled, learned.couplings / learned.couplings[:, :1, :1, 1:2, :1], atol=1e-8
    )


def test_batches_of_tokens_are_steps_of_their_own():
    """Two epochs of three blocks, the last one short, against plain loops."""
    patterns = patterns_of(5, 1, 10, 5, 2)
    learned = train(patterns, epochs=2, clock=1e3)
    (rng,), blocks = rngs(1), np.zeros((5, 2, 5, 2))
    for _ in range(2):
        order = rng.permutation(10)
        for begin in (0, 4, 8):
            batch = patterns[0][order[begin : begin + 4]]
            weights = [local(blocks, state, LAMBDA)[0] for state in batch]
            mean = np.einsum("sij,sia,sjb->iajb", weights, batch, batch) / len(batch)
            blocks = blocks + 1.5 * mean
    np.testing.assert_allclose(learned.couplings[0], blocks, atol=1e-12)


def test_one_block_of_all_patterns_is_the_sum_over_several():
    patterns = patterns_of(6, 1, 12, 5, 3)[0]
    couplings = np.random.default_rng(0).normal(size=(5, 3, 15))
    couplings.reshape(5, 3, 5, 3)[np.arange(5), :, np.arange(5)] = 0
    for normalised in (False, True):
        whole = gradient(couplings, patterns, LAMBDA, normalised)
        parts = [gradient(couplings, p, LAMBDA, normalised) for p in np.split(patterns, 3)]
        np.testing.assert_allclose(whole.descent, np.mean([p.descent for p in parts], axis=0))
        assert whole.cost == pytest.approx(np.mean([p.cost for p in parts]))


@pytest.mark.parametrize("normalised", [False, True])
def test_lambda_and_the_rate_are_one_parameter(normalised):
    patterns = patterns_of(7, 2, 10, 6, 3)
    one = train(patterns, normalised=normalised)
    other = train(
        patterns,
        normalised=normalised,
        inverse_temperature=LAMBDA / 5,
        learning_rate=1.5 * 5,
    )
    np.testing.assert_allclose(other.couplings / 5, one.couplings, atol=1e-12)
    states = patterns_of(8, 3, 6, 3)
    steps = (
        tokens(learned.couplings[1], scale, 0.0, DOUBLE).step(states)
        for learned, scale in ((one, LAMBDA), (other, LAMBDA / 5))
    )
    np.testing.assert_allclose(*steps, atol=1e-10)


def test_training_ends_at_its_clock_and_tells_the_way():
    patterns = patterns_of(9, 2, 30, 6, 2)
    learned = train(patterns, clock=40.0)
    assert learned.converged.all()
    np.testing.assert_allclose(LAMBDA * norms(learned).mean(axis=1), 40, rtol=1e-10)
    history = learned.history
    np.testing.assert_allclose(history["clock"][[0, -1]], [0.04, 40])
    assert (np.diff(history["step"], axis=0) >= 0).all()
    assert history["step"][0].tolist() == [1, 1]
    assert (history["cost"][-1] < history["cost"][0]).all()
    np.testing.assert_allclose(history["attended"][0], 5)  # all others, at first
    assert (history["attended"][-1] < 1.5).all()  # one-hot, late
    single = train(patterns, select("cpu", "float32"), clock=4.0)
    assert single.couplings.dtype == np.float32
    double = train(patterns, clock=4.0)
    np.testing.assert_allclose(single.couplings, double.couplings, atol=2e-5)
    # The normalised cost pushes back: what is not reached is told.
    pushed = train(patterns, normalised=True, clock=1e4, epochs=20)
    assert not pushed.converged.any()


def test_a_training_that_fails_says_what_to_change():
    patterns = patterns_of(10, 1, 8, 5, 3)
    with pytest.raises(
        TrainingError, match=r"^learning_rate: .* does not fall in epoch \d+, .*it$"
    ):
        train(patterns, normalised=True, learning_rate=3e4, clock=1e9, batch_size=8)
    with pytest.raises(TrainingError, match=r"^learning_rate: found .* not finite; lower it$"):
        train(patterns, select("cpu", "float32"), learning_rate=1e38, clock=1e30)


def test_bad_tokens_are_refused_in_one_line():
    patterns = patterns_of(11, 1, 4, 5, 3)
    for broken, found in (
        (patterns[..., :0], "found vectors of 0 components, expected at least 1"),
        (patterns[:, :, :1], "found 1 token, expected at least 2, to attend to each other"),
        (patterns * 1.5, r"found a vector of length 1.5 at \(0, 0, 0\), expected unit vectors"),
        (patterns * 0, r"found a vector of length 0 at \(0, 0, 0\), expected unit vectors"),
    ):
        with pytest.raises(InputError, match=f"^patterns: {found}$"):
            train(broken)
    with pytest.raises(InputError, match="expected unit vectors"):
        attention_hebb(patterns * 1.5, DOUBLE, inverse_temperature=1.0, gamma=0.0)


def test_progress_and_the_time_left_stand_in_the_log(monkeypatch, caplog):
    clock = iter(range(0, 10_000, 3))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))
    caplog.set_level(logging.INFO, "plmemory")
    train(patterns_of(12, 1, 8, 5, 2))
    line = caplog.messages[-1]
    assert line.startswith("attention, replicate 1 of 1: epoch ")
    assert "lambda |J_i| = " in line
    assert " of 3, " in line
    assert line.endswith(" s left")


def test_small_lambda_is_the_network_of_vectors():
    patterns = patterns_of(13, 5, 8, 3)
    couplings = Factors(patterns / 8, patterns)
    states = patterns_of(14, 6, 8, 3)
    ours, theirs = tokens(dense(couplings), 0.0, 0.0, DOUBLE), vectors(couplings, DOUBLE)
    np.testing.assert_allclose(ours.step(states), theirs.step(states), atol=1e-12)
    near = tokens(dense(couplings), 1e-7, 0.0, DOUBLE)
    np.testing.assert_allclose(near.step(states), ours.step(states), atol=1e-6)
    # The mean over the others of what vectors halve and sum.
    expected = 2 / 7 * theirs.measure(states)[0]
    np.testing.assert_allclose(ours.measure(states)[0], expected)
    np.testing.assert_allclose(near.measure(states)[0], expected, atol=1e-6)


def test_a_model_is_read_by_its_couplings_or_its_factors():
    patterns = patterns_of(15, 2, 5, 6, 3)
    learned = train(patterns)
    model = Dataset(
        {name: (axes, values) for name, (axes, values, _) in learned.variables.items()},
        attrs={"inverse_temperature": LAMBDA, "gamma": 0.2},
    )
    assert model["couplings"].dims[1:] == ("site", "component", "source", "source_component")
    states = patterns_of(16, 3, 6, 3)
    direct = tokens(learned.couplings[1], LAMBDA, 0.2, DOUBLE)
    np.testing.assert_array_equal(network(model, 1, DOUBLE).step(states), direct.step(states))
    hebb = attention_hebb(patterns, DOUBLE, inverse_temperature=LAMBDA, gamma=0.2)
    model = Dataset(
        {name: (axes, values) for name, (axes, values, _) in hebb.variables.items()},
        attrs={"inverse_temperature": LAMBDA, "gamma": 0.2},
    )
    blocks = dense(Factors(patterns[1] / 6, patterns[1]))
    direct = tokens(blocks, LAMBDA, 0.2, DOUBLE)
    np.testing.assert_allclose(network(model, 1, DOUBLE).step(states), direct.step(states))


def test_the_other_library_takes_the_same_step():
    blocks, states = drawn(17)
    blocks[2] = 0  # a token without attention keeps its state
    one, other = (
        tokens(blocks, LAMBDA, 0.0, b) for b in (DOUBLE, Backend(torch, "cpu", "float64"))
    )
    np.testing.assert_allclose(other.step(states), one.step(states), rtol=1e-12)
    np.testing.assert_array_equal(one.step(states)[:, 2], states[:, 2])
    for ours, theirs in zip(one.measure(states), other.measure(states), strict=True):
        np.testing.assert_allclose(theirs, ours)


def test_states_are_updated_in_batches_token_after_token_and_to_their_ends(monkeypatch):
    monkeypatch.setattr(tokens_together, "CPU_NUMBERS", 3200)  # 10 states a batch
    blocks, states = drawn(18, sites=80, dimension=4, states=23)
    ours = tokens(blocks, 0.1, 0.0, DOUBLE)
    alone = np.concatenate([ours.step(state[None]) for state in states])
    np.testing.assert_allclose(ours.step(states), alone, rtol=1e-10)
    assert ours.step(states[:0]).shape == (0, 80, 4)
    small, some = drawn(19, sites=5)
    order, swept = np.random.default_rng(1).permutation(5), some.copy()
    for site in order:
        for state in swept:
            h = output(small, state, LAMBDA)[site]
            state[site] = h / np.linalg.norm(h)
    mine = tokens(small, LAMBDA, 0.0, DOUBLE)
    np.testing.assert_allclose(mine.sweep(np.random.default_rng(1))(some), swept, atol=1e-12)
    kept = tokens(small, LAMBDA, 0.9, DOUBLE)
    ends = relax_with(kept.step, some, 4000)
    still = ends.period == 1
    assert still.any()
    # One less the overlap of two states: within the tolerance.
    moved = 1 - kept.overlap(kept.step(ends.states), ends.states)
    assert (moved[still] < 2e-12).all()
    np.testing.assert_allclose(mine.nearest(-some, some), 1)
    np.testing.assert_allclose(np.linalg.norm(mine.random(3, np.random.default_rng(2)), axis=-1), 1)


def of_model(blocks, kept):
    """A model of one replicate with these blocks."""
    axes = ("replicate", "site", "component", "source", "source_component")
    attributes = {"inverse_temperature": LAMBDA, "gamma": kept}
    return Dataset({"couplings": (axes, blocks[None])}, attrs=attributes)


@pytest.mark.parametrize(("dimension", "kept"), [(1, 0.0), (2, 0.0), (4, 0.3)])
def test_final_states_are_those_of_the_networks_own_step(dimension, kept):
    blocks, _ = drawn(22, sites=7, dimension=dimension)
    rng = np.random.default_rng(23)
    images = rng.choice([-1.0, 1.0], (9, 7, dimension)) / np.sqrt(dimension)

    def ends(steps):
        protocol = Protocol(0.4, steps, 1, 2.0, [1.0], [])
        unused = images[:0]
        given = of_model(blocks, kept), 0, DOUBLE, protocol, unused, images
        return list(final_states(*given, np.random.default_rng(24)))

    begun, found = ends(0), ends(5)
    assert [one.start for one in found] == ["random", "noisy_test", "test"]
    assert {one.dynamics for one in found} == {"relaxation"}
    assert all(np.isnan(one.sigma) and one.weight is None for one in found)
    sites = 7 * dimension
    turned = (begun[1].states != pixels(images)).sum(axis=1)
    assert turned.tolist() == [round(0.3 * sites)] * 9
    np.testing.assert_array_equal(begun[2].states, pixels(images))
    assert abs((begun[0].states * pixels(images)).mean()) < 4 / np.sqrt(9 * sites)
    assert (begun[0].states != found[0].states).any()
    for start, end in zip(begun, found, strict=True):
        for pixel, final, settled in zip(start.states, end.states, end.settled, strict=True):
            path = [pixel.reshape(7, dimension) / np.sqrt(dimension)]  # on the sphere
            for _ in range(5):
                state = (1 - kept) * output(blocks, path[-1], LAMBDA) + kept * path[-1]
                path.append(state / np.linalg.norm(state, axis=-1, keepdims=True))
            np.testing.assert_array_equal(final, pixels(path[-1][None])[0])
            change = [np.square(path[-1] - before).sum() / 14 for before in path[-3:-1]]
            assert settled == (min(change) <= 1e-12)


@pytest.mark.parametrize("dimension", [2, 4, 8])
@pytest.mark.parametrize("memory", [0.0, 0.5, 1.0])
def test_one_step_is_that_of_gaussian_messages(dimension, memory):
    """The closed form within three standard errors, over replicates and at three overlaps."""
    sites, count, replicates, initial = 150, 400, 6, np.array([0.2, 0.5, 0.9])
    scale = memory * dimension**2 * sites / count
    single, found = select("cpu", "float32"), []
    for rng in rngs(replicates, seed=20 + dimension):
        patterns = directions((count, sites, dimension), rng).astype(np.float32)
        ours = tokens(dense(Factors(patterns / sites, patterns)), scale, 0.0, single)
        wanted = patterns[:4]
        found.append(
            [
                ours.overlap(ours.step(ours.corrupt(wanted, m0, rng)), wanted).mean()
                for m0 in initial
            ]
        )
    means, sems = np.mean(found, axis=0), np.std(found, axis=0, ddof=1) / np.sqrt(replicates)
    attending = theory.Attending(count - 1, sites - 1, dimension, scale / sites)
    exact = theory.one_step(initial, attending)
    # The least error: a few replicates may agree by chance.
    least = 0.4 / np.sqrt(replicates * 4 * sites) * np.sqrt(1 - exact)
    assert (np.abs(means - exact) < 3 * np.maximum(sems, least)).all()


def test_theory_without_memory_is_that_of_vectors_and_little_noise_is_removed_less_with_it():
    initial = np.linspace(0, 1, 9)
    for dimension in (2, 3, 8):
        none = theory.Attending(300, 200, dimension, 0.0)
        np.testing.assert_allclose(
            theory.one_step(initial, none), one_step(initial, 1.5, dimension), atol=1e-12
        )
    middle = [
        float(theory.one_step(0.5, theory.Attending(60, 200, 8, 64 * k / 60)))
        for k in (0, 0.5, 1.0)
    ]
    assert (np.diff(middle) < 0).all()
    assert middle[-1] > 0.5
    # Where noise is more than signal, what a state remembers of its pattern helps.
    loud = [
        float(theory.one_step(0.5, theory.Attending(900, 200, 4, 16 * k / 900))) for k in (0.0, 0.5)
    ]
    assert loud[1] > loud[0] + 0.05
    # Much weight on the present state keeps it.
    kept = theory.Attending(300, 200, 3, 0.1, kept=1e5)
    np.testing.assert_allclose(theory.one_step(initial, kept), initial, atol=1e-4)


def test_theory_is_the_mean_over_gaussians():
    """Against a plain average over drawn noise, of different width in different directions."""
    attending = theory.Attending(50, 80, 3, 0.3, kept=0.2)
    patterns, tokens_, d, strength, _ = attending
    rng, m0 = np.random.default_rng(21), 0.4
    scores = strength**2 * patterns / d**2
    kappa = strength * patterns / d**2
    noise = patterns / tokens_ / d**2 * np.exp(scores)
    across = noise + kappa**2 * d / ((d + 2) * patterns)
    y = rng.normal(size=(400_000, 3)) * np.sqrt([noise * (1 + scores), across, across])
    xi = np.array([m0, np.sqrt(1 - m0**2), 0])
    y += m0 * xi
    y[:, 0] += kappa + 0.2
    cosines = y @ xi / np.linalg.norm(y, axis=1)
    exact = float(theory.one_step(m0, attending))
    assert abs(cosines.mean() - exact) < 3 * cosines.std() / np.sqrt(len(cosines))
    with pytest.raises(InputError, match=r"^dimension: found 1, expected a whole number of at lea"):
        theory.one_step(m0, attending._replace(dimension=1))
