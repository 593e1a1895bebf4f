"""Gradient descent on the pseudo-likelihood, step by step: autograd, both spaces, all loops."""

import itertools
import math

import numpy as np
import pytest
import threadpoolctl
from optional import torch
from unit.descents import DOUBLE, LOOPS, descend, patterns_of, use_loops

from plmemory.learning.pseudo_likelihood import descent, sign_tables
from plmemory.learning.pseudo_likelihood import direct as descent_direct
from plmemory.machine.backend import Backend, select
from plmemory.seeds import generator

pytestmark = pytest.mark.usefixtures("loops")


@pytest.fixture(params=LOOPS)
def loops(request, monkeypatch):
    """Every test with both kinds of loops."""
    use_loops(request.param, monkeypatch)
    return request.param


def torch_loss(couplings, patterns, inverse_temperature, l2):
    """The loss of one replicate, as science writes it, for autograd (float64)."""
    spins = torch.tensor(patterns, dtype=torch.float64)
    fields = spins @ couplings.T
    scaled = inverse_temperature * fields
    log_two_cosh = torch.logaddexp(scaled, -scaled)
    loss = (log_two_cosh / inverse_temperature - spins * fields).mean()
    return loss + 0.5 * l2 * (couplings**2).sum() / len(couplings)


def torch_step(couplings, patterns, rate, inverse_temperature, l2, symmetric):
    """One gradient step on free parameters: all J_ij, or the J_ij with i < j of J = J^T."""
    sites = patterns.shape[-1]
    off_diagonal = 1 - torch.eye(sites, dtype=torch.float64)
    parameters = torch.tensor(couplings, dtype=torch.float64, requires_grad=True)
    tied = (parameters + parameters.T) / 2 if symmetric else parameters
    torch_loss(tied * off_diagonal, patterns, inverse_temperature, l2).backward()
    return couplings - rate * parameters.grad.numpy()


@pytest.mark.parametrize("inverse_temperature", [0.01, 1.0, 100.0])
@pytest.mark.parametrize(
    ("symmetric", "space"), [(False, "direct"), (False, "gram"), (True, "auto")]
)
@pytest.mark.parametrize("l2", [0.0, 0.7])
def test_step_is_the_gradient_of_autograd(inverse_temperature, symmetric, space, l2):
    patterns = patterns_of(2, 9, 7)
    kwargs = {
        "inverse_temperature": inverse_temperature,
        "symmetric": symmetric,
        "l2": l2,
        "initial": "random",
        "initial_scale": 1.0,
        "learning_rate": 2.0,
        "space": space,
    }
    start = descend(patterns, epochs=0, **kwargs).couplings
    stepped = descend(patterns, epochs=1, **kwargs)
    for r in range(2):
        expected = torch_step(start[r], patterns[r], 2.0, inverse_temperature, l2, symmetric)
        np.testing.assert_allclose(stepped.couplings[r], expected, rtol=1e-10, atol=1e-12)
        loss = torch_loss(torch.tensor(stepped.couplings[r]), patterns[r], inverse_temperature, l2)
        assert stepped.history["loss"][-1, r] == pytest.approx(float(loss), rel=1e-10)


def test_residuals_keep_their_precision_in_the_tail():
    """At lambda h = 30 the residual is 2 exp(-60) of relative precision, not zero or rounding."""
    patterns = np.ones((1, 1, 4), dtype=np.int8)
    rate, scale = 1.0, 10.0
    start = descend(patterns, initial="hebb", epochs=0).couplings[0]  # fields 3/4
    for space in ("direct", "gram"):
        for dtype in ("float32", "float64"):
            stepped = descend(
                patterns,
                backend=select("cpu", dtype),
                initial="hebb",
                epochs=1,
                inverse_temperature=scale,
                learning_rate=rate * 1e6,
                space=space,
            ).couplings[0]
            change = rate * 1e6 * 2 / (1 + math.exp(2 * scale * 0.75)) / 4
            assert stepped[0, 1] - start[0, 1] == pytest.approx(change, rel=1e-5)


def test_huge_fields_are_harmless():
    patterns = patterns_of(1, 30, 20)
    result = descend(patterns, inverse_temperature=1e8, initial="random", backend=select("cpu"))
    assert np.isfinite(result.couplings).all()
    assert np.isfinite(result.history["loss"]).all()


def test_first_step_from_zero_is_hebb_exactly():
    patterns = patterns_of(1, 12, 10)
    couplings = descend(patterns, epochs=1, learning_rate=10.0).couplings[0]
    hebb = patterns[0].astype(float).T @ patterns[0] / 12
    np.fill_diagonal(hebb, 0.0)
    np.testing.assert_allclose(couplings, 10.0 / 10 * hebb, atol=1e-15)
    history = descend(patterns, epochs=1).history
    assert history["hebb_distance"][-1] == pytest.approx(0, abs=1e-14)
    assert history["asymmetry"][-1] == pytest.approx(0, abs=1e-14)


@pytest.mark.parametrize("initial", ["zero", "hebb", "hebb_mean", "random", "uniform"])
@pytest.mark.parametrize("l2", [0.0, 0.05])
def test_gram_space_follows_the_direct_trajectory(initial, l2):
    patterns = patterns_of(1, 90, 130)
    results = [
        descend(patterns, epochs=400, initial=initial, l2=l2, learning_rate=20.0, space=space,
              decay=0.999, record_epochs=[3, 100])
        for space in ("gram", "direct")
    ]  # fmt: skip
    gram, direct = (result.couplings for result in results)
    assert np.abs(gram - direct).max() < 1e-6 * np.abs(direct).max()
    for key, values in results[0].history.items():
        np.testing.assert_allclose(values, results[1].history[key], rtol=1e-6, atol=1e-12)


def test_the_cheaper_space_is_chosen(loops, monkeypatch):
    chosen = []
    few = {"arrays": 19, "compiled": 9}[loops]
    for kind in ("GramRows", "DirectDescent"):
        original = getattr(descent, kind)

        def build(*args, kind=kind, original=original, **kwargs):
            chosen.append(kind)
            return original(*args, **kwargs)

        monkeypatch.setattr(descent, kind, build)
    for count, changes in [(few, {}), (few + 1, {}), (few, {"batch_size": 5}),
                           (few, {"symmetric": True}), (few, {"clip_norm": 1.0}),
                           (few, {"batch_size": 100})]:  # fmt: skip
        descend(patterns_of(1, count, 10), epochs=1, **changes)
    assert chosen == ["GramRows", *["DirectDescent"] * 4, "GramRows"]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"symmetric": True, "initial": "random", "l2": 0.1},
        {"batch_size": 7},
        {"clip_norm": 0.05},
        {"initial": "random", "space": "direct"},
        {"initial": "hebb", "l2": 0.1},
    ],
)
def test_torch_and_numpy_agree(changes):
    patterns = patterns_of(3, 40, 24)
    on_torch = descend(patterns, backend=Backend(torch, "cpu", "float64"), **changes)
    on_numpy = descend(patterns, **changes)
    np.testing.assert_allclose(on_torch.couplings, on_numpy.couplings, rtol=1e-9, atol=1e-12)
    for key, values in on_numpy.history.items():
        np.testing.assert_allclose(on_torch.history[key], values, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("symmetric", [False, True])
def test_a_batch_of_all_patterns_is_the_full_batch(symmetric):
    patterns = patterns_of(1, 20, 10)
    full = descend(patterns, symmetric=symmetric, space="direct")
    batch = descend(patterns, symmetric=symmetric, space="direct", batch_size=20)
    np.testing.assert_array_equal(full.couplings, batch.couplings)


def test_batches_follow_the_generator_and_the_last_may_be_short():
    patterns = patterns_of(1, 7, 5)
    result = descend(patterns, batch_size=3, epochs=2, learning_rate=1.0, decay=0.5)
    couplings = np.zeros((5, 5))
    rng = generator(0, "test", 0)
    for rate in (1.0, 0.5):
        order = rng.permutation(7)
        for chosen in (order[:3], order[3:6], order[6:]):
            couplings = torch_step(couplings, patterns[0, chosen], rate, 1.0, 0.0, False)
    np.testing.assert_allclose(result.couplings[0], couplings, rtol=1e-10)


@pytest.mark.parametrize(
    "changes", [{}, {"batch_size": 16}, {"symmetric": True}, {"clip_norm": 0.1}]
)
@pytest.mark.parametrize("initial", ["hebb", "random"])
def test_replicates_are_independent(changes, initial):
    patterns = patterns_of(3, 50, 140)
    changes = {"initial": initial, "epochs": 5, **changes}
    together = descend(patterns, **changes)
    for r in range(3):
        alone = descend(patterns[r : r + 1], rngs=[generator(0, "test", r)], **changes)
        np.testing.assert_array_equal(together.couplings[r], alone.couplings[0])
        np.testing.assert_array_equal(together.history["loss"][:, r], alone.history["loss"][:, 0])


@pytest.mark.parametrize(
    ("backend", "exhausted"),
    [
        (DOUBLE, lambda: MemoryError),
        (Backend(torch, "cpu", "float64"), lambda: torch.cuda.OutOfMemoryError),
    ],
)
@pytest.mark.parametrize("changes", [{}, {"batch_size": 7}])
def test_replicates_too_large_together_are_learned_apart(backend, exhausted, changes):
    patterns = patterns_of(3, 40, 24)
    changes = {"initial": "random", "backend": backend, "record_epochs": [10], **changes}
    sizes = []

    def observe(rows, epoch, couplings):
        sizes.append(len(couplings))
        if len(couplings) > 1 and epoch == 10:
            raise exhausted()
        return {"sum": couplings.sum(axis=(1, 2)), "replicate": np.arange(3)[rows]}

    apart = descend(patterns, observe=observe, **changes)
    together = descend(patterns, **changes)
    assert sizes == [3, 3, *[1] * 3, 2, 2, *[1] * 6]
    np.testing.assert_allclose(apart.couplings, together.couplings, rtol=1e-12, atol=1e-14)
    np.testing.assert_array_equal(apart.history["replicate"], [[0, 1, 2]] * 3)
    np.testing.assert_allclose(apart.history["loss"], together.history["loss"], rtol=1e-12)
    np.testing.assert_allclose(apart.diagnostics["loss"], together.diagnostics["loss"], rtol=1e-12)
    np.testing.assert_array_equal(apart.history["epoch"], [0, 10, 20])
    assert apart.converged.shape == (3,)


@pytest.mark.parametrize(
    "changes", [{}, {"space": "gram"}, {"batch_size": 700}, {"symmetric": True}]
)
def test_bytes_depend_on_the_seed_and_not_on_the_number_of_cores(changes):
    patterns = patterns_of(1, 1100, 160)
    changes = {"initial": "random", "epochs": 3, "backend": select("cpu"), **changes}
    results = []
    for threads in (1, 2):
        with threadpoolctl.threadpool_limits(threads):
            results.append(descend(patterns, **changes).couplings)
    np.testing.assert_array_equal(results[0], results[1])
    other = descend(patterns, **{**changes, "seed": 1}).couplings
    assert not np.array_equal(results[0], other)


@pytest.mark.parametrize("batch_size", [None, 700])
def test_parts_of_the_patterns_add_up_to_the_whole(loops, monkeypatch, batch_size):
    patterns = patterns_of(2, 1100, 40)
    changes = {"epochs": 3, "batch_size": batch_size, "initial": "random"}
    results = [descend(patterns, **changes).couplings]  # lanes of 275 or 350, and of 200
    if loops == "compiled":
        monkeypatch.setattr(sign_tables, "HELD", 90)
        results.append(descend(patterns, **changes).couplings)
    else:
        monkeypatch.setattr(descent_direct, "LANES", 1)
        results.append(descend(patterns, **changes).couplings)
        monkeypatch.setattr(descent_direct, "HELD", {"cpu": 30 * 40})
        results.append(descend(patterns, **changes).couplings)
    for one, other in itertools.pairwise(results):
        assert not np.array_equal(one, other)
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("space", ["direct", "gram"])
def test_rows_that_are_stepped_block_by_block_step_as_the_whole(loops, monkeypatch, space):
    patterns = patterns_of(2, 60, 40)
    changes = {"epochs": 3, "space": space, "initial": "random", "l2": 0.02}
    whole = descend(patterns, **changes).couplings
    monkeypatch.setattr(descent_direct, "SHARE", 7)  # five blocks and one of five rows
    parts = descend(patterns, **changes).couplings
    np.testing.assert_allclose(parts, whole, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("batch_size", [None, 9])
@pytest.mark.parametrize("initial", ["zero", "hebb", "hebb_mean", "random", "uniform"])
def test_symmetric_stays_symmetric_and_the_diagonal_zero(batch_size, initial):
    patterns = patterns_of(2, 40, 150)
    for symmetric in (True, False):
        result = descend(patterns, symmetric=symmetric, batch_size=batch_size, initial=initial)
        couplings = result.couplings
        assert (np.diagonal(couplings, axis1=1, axis2=2) == 0).all()
        assert np.array_equal(couplings, couplings.swapaxes(1, 2)) == symmetric
        assert (result.history["asymmetry"][-1] == 0).all() == symmetric


@pytest.mark.parametrize("initial", ["random", "uniform"])
def test_random_starts_have_the_asked_scale(initial):
    patterns = patterns_of(1, 5, 300)
    for symmetric in (False, True):
        start = descend(
            patterns, initial=initial, initial_scale=0.7, symmetric=symmetric, epochs=0
        ).couplings[0]
        elements = start[np.triu_indices(300, 1)] * math.sqrt(300) / 0.7
        error = 1 / math.sqrt(2 * len(elements))
        assert elements.std() == pytest.approx(1, abs=5 * error)
        assert abs(elements.mean()) < 5 / math.sqrt(len(elements))
        # A normal law has a fourth moment of 3 and no end, a uniform one 9/5 and ends at sqrt(3).
        fourth = {"random": 3.0, "uniform": 1.8}[initial]
        assert (elements**4).mean() == pytest.approx(fourth, abs=10 * error * fourth)
        assert (abs(elements).max() < math.sqrt(3)) == (initial == "uniform")


def test_clipping_shortens_the_gradient_to_the_norm():
    patterns = patterns_of(1, 20, 30)
    free = descend(patterns, epochs=1, learning_rate=1.0).couplings[0]
    norm = np.linalg.norm(free)
    clipped = descend(patterns, epochs=1, learning_rate=1.0, clip_norm=norm / 3).couplings[0]
    np.testing.assert_allclose(clipped, free / 3, rtol=1e-12, atol=1e-15)
    loose = descend(patterns, epochs=1, learning_rate=1.0, clip_norm=norm * 3).couplings[0]
    np.testing.assert_allclose(loose, free, rtol=1e-12, atol=1e-15)
