"""Alarms: what a team, or the operator, must look at today. Each is mailed once a day at most, and shown at the desk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from campaign.domain.common.formatting import format_number
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import Sentence

MIN_MAILS_FOR_BOUNCE_RATE = 100
"""Verification mails of a campaign in BOUNCE_WINDOW below which its bounces say nothing yet."""
MAX_BOUNCE_SHARE = 0.05
"""Share of mails refused or bounced from which providers begin to doubt a sender."""
BOUNCE_WINDOW = timedelta(days=1)
FLOOD_SIGNATURES = 200
"""Signatures of one network in an hour that are a flood, where hardly any of them is verified."""
FLOOD_VERIFIED_SHARE = 0.1
FLOOD_WAITING_MAILS = 100
"""Mails caused from one network that are a flood, where all of them wait behind others of that network for FLOOD_WAIT."""
FLOOD_WAIT = timedelta(minutes=10)


class AlarmKind(StrEnum):
    """Kind of alarm: what has happened."""

    SERIOUS_FLAG = "serious_flag"
    FLOOD = "flood"
    BOUNCES = "bounces"
    SENDER_REFUSED = "sender_refused"
    """Of the whole site: the mail server takes nothing from our sender or account."""
    WITNESS_REFUSED = "witness_refused"
    """Of the whole site: a witness of the public log found it inconsistent."""


@dataclass(frozen=True, slots=True)
class AlarmRules:
    """Rules of one kind of alarm."""

    title: str
    lasts: timedelta
    """How long it stands after it was last seen, where nobody says that it is over or puts it aside."""
    advice: str
    """What to do about it, in a sentence or two."""


ALARM_RULES: Mapping[AlarmKind, AlarmRules] = {
    AlarmKind.SERIOUS_FLAG: AlarmRules(
        N_("Signatures that look odd"),
        timedelta(days=7),
        N_(
            "Look at the flags. What is fine can be dismissed; what is not can be invalidated, and given back if you were "
            "wrong."
        ),
    ),
    AlarmKind.FLOOD: AlarmRules(
        N_("A flood of signatures from one network"),
        timedelta(hours=1),
        N_(
            "None of them counts unless the link in an email is used, and other people’s emails are sent first. Look at the "
            "flags; an operator can pause new signatures for the whole site."
        ),
    ),
    AlarmKind.BOUNCES: AlarmRules(
        N_("Many confirmation emails come back"),
        timedelta(minutes=15),
        N_(
            "Either somebody types in addresses that do not exist, or a provider turns our mail away. Look at the flags and at "
            "the emails by domain on the overview; `countersign doctor --mail` says whether the sender is set up well."
        ),
    ),
    AlarmKind.SENDER_REFUSED: AlarmRules(
        N_("The mail server refuses our sender"),
        timedelta(minutes=15),
        N_(
            "No email leaves until that is mended; nothing is lost meanwhile. Check MAIL_URL, MAIL_FROM and the account with "
            "the provider; `countersign doctor` says what the server answers."
        ),
    ),
    AlarmKind.WITNESS_REFUSED: AlarmRules(
        N_("A witness refuses our public log"),
        timedelta(days=7),
        N_(
            "It has seen a log that does not agree with this one. Was the database put back from a copy? Keep everything as "
            "is, and see “docs/log.md” before anything else is done."
        ),
    ),
}


_NUMBERS = ("score", "waiting", "amount", "verified", "mails", "bounced")
_FLOOD_WAITING = N_("%(waiting)s confirmation emails to people who signed from one network wait to be sent.")
_SENTENCES = {
    AlarmKind.SERIOUS_FLAG: N_("A flag was raised with a score of %(score)s out of 100."),
    AlarmKind.FLOOD: N_("%(amount)s signatures of the last hour came from one network; %(verified)s of them are confirmed."),
    AlarmKind.BOUNCES: N_(
        "Of %(mails)s confirmation emails of the last day, %(bounced)s were refused or came back. More than %(most)s harms how "
        "all our email is received."
    ),
    AlarmKind.SENDER_REFUSED: N_("The mail server takes nothing from the address or the account this site sends by."),
    AlarmKind.WITNESS_REFUSED: N_("It answered that the log is not what it was."),
}


def alarm_sentence(kind: AlarmKind, facts: Mapping[str, int]) -> Sentence:
    """What has happened, in a sentence with its numbers."""
    numbers = {name: format_number(facts.get(name, 0)) for name in _NUMBERS} | {"most": f"{MAX_BOUNCE_SHARE:.0%}"}
    message = _FLOOD_WAITING if kind is AlarmKind.FLOOD and facts.get("waiting") else _SENTENCES[kind]
    return Sentence(message, numbers)
