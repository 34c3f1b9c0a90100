"""Timeline of one signature in sentences."""

from dataclasses import dataclass
from datetime import tzinfo

from campaign.domain.common.i18n import N_
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
from campaign.web import localised
from campaign.web.desk.recorded_words import recorded_words
from campaign.web.desk.signature_labels import time_with_seconds
from campaign.web.translation import gettext

_MAIL_LABELS = {
    MailKind.VERIFY: N_("Mail with the link to verify"),
    MailKind.ALREADY_SIGNED: N_("Mail that they have signed already"),
    MailKind.THANK_YOU: N_("Mail of thanks"),
    MailKind.WITHDRAWN: N_("Mail that it is withdrawn"),
    MailKind.REMOVED: N_("Mail that it was removed"),
    MailKind.REMINDER: N_("Reminder to confirm"),
    MailKind.LAST_REMINDER: N_("Last reminder to confirm"),
    MailKind.LIFT_SUPPRESSION: N_("Mail with the link to get mail again"),
    MailKind.MY_SIGNATURES: N_("Mail with all they have signed here"),
    MailKind.UPDATE: N_("Update they asked for"),
}
_MAIL_STATE_LABELS = {
    "sent": N_("taken by the server"),
    "refused": N_("refused for good"),
    "dropped": N_("not sent"),
    "owed": N_("still to be sent"),
    "unknown": N_("sent, but the server never said whether it took it"),
}
_DELIVERY_LABELS = {
    Delivery.DELIVERED: N_("delivered to their mail server"),
    Delivery.SOFT_BOUNCE: N_("came back, for a reason that may pass"),
    Delivery.HARD_BOUNCE: N_("came back: there is no such mailbox"),
    Delivery.COMPLAINT: N_("reported as spam by its recipient"),
}
_ACTION_LABELS = {
    "invalidate signature": N_("Invalidated"),
    "restore signature": N_("Restored"),
    "publish comment": N_("Comment put on the campaign’s page"),
    "unpublish comment": N_("Comment taken off the campaign’s page"),
    "hide comment": N_("Comment hidden"),
    "show comment": N_("Comment shown again"),
    "erase signature": N_("Everything personal erased"),
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
            return _ledger_line(event.about)
        case ModeratorAction():
            return _action_line(event.about)
        case SignatureBatch():
            return _batch_line(event.about, details)
    return _signature_line(event, details)


def _action_line(action: ModeratorAction) -> TimelineLine:
    act = gettext(_ACTION_LABELS.get(action.action, action.action))
    name = recorded_words(action.campaigner_id, action.actor_name)
    return TimelineLine(
        gettext("%(act)s by %(name)s", act=act, name=name), recorded_words(action.campaigner_id, action.reason), "warn"
    )


def _ledger_line(entry: SignatureLedgerEntry) -> TimelineLine:
    numbers = {"entry": localised.number(entry.sequence), "total": localised.number(entry.total)}
    if entry.change > 0:
        return TimelineLine(gettext("Ledger entry %(entry)s: +1, running total %(total)s", **numbers), tone="good")
    return TimelineLine(gettext("Ledger entry %(entry)s: −1, running total %(total)s", **numbers), tone="warn")


def _batch_line(batch: SignatureBatch, details: SignatureDetails) -> TimelineLine:
    number, kind = localised.number(batch.id), _removal_label(details)
    if batch.campaigner_name:
        words = gettext(
            "Invalidated by bulk change %(number)s by %(name)s: %(why)s", number=number, name=batch.campaigner_name, why=kind
        )
    else:
        words = gettext("Invalidated by bulk change %(number)s: %(why)s", number=number, why=kind)
    return TimelineLine(words, batch.reason, "wrong")


def _signature_line(event: TimelineEvent, details: SignatureDetails) -> TimelineLine:
    match event.kind:
        case "signed":
            line = _signed_line(details)
        case "signed again":
            line = TimelineLine(gettext("Signed again, after it had been withdrawn"))
        case "sent again":
            edition = gettext("the details are in their version %(number)s now", number=details.edition)
            line = TimelineLine(gettext("Sent the form again"), edition)
        case "opened":
            line = TimelineLine(gettext("Opened the page with the button"), gettext("when exactly is not kept"))
        case "verified":
            words = gettext("Taken in, which makes it count") if details.kind == PAPER else gettext("Verified")
            line = TimelineLine(words, tone="good")
        case "name corrected":
            signed_as = gettext("signed as %(name)s", name=details.signed_name or details.name)
            line = TimelineLine(gettext("Corrected the spelling of their name"), signed_as)
        case _:
            line = _ended_line(details)
    return line


def _ended_line(details: SignatureDetails) -> TimelineLine:
    if details.state == "withdrawn":
        return TimelineLine(gettext("Withdrawn by its signatory"), details.ended_reason, "warn")
    return TimelineLine(gettext("Invalidated: %(why)s", why=_removal_label(details)), details.ended_reason, "wrong")


def _signed_line(details: SignatureDetails) -> TimelineLine:
    if details.kind == PAPER:
        brought = gettext("brought in with paper upload %(number)s", number=details.intake_id)
        return TimelineLine(gettext("Signed on paper"), brought)
    return TimelineLine(gettext("Signed"), gettext("came from %(source)s", source=details.source) if details.source else "")


def _mail_line(mail: SignatureMail, zone: tzinfo) -> TimelineLine:
    fate = gettext(_MAIL_STATE_LABELS[mail.state])
    if mail.state == "owed":
        fate = gettext("still to be sent, next at %(when)s", when=time_with_seconds(mail.due_at, zone))
    attempts = gettext("%(number)s attempts", number=localised.number(mail.attempts)) if mail.attempts > 1 else ""
    more = ", ".join(part for part in (attempts, gettext(mail.reason) if mail.reason else "") if part)
    return TimelineLine(
        f"{gettext(_MAIL_LABELS[mail.kind])}: {fate}", more, {"sent": "good", "refused": "wrong"}.get(mail.state, "plain")
    )


def _delivery_line(mail: SignatureMail) -> TimelineLine:
    tone = "good" if mail.delivery is Delivery.DELIVERED else "wrong"
    return TimelineLine(
        f"{gettext(_MAIL_LABELS[mail.kind])}: {gettext(_DELIVERY_LABELS[mail.delivery])}", mail.delivery_status, tone
    )


def _removal_label(details: SignatureDetails) -> str:
    if details.ended_class == UNDONE_INTAKE:
        return gettext("what it was brought in with was undone")
    return gettext(removal_label(RemovalKind(details.ended_class))).lower()
