"""Docstrings of this package in the form of numpy's, as griffe reads them."""

from __future__ import annotations

import re
from typing import Any

import griffe

SECTION = re.compile(r"^(Parameters|Attributes)\n-+\n((?:.+\n?)*)", re.MULTILINE)
ENTRY = re.compile(r"^(\S[^:\n]*) : ", re.MULTILINE)


class Docstrings(griffe.Extension):
    """``name : words`` becomes ``name`` above indented words; numpy would read them as a type."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Called by griffe for every object."""
        if obj.docstring is not None:
            obj.docstring.value = turned(obj.docstring.value)


def turned(text: str) -> str:
    """A docstring in the form of numpy's."""
    return SECTION.sub(lambda found: ENTRY.sub(r"\1\n    ", found.group()), text)
