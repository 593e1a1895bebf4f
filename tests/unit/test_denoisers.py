"""Denoisers against naive sums, finite differences, closed forms, torch and enumeration."""

import itertools
import math
from types import SimpleNamespace

import numpy as np
import pytest
from optional import torch
from scipy.optimize import minimize
from scipy.stats import norm

from plmemory.errors import InputError, TrainingError
from plmemory.learning.exact_denoiser.learn import learn as keep
from plmemory.learning.trained_denoiser import learn as training
from plmemory.learning.trained_denoiser.about import ABOUT
from plmemory.machine.backend import select
from plmemory.networks.denoising import sampled, schedule, settled
from plmemory.networks.empirical_denoiser import denoiser as exact
from plmemory.networks.empirical_denoiser.denoiser import Empirical
from plmemory.networks.empirical_denoiser.weights import sigma_of, weights
from plmemory.networks.trained_denoiser.denoiser import LAYERS, Denoiser, told_of
from plmemory.theory import denoising as theory

CPU = select("cpu")


def naive(states, examples, sigma):
    """Mean, energy and largest weight from the whole array of differences."""
    squares = np.square(states[:, None] - examples).sum(axis=2) / (2 * sigma**2)
    terms = np.exp(-(squares - squares.min(axis=1, keepdims=True)))
    sums = terms.sum(axis=1)
    shares = terms / sums[:, None]
    energy = -2 * sigma**2 * (np.log(sums) - squares.min(axis=1))
    return shares @ examples, energy, shares.max(axis=1)


@pytest.mark.parametrize("sigma", [0.05, 0.7, 4.0])
def test_blocks_make_what_the_whole_array_does(sigma, monkeypatch):
    rng = np.random.default_rng(0)
    examples, states = rng.normal(size=(23, 6)), 1.3 * rng.normal(size=(17, 6))
    expected = naive(states, examples, sigma)
    for blocks in ((4, 5), (512, 4096)):
        monkeypatch.setattr(exact, "STATES", blocks[0])
        monkeypatch.setattr(exact, "EXAMPLES", blocks[1])
        for found, known in zip(
            Empirical(examples).posterior(states, sigma), expected, strict=True
        ):
            np.testing.assert_allclose(found, known, rtol=1e-9, atol=1e-12)
        single = Empirical(examples.astype("f4")).posterior(states.astype("f4"), sigma)
        assert single.mean.dtype == np.float32
        np.testing.assert_allclose(single.mean, expected[0], atol=2e-3)


def test_the_slope_of_the_energy_is_twice_what_is_taken_away():
    rng = np.random.default_rng(1)
    denoiser, sigma = Empirical(rng.normal(size=(7, 4))), 0.8
    state = rng.normal(size=4)
    step = 1e-5 * np.eye(4)
    above = denoiser.posterior(state + step, sigma).energy
    below = denoiser.posterior(state - step, sigma).energy
    slope = 2 * (state - denoiser(state[None], sigma)[0])
    np.testing.assert_allclose((above - below) / 2e-5, slope, atol=1e-8)


def test_the_flow_of_one_point_is_exact_and_that_of_a_gaussian_of_first_order():
    rng = np.random.default_rng(2)
    point, start = rng.normal(size=(1, 5)), 9 * rng.normal(size=(3, 5))
    seen = []

    def watched(states, sigma):
        seen.append((sigma, states))
        return Empirical(point)(states, sigma)

    sigmas = schedule(9.0, 0.1, 3, within=[2.0])
    third = (1 / 90) ** (1 / 3)
    assert list(sigmas) == pytest.approx([9, 9 * third, 2, 9 * third**2, 0.1])
    ends = list(sampled(watched, start, sigmas))
    assert [sigma for sigma, _ in ends] == sigmas.tolist()
    for sigma, states in seen:
        np.testing.assert_allclose(states, point + (start - point) * sigma / 9)
    np.testing.assert_allclose(ends[-1][1], np.repeat(point, 3, axis=0))
    # Of variance s^2 the mean is x s^2/(s^2 + sigma^2), and x keeps its place in the distribution.
    spread = 1.7
    errors = []
    for steps in (50, 100, 200):
        *_, (_, last) = sampled(
            lambda x, sigma: x * spread**2 / (spread**2 + sigma**2), start, schedule(9, 0.1, steps)
        )
        kept = start * math.sqrt((spread**2 + 0.01) / (spread**2 + 81))
        errors.append(np.abs(last / (kept * spread**2 / (spread**2 + 0.01)) - 1).max())
    assert errors[2] < 0.03
    assert errors[0] / errors[1] == pytest.approx(2, rel=0.1)
    assert errors[1] / errors[2] == pytest.approx(2, rel=0.1)


def test_two_points_have_a_minimum_each_only_beyond_the_critical_distance():
    for scaled in (0.3, 0.9, 1.1, 2.5):
        beta, pair = scaled / 2, Empirical(np.array([[-1.0], [1.0]]))  # a = 2
        sigma = 1 / math.sqrt(2 * beta)
        ends, still = settled(pair, np.array([[1.0], [-1.0]]), sigma, 3000, 1e-9)
        assert still.all()
        found = minimize(
            lambda x, pair=pair, s=sigma: pair.posterior(x[None], s).energy[0], np.array([0.9])
        )
        assert ends[0, 0] == pytest.approx(theory.pair_place(scaled), abs=1e-5)
        assert ends[0, 0] == pytest.approx(found.x[0], abs=2e-3)
        np.testing.assert_allclose(ends[1], -ends[0], atol=1e-6)
    assert theory.pair_place(1.0) == theory.pair_place(0.5) == 0
    assert theory.pair_place(1.001) > 0.05


def test_a_state_that_still_moves_says_so():
    states = np.array([[1.0], [0.0]])
    ends, rests = settled(lambda x, sigma: x / 2, states, 1.0, 3)
    np.testing.assert_allclose(ends, [[0.125], [0]])
    assert rests.tolist() == [False, True]


def test_the_ring_of_infinitely_many_points():
    for beta in (0.5, 1.0):
        assert theory.ring_radius(beta) == 0
    angles = 2 * np.pi * np.arange(400) / 400
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    for beta in (1.3, 4.0, 20.0):
        sigma = 1 / math.sqrt(2 * beta)
        ends, _ = settled(Empirical(circle), np.array([[1.0, 0.0]]), sigma, 3000, 1e-10)
        assert theory.ring_radius(beta) == pytest.approx(ends[0, 0], abs=1e-6)
        radii = np.array([0.0, 0.4, 1.1])
        energy = Empirical(circle).posterior(np.stack([radii, 0 * radii], axis=1), sigma).energy
        np.testing.assert_allclose(theory.circle_energy(radii, beta), energy + np.log(400) / beta)


def test_bayes_weights_are_those_of_all_ways_to_turn_pixels_over():
    rng = np.random.default_rng(3)
    patterns = rng.choice([-1.0, 1.0], (6, 5))
    overlap = 0.55
    states = np.array(list(itertools.product([-1.0, 1.0], repeat=5)))
    right = (1 + overlap) / 2
    same = states[:, None] == patterns
    likelihood = np.where(same, right, 1 - right).prod(axis=2)  # (state, pattern)
    posterior = likelihood / likelihood.sum(axis=1, keepdims=True)
    assert sigma_of(overlap) == pytest.approx(1 / math.sqrt(math.atanh(overlap)))
    for place in range(6):
        places = np.full(len(states), place)
        found = weights(Empirical(patterns), states, places, overlap)
        np.testing.assert_allclose(found, posterior[:, place], rtol=1e-9)


def test_capacities_are_mutual_informations():
    for overlap in (0.0, 0.3, 0.9, 1.0):
        right = np.array([(1 + overlap) / 2, (1 - overlap) / 2])
        joint = 0.5 * np.array([right, right[::-1]])
        terms = joint[joint > 0] * np.log(joint[joint > 0] / 0.25)
        assert theory.flip_capacity(np.array(overlap)) == pytest.approx(terms.sum(), abs=1e-12)
    for sigma in (0.4, 1.0, 3.0):
        x = np.linspace(-1 - 12 * sigma, 1 + 12 * sigma, 40001)
        density = (norm.pdf(x, 1, sigma) + norm.pdf(x, -1, sigma)) / 2
        entropy = -np.trapezoid(density * np.log(np.maximum(density, 1e-300)), x)
        known = entropy - 0.5 * math.log(2 * math.pi * math.e * sigma**2)
        assert theory.noise_capacity(sigma) == pytest.approx(known, abs=1e-4)
        assert theory.critical_sigma(theory.noise_capacity(sigma)) == pytest.approx(sigma)
    assert theory.flip_capacity(theory.critical_overlap(0.05)) == pytest.approx(0.05)
    assert math.isnan(theory.critical_overlap(0.7))
    assert math.isnan(theory.critical_sigma(0.7))
    # Much noise leaves 1/(2 sigma^2): two images of 10^5 pixels; and one image.
    weak = math.log(2) / 1e5
    assert theory.critical_sigma(weak) == pytest.approx(math.sqrt(1 / (2 * weak)), rel=1e-3)
    assert theory.critical_sigma(0) == math.inf


def small(seed=0):
    rng = np.random.default_rng(seed)
    denoiser = Denoiser.random(4, 5, rng, "float64")
    denoiser = Denoiser(*(values + 0.3 * rng.normal(size=values.shape) for values in denoiser))
    clean, sigma = rng.choice([-1.0, 1.0], (6, 4)), np.exp(rng.uniform(-1, 2, 6))
    return denoiser, clean, clean + sigma[:, None] * rng.normal(size=clean.shape), sigma


def test_the_gradient_is_that_of_finite_differences():
    denoiser, clean, noisy, sigma = small()
    loss, gradient = denoiser.gradient(clean, noisy, sigma)
    assert loss == pytest.approx(np.square(denoiser(noisy, sigma) - clean).mean())
    for values, found in zip(denoiser, gradient, strict=True):
        assert values.shape == found.shape
        for place in np.ndindex(values.shape):
            kept, losses = values[place], []
            for step in (1e-6, -1e-6):
                values[place] = kept + step
                losses.append(np.square(denoiser(noisy, sigma) - clean).mean())
            values[place] = kept
            assert found[place] == pytest.approx((losses[0] - losses[1]) / 2e-6, abs=1e-7)


def test_the_gradient_is_that_of_torch():
    denoiser, clean, noisy, sigma = small(1)
    _, gradient = denoiser.gradient(clean, noisy, sigma)
    weights = [torch.tensor(values, requires_grad=True) for values in denoiser]
    inputs = np.concatenate([noisy / np.sqrt(1 + sigma[:, None] ** 2), told_of(sigma)], axis=1)
    hidden = torch.tensor(inputs)
    for layer in range(3):
        hidden = hidden @ weights[2 * layer].T + weights[2 * layer + 1]
        hidden = torch.relu(hidden) if layer < 2 else torch.tanh(hidden)
    ((hidden - torch.tensor(clean)) ** 2).mean().backward()
    for found, known in zip(gradient, weights, strict=True):
        np.testing.assert_allclose(found, known.grad.numpy(), atol=1e-12)


def trained(patterns, seed=0, **changed):
    settings = {"hidden": 40, "learning_rate": 3e-3, "steps": 600, "batch_size": 32}
    settings |= {"smallest_sigma": 0.3, "largest_sigma": 20.0} | changed
    rngs = [np.random.default_rng([seed, r]) for r in range(len(patterns))]
    return training.learn(patterns, CPU, rngs, **settings)


def test_of_one_pixel_image_and_its_opposite_training_finds_the_exact_denoiser():
    """Of xi and -xi, D = xi tanh(xi . x / sigma^2)."""
    image = np.random.default_rng(4).choice(np.array([-1, 1], np.int8), 12)
    found = trained(np.stack([image, -image])[None], steps=1000)
    rng = np.random.default_rng(5)
    sigma = np.exp(rng.uniform(np.log(0.3), np.log(20), 4000))
    clean = image * rng.choice([-1, 1], (4000, 1))
    noisy = (clean + sigma[:, None] * rng.normal(size=clean.shape)).astype(np.float32)
    known = image * np.tanh(noisy @ image / sigma**2)[:, None]
    best, ours = (np.square(d - clean).mean() for d in (known, found.denoisers[0](noisy, sigma)))
    assert best < ours < best + 0.05
    assert found.history["loss"][-1, 0] == pytest.approx(best, abs=0.12)


def test_the_same_generators_train_the_same_bytes_and_tell_how_far_they_are(caplog):
    patterns = np.random.default_rng(6).choice(np.array([-1, 1], np.int8), (2, 5, 12))
    caplog.set_level("INFO", "plmemory")
    first, again, other = (trained(patterns, seed, steps=60) for seed in (0, 0, 1))
    for name in LAYERS:
        ours, theirs = first.variables[name], again.variables[name]
        dims = ("replicate", f"{name}_unit", f"{name}_input")
        assert ours[0] == dims[: ours[1].ndim]
        assert ours[0] == theirs[0]
        np.testing.assert_array_equal(ours[1], theirs[1])
        assert ours[1].shape[0] == 2
    assert not np.array_equal(first.variables["first"][1], other.variables["first"][1])
    assert first.history["step"].tolist() == list(range(3, 61, 3))
    assert first.history["loss"].shape == (20, 2)
    said = [record.getMessage() for record in caplog.records]
    assert "denoiser 2 of 2, step 60 of 60: loss" in said[39]
    assert said[39].endswith(" 0 s left")


def test_the_time_left_follows_from_the_steps_that_were_made(monkeypatch, caplog):
    seconds = itertools.count(5.0, 2.0)
    clock = SimpleNamespace(monotonic=lambda: next(seconds))
    monkeypatch.setattr(training, "time", clock)
    caplog.set_level("INFO", "plmemory")
    trained(np.ones((1, 5, 12), np.int8), steps=60)
    left = [float(message.split()[-3]) for message in caplog.messages]
    steps = np.arange(3, 61, 3)
    np.testing.assert_allclose(left, (60 - steps) * 2 * np.arange(1, 21) / steps, atol=0.51)


def test_the_rate_falls_like_a_cosine(monkeypatch):
    rates = []
    monkeypatch.setattr(
        training.Adam, "step", lambda self, gradient, number, rate: rates.append(rate)
    )
    trained(np.ones((1, 2, 3), np.int8), steps=4, learning_rate=0.5)
    root = math.sqrt(0.5)
    assert rates == pytest.approx([0.5, 0.25 * (1 + root), 0.25, 0.25 * (1 - root)])


def test_a_training_that_diverges_says_what_to_change():
    patterns = np.random.default_rng(7).choice(np.array([-1, 1], np.int8), (1, 50, 12))
    with pytest.raises(TrainingError, match=r"^learning_rate: found a loss of .*; lower it$"):
        trained(patterns, learning_rate=30.0, steps=100)


def test_a_training_that_begins_slowly_goes_on():
    """Of many random patterns little can be learnt: it is worse than zero for hundreds of steps."""
    patterns = np.random.default_rng(8).choice(np.array([-1, 1], np.int8), (1, 3000, 60))
    found = trained(patterns, hidden=128, learning_rate=3e-4, steps=1000)
    later = found.history["loss"][found.history["step"] >= 200, 0]
    assert later[0] > 1
    assert later[-1] < 1
    assert found.converged.all()


def test_the_smallest_noise_is_below_the_largest():
    with pytest.raises(InputError, match=r"^smallest_sigma: found 3, expected less"):
        ABOUT.check({"smallest_sigma": 3.0, "largest_sigma": 3.0})


def test_nothing_is_learnt_of_an_exact_denoiser():
    kept = keep(np.ones((3, 2, 4), np.int8), CPU)
    assert kept.variables == {}
    assert kept.converged.tolist() == [True] * 3
