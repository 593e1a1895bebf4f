"""How a job of the workflow fails: one line for people, the traceback in its log."""

from __future__ import annotations

import errno
import hashlib
import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from plmemory.errors import InputError, TrainingError
from plmemory.files import lineage
from plmemory.files.whole import remove_unfinished

logger = logging.getLogger("plmemory")


class Hashed(str):
    """The digest of a job's code, with the ``sources`` in it; it shows the digest.

    Digests of content and syntax by the names of modules, and by the path of the script.
    """

    sources: Mapping[str, tuple[str, str]]


class Descended(str):
    """The lineage of what a job makes, with what it is made from; it shows the lineage.

    ``lineages`` of results that it reads, ``contents`` of users' files by their path.
    """

    lineages: tuple[str, ...]
    contents: Mapping[str, str]


@contextmanager
def logged(job: Any, what: str) -> Iterator[logging.Logger]:
    """Run the body of a ``job``: progress and any traceback go to its log, one line to the screen.

    ``what``: what it makes, in a phrase. At the end it is checked that all modules of this package
    that ran were hashed when the job was planned, and that they and the inputs are still what they
    were then: else its result would say that it was made otherwise than it was. At the beginning
    results that it reads are held against their checksums, and what a killed job had begun to write
    in its place is removed.

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
        planned = job.params.job
        origin = planned["lineage"]
        for output in job.output:
            remove_unfinished(output)
        if origin.lineages:
            lineage.check_content(job.input)
        yield logger
        check_sources(planned["code"].sources)
        lineage.check(job.input, origin.lineages, origin.contents)
    except (InputError, TrainingError) as fault:
        logger.error("%s", fault)
        _leave(f"{what}: {fault}")
    except KeyboardInterrupt:
        logger.error("interrupted")
        _leave("interrupted")
    except MemoryError as fault:
        logger.exception("failed")
        _leave(f"{what}: out of memory: {fault} (traceback in {log})")
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


def check_sources(planned: Mapping[str, tuple[str, str]]) -> None:
    """See that all that ran of this package is as it was ``planned``, see ``Hashed``.

    Raises
    ------
    RuntimeError
        If a module ran that was not hashed.
    InputError
        If the syntax of a source has changed.
    """
    package = __name__.partition(".")[0]
    ran = {name for name in sys.modules if name.partition(".")[0] == package}
    if forgotten := sorted(ran.difference(planned)):
        raise RuntimeError(f"code: found {forgotten[0]} that ran and was not hashed")
    for name, (content, syntax) in planned.items():
        file = Path(str(sys.modules[name].__file__) if name in ran else name)
        if not file.is_file():  # of a module that did not run
            continue
        if hashlib.sha256(file.read_bytes()).hexdigest() != content and syntax != _syntax(file):
            raise InputError(
                f"{file}: found an edit since this run was planned, expected none; start it again"
            )


def _syntax(file: Path) -> str:
    """The digest of a file's syntax, which it may lack in the middle of an edit."""
    from plmemory.files.syntax import read

    with suppress(SyntaxError):
        return read(file).syntax
    return ""


def _leave(message: str) -> None:
    print(f"Error: {message}", file=sys.stderr)
    sys.exit(1)
