"""What a long work tells of itself in the log of its job: how far it is, and how long it may last.

A log is no result: it may tell the time.
"""

from __future__ import annotations

import logging
import time

logger = logging.getLogger("plmemory")

INTERVAL = 5.0  # seconds between two lines, at least


class Progress:
    """Tells of one piece of work, ``what``, now and then."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._begun = self._told = time.monotonic()
        self._first: float | None = None

    def tell(self, done: float, state: str) -> None:
        """``done``: the part of the work, 0 to 1, and in words the ``state`` that it is in."""
        if self._first is None:
            self._first = done  # of a work that was taken up half done
        now = time.monotonic()
        if now - self._told < INTERVAL:
            return
        self._told = now
        rate = (done - self._first) / (now - self._begun)
        left = f"about {(1 - done) / rate:.0f} s left" if rate > 0 else "time left not known"
        logger.info("%s: %s, %.0f %% done, %s", self._what, state, 100 * done, left)
