"""Gradient descent on the Ising pseudo-likelihood against the authors' library, per epoch.

Full batches, or mini-batches in the order of the data, from zero couplings, with a constant rate:
both sides must reach the same couplings. Ours is the whole call, with setup and recorded history,
divided by its epochs; for the library only the epochs are timed.
"""

from __future__ import annotations

import io
import sys
import time
from contextlib import redirect_stdout
from functools import partial
from typing import Any

import numpy as np

from benchmarks.cases import Case, Cost, Outcome, Run, size
from plmemory.learning.pseudo_likelihood import learn as pseudo_likelihood
from plmemory.machine.backend import select
from plmemory.networks.ising.states import spins
from plmemory.seeds import generator

# The paper's inverse temperature, and its rate (100 at N = 1000), for random patterns.
RATE_PER_SITE = 0.1
INVERSE_TEMPERATURE = 1.0
CLIP = 20.0  # the library's gradient clip, never reached
TOLERANCE = 1e-4  # of couplings in float32 after the compared epochs, relative


class _InOrder:
    """A substitute for a random generator: mini-batches in the order of the data."""

    def permutation(self, count: int) -> np.ndarray:
        return np.arange(count)


def patterns(count: int, sites: int) -> np.ndarray:
    """Random patterns (P, N)."""
    return spins((count, sites), generator(1, "benchmarks", "descent", count, sites))


def ours(batch: int | None, epochs: int, compared: int, device: str, xi: np.ndarray) -> Run:
    """``epochs`` epochs; the value is the couplings after ``compared`` of them."""
    backend = select(device)
    count, sites = xi.shape
    gram = batch is None and count < 2 * sites
    operations = 2.0 * sites * count * (count if gram else 2 * sites)

    def run() -> Outcome:
        seen: dict[int, np.ndarray] = {}

        def observe(_: slice, epoch: int, couplings: np.ndarray) -> dict[str, np.ndarray]:
            if epoch == compared:
                seen[epoch] = np.array(couplings[0])
            return {}

        pseudo_likelihood.descend(
            xi[None],
            backend,
            [_InOrder()],  # type: ignore[list-item]
            inverse_temperature=INVERSE_TEMPERATURE,
            learning_rate=RATE_PER_SITE * sites,
            epochs=epochs,
            batch_size=batch,
            initial="zero",
            initial_scale=0.0,
            symmetric=False,
            l2=0.0,
            clip_norm=None,
            decay=1.0,
            record_epochs=[compared],
            observe=observe,
        )
        return Outcome(seen[compared], epochs, cost=Cost(operations * epochs, "float32"))

    return run


def model_alone(batch: int | None, epochs: int, device: str, xi: np.ndarray, _: np.ndarray) -> Run:
    """The library's model and loss in the simplest loop."""
    import torch
    from PL.model.model import TwoBodiesModel

    states = torch.tensor(xi, dtype=torch.float32, device=device)[:, :, None]

    def run() -> Outcome:
        model = TwoBodiesModel(xi.shape[1], 1, device=device)
        model.J.data.zero_()
        optimizer = torch.optim.SGD(model.parameters(), lr=RATE_PER_SITE * xi.shape[1])
        start = time.perf_counter()
        for _ in range(epochs):
            for part in states.split(batch or len(states)):
                loss = model.loss(part, lambd=INVERSE_TEMPERATURE)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        value = model.J.detach()[:, :, 0, 0].cpu().numpy()
        return Outcome(value, epochs, time.perf_counter() - start)

    return run


def shipped_loop(batch: int | None, epochs: int, device: str, xi: np.ndarray, _: np.ndarray) -> Run:
    """The library's ``train_model`` with its data loader.

    Its module imports a package path that the wheel does not have, and opens its result file with
    the wrong arguments: we add the path and omit the file, so that it runs.
    """
    import PL
    import torch

    sys.modules["PL.PL"] = PL
    from PL.dataset.random_features import BasicDataset
    from PL.model.model import TwoBodiesModel
    from PL.training import training_RF

    training_RF.init_training_h5 = lambda *_: None
    states = torch.tensor(xi, dtype=torch.float32)[:, :, None]
    loader = torch.utils.data.DataLoader(
        BasicDataset(*states.shape, xi=states),
        batch_size=batch or len(xi),
        num_workers=2,
        multiprocessing_context="fork",  # the default, except for processes started like this one
    )
    one = torch.utils.data.DataLoader(BasicDataset(*states[:1].shape, xi=states[:1]))

    class Clocked(TwoBodiesModel):
        """Records the times when epochs begin (train) and end (eval)."""

        def __init__(self) -> None:
            super().__init__(xi.shape[1], 1, device=device)
            self.began = self.seconds = 0.0

        def train(self, mode: bool = True) -> Any:
            if mode:
                self.began = time.perf_counter()
            elif self.began:
                self.seconds += time.perf_counter() - self.began
                self.began = 0.0
            return super().train(mode)

    def run() -> Outcome:
        model = Clocked()
        model.J.data.zero_()
        optimizer = torch.optim.SGD(model.parameters(), lr=RATE_PER_SITE * xi.shape[1])
        with redirect_stdout(io.StringIO()):
            training_RF.train_model(
                model=model,
                dataloader=loader,
                dataloader_f=one,
                dataloader_gen=one,
                epochs=epochs,
                learning_rate=RATE_PER_SITE * xi.shape[1],
                max_grad=CLIP,
                device=device,
                data_PATH="",
                init_overlap=1.0,
                n=1,
                l=INVERSE_TEMPERATURE,
                optimizer=optimizer,
                J2=np.zeros(xi.shape[1:] * 2),
                norm_J2=1.0,
                valid_every=epochs,
                epochs_to_save=[],
                model_name_base="",
                save=False,
                l2=False,
                alpha=1.0,
                loss_type="CE",
            )
        value = model.J.detach()[:, :, 0, 0].cpu().numpy()
        return Outcome(value, epochs, model.seconds)

    return run


def difference(xi: np.ndarray, one: np.ndarray, other: np.ndarray) -> float:
    """Relative, in the norm of all couplings."""
    return float(np.linalg.norm(one - other) / np.linalg.norm(other))


def _case(
    count: int,
    sites: int,
    epochs: int,
    peer_epochs: int,
    *,
    batch: int | None = None,
    shipped: bool = False,
    rounds: int = 3,
    device: str = "cpu",
) -> Case:
    contestant = shipped_loop if shipped else model_alone
    name = "descent epoch" if batch is None else f"descent epoch, batches of {batch}"
    return Case(
        name=name if device == "cpu" else f"{name}, GPU",
        size=size(N=sites, P=count),
        peer="pl-training as shipped" if shipped else "pl-training, model alone",
        data=partial(patterns, count, sites),
        ours=partial(ours, batch, epochs, peer_epochs, device),
        theirs=partial(contestant, batch, peer_epochs, device),
        difference=difference,
        tolerance=TOLERANCE,
        needs="PL",
        rounds=rounds,
        device=device,
    )


def cases(quick: bool, device: str) -> list[Case]:
    """Descents of several sizes, also on a GPU if ``device`` is cuda."""
    if quick:
        found = [
            _case(50, 200, 100, 20),
            _case(500, 200, 40, 20),
            _case(50, 200, 100, 5, shipped=True, rounds=1),
        ]
    else:
        found = [
            _case(100, 1000, 400, 100, rounds=5),
            _case(400, 1000, 400, 50),
            _case(4000, 1000, 100, 10),
            _case(19600, 196, 301, 20),
            _case(19600, 196, 301, 20, batch=1000),
            _case(100, 1000, 400, 30, shipped=True),
            _case(400, 1000, 400, 20, shipped=True),
            _case(4000, 1000, 100, 5, shipped=True, rounds=2),
            _case(19600, 196, 301, 10, shipped=True),
            # For the scaling with N (at P = 0.4 N) and with P (at N = 1000).
            *(_case(2 * sites // 5, sites, 400, 100) for sites in (125, 250, 500)),
            _case(800, 2000, 50, 10),
            *(_case(count, 1000, 100, 10) for count in (50, 200, 1000, 2000)),
            _case(10000, 1000, 20, 4, rounds=1),
        ]
    if device == "cuda":
        found += [
            _case(count, sites, epochs, 20, device=device)
            for count, sites, epochs in (
                [(50, 200, 40)]
                if quick
                else [(100, 1000, 400), (400, 1000, 400), (4000, 1000, 400), (19600, 196, 400)]
            )
        ]
    return found
