"""Errors that a user can mend: their text is the whole message, one line, no traceback."""


class InputError(ValueError):
    """Bad input. The message names the file or key, what was found and what was expected."""


class TrainingError(RuntimeError):
    """Training failed numerically. The message names the setting to change."""
