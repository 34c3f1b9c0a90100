"""The one error of the domain: something typed that cannot be accepted, in words that say what to do instead."""

from collections.abc import Mapping
from typing import Any, Self


class Sentence(str):
    """English text that knows the message and the values it was made of, so that it can be said in another language."""

    message: str
    """The text before its values are put in, as `%(name)s`: what translations are found by."""
    values: Mapping[str, Any]

    __slots__ = ("message", "values")

    def __new__(cls, message: str, values: Mapping[str, Any]) -> Self:
        sentence = super().__new__(cls, message % values if values else message)
        sentence.message, sentence.values = message, values
        return sentence


def say(message: str, **values: Any) -> Sentence:
    """A sentence with `values` put in as `%(name)s`; its message is collected for translation."""
    return Sentence(message, values)


class InvalidInputError(ValueError):
    """Input that cannot be accepted; `str()` of it is a `Sentence` for the person who typed it."""

    def __init__(self, message: str, **values: Any) -> None:
        self.sentence = Sentence(message, values)
        super().__init__(self.sentence)

    def __str__(self) -> str:
        return self.sentence

    @property
    def message(self) -> str:
        """The sentence before its values are put in: what translations are found by."""
        return self.sentence.message

    @property
    def values(self) -> Mapping[str, Any]:
        """What is put into the message, by name."""
        return self.sentence.values
