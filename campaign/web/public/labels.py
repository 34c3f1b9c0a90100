"""Sentences and labels that more than one page says, in the page's language."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from campaign.domain.campaigns.announcement import AnnouncedOutage
from campaign.domain.common import formatting
from campaign.domain.common.i18n import N_
from campaign.domain.moderation.removal import RemovalKind
from campaign.domain.places.countries import COUNTRIES
from campaign.services.signatures.sharing import MAX_REFERRALS_COUNTED
from campaign.web import localised
from campaign.web.language import page_language
from campaign.web.translation import gettext, ngettext

_REMOVAL_LABELS: dict[str, str] = {
    RemovalKind.PROGRAM: N_("%(amount)s made by a program"),
    RemovalKind.DUPLICATE: N_("%(amount)s by people who had signed already"),
    RemovalKind.FALSE: N_("%(amount)s with false details"),
    RemovalKind.NOT_ENTITLED: N_("%(amount)s by people not entitled to sign"),
    RemovalKind.ABUSIVE: N_("%(amount)s that were abusive"),
    RemovalKind.OTHER: N_("%(amount)s for other reasons"),
    RemovalKind.RULE: N_("%(amount)s by a standing rule, before they were counted"),
}
FRIENDS_ASKED = 3
"""Friends that one who has signed is asked to win."""
_CODES_BY_NAME = {name: code for code, name in COUNTRIES.items()}


def signatures(amount: int) -> str:
    """A count of signatures: "12,345 signatures"."""
    return ngettext("%(num)s signature", "%(num)s signatures", amount)


def online_paper_label(online: int, paper: int) -> str:
    """How many signatures were given online and how many on paper; "" where none was on paper."""
    if not paper:
        return ""
    return gettext("%(online)s online, %(paper)s on paper", online=localised.number(online), paper=localised.number(paper))


def growth_label(added: int) -> str:
    """How many signatures the last 24 hours have added."""
    words = ngettext("%(count)s in the last 24 hours", "%(count)s in the last 24 hours", added, count=localised.number(added))
    return str(words)


def area_name(area: str) -> str:
    """An area or a country, as `campaign.domain.places.postcode_areas` names it."""
    code = _CODES_BY_NAME.get(area)
    return localised.country_name(code) if code else gettext(area)


def ordinal_label(ordinal: int) -> str:
    """Which signature of the campaign somebody's is, as a sentence to them."""
    which = localised.number(ordinal)
    if page_language().code == formatting.ENGLISH:
        which += formatting.ordinal_suffix(ordinal)
    return gettext("You are the %(which)s to sign.", which=which)


def referrals_label(amount: int) -> str:
    """How many signatures came by somebody's personal link, as a sentence to them."""
    if amount == 0:
        return gettext("Nobody has signed through your link yet.")
    if amount > MAX_REFERRALS_COUNTED:
        return gettext("More than %(num)s people have signed through your link.", num=localised.number(MAX_REFERRALS_COUNTED))
    return ngettext(
        "%(num)s person has signed through your link.",
        "%(num)s people have signed through your link.",
        amount,
    )


def friends_label(amount: int) -> str:
    """How many of the three friends one is asked to win have signed through one's link; from three on, how many people have."""
    if amount >= FRIENDS_ASKED:
        return referrals_label(amount)
    return ngettext(
        "%(num)s of %(all)s friends has signed through you", "%(num)s of %(all)s friends have signed through you", amount,
        all=localised.number(FRIENDS_ASKED),
    )  # fmt: skip


def removed_label(removed: Sequence[tuple[str, int]]) -> str:
    """How many verified signatures the campaigners have removed; "" for none."""
    amount = sum(each for _, each in removed)
    if not amount:
        return ""
    return ngettext(
        "%(num)s signature was removed after it was verified:",
        "%(num)s signatures were removed after they were verified:",
        amount,
    )


def removed_reason_labels(removed: Sequence[tuple[str, int]]) -> tuple[str, ...]:
    """For which kinds of reasons, with how many for each."""
    return tuple(gettext(_REMOVAL_LABELS[kind], amount=localised.number(amount)) for kind, amount in removed)


def outage_label(outage: AnnouncedOutage, zone: ZoneInfo) -> str:
    """What an outage of mail did to the time for confirming, in the language of the page."""
    when = {
        "began": localised.moment(outage.began_at, zone),
        "ended": localised.moment(outage.ended_at, zone),
        "became": localised.deadline(outage.verify_until, zone),
        "was": localised.deadline(outage.verify_until_before, zone),
    }
    if outage.provider:
        return gettext(
            "Our emails to mailboxes at %(provider)s did not get through from %(began)s to %(ended)s. So the time to confirm, "
            "for who signed before the deadline, was extended from %(was)s to %(became)s.",
            provider=outage.provider,
            **when,
        )
    return gettext(
        "Our emails did not get through from %(began)s to %(ended)s. So the time to confirm, for who signed before the "
        "deadline, was extended from %(was)s to %(became)s.",
        **when,
    )
