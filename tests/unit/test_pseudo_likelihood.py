"""Pseudo-likelihood by gradient descent against autograd, other solvers and exact enumeration."""

import itertools
import math

import numpy as np
import pytest
import threadpoolctl
import torch
from sklearn.svm import LinearSVC

from plmemory.errors import InputError, TrainingError
from plmemory.learning.pseudo_likelihood import descent, sign_tables
from plmemory.learning.pseudo_likelihood import direct as descent_direct
from plmemory.learning.pseudo_likelihood import learn as pseudo_likelihood
from plmemory.machine.backend import Backend, select
from plmemory.networks.ising import couplings as measures
from plmemory.networks.ising import couplings as observables
from plmemory.seeds import generator

DOUBLE = select("cpu", "float64")
pytestmark = pytest.mark.usefixtures("loops")


@pytest.fixture(params=["arrays", "compiled"])
def loops(request, monkeypatch):
    """Every test with operations on whole arrays, as on a GPU, and with compiled loops."""
    compiled_from = {"arrays": math.inf, "compiled": 0}[request.param]
    monkeypatch.setattr(pseudo_likelihood, "GRAM_COMPILED_FROM", compiled_from)
    monkeypatch.setattr(pseudo_likelihood, "DIRECT_COMPILED_FROM", compiled_from)
    monkeypatch.setattr(pseudo_likelihood, "TABLES_FROM", 1)
    return request.param


def patterns_of(replicates, count, sites, seed=1):
    rng = np.random.default_rng(seed)
    return rng.choice(np.array([-1, 1], dtype=np.int8), size=(replicates, count, sites))


def learn(patterns, backend=DOUBLE, seed=0, rngs=None, **changes):
    settings = {
        "inverse_temperature": 1.0,
        "learning_rate": 5.0,
        "epochs": 20,
        "batch_size": None,
        "initial": "zero",
        "initial_scale": 0.3,
        "symmetric": False,
        "l2": 0.0,
        "clip_norm": None,
        "decay": 1.0,
    }
    rngs = rngs or [generator(seed, "test", r) for r in range(len(patterns))]
    return pseudo_likelihood.descend(patterns, backend, rngs, **{**settings, **changes})


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
    start = learn(patterns, epochs=0, **kwargs).couplings
    stepped = learn(patterns, epochs=1, **kwargs)
    for r in range(2):
        expected = torch_step(start[r], patterns[r], 2.0, inverse_temperature, l2, symmetric)
        np.testing.assert_allclose(stepped.couplings[r], expected, rtol=1e-10, atol=1e-12)
        loss = torch_loss(torch.tensor(stepped.couplings[r]), patterns[r], inverse_temperature, l2)
        assert stepped.history["loss"][-1, r] == pytest.approx(float(loss), rel=1e-10)


def test_residuals_keep_their_precision_in_the_tail():
    """At lambda h = 30 the residual is 2 exp(-60) of relative precision, not zero or rounding."""
    patterns = np.ones((1, 1, 4), dtype=np.int8)
    rate, scale = 1.0, 10.0
    start = learn(patterns, initial="hebb", epochs=0).couplings[0]  # fields 3/4
    for space in ("direct", "gram"):
        for dtype in ("float32", "float64"):
            stepped = learn(
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
    result = learn(patterns, inverse_temperature=1e8, initial="random", backend=select("cpu"))
    assert np.isfinite(result.couplings).all()
    assert np.isfinite(result.history["loss"]).all()


def test_first_step_from_zero_is_hebb_exactly():
    patterns = patterns_of(1, 12, 10)
    couplings = learn(patterns, epochs=1, learning_rate=10.0).couplings[0]
    hebb = patterns[0].astype(float).T @ patterns[0] / 12
    np.fill_diagonal(hebb, 0.0)
    np.testing.assert_allclose(couplings, 10.0 / 10 * hebb, atol=1e-15)
    history = learn(patterns, epochs=1).history
    assert history["hebb_distance"][-1] == pytest.approx(0, abs=1e-14)
    assert history["asymmetry"][-1] == pytest.approx(0, abs=1e-14)


@pytest.mark.parametrize("initial", ["zero", "hebb", "hebb_rows", "random"])
@pytest.mark.parametrize("l2", [0.0, 0.05])
def test_gram_space_follows_the_direct_trajectory(initial, l2):
    patterns = patterns_of(1, 90, 130)
    results = [
        learn(patterns, epochs=400, initial=initial, l2=l2, learning_rate=20.0, space=space,
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
        learn(patterns_of(1, count, 10), epochs=1, **changes)
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
    on_torch = learn(patterns, backend=Backend(torch, "cpu", "float64"), **changes)
    on_numpy = learn(patterns, **changes)
    np.testing.assert_allclose(on_torch.couplings, on_numpy.couplings, rtol=1e-9, atol=1e-12)
    for key, values in on_numpy.history.items():
        np.testing.assert_allclose(on_torch.history[key], values, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("symmetric", [False, True])
def test_a_batch_of_all_patterns_is_the_full_batch(symmetric):
    patterns = patterns_of(1, 20, 10)
    full = learn(patterns, symmetric=symmetric, space="direct")
    batch = learn(patterns, symmetric=symmetric, space="direct", batch_size=20)
    np.testing.assert_array_equal(full.couplings, batch.couplings)


def test_batches_follow_the_generator_and_the_last_may_be_short():
    patterns = patterns_of(1, 7, 5)
    result = learn(patterns, batch_size=3, epochs=2, learning_rate=1.0, decay=0.5)
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
    together = learn(patterns, **changes)
    for r in range(3):
        alone = learn(patterns[r : r + 1], rngs=[generator(0, "test", r)], **changes)
        np.testing.assert_array_equal(together.couplings[r], alone.couplings[0])
        np.testing.assert_array_equal(together.history["loss"][:, r], alone.history["loss"][:, 0])


@pytest.mark.parametrize(
    ("backend", "exhausted"),
    [(DOUBLE, MemoryError), (Backend(torch, "cpu", "float64"), torch.cuda.OutOfMemoryError)],
)
@pytest.mark.parametrize("changes", [{}, {"batch_size": 7}])
def test_replicates_too_large_together_are_learned_apart(backend, exhausted, changes):
    patterns = patterns_of(3, 40, 24)
    changes = {"initial": "random", "backend": backend, "record_epochs": [10], **changes}
    sizes = []

    def observe(rows, epoch, couplings):
        sizes.append(len(couplings))
        if len(couplings) > 1 and epoch == 10:
            raise exhausted
        return {"sum": couplings.sum(axis=(1, 2)), "replicate": np.arange(3)[rows]}

    apart = learn(patterns, observe=observe, **changes)
    together = learn(patterns, **changes)
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
            results.append(learn(patterns, **changes).couplings)
    np.testing.assert_array_equal(results[0], results[1])
    other = learn(patterns, **{**changes, "seed": 1}).couplings
    assert not np.array_equal(results[0], other)


@pytest.mark.parametrize("batch_size", [None, 700])
def test_parts_of_the_patterns_add_up_to_the_whole(loops, monkeypatch, batch_size):
    patterns = patterns_of(2, 1100, 40)
    changes = {"epochs": 3, "batch_size": batch_size, "initial": "random"}
    results = [learn(patterns, **changes).couplings]  # lanes of 275 or 350, and of 200
    if loops == "compiled":
        monkeypatch.setattr(sign_tables, "HELD", 90)
        results.append(learn(patterns, **changes).couplings)
    else:
        monkeypatch.setattr(descent_direct, "LANES", 1)
        results.append(learn(patterns, **changes).couplings)
        monkeypatch.setattr(descent_direct, "HELD", {"cpu": 30 * 40})
        results.append(learn(patterns, **changes).couplings)
    for one, other in itertools.pairwise(results):
        assert not np.array_equal(one, other)
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("batch_size", [None, 9])
@pytest.mark.parametrize("initial", ["zero", "hebb", "hebb_rows", "random"])
def test_symmetric_stays_symmetric_and_the_diagonal_zero(batch_size, initial):
    patterns = patterns_of(2, 40, 150)
    for symmetric in (True, False):
        result = learn(patterns, symmetric=symmetric, batch_size=batch_size, initial=initial)
        couplings = result.couplings
        assert (np.diagonal(couplings, axis1=1, axis2=2) == 0).all()
        assert np.array_equal(couplings, couplings.swapaxes(1, 2)) == symmetric
        assert (result.history["asymmetry"][-1] == 0).all() == symmetric


def test_random_start_has_the_asked_scale():
    patterns = patterns_of(1, 5, 300)
    for symmetric in (False, True):
        start = learn(
            patterns, initial="random", initial_scale=0.7, symmetric=symmetric, epochs=0
        ).couplings[0]
        elements = start[np.triu_indices(300, 1)] * math.sqrt(300) / 0.7
        error = 1 / math.sqrt(2 * len(elements))
        assert elements.std() == pytest.approx(1, abs=5 * error)
        assert abs(elements.mean()) < 5 / math.sqrt(len(elements))


def test_clipping_shortens_the_gradient_to_the_norm():
    patterns = patterns_of(1, 20, 30)
    free = learn(patterns, epochs=1, learning_rate=1.0).couplings[0]
    norm = np.linalg.norm(free)
    clipped = learn(patterns, epochs=1, learning_rate=1.0, clip_norm=norm / 3).couplings[0]
    np.testing.assert_allclose(clipped, free / 3, rtol=1e-12, atol=1e-15)
    loose = learn(patterns, epochs=1, learning_rate=1.0, clip_norm=norm * 3).couplings[0]
    np.testing.assert_allclose(loose, free, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("symmetric", [False, True])
def test_loss_falls_at_every_step_of_a_small_rate(symmetric):
    patterns = patterns_of(1, 60, 20)
    # The curvature is at most lambda / N times the largest eigenvalue of the correlations.
    correlations = patterns[0].astype(float).T @ patterns[0] / 60
    rate = 20 / np.linalg.eigvalsh(correlations)[-1]
    history = learn(
        patterns, epochs=60, learning_rate=rate, symmetric=symmetric, record_epochs=range(60)
    ).history
    assert (np.diff(history["loss"][:, 0]) < 0).all()
    assert (np.diff(history["norm"][:, 0]) > 0).all()


def test_large_norms_approach_maximum_stability():
    """The direction on separable data tends to the hard-margin one, as 1/log(epochs)."""
    patterns = patterns_of(1, 4, 25)
    spins = patterns[0].astype(float)
    margins = np.empty(25)
    for i in range(25):
        others = np.delete(spins, i, axis=1) * spins[:, i : i + 1]
        # Separating xi_i xi_j from their mirror images needs no intercept: labels of both signs.
        svm = LinearSVC(C=1e6, loss="hinge", fit_intercept=False, tol=1e-8, max_iter=1_000_000)
        svm.fit(np.concatenate([others, -others]), [1] * 4 + [-1] * 4)
        margins[i] = (others @ svm.coef_[0]).min() / np.linalg.norm(svm.coef_[0])
    shortfalls = []
    for epochs in (30, 1000, 10000):
        result = learn(patterns, inverse_temperature=2.0, learning_rate=5.0, epochs=epochs)
        smallest = measures.stabilities(result.couplings, patterns)[0].min(axis=0)
        assert (smallest <= margins * (1 + 1e-6)).all()
        shortfalls.append((1 - smallest / margins).max())
    assert shortfalls[0] > shortfalls[1] > shortfalls[2]
    assert shortfalls[2] < 0.03


@pytest.mark.parametrize("symmetric", [False, True])
def test_infinite_data_recovers_the_couplings(symmetric):
    """All states of a small system, repeated by their Boltzmann weights, give J/(lambda T)."""
    sites, temperature, inverse_temperature = 4, 1.3, 0.8
    rng = np.random.default_rng(3)
    true = np.triu(rng.normal(scale=0.5, size=(sites, sites)), 1)
    true += true.T
    states = np.array(list(itertools.product([-1, 1], repeat=sites)), dtype=np.int8)
    weights = np.exp(-observables.energies(true[None], states[None])[0] * sites / temperature)
    repeats = np.rint(20000 * weights / weights.sum()).astype(int)
    patterns = np.repeat(states, repeats, axis=0)[None]
    target = true[None] / (temperature * inverse_temperature)
    result = learn(
        patterns,
        symmetric=symmetric,
        inverse_temperature=inverse_temperature,
        learning_rate=4.0,
        epochs=400,
    )
    # Rounding 16 weights to whole samples moves each of them by 1/40 000 at most.
    assert np.abs(result.couplings - target).max() < 2e-3
    assert observables.reconstruction_error(result.couplings, target) < 1e-3
    assert observables.coupling_cosine(result.couplings, target) > 1 - 1e-6


def test_history_holds_the_records_and_what_is_observed():
    patterns = patterns_of(2, 10, 12)
    seen, reports = [], []

    def observe(rows, epoch, couplings):
        seen.append((epoch, couplings.copy()))
        assert range(*rows.indices(9)) == range(2)
        return {"largest": np.abs(couplings).max(axis=(1, 2))}

    result = learn(
        patterns,
        epochs=60,
        record_epochs=[7, 20],
        observe=observe,
        progress=lambda *report: reports.append(report),
    )
    assert result.history["epoch"].tolist() == [0, 7, 20, 60]
    assert [epoch for epoch, _ in seen] == [0, 7, 20, 60]
    np.testing.assert_array_equal(seen[-1][1], result.couplings)
    assert set(result.history) == {
        "epoch", "loss", "norm", "asymmetry", "min_stability", "hebb_distance", "largest",
    }  # fmt: skip
    assert all(v.shape == (4, 2) for k, v in result.history.items() if k != "epoch")
    for key in ("norm", "min_stability"):
        expected = {
            "norm": measures.row_norms(result.couplings).mean(axis=1),
            "min_stability": measures.stabilities(result.couplings, patterns).min(axis=(1, 2)),
        }[key]
        np.testing.assert_allclose(result.history[key][-1], expected)
    assert np.isnan(result.history["min_stability"][0]).all()
    assert [report[:2] for report in reports] == [(e, 60) for e in (0, 7, 20, 50, 60)]
    assert reports[-1][2] == pytest.approx(result.history["loss"][-1].mean())
    np.testing.assert_array_equal(result.diagnostics["loss"], result.history["loss"][-1])
    assert result.converged.all()
    # Looking at the couplings does not change the training.
    np.testing.assert_array_equal(result.couplings, learn(patterns, epochs=60).couplings)


@pytest.mark.parametrize("changes", [{}, {"batch_size": 20}, {"symmetric": True}])
def test_a_rate_too_large_stops_with_the_setting_to_change(changes):
    patterns = patterns_of(1, 80, 20)  # not separable: the loss cannot fall to zero
    with pytest.raises(TrainingError, match=r"^learning_rate: found a loss of .* lower it$"):
        learn(patterns, learning_rate=1e4, epochs=1000, **changes)


@pytest.mark.parametrize("space", ["direct", "gram"])
def test_growth_without_bound_stops_soon(space):
    """With learning_rate * l2 / N > 2 the couplings grow geometrically."""
    patterns = patterns_of(1, 10, 20)
    reports = []
    with pytest.raises(TrainingError, match=r"^learning_rate: found a loss"):
        learn(patterns, space=space, l2=1.0, learning_rate=1e3, epochs=1000, initial="random",
              progress=lambda *report: reports.append(report))  # fmt: skip
    assert len(reports) <= 3


def test_not_a_number_stops_with_the_setting_to_change():
    patterns = patterns_of(1, 10, 20)
    with pytest.raises(TrainingError, match=r"^learning_rate: .* not finite at epoch 50; lower it"):
        learn(patterns, backend=select("cpu"), l2=1.0, learning_rate=1e12, epochs=1000)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"inverse_temperature": 0.0}, "inverse_temperature: found 0.0, expected above 0"),
        ({"learning_rate": -1.0}, "learning_rate: found -1.0, expected above 0"),
        ({"epochs": -1}, "epochs: found -1, expected at least 0"),
        ({"batch_size": 0}, "batch_size: found 0, expected at least 1"),
        (
            {"initial": "ones"},
            "initial: found 'ones', expected one of zero, hebb, hebb_rows, random",
        ),
        ({"l2": -0.1}, "l2: found -0.1, expected at least 0"),
        ({"clip_norm": 0.0}, "clip_norm: found 0.0, expected above 0"),
        ({"decay": 1.1}, "decay: found 1.1, expected above 0 and at most 1"),
        ({"space": "dual"}, "space: found 'dual', expected one of auto, direct, gram"),
        ({"space": "gram", "symmetric": True}, "space: found 'gram', expected 'direct' for"),
        ({"space": "gram", "batch_size": 2}, "space: found 'gram', expected 'direct' for"),
        ({"record_epochs": [3, 21]}, r"record_epochs: found \[3, 21\], expected 0 to 20"),
    ],
)
def test_bad_settings_are_named(changes, message):
    with pytest.raises(InputError, match="^" + message):
        learn(patterns_of(1, 5, 6), **changes)
