"""Text of the page: TeX as plain text, numbers with the digits that their errors justify."""

from __future__ import annotations

import math
import re
import unicodedata

_INDICES = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")


def plain(text: str) -> str:
    """TeX between dollars as plain text: ``$\\alpha_D$`` becomes α_D."""
    return re.sub(r"\$([^$]*)\$", lambda found: _signs(found[1]), text)


def _signs(formula: str) -> str:
    words = re.sub(r"\\(?:mathrm|mathbf|text)\{([^{}]*)\}", r"\1", formula)
    words = re.sub(r"\\ ", " ", words)
    words = re.sub(r"\\(hat|tilde)\s*(\\[A-Za-z]+|[A-Za-z])", _dressed, words)
    words = re.sub(r"\\([A-Za-z]+) ?", lambda found: _letter(found[1]), words)
    words = re.sub(r"_\{?(\d+)\}?", lambda found: found[1].translate(_INDICES), words)
    return re.sub(r"[{}]", "", words)


def _dressed(found: re.Match[str]) -> str:
    """A letter, or the command of one, below its hat or tilde."""
    return found[2] + ("\u0302" if found[1] == "hat" else "\u0303")


def _letter(name: str) -> str:
    """A Greek letter by its name in TeX; other commands as their name."""
    size = "CAPITAL" if name[0].isupper() else "SMALL"
    letter = name.removeprefix("var").upper().replace("LAMBDA", "LAMDA")
    try:
        return unicodedata.lookup(f"GREEK {size} LETTER {letter}")
    except KeyError:
        return {"infty": "∞", "sqrt": "√", "pm": "±", "times": "×"}.get(name, name)


def spaced(name: str) -> str:
    """A name of the configuration or of a column as words."""
    return name.replace("_", " ")


def number(value: object) -> str:
    """A number to four digits, empty if there is none; words unchanged."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return str(value)
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return "−∞" if value < 0 else "∞"
    return f"{value:.4g}".replace("-", "−")


def measured(value: float, error: float) -> str:
    """A value to the second digit of its error, to eight digits where it has none."""
    if not math.isfinite(value):
        return ""
    if not (math.isfinite(error) and error > 0):
        return f"{value:.8g}".replace("-", "−")
    digits = max(0, 1 - math.floor(math.log10(error)))
    return f"{value:.{digits}f}".replace("-", "−")
