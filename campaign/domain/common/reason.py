"""Reason or message on one line, as a person types it."""

from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.common.invisible_characters import UNSHOWABLE, WITHOUT_INVISIBLE


def read_reason(text: str, max_characters: int, *, missing: str = "") -> str:
    """Text on one line, without invisible characters, control characters taken for spaces.

    Raises InvalidInputError where it is longer than `max_characters`, and, with the sentence `missing`, where it is empty and
    may not be.
    """
    line = " ".join(UNSHOWABLE.sub(" ", text.translate(WITHOUT_INVISIBLE)).split())
    if missing and not line:
        raise InvalidInputError(missing)
    if len(line) > max_characters:
        raise InvalidInputError(
            "Write %(most)s characters or fewer; these are %(typed)s.", most=max_characters, typed=len(line)
        )  # fmt: skip
    return line
