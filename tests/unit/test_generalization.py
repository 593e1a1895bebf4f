"""What gradient descent on the pseudo-likelihood of random features is expected to learn."""

import numpy as np

from plmemory.datasets.features import load as features
from plmemory.learning.pseudo_likelihood import learn as pseudo_likelihood
from plmemory.machine.backend import select
from plmemory.networks.ising.states import overlap
from plmemory.networks.ising.synchronous import relax
from plmemory.seeds import generator


def test_features_and_unseen_mixtures_are_kept_at_a_load_of_0_4():
    backend, rngs = select("cpu"), [generator(1, "features", r) for r in range(2)]
    data = features.generate(200, 200, 500, 25, 3, rngs)
    couplings = pseudo_likelihood.descend(
        data["train"].values,
        backend,
        rngs,
        inverse_temperature=1.0,
        learning_rate=100.0,
        epochs=401,
        batch_size=None,
        initial="hebb",
        initial_scale=0.0,
        symmetric=False,
        l2=0.0,
        clip_norm=None,
        decay=1.0,
    ).couplings
    kept = {
        name: overlap(relax(couplings, states, backend, max_steps=100).states, states).mean()
        for name in ("train", "features", "test")
        for states in [data[name].values]
    }
    assert kept["train"] == 1
    assert kept["features"] > 0.99
    # About 0.95; the means of replicates differ by 0.02.
    assert kept["test"] > 0.88
    nearest = np.einsum("rti,rpi->rtp", data["test"].values, data["train"].values, dtype=float)
    assert kept["test"] > nearest.max(axis=2).mean() / 500 + 0.1
