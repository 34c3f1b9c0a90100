"""The story of one signature, in its order: from the form to what was done to it, with each mail and entry in the ledger."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from campaign.domain.paper import ONLINE
from campaign.runtime import Runtime
from campaign.store import story
from campaign.store.story import Batch, Counted, Details, Done, Mail

Kind = Literal["signed", "signed again", "sent again", "mail", "opened", "verified", "ended", "act", "counted"]
_ORDER: tuple[Kind, ...] = (
    "signed", "signed again", "sent again", "mail", "opened", "verified", "ended", "act", "counted",
)  # fmt: skip
"""Of what is told of the same moment."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened."""

    kind: Kind
    at: datetime
    """Of "opened", the moment it is told at: when it was is not kept."""
    about: Mail | Counted | Done | Batch | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """A signature, and what happened to it."""

    details: Details
    events: tuple[Event, ...]


def tell(runtime: Runtime, campaign_id: int, signature_id: int, *, addresses: bool) -> Story | None:
    """The story of a signature; None where the campaign has no such. Without `addresses`, nothing in it holds one."""
    with runtime.snapshot() as connection:
        details = story.details(connection, campaign_id, signature_id)
        if details is None:
            return None
        mails = story.mails(connection, signature_id)
        entries = story.entries(connection, campaign_id, signature_id)
        acts = story.acts(connection, campaign_id, signature_id)
        batch = None if details.batch_id is None else story.batch(connection, campaign_id, details.batch_id)
    if not addresses:
        details = replace(details, email="", email_key="", network="", postcode="")
        # A server that refuses a mail often repeats whom it was for.
        mails = [replace(mail, reason="") for mail in mails]
    events = [*_own(details, mails), *_ended(details, acts, batch)]
    events += [Event("mail", mail.settled_at or mail.created_at, mail) for mail in mails]
    events += [Event("counted", entry.at, entry) for entry in entries]
    events += [Event("act", act.created_at, act) for act in acts]
    return Story(details, tuple(sorted(events, key=lambda event: (event.at, _ORDER.index(event.kind)))))


def _own(details: Details, mails: list[Mail]) -> list[Event]:
    """What the signatory did."""
    events = [Event("signed", details.first_signed_at or details.signed_at)]
    if details.first_signed_at is not None:
        events.append(Event("signed again", details.signed_at))
    # On paper it has the day it was signed, and was brought in later.
    if details.submitted_at > details.signed_at and details.kind == ONLINE:
        events.append(Event("sent again", details.submitted_at))
    if details.opened:
        seen = [mail.settled_at for mail in mails if mail.kind == "verify" and mail.state == "sent" and mail.settled_at]
        events.append(Event("opened", details.verified_at or max(seen, default=details.submitted_at)))
    if details.verified_at is not None:
        events.append(Event("verified", details.verified_at))
    return events


def _ended(details: Details, acts: list[Done], batch: Batch | None) -> list[Event]:
    """How it ended, unless the acts tell it already."""
    told = batch is None and any(act.act.startswith(("invalidate", "erase")) and act.created_at >= at
                                 for act in acts if (at := details.ended_at) is not None)  # fmt: skip
    return [] if details.ended_at is None or told else [Event("ended", details.ended_at, batch)]
