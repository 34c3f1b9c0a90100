"""The story of one signature in sentences."""

from dataclasses import dataclass
from datetime import tzinfo

from campaign.domain.paper import PAPER, UNDONE
from campaign.domain.removal import DESK_WORDS, Removal
from campaign.domain.signature import MailKind
from campaign.domain.wording import number
from campaign.store.story import Batch, Counted, Details, Done, Mail
from campaign.telling import Event
from campaign.web.desk.signature_words import seconds

_MAILS = {
    MailKind.VERIFY: "Mail with the link to verify",
    MailKind.ALREADY_SIGNED: "Mail that they have signed already",
    MailKind.THANK_YOU: "Mail of thanks",
    MailKind.WITHDRAWN: "Mail that it is withdrawn",
    MailKind.REMOVED: "Mail that it was removed",
}
_FATES = {"sent": "taken by the server", "refused": "refused for good", "dropped": "not sent", "owed": "still to be sent"}
_ACTS = {
    "invalidate signature": "Invalidated",
    "restore signature": "Restored",
    "hide comment": "Comment hidden",
    "show comment": "Comment shown again",
    "erase signature": "Everything personal erased",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened."""

    words: str
    more: str = ""
    tone: str = "plain"


def told(event: Event, details: Details, zone: tzinfo) -> Told:
    """An event in words."""
    match event.about:
        case Mail():
            return _mail(event.about, zone)
        case Counted():
            sign = "+1" if event.about.change > 0 else "−1"
            entry = f"Ledger entry {number(event.about.sequence)}"
            return Told(f"{entry}: {sign}, running total {number(event.about.total)}", tone="good" if sign == "+1" else "warn")
        case Done():
            return Told(f"{_ACTS.get(event.about.act, event.about.act)} by {event.about.who}", event.about.reason, "warn")
        case Batch():
            by = f" by {event.about.who}" if event.about.who else ""
            return Told(f"Invalidated by batch {number(event.about.id)}{by}: {_kind(details)}", event.about.reason, "wrong")
    return _own(event, details)


def _own(event: Event, details: Details) -> Told:
    match event.kind:
        case "signed":
            return _signed(details)
        case "signed again":
            return Told("Signed again, after it had been withdrawn")
        case "sent again":
            return Told("Sent the form again", f"the details are in their edition {details.edition} now")
        case "opened":
            return Told("Opened the page with the button", "when exactly is not kept")
        case "verified":
            return Told("Taken in, which makes it count" if details.kind == PAPER else "Verified", tone="good")
        case _:
            kind = _kind(details)
            words = "Withdrawn by its signatory" if details.state == "withdrawn" else f"Invalidated: {kind}"
            return Told(words, details.ended_reason, "warn" if details.state == "withdrawn" else "wrong")


def _signed(details: Details) -> Told:
    if details.kind == PAPER:
        return Told("Signed on paper", f"brought in with intake {details.intake_id}")
    return Told("Signed", f"came from {details.source}" if details.source else "")


def _mail(mail: Mail, zone: tzinfo) -> Told:
    fate = _FATES[mail.state]
    if mail.state == "owed":
        fate += f", next at {seconds(mail.due_at, zone)}"
    attempts = f"{mail.attempts} attempts" if mail.attempts > 1 else ""
    more = ", ".join(part for part in (attempts, mail.reason) if part)
    return Told(f"{_MAILS[mail.kind]}: {fate}", more, {"sent": "good", "refused": "wrong"}.get(mail.state, "plain"))


def _kind(details: Details) -> str:
    if details.ended_class == UNDONE:
        return "what it was brought in with was undone"
    words = DESK_WORDS.get(Removal(details.ended_class)) if details.ended_class in set(Removal) else None
    return words[0].lower() if words else "no kind of reason given"
