"""Timeline of one signature in sentences."""

from dataclasses import dataclass
from datetime import tzinfo

from campaign.domain.common.formatting import format_number
from campaign.domain.mail.delivery import Delivery
from campaign.domain.mail.kinds import MailKind
from campaign.domain.moderation.removal import RemovalKind, removal_label
from campaign.domain.paper.entry import PAPER, UNDONE_INTAKE
from campaign.services.signatures.timeline import TimelineEvent
from campaign.store.signatures.timeline import (
    ModeratorAction,
    SignatureBatch,
    SignatureDetails,
    SignatureLedgerEntry,
    SignatureMail,
)
from campaign.web.desk.signature_labels import time_with_seconds

_MAIL_LABELS = {
    MailKind.VERIFY: "Mail with the link to verify",
    MailKind.ALREADY_SIGNED: "Mail that they have signed already",
    MailKind.THANK_YOU: "Mail of thanks",
    MailKind.WITHDRAWN: "Mail that it is withdrawn",
    MailKind.REMOVED: "Mail that it was removed",
    MailKind.LIFT_SUPPRESSION: "Mail they asked for",
    MailKind.MY_SIGNATURES: "Mail they asked for",
    MailKind.UPDATE: "Update they asked for",
}
_MAIL_STATE_LABELS = {
    "sent": "taken by the server",
    "refused": "refused for good",
    "dropped": "not sent",
    "owed": "still to be sent",
    "unknown": "sent, but the server never said whether it took it",
}
_DELIVERY_LABELS = {
    Delivery.DELIVERED: "delivered to their mail server",
    Delivery.SOFT_BOUNCE: "came back, for a reason that may pass",
    Delivery.HARD_BOUNCE: "came back: there is no such mailbox",
    Delivery.COMPLAINT: "reported as spam by its recipient",
}
_ACTION_LABELS = {
    "invalidate signature": "Invalidated",
    "restore signature": "Restored",
    "publish comment": "Comment put on the campaign’s page",
    "unpublish comment": "Comment taken off the campaign’s page",
    "hide comment": "Comment hidden",
    "show comment": "Comment shown again",
    "erase signature": "Everything personal erased",
}


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One thing that happened."""

    label: str
    detail: str = ""
    tone: str = "plain"


def timeline_line(event: TimelineEvent, details: SignatureDetails, zone: tzinfo) -> TimelineLine:
    """An event in words."""
    match event.about:
        case SignatureMail() if event.kind == "delivery":
            return _delivery_line(event.about)
        case SignatureMail():
            return _mail_line(event.about, zone)
        case SignatureLedgerEntry():
            sign = "+1" if event.about.change > 0 else "−1"
            entry = f"Ledger entry {format_number(event.about.sequence)}"
            return TimelineLine(
                f"{entry}: {sign}, running total {format_number(event.about.total)}", tone="good" if sign == "+1" else "warn"
            )
        case ModeratorAction():
            return TimelineLine(
                f"{_ACTION_LABELS.get(event.about.action, event.about.action)} by {event.about.actor_name}",
                event.about.reason,
                "warn",
            )
        case SignatureBatch():
            by = f" by {event.about.campaigner_name}" if event.about.campaigner_name else ""
            return TimelineLine(
                f"Invalidated by bulk change {format_number(event.about.id)}{by}: {_removal_label(details)}",
                event.about.reason,
                "wrong",
            )
    return _signature_line(event, details)


def _signature_line(event: TimelineEvent, details: SignatureDetails) -> TimelineLine:
    match event.kind:
        case "signed":
            line = _signed_line(details)
        case "signed again":
            line = TimelineLine("Signed again, after it had been withdrawn")
        case "sent again":
            line = TimelineLine("Sent the form again", f"the details are in their version {details.edition} now")
        case "opened":
            line = TimelineLine("Opened the page with the button", "when exactly is not kept")
        case "verified":
            line = TimelineLine("Taken in, which makes it count" if details.kind == PAPER else "Verified", tone="good")
        case "name corrected":
            line = TimelineLine("Corrected the spelling of their name", f"signed as {details.signed_name or details.name}")
        case _:
            line = _ended_line(details)
    return line


def _ended_line(details: SignatureDetails) -> TimelineLine:
    if details.state == "withdrawn":
        return TimelineLine("Withdrawn by its signatory", details.ended_reason, "warn")
    return TimelineLine(f"Invalidated: {_removal_label(details)}", details.ended_reason, "wrong")


def _signed_line(details: SignatureDetails) -> TimelineLine:
    if details.kind == PAPER:
        return TimelineLine("Signed on paper", f"brought in with paper upload {details.intake_id}")
    return TimelineLine("Signed", f"came from {details.source}" if details.source else "")


def _mail_line(mail: SignatureMail, zone: tzinfo) -> TimelineLine:
    fate = _MAIL_STATE_LABELS[mail.state]
    if mail.state == "owed":
        fate += f", next at {time_with_seconds(mail.due_at, zone)}"
    attempts = f"{mail.attempts} attempts" if mail.attempts > 1 else ""
    more = ", ".join(part for part in (attempts, mail.reason) if part)
    return TimelineLine(
        f"{_MAIL_LABELS[mail.kind]}: {fate}", more, {"sent": "good", "refused": "wrong"}.get(mail.state, "plain")
    )


def _delivery_line(mail: SignatureMail) -> TimelineLine:
    tone = "good" if mail.delivery is Delivery.DELIVERED else "wrong"
    return TimelineLine(f"{_MAIL_LABELS[mail.kind]}: {_DELIVERY_LABELS[mail.delivery]}", mail.delivery_status, tone)


def _removal_label(details: SignatureDetails) -> str:
    if details.ended_class == UNDONE_INTAKE:
        return "what it was brought in with was undone"
    known = details.ended_class in set(RemovalKind)
    return removal_label(RemovalKind(details.ended_class)).lower() if known else "no kind of reason given"
