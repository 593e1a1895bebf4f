"""Numbers as a page prints them: with their errors, and no digit more than these allow."""

from __future__ import annotations

import math

MINUS, THIN = "−", "\u202f"
WORDS = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
WORDS += ["eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"]
WORDS += ["eighteen", "nineteen", "twenty"]


def fixed(value: float, digits: int, sign: bool = False) -> str:
    """With this number of decimals: −0.30; zero has no sign."""
    text = f"{abs(value):.{digits}f}"
    if not text.strip("0."):
        return text
    return (MINUS if value < 0 else "+" if sign else "") + text


def general(value: float, digits: int = 3) -> str:
    """With at most this number of significant digits: 0.4, 0.0969, 100, 19 600."""
    if float(value).is_integer():
        return count(value)
    digits = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = fixed(value, digits)
    return text.rstrip("0").rstrip(".") if "." in text else text


def count(value: float) -> str:
    """An integer, with separated thousands from 10 000 on."""
    text = f"{abs(value):.0f}"
    if len(text) > 4:
        text = f"{int(text):,}".replace(",", THIN)
    return (MINUS if value < 0 else "") + text


def word(value: float) -> str:
    """A small whole number in a sentence: six; 24; none."""
    return WORDS[int(value)] if value < len(WORDS) else count(value)


def plus_minus(value: float, error: float, sign: bool = False) -> str:
    """A value and its error, to one digit of that, two where it begins with 1: 0.431 ± 0.005."""
    if error == 0:
        return f"{fixed(value, 3, sign)} ± 0"
    digits = _digits(error)
    return f"{fixed(value, digits, sign)} ± {fixed(error, digits)}"


def percent(value: float, error: float) -> str:
    """A fraction and its standard error: 31 ± 4 %."""
    return f"{plus_minus(100 * value, 100 * error)} %" if error else f"{general(100 * value)} %"


def _digits(error: float) -> int:
    """The decimals of an error: one significant digit, two if it begins with 1."""
    mantissa, exponent = f"{error:.1e}".split("e")
    return max(0, (1 if mantissa[0] == "1" else 0) - int(exponent))
