"""Text of a complaint as it is typed into the public form."""

import unicodedata

from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.common.invisible_characters import UNSHOWABLE, WITHOUT_INVISIBLE

MAX_COMPLAINT_LENGTH = 5_000
"""Characters."""


def read_complaint_text(text: str) -> str:
    """Text as typed: NFC, line breaks kept. Raises InvalidInputError with a sentence that says what to do."""
    written = clean_complaint_text(text)
    if not written:
        raise InvalidInputError("Write what your complaint is about.")
    if len(written) > MAX_COMPLAINT_LENGTH:
        raise InvalidInputError(
            "Write %(most)s characters or fewer; these are %(typed)s.", most=MAX_COMPLAINT_LENGTH, typed=len(written)
        )
    return written


def clean_complaint_text(text: str) -> str:
    """Without characters that cannot be shown or stored: nobody who complains is sent away for one."""
    kept = text.translate(WITHOUT_INVISIBLE).replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", UNSHOWABLE.sub("", kept)).strip()
