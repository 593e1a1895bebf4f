"""How a job of the workflow fails: one line for people, the traceback in its log."""

from __future__ import annotations

import errno
import logging
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from plmemory.errors import InputError, TrainingError

logger = logging.getLogger("plmemory")


class Hashed(str):
    """The digest of a job's code, with the names of the ``modules`` in it; it shows the digest."""

    modules: tuple[str, ...]


@contextmanager
def logged(job: Any, what: str) -> Iterator[logging.Logger]:
    """Run the body of a ``job``: progress and any traceback go to its log, one line to the screen.

    ``what``: what it makes, in a phrase. At the end it is checked that all modules of this package
    that ran were hashed when the job was planned: else an edit of one could go unnoticed.

    A fault leaves the process with exit status 1, so that Snakemake removes what the job
    had begun to write.
    """
    log = job.log[0]
    logging.raiseExceptions = False  # a log that cannot be written is no fault of the job's
    handler = logging.FileHandler(log, mode="w")
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield logger
        _check_hashed(job.params.job["code"].modules)
    except (InputError, TrainingError) as fault:
        logger.error("%s", fault)
        _leave(f"{what}: {fault}")
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


def _check_hashed(modules: Collection[str]) -> None:
    package = __name__.partition(".")[0]
    ran = {name for name in sys.modules if name.partition(".")[0] == package}
    if forgotten := sorted(ran.difference(modules)):
        raise RuntimeError(f"code: found {forgotten[0]} that ran and was not hashed")


def _leave(message: str) -> None:
    print(f"Error: {message}", file=sys.stderr)
    sys.exit(1)
