"""Unsubscribing from updates by the link in one of their mails: one request, at once, for ever (RFC 8058)."""

from dataclasses import dataclass

from campaign.runtime import Runtime
from campaign.security.tokens import UnsubscribeRef
from campaign.store.signatures import signatures
from campaign.store.updates import mailing


@dataclass(frozen=True, slots=True)
class Subscription:
    """Subscription to updates that a link ends."""

    slug: str
    title: str
    language: str
    wants_updates: bool


def get_subscription(runtime: Runtime, link: UnsubscribeRef) -> Subscription | None:
    """What a link is about. Changes nothing. None where nothing is kept of the signature any more."""
    with runtime.reading() as connection:
        found = signatures.get_signature(connection, link.signature_id, link.link_key)
    return None if found is None else Subscription(found.slug, found.title, found.language, found.updates)


def unsubscribe(runtime: Runtime, link: UnsubscribeRef) -> None:
    """End the signature's consent to updates. Mails already promised are dropped when their turn comes. Again is no fault."""
    with runtime.transaction() as connection:
        if mailing.end_updates_consent(connection, link.signature_id, link.link_key):
            mailing.count_unsubscribed(connection, link.update_id)
