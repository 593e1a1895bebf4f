"""Errors that a user can mend: their text is the whole message, one line, no traceback."""


class InputError(ValueError):
    """Bad input. The message names the file or key, what was found and what was expected.

    It is one line: what does not print, in names that a file holds, stands as its escape.
    """

    def __init__(self, message: str) -> None:
        escaped = (sign if sign.isprintable() else ascii(sign)[1:-1] for sign in message)
        super().__init__("".join(escaped))


class TrainingError(RuntimeError):
    """Training failed numerically. The message names the setting to change."""
