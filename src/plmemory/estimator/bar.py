"""A progress bar for a long training, in a terminal or a notebook; nothing in a pipe or a file."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

DELAY = 1.0  # seconds of a training before it is shown


class Bar:
    """The progress of the training of a rule, on the screen if there is one."""

    def __init__(self, label: str) -> None:
        self._label, self._made = label, _screen()

    @contextmanager
    def rounds(self, total: int | None) -> Iterator[Callable[[], object]]:
        """A bar of ``total`` rounds, as ``checkpoints.watched`` takes it."""
        if self._made is None:
            yield lambda: None
            return
        with self._bar(total) as bar:
            yield bar.update

    @contextmanager
    def epochs(self) -> Iterator[Callable[[int, int, float], None]]:
        """A function of epochs done, all epochs and the loss, as learning rules call it."""
        if self._made is None:
            yield lambda done, epochs, loss: None
            return
        with self._bar(None) as bar:

            def show(done: int, epochs: int, loss: float) -> None:
                bar.total = epochs
                bar.set_postfix(loss=f"{loss:.4g}", refresh=False)
                bar.update(done - bar.n)

            yield show

    def _bar(self, total: int | None) -> Any:
        return self._made(total=total, desc=self._label, delay=DELAY, leave=False)


def _screen() -> Any:
    """The bar of the terminal or notebook, where there is one and tqdm is installed."""
    terminal = sys.stderr is not None and sys.stderr.isatty()
    if not terminal and "ipykernel" not in sys.modules:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a notebook without widgets has the terminal's bar
            from tqdm.auto import tqdm
    except ModuleNotFoundError:
        return None
    return tqdm
