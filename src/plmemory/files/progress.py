"""Progress of long work in the log of its job: how far it is, and how long it may last.

A log is not a result, so it may contain times.
"""

from __future__ import annotations

import logging
import time

logger = logging.getLogger("plmemory")

INTERVAL = 5.0  # seconds between two lines, at least


class Progress:
    """Reports the progress of one piece of work, ``what``, from time to time."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._begun = self._told = time.monotonic()
        self._first: float | None = None

    def tell(self, done: float, state: str) -> None:
        """``done``: the finished fraction of the work, 0 to 1. ``state``: its state, in words."""
        if self._first is None:
            self._first = done  # the work may be resumed from a checkpoint
        now = time.monotonic()
        if now - self._told < INTERVAL:
            return
        self._told = now
        rate = (done - self._first) / (now - self._begun)
        left = f"about {(1 - done) / rate:.0f} s left" if rate > 0 else "time left not known"
        logger.info("%s: %s, %.0f %% done, %s", self._what, state, 100 * done, left)
