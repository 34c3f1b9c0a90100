"""Upload of a picture: the file of a form's field, encoded anew, and what it shows; or what is wrong with either."""

from collections.abc import Mapping, Sequence

from flask import request

from campaign.domain.campaigns.image import MAX_MEGABYTES, PictureCopy, PictureUse
from campaign.domain.campaigns.page_texts import PAGE_TEXT_LENGTHS
from campaign.domain.common.field_reader import FieldReader
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.rendering.picture_process import import_picture_apart
from campaign.web.desk.campaign_form_fields import error_sentences
from campaign.web.desk.process_slot import BUSY_MESSAGE, PROCESS_SLOT, SLOT_WAIT_SECONDS
from campaign.web.single_flight import BusyError

MAX_FORM_BYTES = MAX_MEGABYTES * 1_000_000 + 500_000
"""Octets: the largest picture, and what is said of it in every language."""
EDIT_CONFLICT_MESSAGE = N_(
    "Somebody else has just changed the campaign. Look at it as it is now, and choose again if it still is right."
)
PICTURE_ALT_PREFIX = "picture_alt_"
"""Beginning of the names of fields that say what a picture shows; a language follows."""
_ALT_MISSING = N_("say in a sentence what the picture shows, for those who do not see it")


def uploaded_copies(use: PictureUse, errors: dict[str, str], field: str, *, required: bool) -> Sequence[PictureCopy]:
    """The copies of the picture that was sent, for a use; none where none was, or it is wrong, which `errors` then say."""
    sent = request.files.get(field)
    if sent is None or not sent.filename:
        if required:
            errors[field] = N_("Choose a picture.")
        return ()
    try:
        with PROCESS_SLOT.acquired(SLOT_WAIT_SECONDS):
            return import_picture_apart(sent.stream.read(), use)
    except InvalidInputError as refused:
        errors[field] = refused.sentence
    except BusyError:
        errors[field] = BUSY_MESSAGE
    return ()


def read_alts(languages: Mapping[str, str], errors: dict[str, str]) -> dict[str, str]:
    """What a picture shows, by language; `languages` are those by the names of their fields."""
    fields, alts = FieldReader(request.form), {}
    for name, language in languages.items():
        alts[language] = fields.text(name, PAGE_TEXT_LENGTHS["picture_alt"])
        if not alts[language]:
            fields.add_error(name, _ALT_MISSING)
    # Each is called by the one name they share: which of them it is, its place in the form says.
    for name, words in fields.errors.items():
        errors[name] = error_sentences({"picture_alt": words})["picture_alt"]
    return alts
