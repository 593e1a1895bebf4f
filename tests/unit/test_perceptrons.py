"""The perceptron with a margin and minover against plain loops, guarantees and the capacity."""

import numpy as np
import pytest
import torch

from plmemory.errors import InputError
from plmemory.learning.hebb import learn as hebb
from plmemory.learning.margin_perceptron import learn as perceptron
from plmemory.learning.maximum_stability import learn as maximum_stability
from plmemory.learning.minover import learn as minover
from plmemory.machine import backend as backends
from plmemory.machine.backend import Backend

DOUBLE = backends.select("cpu", "float64")
SINGLE = backends.select("cpu", "float32")
# The same code through torch, as on a GPU: any device name but "cpu" selects torch's arrays.
TORCH = Backend(torch, "cpu:0", "float64")


def random_patterns(replicates, count, sites, seed=1):
    rng = np.random.default_rng(seed)
    return rng.choice(np.array([-1, 1], dtype=np.int8), size=(replicates, count, sites))


def stabilities(couplings, patterns):
    """xi_i h_i / |J_i| (P, N), from the definition."""
    couplings = couplings.astype(np.float64)
    return patterns * (patterns @ couplings.T) / np.linalg.norm(couplings, axis=1)


def signed_patterns(patterns, site):
    signed = (patterns * patterns[:, site, None]).astype(float)
    signed[:, site] = 0
    return signed


def largest_stabilities(patterns):
    """Of each row: (R, N)."""
    hard = maximum_stability.learn(
        patterns, DOUBLE, symmetric=False, gap=1e-6, max_iterations=50_000
    )
    return np.stack(
        [
            stabilities(matrix, spins).min(axis=0)
            for matrix, spins in zip(hard.couplings, patterns, strict=True)
        ]
    )


@pytest.mark.parametrize("margin", [0.0, 0.4])
@pytest.mark.parametrize("backend", [DOUBLE, TORCH], ids=["numpy", "torch"])
def test_the_perceptron_is_the_plain_loop_over_sweeps(margin, backend):
    patterns = random_patterns(2, 15, 37)
    learned = perceptron.learn(patterns, backend, margin=margin, max_sweeps=1000)
    assert learned.converged.all()
    for replicate, site in ((0, 5), (1, 36)):
        signed, sweeps, updates = signed_patterns(patterns[replicate], site), 0, 0
        row = np.zeros(37)
        while (below := signed @ row <= margin * np.linalg.norm(row)).any():
            row += below @ signed / 37
            sweeps += 1
            updates += below.sum()
        np.testing.assert_allclose(learned.couplings[replicate, site], row, atol=1e-12)
        assert learned.diagnostics["row_sweeps"][replicate, site] == sweeps
        assert learned.diagnostics["row_updates"][replicate, site] == updates
    for replicate in range(2):
        delta = stabilities(learned.couplings[replicate], patterns[replicate])
        assert delta.min() > margin
        assert learned.diagnostics["smallest_stability"][replicate] == pytest.approx(delta.min())
    np.testing.assert_array_equal(
        learned.diagnostics["sweeps"], learned.diagnostics["row_sweeps"].max(axis=1)
    )


def test_the_first_sweep_of_the_perceptron_is_hebbs_rule():
    patterns = random_patterns(2, 20, 40)
    learned = perceptron.learn(patterns, SINGLE, margin=0.5, max_sweeps=1)
    np.testing.assert_allclose(learned.couplings, hebb.learn(patterns, SINGLE).couplings, atol=1e-7)
    assert not learned.converged.any()


def test_the_perceptron_ends_below_the_largest_stability_and_never_above():
    patterns = random_patterns(1, 30, 60)
    largest = largest_stabilities(patterns)[0]
    margin = float(np.median(largest))
    learned = perceptron.learn(patterns, DOUBLE, margin=margin, max_sweeps=300)
    sweeps = learned.diagnostics["row_sweeps"][0]
    assert not learned.converged.any()
    np.testing.assert_array_equal(sweeps[largest < margin], 300)
    assert sweeps[largest > 1.1 * margin].max() < 300
    reached = stabilities(learned.couplings[0], patterns[0]).min(axis=0)
    np.testing.assert_array_equal(reached > margin, sweeps < 300)
    below = perceptron.learn(patterns, DOUBLE, margin=0.9 * largest.min(), max_sweeps=300)
    assert below.converged.all()


def test_the_perceptron_needs_longer_for_larger_margins():
    patterns = random_patterns(1, 100, 200)
    times = [
        perceptron.learn(patterns, DOUBLE, margin=margin, max_sweeps=2000).diagnostics["sweeps"][0]
        for margin in (0.0, 0.4, 0.7)
    ]
    assert times[0] < times[1] < times[2] < 2000


def test_minover_is_the_plain_loop():
    patterns, target = random_patterns(2, 20, 37), 1.3
    learned = minover.learn(patterns, DOUBLE, target_field=target, max_updates=10_000)
    assert learned.converged.all()
    for replicate, site in ((0, 5), (1, 36)):
        signed = signed_patterns(patterns[replicate], site)
        row, updates = np.zeros(37), 0
        while (fields := np.round(signed @ row * 37)).min() < target * 37:
            row += signed[fields.argmin()] / 37
            updates += 1
        np.testing.assert_allclose(learned.couplings[replicate, site], row, atol=1e-12)
        assert learned.diagnostics["row_updates"][replicate, site] == updates


def test_minover_brackets_the_largest_stability_and_comes_closer_with_its_target():
    patterns = random_patterns(2, 30, 80)
    largest = largest_stabilities(patterns)
    short = []
    for target in (1.0, 10.0, 100.0):
        learned = minover.learn(patterns, SINGLE, target_field=target, max_updates=1_000_000)
        assert learned.converged.all()
        for replicate, spins in enumerate(patterns):
            delta = stabilities(learned.couplings[replicate], spins).min(axis=0)
            worst = delta.argmin()
            found = {name: value[replicate] for name, value in learned.diagnostics.items()}
            assert found["smallest_stability"] == pytest.approx(delta.min(), rel=1e-5)
            assert delta[worst] <= largest[replicate, worst] * (1 + 1e-5)
            assert found["stability_bound"] >= largest[replicate, worst] * (1 - 1e-5)
            assert (1 - delta / largest[replicate]).max() <= found["relative_gap"] + 1e-5
            # n updates make |J|^2 <= n (2 c + 1) / N and |J| >= kappa n / N.
            most = 80 * (2 * target + 1) / largest[replicate] ** 2
            assert (found["row_updates"] <= most + 1).all()
        short.append(learned.diagnostics["relative_gap"].max())
    assert short[1] < short[0] / 3
    assert short[2] < short[1] / 5
    assert short[2] < 0.01


@pytest.mark.parametrize(
    "learn",
    [
        lambda patterns: perceptron.learn(patterns, DOUBLE, margin=0, max_sweeps=200),
        lambda patterns: minover.learn(patterns, DOUBLE, target_field=1.0, max_updates=5000),
    ],
    ids=["perceptron", "minover"],
)
def test_patterns_beyond_the_capacity_are_not_converged(learn):
    learned = learn(random_patterns(1, 120, 40))
    assert not learned.converged.any()
    assert np.isfinite(learned.couplings).all()
    assert learned.diagnostics["smallest_stability"][0] < 0


def test_settings_out_of_range_are_input_errors():
    patterns = random_patterns(1, 5, 10)
    with pytest.raises(InputError, match="margin: found -1, expected zero or a positive number"):
        perceptron.learn(patterns, DOUBLE, margin=-1, max_sweeps=9)
    with pytest.raises(InputError, match="target_field: found 0, expected a positive number"):
        minover.learn(patterns, DOUBLE, target_field=0, max_updates=9)
