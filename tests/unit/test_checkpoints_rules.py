"""Each rule that may last goes on after a kill, to the bytes of a training that was not killed."""

import numpy as np
import pytest
from unit.kills import killed_after, take_every_chance

from plmemory.files import checkpoints, states
from plmemory.learning.attention.learn import learn as attention
from plmemory.learning.daydreaming.learn import learn as daydreaming
from plmemory.learning.margin_perceptron.learn import learn as margin_perceptron
from plmemory.learning.maximum_stability.learn import learn as maximum_stability
from plmemory.learning.minover.learn import learn as minover
from plmemory.learning.perceptron_descent.learn import learn as perceptron_descent
from plmemory.learning.perceptron_optimum.learn import learn as perceptron_optimum
from plmemory.learning.perceptron_stability.learn import learn as perceptron_stability
from plmemory.learning.potts.learn import learn as potts
from plmemory.learning.potts_optimum.learn import learn as potts_optimum
from plmemory.learning.pseudo_likelihood import learn as pseudo_likelihood
from plmemory.learning.pseudo_likelihood_cv.learn import learn as pseudo_likelihood_cv
from plmemory.learning.pseudo_likelihood_optimum.learn import learn as optimum
from plmemory.learning.soft_margin.learn import learn as soft_margin
from plmemory.learning.trained_denoiser.learn import learn as trained_denoiser
from plmemory.learning.two_layers.learn import learn as two_layers
from plmemory.learning.unlearning.learn import learn as unlearning
from plmemory.learning.vector_pseudo_likelihood.learn import learn as vector_pseudo_likelihood
from plmemory.machine.backend import Backend
from plmemory.machine.part import Part

REPLICATES, SITES, COUNT = 2, 14, 9
SINGLE, DOUBLE = Backend(np, "cpu", "float32"), Backend(np, "cpu", "float64")


def rngs(seed=5):
    return [np.random.default_rng([seed, r]) for r in range(REPLICATES)]


def spins(*shape):
    return np.random.default_rng(1).choice(np.array([-1, 1], dtype=np.int8), shape)


PATTERNS = spins(REPLICATES, COUNT, SITES)
TARGETS = spins(REPLICATES, COUNT)
COLOURS = np.random.default_rng(2).integers(0, 3, size=(REPLICATES, 30, 5)).astype(np.int8)
LABELS = np.random.default_rng(3).integers(0, 3, size=(REPLICATES, COUNT))
VECTORS = np.random.default_rng(4).normal(size=(REPLICATES, 4, 6, 3))
VECTORS /= np.linalg.norm(VECTORS, axis=-1, keepdims=True)


def descent(**settings):
    defaults = {
        "inverse_temperature": 1.7,
        "learning_rate": 3.0,
        "batch_size": None,
        "initial": "hebb",
        "initial_scale": 0.5,
        "symmetric": False,
        "l2": 0.01,
        "clip_norm": None,
        "decay": 0.99,
    }
    return lambda: pseudo_likelihood.learn(
        PATTERNS,
        SINGLE,
        rngs(),
        epochs=7,
        records=3,
        keep_couplings=True,
        **{**defaults, **settings},
    )


def colours(**settings):
    fixed = {"states": 3, "inverse_temperature": 1.4, "learning_rate": 2.0, "epochs": 5}
    return lambda: potts(COLOURS, SINGLE, rngs(), **fixed, **settings)


WIDE = spins(REPLICATES, COUNT, 130)  # so many sites are more than one block
MARGIN = {"symmetric": False, "gap": 1e-3, "max_iterations": 700}
OPTIMUM = {"inverse_temperature": 1.3, "tolerance": 1e-4, "max_iterations": 200}
RULES = {
    "mini-batches": descent(batch_size=4, space="direct"),
    "tied couplings": descent(symmetric=True, initial="zero", clip_norm=0.3),
    "span of the patterns": descent(space="gram", initial="random"),
    "optimum": lambda: optimum(PATTERNS, SINGLE, l2=0.1, **OPTIMUM),
    "optimum at fixed norm": lambda: optimum(PATTERNS, DOUBLE, scaled_norm=3.0, **OPTIMUM),
    "cross-validation": lambda: pseudo_likelihood_cv(
        PATTERNS, SINGLE, rngs(), strengths=[0.1, 1.0], folds=3, **OPTIMUM
    ),
    "hinge": lambda: soft_margin(PATTERNS, SINGLE, margin=1.1, gap=0.05, max_iterations=500),
    "maximum stability": lambda: maximum_stability(WIDE, SINGLE, **MARGIN),
    "the last rows of maximum stability": lambda: maximum_stability(
        WIDE, DOUBLE, **MARGIN, part=Part(1, 2)
    ),
    "margin perceptron": lambda: margin_perceptron(PATTERNS, SINGLE, margin=0.1, max_sweeps=50),
    "minover": lambda: minover(PATTERNS, SINGLE, target_field=0.5, max_updates=500),
    "unlearning": lambda: unlearning(
        PATTERNS,
        SINGLE,
        rngs(),
        strength=0.05,
        dreams_per_batch=3,
        max_dreams=30,
        patience=12,
        duration=None,
    ),
    "daydreaming": lambda: daydreaming(PATTERNS, SINGLE, rngs(), tau=40.0, epochs=4, batch=5),
    "colours": colours(symmetric=False),
    "the last rows of colours": colours(symmetric=False, part=Part(1, 2)),
    "tied colours": colours(symmetric=True),
    "optimum of colours": lambda: potts_optimum(
        COLOURS,
        SINGLE,
        states=3,
        penalty=0.05,
        symmetric=False,
        tolerance=1e-4,
        max_iterations=30,
    ),
    "optimum of tied colours": lambda: potts_optimum(
        COLOURS, SINGLE, states=3, penalty=0.05, symmetric=True, tolerance=1e-4, max_iterations=30
    ),
    "two layers": lambda: two_layers(
        PATTERNS,
        SINGLE,
        rngs(),
        train_label=LABELS,
        test=PATTERNS[0],
        test_label=LABELS[0],
        hidden=5,
        initial_scale=1.0,
        learning_rate=0.01,
        epochs=3,
        batch_size=4,
        records=4,
    ),
    "attention": lambda: attention(
        VECTORS,
        SINGLE,
        rngs(),
        clock=4.0,
        inverse_temperature=1.2,
        learning_rate=4.0,
        batch_size=3,
        epochs=6,
        normalised=True,
        gamma=0.0,
    ),
    "denoiser": lambda: trained_denoiser(
        PATTERNS,
        SINGLE,
        rngs(),
        hidden=5,
        learning_rate=0.01,
        steps=30,
        batch_size=4,
        smallest_sigma=0.3,
        largest_sigma=5.0,
    ),
    "vectors": lambda: vector_pseudo_likelihood(
        VECTORS, DOUBLE, inverse_temperature=1.2, learning_rate=4.0, epochs=6
    ),
    "tied maximum stability": lambda: maximum_stability(
        PATTERNS, SINGLE, symmetric=True, gap=1e-3, max_iterations=300
    ),
    "tied optimum": lambda: optimum(PATTERNS, SINGLE, l2=0.1, symmetric=True, **OPTIMUM),
    "optimum of a teacher": lambda: perceptron_optimum(
        PATTERNS,
        SINGLE,
        targets=TARGETS,
        smallest_norm=0.1,
        largest_norm=3.0,
        norms=3,
        tolerance=1e-6,
        max_iterations=100,
    ),
    "maximum stability of a teacher": lambda: perceptron_stability(
        PATTERNS, SINGLE, targets=TARGETS, gap=1e-3, max_iterations=300
    ),
    "descent from a teacher": lambda: perceptron_descent(
        PATTERNS,
        SINGLE,
        targets=TARGETS,
        smallest_norm=0.1,
        largest_norm=0.6,
        norms=3,
        growth=0.05,
        max_steps=60,
    ),
}

# How often they could be kept; the number of iterations depends on rounding a little.
CHANCES = {
    "mini-batches": 5,
    "tied couplings": 5,
    "span of the patterns": 5,
    "cross-validation": 18,
    "maximum stability": 4,
    "unlearning": 21,
    "daydreaming": 12,
    "colours": 12,
    "the last rows of colours": 8,
    "tied colours": 14,
    "optimum of colours": 12,
    "optimum of tied colours": 25,
    "two layers": 22,
    "attention": 10,
    "denoiser": 64,
    "vectors": 18,
    "tied maximum stability": 232,
    "tied optimum": 30,
    "optimum of a teacher": 55,
    "maximum stability of a teacher": 62,
    "descent from a teacher": 54,
}


def contents(learned):
    """All numbers of what was learned, with their types and shapes."""
    arrays: list = []
    states._packed(learned._asdict(), arrays)
    return [(array.dtype, array.shape, array.tobytes()) for array in arrays]


@pytest.fixture
def often(monkeypatch):
    """Every chance to write is taken; and counted."""
    return take_every_chance(monkeypatch)


@pytest.mark.parametrize("name", RULES)
def test_a_killed_training_goes_on_to_the_same_bytes(name, tmp_path, often, monkeypatch):
    rule, output = RULES[name], tmp_path / "P00009.nc"
    expected = contents(rule())
    assert often == []
    with checkpoints.kept(output, "one"):
        assert contents(rule()) == expected
    chances = len(often)
    assert chances >= max(2, 0.8 * CHANCES.get(name, 2))
    for writes in sorted({1, chances // 2, chances - 1} - {0}):
        often.clear()
        assert killed_after(writes, rule, output, monkeypatch)
        assert list(tmp_path.glob(".P00009.nc.checkpoint/*.npz"))
        done, _ = len(often), often.clear()
        with checkpoints.kept(output, "one"):
            assert contents(rule()) == expected
        assert done == writes
        assert len(often) < chances  # what was done is not done again
        assert list(tmp_path.iterdir()) == []
