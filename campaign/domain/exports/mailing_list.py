"""Mailing lists: people who asked for updates, in the columns that a mailing program imports as they are.

The columns are those that each program documents, read on 29 November 2026:

- listmonk: `email`, `name`, `attributes` (one JSON object): https://listmonk.app/docs/ and `internal/subimporter/importer.go`
  of https://github.com/knadh/listmonk, which drops every other column.
- Action Network: the names of its own fields are matched by themselves, others become custom fields:
  https://help.actionnetwork.org/hc/en-us/articles/203112959-File-formats-for-list-uploads
- Mailchimp: `Email Address`, `First Name`, `Last Name`, `Tags` and any others, texts of at most 255 octets, countries by their
  ISO code ("GB", not "UK"): https://mailchimp.com/help/format-guidelines-for-your-import-file/
- CiviCRM: the labels of its fields are matched by themselves: https://docs.civicrm.org/user/en/latest/common-workflows/importing-data-into-civicrm/
"""

import json
from dataclasses import dataclass
from enum import StrEnum

from campaign.domain.signatures.name_order import split_name


class MailingProgram(StrEnum):
    """A program that sends mail to lists."""

    LISTMONK = "listmonk"
    ACTION_NETWORK = "actionnetwork"
    MAILCHIMP = "mailchimp"
    CIVICRM = "civicrm"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody who asked to be mailed about a campaign. Texts are "" where there is nothing."""

    email: str
    name: str
    postcode: str
    country: str
    """ISO 3166 alpha-2."""
    language: str
    area: str
    """Postcode area, like SW."""
    constituency: str
    council: str
    wording: str
    """The words that were agreed to, in the language they were read in."""
    consented_at: str
    """UTC, "2026-11-23T12:00:00Z"."""


_CONSENT_COLUMNS = ("updates_wording", "updates_at", "campaign")
_COLUMNS = {
    MailingProgram.LISTMONK: ("email", "name", "attributes"),
    MailingProgram.ACTION_NETWORK: (
        "email", "first_name", "last_name", "zip_code", "country", "language", "postcode_area", "constituency", "council",
        *_CONSENT_COLUMNS,
    ),
    MailingProgram.MAILCHIMP: (
        "Email Address", "First Name", "Last Name", "Postcode", "Country", "Language", "Postcode Area", "Constituency",
        "Council", "Updates Wording", "Updates At", "Tags",
    ),
    MailingProgram.CIVICRM: (
        "Email", "First Name", "Last Name", "Postal Code", "Country", "Language", "Postcode Area", "Constituency", "Council",
        "Updates Wording", "Updates At", "Contact Source",
    ),
}  # fmt: skip


def mailing_columns(program: MailingProgram) -> tuple[str, ...]:
    """The headings of the file for a program."""
    return _COLUMNS[program]


def mailing_row(program: MailingProgram, someone: Subscriber, slug: str, *, two_names: bool) -> tuple[str, ...]:
    """One line of the file for a program. With `two_names`, listmonk gets first and last name as attributes beside the name."""
    first, last = split_name(someone.name)
    if program is MailingProgram.LISTMONK:
        attributes = {
            "postcode": someone.postcode, "country": someone.country, "language": someone.language, "area": someone.area,
            "constituency": someone.constituency, "council": someone.council, "updates_wording": someone.wording,
            "updates_at": someone.consented_at, "campaign": slug,
            **({"first_name": first, "last_name": last} if two_names else {}),
        }  # fmt: skip
        return (someone.email, someone.name, json.dumps(attributes, ensure_ascii=False))
    return (
        someone.email, first, last, someone.postcode, someone.country, someone.language, someone.area, someone.constituency,
        someone.council, someone.wording, someone.consented_at, slug,
    )  # fmt: skip
