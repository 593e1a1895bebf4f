"""Two layers that learn labels: gradient, norm, Adam, and what training does."""

import numpy as np
import pytest

from plmemory.learning.adam import Adam
from plmemory.learning.two_layers import learn as two_layers
from plmemory.learning.two_layers.network import TwoLayers, spectral_complexity
from plmemory.machine.backend import select


def problem(seed=0, count=40, sites=12):
    """Inputs whose label is the number of plus ones in two of three thirds."""
    rng = np.random.default_rng(seed)
    inputs = rng.choice(np.array([-1, 1], np.int8), (count, sites))
    labels = (inputs[:, :4].sum(axis=1) > 0) + (inputs[:, 4:8].sum(axis=1) > 0)
    return inputs, 3 * labels  # labels are not places


def test_the_gradient_is_that_of_finite_differences():
    rng = np.random.default_rng(1)
    network = TwoLayers.random(5, 7, 3, 1.5, rng, "float64")
    inputs, labels = rng.normal(size=(6, 5)), rng.integers(0, 3, 6)

    def loss():
        outputs = network.outputs(inputs)
        logs = np.log(np.exp(outputs).sum(axis=1))
        return (logs - outputs[np.arange(6), labels]).mean()

    for values, gradient in zip(network, network.gradient(inputs, labels), strict=True):
        assert values.shape == gradient.shape
        for place in np.ndindex(values.shape):
            kept = values[place]
            values[place] = kept + 1e-6
            above = loss()
            values[place] = kept - 1e-6
            below = loss()
            values[place] = kept
            assert gradient[place] == pytest.approx((above - below) / 2e-6, abs=1e-7)


def test_outputs_that_overflow_when_raised_have_the_gradient_of_their_limit():
    """Each row is sure of its largest output: only a wrong one has a slope, of one."""
    rng = np.random.default_rng(2)
    network = TwoLayers.random(5, 7, 3, 1.5, rng, "float64")
    inputs = rng.normal(size=(8, 5))
    second, bias = network.parameters[2:]
    outputs = network.outputs(inputs)
    labels, sure = np.arange(8) % 3, outputs.argmax(axis=1)
    second *= 1e7
    bias *= 1e7
    assert np.ptp(network.outputs(inputs), axis=1).min() > 1e3
    slopes = (np.eye(3)[sure] - np.eye(3)[labels]) / 8
    np.testing.assert_allclose(network.gradient(inputs, labels)[3], slopes.sum(axis=0), atol=1e-12)


def test_the_spectral_complexity_of_known_matrices():
    first, second = np.diag([3.0, 4.0]), np.array([[0.0, 2.0]])
    ratios = (7 / 4) ** (2 / 3) + (2 / 2) ** (2 / 3)
    assert spectral_complexity([first, second]) == pytest.approx(8 * ratios**1.5)
    scaled = spectral_complexity([2 * first, 3 * second])
    assert scaled == pytest.approx(6 * spectral_complexity([first, second]))


def test_adams_first_steps_have_the_length_of_the_rate():
    values = np.array([1.0, -2.0, 0.5])
    adam = Adam([values])
    adam.step([np.array([5.0, -1e-3, 2.0])], 1, 0.01)
    np.testing.assert_allclose(values, [0.99, -1.99, 0.49], atol=1e-5)
    mean, square = 0.1 * 5.0, 0.001 * 25.0
    adam.step([np.array([-1.0, 0.0, 0.0])], 2, 0.01)
    mean, square = 0.9 * mean - 0.1, 0.999 * square + 0.001
    step = 0.01 * (mean / (1 - 0.9**2)) / np.sqrt(square / (1 - 0.999**2))
    assert values[0] == pytest.approx(0.99 - step, abs=1e-6)


def test_adam_is_its_algorithm_also_for_gradients_that_hardly_differ_from_zero():
    """Algorithm 1 of Kingma & Ba 2015, in the order of operations of the end of their section 2."""
    rng = np.random.default_rng(4)
    values = rng.normal(size=(3, 2))
    adam, expected = Adam([values]), values.copy()
    mean = square = 0.0
    for number in range(1, 9):
        gradient = rng.normal(size=(3, 2)) * np.array([1.0, 3e-8])
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        root = np.sqrt(square / (1 - 0.999**number))
        small = 1e-8 / np.sqrt(1 - 0.999**number)  # added to the root that is not yet corrected
        expected -= 0.01 * (mean / (1 - 0.9**number)) / (root + small)
        adam.step([gradient], number, 0.01)
    np.testing.assert_allclose(values, expected, rtol=1e-9)


def learnt(seed=0, **changed):
    inputs, labels = problem()
    unseen, wanted = problem(1, 500)
    settings = {"hidden": 30, "initial_scale": 0.1, "learning_rate": 3e-3}
    settings |= {"epochs": 300, "batch_size": 16, "records": 9} | changed
    return two_layers.learn(
        np.stack([inputs, inputs[::-1]]),
        select("cpu", "float32"),
        [np.random.default_rng([seed, r]) for r in range(2)],
        train_label=np.stack([labels, labels[::-1]]),
        test=unseen,
        test_label=wanted,
        **settings,
    )


def test_training_learns_its_examples_and_more_while_the_norm_grows():
    history = learnt().history
    assert history["step"][[0, -1]].tolist() == [1, 900]
    assert history["norm"].shape == (9, 2)
    assert (history["train_error"][-1] == 0).all()
    assert (history["test_error"][-1] < 0.4).all()
    assert (history["test_error"][0] > history["test_error"][-1]).all()
    assert (np.diff(history["norm"][3:], axis=0) > 0).all()


def test_the_same_generators_make_the_same_training():
    first, second, other = learnt(epochs=3), learnt(epochs=3), learnt(epochs=3, seed=1)
    for name, values in first.history.items():
        np.testing.assert_array_equal(values, second.history[name])
    assert not np.array_equal(first.history["norm"], other.history["norm"])
