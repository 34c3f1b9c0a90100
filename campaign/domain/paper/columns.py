"""Names of a list's columns: many spellings of the few fields a signature on paper has."""

import re
from collections.abc import Mapping, Sequence

from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.common.text_folding import fold_text

COLUMN_SPELLINGS: dict[str, str] = {
    "name": "name|full name|fullname|your name|name of signatory|signatory|print name|printed name|name printed|name in full|"
            "signed by|supporter name|name of supporter|supporter|supporters|supporters name|signatory name|petitioner|"
            "petitioner name|name of petitioner|signer|signer name|signee|participant name|person|enw|enw llawn|nom|"
            "nombre|navn",
    "first_name": "first name|firstname|forename|forenames|given name|given names|christian name|enw cyntaf|prenom|vorname",
    "last_name": "last name|lastname|surname|family name|second name|cyfenw|nachname",
    "postcode": "postcode|post code|postal code|zip|zip code|zipcode|pc|uk postcode|home postcode|your postcode|cod post|plz|"
                "postleitzahl|code postal",
    "address": "address|full address|home address|postal address|address and postcode|address with postcode|"
               "address including postcode|address line|addr|cyfeiriad|adresse",
    "country": "country|country code|country of residence|gwlad|pays|land",
    "email": "email|e mail|email address|e mail address|mail|contact email|your email|ebost|e bost|cyfeiriad e bost|courriel",
    "comment": "comment|comments|message|reason|reason for signing|why i am signing|sylw|sylwadau|kommentar",
    "public": "public|show my name|show name|display name|name public|publish name|name may be shown|may show name",
    "updates": "updates|email consent|consent to email|opt in|optin|keep me informed|keep informed|keep me updated|newsletter|"
               "mailing list|may contact|may email|email updates|subscribe",
    "declared": "declared|declaration|may sign|entitled to sign|eligible|eligibility|statement|live work or study|"
                "lives works or studies|lives works or studies here|lives here|resident|local",
    "date": "date|timestamp|date and time|date time|datetime|submission date|submitted|submitted at|created at|signature date|"
            "date of signing|signing date|date signed|signed on|signed at|date of signature|dyddiad|datum",
}  # fmt: skip
"""By field: what a column of it may be called, folded and without punctuation. Of consent only what can mean nothing else."""
_FIELD_BY_SPELLING = {spelling: field for field, spellings in COLUMN_SPELLINGS.items() for spelling in spellings.split("|")}
MAX_HEADER_ROWS = 30
"""Rows at the top of a file among which the one with the names of the columns is looked for."""


def recognise_columns(header: Sequence[str], column_names: Mapping[str, str] | None = None) -> dict[str, int]:
    """Which field stands in which column; {} where the row names no columns we know, or not all that are `mapped`.

    `mapped` says of fields what their column is called. A field that two columns could be is the first of them.
    """
    called = [_normalised_heading(cell) for cell in header]
    found: dict[str, int] = {}
    for field, name in (column_names or {}).items():
        if _normalised_heading(name) not in called:
            return {}
        found[field] = called.index(_normalised_heading(name))
    taken = set(found.values())
    for at, name in enumerate(called):
        field = _FIELD_BY_SPELLING.get(name, "")
        if field and field not in found and at not in taken:
            found[field] = at
    has_name = "name" in found or {"first_name", "last_name"} <= set(found)
    return found if has_name and len(found) > 1 else {}


def read_column_mapping(text: str) -> dict[str, str]:
    """What was written as `name=Full Name,postcode=PC`. Raises InvalidInputError."""
    mapped: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        field, equals, name = part.partition("=")
        field = field.strip().lower().replace("-", "_")
        if not equals or not _normalised_heading(name):
            raise InvalidInputError("Write the columns as name=Full Name,postcode=PC.")
        if field not in COLUMN_SPELLINGS:
            raise InvalidInputError(
                "There is no field %(field)s; there are %(known)s.", field=field, known=", ".join(COLUMN_SPELLINGS)
            )
        mapped[field] = name.strip()
    return mapped


def _normalised_heading(name: str) -> str:
    # What stands in brackets explains: "Name (print)".
    return " ".join(re.sub(r"[\W_]+", " ", re.sub(r"\(.*?\)", " ", fold_text(name))).split())
