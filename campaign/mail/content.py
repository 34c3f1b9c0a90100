"""Content of a mail beside what its claim knows: made or opened as it leaves. A mail has one kind of it at most."""

from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from campaign.domain.mail.mailbox_signatures import MailboxSignatures


class LoginLink(NamedTuple):
    """Link that a campaigner signs in with."""

    id: int
    key: str


@dataclass(frozen=True, slots=True)
class ThanksContent:
    """The campaigners' own words in the mail of thanks, rendered."""

    html: Markup
    text: str
    is_test: bool = False
    """Whether it goes to the campaigner who writes them."""


@dataclass(frozen=True, slots=True)
class UpdateContent:
    """The text of an update, rendered for a mail."""

    body_html: Markup
    body_text: str
    answer_html: Markup
    """"" where it tells of no answer."""
    answer_text: str
    is_test: bool = False
    """Whether it goes to the campaigner who writes it, who can unsubscribe from nothing."""


MailContent = LoginLink | ThanksContent | UpdateContent | MailboxSignatures
"""By kind: `sign_in`, `thank_you`, `update` and `my_signatures`. The others have none."""
