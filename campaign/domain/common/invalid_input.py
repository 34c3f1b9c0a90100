"""The one error of the domain: something typed that cannot be accepted, in words that say what to do instead."""

from typing import Any


class InvalidInputError(ValueError):
    """Input that cannot be accepted; `str()` of it is a sentence for the person who typed it.

    `message` is that sentence before its `values` are put in, as `%(name)s`: what translations are found by.
    """

    def __init__(self, message: str, **values: Any) -> None:
        super().__init__(message % values if values else message)
        self.message = message
        self.values = values
