"""The story of one signature, in its order: from the form to what was done to it, with each mail and entry in the ledger."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from campaign.domain.paper.entry import ONLINE
from campaign.runtime import Runtime
from campaign.store.signatures import timeline
from campaign.store.signatures.timeline import (
    ModeratorAction,
    SignatureBatch,
    SignatureDetails,
    SignatureLedgerEntry,
    SignatureMail,
)

EventKind = Literal[
    "signed",
    "signed again",
    "sent again",
    "mail",
    "delivery",
    "opened",
    "verified",
    "name corrected",
    "ended",
    "act",
    "counted",
]
_EVENT_ORDER: tuple[EventKind, ...] = (
    "signed", "signed again", "sent again", "mail", "delivery", "opened", "verified", "name corrected", "ended", "act",
    "counted",
)  # fmt: skip
"""Of what is told of the same moment."""


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One thing that happened."""

    kind: EventKind
    at: datetime
    """Of "opened", the moment it is told at: when it was is not kept."""
    about: SignatureMail | SignatureLedgerEntry | ModeratorAction | SignatureBatch | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """A signature, and what happened to it."""

    details: SignatureDetails
    events: tuple[TimelineEvent, ...]


def get_timeline(runtime: Runtime, campaign_id: int, signature_id: int, *, with_addresses: bool) -> Timeline | None:
    """The timeline of a signature; None where the campaign has no such. `with_addresses`: email addresses are in it."""
    with runtime.snapshot() as connection:
        details = timeline.get_details(connection, campaign_id, signature_id)
        if details is None:
            return None
        mails = timeline.list_mails(connection, signature_id)
        entries = timeline.list_ledger_entries(connection, campaign_id, signature_id)
        acts = timeline.list_moderator_actions(connection, campaign_id, signature_id)
        batch = None if details.batch_id is None else timeline.get_batch(connection, campaign_id, details.batch_id)
    if not with_addresses:
        details = replace(details, email="", email_key="", network="", postcode="")
        # A server that refuses a mail often repeats whom it was for.
        mails = [replace(mail, reason="") for mail in mails]
    events = [*_signatory_events(details, mails), *_end_events(details, acts, batch)]
    events += [TimelineEvent("mail", mail.settled_at or mail.created_at, mail) for mail in mails]
    events += [TimelineEvent("delivery", mail.delivery_at, mail) for mail in mails if mail.delivery_at is not None]
    events += [TimelineEvent("counted", entry.at, entry) for entry in entries]
    events += [TimelineEvent("act", act.created_at, act) for act in acts]
    return Timeline(details, tuple(sorted(events, key=lambda event: (event.at, _EVENT_ORDER.index(event.kind)))))


def _signatory_events(details: SignatureDetails, mails: list[SignatureMail]) -> list[TimelineEvent]:
    """What the signatory did."""
    events = [TimelineEvent("signed", details.first_signed_at or details.signed_at)]
    if details.first_signed_at is not None:
        events.append(TimelineEvent("signed again", details.signed_at))
    # On paper it has the day it was signed, and was brought in later.
    if details.submitted_at > details.signed_at and details.kind == ONLINE:
        events.append(TimelineEvent("sent again", details.submitted_at))
    if details.link_opened:
        seen = [mail.settled_at for mail in mails if mail.kind == "verify" and mail.state == "sent" and mail.settled_at]
        events.append(TimelineEvent("opened", details.verified_at or max(seen, default=details.submitted_at)))
    if details.verified_at is not None:
        events.append(TimelineEvent("verified", details.verified_at))
    if details.name_corrected_at is not None:
        events.append(TimelineEvent("name corrected", details.name_corrected_at))
    return events


def _end_events(details: SignatureDetails, acts: list[ModeratorAction], batch: SignatureBatch | None) -> list[TimelineEvent]:
    """How it ended, unless the act that ended it tells it already. What had ended before it was erased is told of by itself."""
    told = batch is None and any(
        act.action.startswith(("invalidate", "erase")) and act.created_at == details.ended_at for act in acts
    )
    return [] if details.ended_at is None or told else [TimelineEvent("ended", details.ended_at, batch)]
