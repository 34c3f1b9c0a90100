"""Reason or message on one line, as a person types it."""

from campaign.domain.common.invalid_input import InvalidInputError


def read_reason(text: str, max_characters: int, *, missing: str = "") -> str:
    """Text on one line, its control characters taken for spaces.

    Raises InvalidInputError where it is longer than `max_characters`, and, with the sentence `missing`, where it is empty and
    may not be.
    """
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    if missing and not line:
        raise InvalidInputError(missing)
    if len(line) > max_characters:
        raise InvalidInputError(
            "Write %(most)s characters or fewer; these are %(typed)s.", most=max_characters, typed=len(line)
        )  # fmt: skip
    return line
