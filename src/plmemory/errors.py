"""Errors that a user can correct: their text is the whole message, one line, no traceback."""


class InputError(ValueError):
    """Bad input. The message names the file or key, what was found and what was expected.

    It is one line: characters of names in a file that do not print are escaped.
    """

    def __init__(self, message: str) -> None:
        escaped = (sign if sign.isprintable() else ascii(sign)[1:-1] for sign in message)
        super().__init__("".join(escaped))


class TrainingError(RuntimeError):
    """Training failed numerically. The message names the setting to change."""
