"""Upload of a picture: the file of a form's field, encoded anew, or what is wrong with it."""

from collections.abc import Sequence

from flask import request

from campaign.domain.campaigns.image import MAX_MEGABYTES, PictureCopy, PictureUse
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.rendering.picture_process import import_picture_apart
from campaign.web.desk.process_slot import BUSY_MESSAGE, PROCESS_SLOT, SLOT_WAIT_SECONDS
from campaign.web.single_flight import BusyError

MAX_FORM_BYTES = MAX_MEGABYTES * 1_000_000 + 500_000
"""Octets: the largest picture, and what is said of it in every language."""
EDIT_CONFLICT_MESSAGE = (
    "Somebody else has just changed the campaign. Look at it as it is now, and choose again if it still is right."
)
ALT_MISSING = "say in a sentence what the picture shows, for those who do not see it"


def uploaded_copies(use: PictureUse, errors: dict[str, str], field: str, *, required: bool) -> Sequence[PictureCopy]:
    """The copies of the picture that was sent, for a use; none where none was, or it is wrong, which `errors` then say."""
    sent = request.files.get(field)
    if sent is None or not sent.filename:
        if required:
            errors[field] = "Choose a picture."
        return ()
    try:
        with PROCESS_SLOT.acquired(SLOT_WAIT_SECONDS):
            return import_picture_apart(sent.stream.read(), use)
    except InvalidInputError as refused:
        errors[field] = str(refused)
    except BusyError:
        errors[field] = BUSY_MESSAGE
    return ()
