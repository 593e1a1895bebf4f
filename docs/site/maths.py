"""Formulas in Markdown: $...$ and $$...$$ become MathML, which browsers show without scripts."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from math_core import LatexError, LatexToMathML

DISPLAYED = r"\$\$(.+?)\$\$"
INLINE = r"(?<!\$)\$(?![\s$])([^$]+?)(?<!\s)\$(?![\d$])"
# After code, which keeps its dollars, and before escapes by backslashes.
PRIORITY = 185


class Formula(InlineProcessor):
    """One formula, protected from all other patterns."""

    def __init__(self, pattern: str, md: Markdown, displayed: bool, seen: set[str]) -> None:
        super().__init__(pattern, md)
        self.displayed, self.seen = displayed, seen

    def handleMatch(  # type: ignore[override]
        self, match: re.Match[str], data: str
    ) -> tuple[str | Element, int, int]:
        """The formula as MathML, and its place."""
        made = mathml(match.group(1), self.displayed)
        self.seen.update(re.sub("<[^>]*>", "", made))
        return self.md.htmlStash.store(made), match.start(), match.end()


class Maths(Extension):
    """The extension; ``seen`` collects the characters of all formulas, which the font must have."""

    def __init__(self, seen: set[str]) -> None:
        super().__init__()
        self.seen = seen

    def extendMarkdown(self, md: Markdown) -> None:
        """Called by Markdown."""
        for name, pattern in (("displayed", DISPLAYED), ("inline", INLINE)):
            formula = Formula(pattern, md, name == "displayed", self.seen)
            md.inlinePatterns.register(formula, f"{name} maths", PRIORITY - (name == "inline") / 2)


def mathml(formula: str, displayed: bool = False) -> str:
    """A formula of LaTeX as MathML.

    Raises
    ------
    ValueError
        If the formula cannot be read; the message contains it.
    """
    try:
        return LatexToMathML().convert_with_local_state(formula, displaystyle=displayed)
    except LatexError as fault:
        raise ValueError(f"found the formula {formula!r}: {fault}") from None
