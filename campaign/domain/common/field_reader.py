"""Fields of a table as somebody wrote them: what is wrong with each is remembered, so that all of it is said at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from campaign.domain.common.invalid_input import InvalidInputError

T = TypeVar("T")


class InvalidFieldsError(InvalidInputError):
    """Fields that cannot be accepted. `str()` of it is the first of them: "title: write a title"."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        name, words = next(iter(errors.items()))
        super().__init__("%(name)s: %(words)s", name=name, words=words)
        self.errors = dict(errors)
        """What is wrong, by the name of the field, in words that follow "name: "; in the order in which they were read."""


@dataclass(frozen=True, slots=True)
class FieldReader:
    """A table being read."""

    raw: Mapping[str, Any]
    prefix: str = ""
    """What the table is called in an error, with a dot at its end."""
    errors: dict[str, str] = field(default_factory=dict)

    def read(self, name: str, reader: Callable[[Any], T], default: Any, fallback: T) -> T:
        """The field as `reader` reads it; `fallback` where that refuses, which is remembered."""
        try:
            return reader(self.raw.get(name, default))
        except InvalidInputError as refused:
            self.add_error(name, str(refused))
            return fallback

    def text(self, name: str, max_length: int) -> str:
        """A text of at most `max_length` characters, trimmed; empty where there is none."""
        return self.read(name, lambda value: read_text(value, max_length), "", "")

    def add_error(self, name: str, message: str) -> None:
        """Remember what is wrong with a field; what was said of it first stays."""
        self.errors.setdefault(self.prefix + name, message)

    def reject_unknown(self, known: Mapping[str, Any] | frozenset[str]) -> None:
        """Refuse the fields that there are not."""
        for name in sorted(self.raw.keys() - set(known)):
            self.add_error(name, f"there is no such field; known are {', '.join(sorted(known))}")

    def raise_errors(self) -> None:
        """Raises InvalidFieldsError where anything is."""
        if self.errors:
            raise InvalidFieldsError(self.errors)


def read_text(value: object, max_length: int) -> str:
    """A text, trimmed, its lines ending alike. Raises InvalidInputError."""
    if not isinstance(value, str):
        raise InvalidInputError("must be text")
    text = value.replace("\r\n", "\n").strip()
    if len(text) > max_length:
        raise InvalidInputError(f"must be {max_length:,} characters or fewer; it has {len(text):,}")
    if "\x00" in text:
        raise InvalidInputError("contains a NUL character, which no keyboard makes; write it anew")
    return text


def choice_reader(choices: tuple[str, ...]) -> Callable[[object], Any]:
    """A reader of one of a few words."""

    def read(value: object) -> str:
        if not isinstance(value, str) or value not in choices:
            raise InvalidInputError(f"choose one of {', '.join(choices)}")
        return value

    return read
