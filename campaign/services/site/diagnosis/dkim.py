"""Check of the DKIM signature that our mails leave with, seen in one that arrives in our own mailbox of bounces."""

from __future__ import annotations

import time
from email.parser import BytesHeaderParser
from typing import TYPE_CHECKING

from campaign.domain.mail.dkim_signature import DkimSignature, read_dkim_signatures
from campaign.domain.mail.mail_url import read_bounce_url
from campaign.domain.site.finding import Finding, note, unknown
from campaign.mail.bounce_mailbox import BounceMailbox, BounceMailboxError
from campaign.services.site.diagnosis.sender import send_trial_mail

if TYPE_CHECKING:
    from campaign.runtime import Runtime

WAIT_SECONDS = 30.0
"""Seconds until a mail to ourselves has arrived; most take two."""
_POLL_SECONDS = 1.0


def check_own_signature(runtime: Runtime, seconds: float = WAIT_SECONDS) -> tuple[Finding, tuple[str, ...]]:
    """Send a mail to the mailbox of bounces (BOUNCE_URL must be set), read its signature, remove it.

    Returns what was found, and the selectors of those that are the sender's own, so that their keys can be looked up.
    """
    # With VERP the address ends in "+", and bounces come to tags behind it.
    local, _, domain = runtime.settings.envelope_address.rpartition("@")
    address = f"{local.rstrip('+')}@{domain}"
    mail_id = send_trial_mail(runtime, address)
    sender = runtime.settings.sender.domain
    try:
        header = _wait_for_header(runtime, runtime.tokens.message_id(mail_id, sender), seconds)
    except BounceMailboxError as error:
        return unknown("dkim", f"the mailbox of bounces cannot be read: {error}", "see BOUNCE_URL"), ()
    if header is None:
        message = f"a mail to the mailbox of bounces has not arrived within {seconds:.0f} s"
        return unknown("dkim", message, "see that BOUNCE_URL reads the mailbox of BOUNCE_ADDRESS"), ()
    return _judge(read_dkim_signatures(BytesHeaderParser().parsebytes(header).get_all("DKIM-Signature", [])), sender)


def _judge(found: tuple[DkimSignature, ...], sender: str) -> tuple[Finding, tuple[str, ...]]:
    own = tuple(one.selector for one in found if one.is_aligned_with(sender))
    names = ", ".join(f"{one.selector}._domainkey.{one.domain}" for one in found)
    if own:
        return Finding("dkim", f"the mail that came to us is signed: {names}"), own
    if found:
        message = f"the mail that came to us is signed for another domain ({names}), which DMARC does not take for {sender}"
        return note("dkim", message, f"have your provider sign for {sender}, and publish the record it shows"), ()
    advice = "a provider may sign only what leaves for others; else have it sign, and publish the record it shows"
    return note("dkim", "the mail that came to us is not signed", advice), ()


def _wait_for_header(runtime: Runtime, message_id: str, seconds: float) -> bytes | None:
    until = time.monotonic() + seconds
    while True:
        with BounceMailbox(read_bounce_url(runtime.settings.bounce_url.get_secret_value())) as mailbox:
            header = mailbox.take_header(message_id)
        if header is not None or time.monotonic() > until:
            return header
        time.sleep(_POLL_SECONDS)
