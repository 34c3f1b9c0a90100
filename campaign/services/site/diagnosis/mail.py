"""Checks of mail: the server takes a mail from our sender, and what is owed leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from campaign.domain.common.formatting import format_stretch
from campaign.domain.site.finding import Finding, fault, note
from campaign.mail.errors import MailRefusedError, MailUnavailableError
from campaign.services.site.health import MAIL_OVERDUE_AFTER
from campaign.store.mail import outbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from campaign.runtime import Runtime


def check_sending(runtime: Runtime) -> Iterator[Finding]:
    """The mail server takes our sender and a recipient; nothing is sent."""
    try:
        yield Finding("mail", runtime.new_transport().check())
    except MailRefusedError as error:
        yield note(
            "mail",
            f"takes our sender, but refused a mail to its own domain's postmaster: {error}",
            "see that the server may send to everybody for MAIL_FROM; nothing was sent",
        )
    except MailUnavailableError as error:
        yield fault("mail", f"cannot leave: {error}", "correct MAIL_URL, or start the mail server; mail owed is kept")
    if runtime.settings.development_mailbox is not None:
        yield note("mail", "is kept here and sent to nobody", "set MAIL_URL before you ask the public to sign")


def check_backlog(runtime: Runtime) -> Iterator[Finding]:
    """No mail has waited for long."""
    with runtime.reading() as connection:
        oldest = outbox.oldest_owed_at(connection)
    if oldest is not None and runtime.now() - oldest > MAIL_OVERDUE_AFTER:
        yield fault(
            "mail",
            f"the oldest mail owed has waited {format_stretch(runtime.now() - oldest)}",
            "see that `countersign worker` runs and the mail server takes mail",
        )
