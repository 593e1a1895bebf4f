"""Failures of a job of the workflow: one line for the user, the traceback in the log."""

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
    """The digest of a job's code, as text, with its ``sources``.

    ``sources``: digests of content and syntax, by the names of modules and the path of the script.
    """

    sources: Mapping[str, tuple[str, str]]


class Descended(str):
    """The lineage of the result of a job, as text, with the inputs of the job.

    ``lineages``: of the results that it reads. ``contents``: digests of a user's files, by path.
    """

    lineages: tuple[str, ...]
    contents: Mapping[str, str]


@contextmanager
def logged(job: Any, what: str) -> Iterator[logging.Logger]:
    """Run the body of a ``job``: progress and any traceback go to its log, one line to the screen.

    ``what``: what it makes, in a phrase. At the beginning, results that the job reads are compared
    with their checksums, and incomplete files of a killed job are removed. At the end, the job
    checks that all modules of this package that ran were hashed when the job was planned, and that
    they and the inputs have not changed since. Otherwise the provenance of its result would be
    wrong.

    After a fault the process ends with exit status 1, so Snakemake removes incomplete outputs.
    """
    log = job.log[0]
    logging.raiseExceptions = False  # a log that cannot be written is not a fault of the job
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
        if isinstance(fault.__cause__, KeyboardInterrupt):  # Python 3.11, while it makes a class
            logger.error("interrupted")
            _leave("interrupted")
        logger.exception("failed")
        _leave(f"{type(fault).__name__}: {fault} (traceback in {log})")
    finally:
        logger.removeHandler(handler)
        with suppress(OSError):  # the disk is full, and a line of the log is still unwritten
            handler.close()


def check_sources(planned: Mapping[str, tuple[str, str]]) -> None:
    """Check that all modules of this package that ran are as ``planned``, see ``Hashed``.

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
        if not file.is_file():  # belongs to a module that did not run
            continue
        if hashlib.sha256(file.read_bytes()).hexdigest() != content and syntax != _syntax(file):
            raise InputError(
                f"{file}: found an edit since this run was planned, expected none; start it again"
            )


def _syntax(file: Path) -> str:
    """The digest of a file's syntax; an unfinished edit may have none."""
    from plmemory.files.syntax import read

    with suppress(SyntaxError):
        return read(file).syntax
    return ""


def _leave(message: str) -> None:
    print(f"Error: {message}", file=sys.stderr)
    sys.exit(1)
