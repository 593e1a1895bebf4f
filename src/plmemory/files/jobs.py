"""How a job of the workflow fails: one line for people, the traceback in its log."""

from __future__ import annotations

import errno
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from plmemory.errors import InputError, TrainingError

logger = logging.getLogger("plmemory")


@contextmanager
def logged(log: str) -> Iterator[logging.Logger]:
    """Run a job's body: progress and any traceback go to ``log``, one line to the screen.

    A fault leaves the process with exit status 1, so that Snakemake removes what the job
    had begun to write.
    """
    logging.raiseExceptions = False  # a log that cannot be written is no fault of the job's
    handler = logging.FileHandler(log, mode="w")
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield logger
    except (InputError, TrainingError) as fault:
        logger.error("%s", fault)
        _leave(str(fault))
    except KeyboardInterrupt:
        logger.error("interrupted")
        _leave("interrupted")
    except OSError as fault:
        logger.exception("failed")
        if fault.errno == errno.ENOSPC:
            _leave(f"no space left on the disk while writing {fault.filename or 'a result'}")
        _leave(f"{fault} (traceback in {log})")
    except Exception as fault:
        logger.exception("failed")
        _leave(f"{type(fault).__name__}: {fault} (traceback in {log})")
    finally:
        logger.removeHandler(handler)
        with suppress(OSError):  # the disk is full, and a line was still to be written
            handler.close()


def _leave(message: str) -> None:
    print(f"Error: {message}", file=sys.stderr)
    sys.exit(1)
