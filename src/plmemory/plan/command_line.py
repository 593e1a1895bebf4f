"""Mistakes on the command line that Snakemake ignores silently or explains badly."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path

from plmemory.errors import InputError
from plmemory.plan import configuration
from plmemory.plan.consistency import TARGETS
from plmemory.plan.plan import Plan

CONFIG_FILES = ("--configfile", "--configfiles")


def check(arguments: Sequence[str], config_files: Iterable[Path | str]) -> None:
    """Check that no configuration file and no key in it is ignored.

    Raises
    ------
    InputError
        If ``--configfile`` is given twice (only the last would count), or a file has a key twice.
    """
    options = [argument.partition("=")[0] for argument in arguments]
    if sum(option in CONFIG_FILES for option in options) > 1:
        raise InputError(
            "--configfile: found twice, expected once with all files after it; the last one wins"
        )
    configuration.check_files(config_files)


def check_targets(arguments: Sequence[str], plan: Plan) -> None:
    """Check that every target on the command line is one of the workflow or looks like a file.

    Raises
    ------
    InputError
        For any other word; the message suggests a similar name.
    """
    from snakemake.cli import get_argument_parser

    if Path(arguments[0]).stem not in ("snakemake", "__main__"):
        return  # called as a library: the arguments belong to another program
    told, _ = get_argument_parser().parse_known_args(list(arguments[1:]))
    known = [*plan.config["figures"], *sorted(TARGETS)]
    for target in told.targets:
        if target not in known and "/" not in target and "." not in target:
            near = difflib.get_close_matches(target, known, 1)
            meant = f"did you mean {near[0]!r}?" if near else f"expected one of {', '.join(known)}"
            raise InputError(f"target: found {target!r}; {meant}")
