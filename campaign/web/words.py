"""Numbers, times and sentences that more than one page says, in the page's language."""

from collections.abc import Sequence

from campaign.domain import wording
from campaign.domain.countries import COUNTRIES
from campaign.domain.messages import N_
from campaign.domain.refusal import Refused
from campaign.domain.removal import Removal
from campaign.sharing import MOST_BROUGHT
from campaign.web.language import gettext, ngettext, spoken

_REMOVALS: dict[str, str] = {
    Removal.PROGRAM: N_("%(amount)s made by a program"),
    Removal.DUPLICATE: N_("%(amount)s by people who had signed already"),
    Removal.FALSE: N_("%(amount)s with false details"),
    Removal.NOT_ENTITLED: N_("%(amount)s by people not entitled to sign"),
    Removal.ABUSIVE: N_("%(amount)s that were abusive"),
    Removal.OTHER: N_("%(amount)s for other reasons"),
}
_CODES = {name: code for code, name in COUNTRIES.items()}


def number(value: int) -> str:
    """A count: "12,345"."""
    return wording.number(value, spoken().code)


def signatures(amount: int) -> str:
    """A count of signatures: "12,345 signatures"."""
    return ngettext("%(num)s signature", "%(num)s signatures", amount)


def kinds_words(online: int, paper: int) -> str:
    """How many signatures were given online and how many on paper; "" where none was on paper."""
    if not paper:
        return ""
    return gettext("%(online)s online, %(paper)s on paper", online=number(online), paper=number(paper))


def time_left(seconds: int) -> str:
    """How long until the deadline, in its largest unit: "29 days", "3 hours", "less than a minute"."""
    unit, amount = wording.largest_unit(seconds)
    match unit:
        case "day":
            words = ngettext("%(num)s day", "%(num)s days", amount)
        case "hour":
            words = ngettext("%(num)s hour", "%(num)s hours", amount)
        case "minute":
            words = ngettext("%(num)s minute", "%(num)s minutes", amount)
        case _:
            words = gettext("less than a minute")
    return words


def refusal(refused: Refused) -> str:
    """What was wrong with something typed."""
    return gettext(refused.message, **refused.values)


def country(code: str) -> str:
    """A country by its code; "" for none."""
    ours = COUNTRIES.get(code, "")
    return ours if spoken().code == wording.ENGLISH else wording.country_names(spoken().code).get(code, ours)


def place(area: str) -> str:
    """An area or a country, as `campaign.domain.areas` names it."""
    code = _CODES.get(area)
    return country(code) if code else gettext(area)


def ordinal_words(ordinal: int) -> str:
    """Which signature of the campaign somebody's is, as a sentence to them."""
    which = number(ordinal)
    if spoken().code == wording.ENGLISH:
        which += wording.ordinal_suffix(ordinal)
    return gettext("You are the %(which)s to sign.", which=which)


def brought_words(amount: int) -> str:
    """How many signatures came by somebody's personal link, as a sentence to them."""
    if amount == 0:
        return gettext("Nobody has signed through your link yet.")
    if amount > MOST_BROUGHT:
        return gettext("More than %(num)s people have signed through your link.", num=number(MOST_BROUGHT))
    return ngettext(
        "%(num)s person has signed through your link.",
        "%(num)s people have signed through your link.",
        amount,
    )


def removed_words(removed: Sequence[tuple[str, int]]) -> str:
    """How many verified signatures the campaigners have removed; "" for none."""
    amount = sum(each for _, each in removed)
    if not amount:
        return ""
    return ngettext(
        "%(num)s signature was removed after it was verified:",
        "%(num)s signatures were removed after they were verified:",
        amount,
    )


def removed_kinds(removed: Sequence[tuple[str, int]]) -> tuple[str, ...]:
    """For which kinds of reasons, with how many for each."""
    return tuple(gettext(_REMOVALS[kind], amount=number(amount)) for kind, amount in removed)
