"""What a campaign's card says, in the language of the page or picture that asks, and the card's address."""

from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from campaign.domain import wording
from campaign.domain.standing import Standing
from campaign.domain.window import State
from campaign.drawing.card import Card
from campaign.drawing.steps import EXACT_BELOW, stepped
from campaign.web.language import PARAMETER, gettext, negotiated, ngettext, spoken
from campaign.web.words import number

_HERE = "\x00"
"""Stands for the number in a sentence, until the sentence is taken apart around it."""


def card_of(standing: Standing, now: datetime, site: str = "") -> Card:
    """The card of a campaign at `now`. It is the same card for as long as neither its number's step nor its day changes."""
    text, state, appearance = standing.version(spoken().wanted).text, standing.state(now), standing.appearance
    if standing.held_by_site and state is State.PAUSED:
        # A switch is thrown under load, and back soon: no moment to draw every card anew.
        state = State.OPEN
    final = state is State.FINAL
    shown = standing.signatures if final else stepped(standing.signatures, standing.goals)
    before, figure, after = _number(standing, state, shown, final=final)
    reached = standing.signatures >= standing.goal
    goal = number(standing.goal)
    return Card(
        title=text.title, recipient=gettext("To: %(recipient)s", recipient=text.recipient) if text.recipient else "",
        number=figure, before=before, after=after, site=site, accent=appearance.accent,
        goal=gettext("Goal of %(goal)s reached", goal=goal) if reached else gettext("Next goal: %(goal)s", goal=goal),
        reached=min(shown / standing.goal, 1.0), time=_time(standing, state, now), until=last_day(standing, state),
        picture=appearance.picture.hash if appearance.picture else "",
    )  # fmt: skip


def card_path(standing: Standing, now: datetime) -> str:
    """Where the card is. Changes when the card does, so that a site which has fetched it fetches it anew."""
    query = {"v": card_version(card_of(standing, now))}
    here = spoken()
    # Sites that fetch a card ask for no language: it says which one the page was in.
    if here.chosen or negotiated():
        query[PARAMETER] = here.wanted
    return f"/c/{standing.slug}/card.png?{urlencode(query)}"


def card_version(card: Card) -> str:
    """Changes when what a card says does. The name of the site never does."""
    return replace(card, site="").version


def last_day(standing: Standing, state: State) -> str:
    """The last day on which the campaign can or could be signed, as a phrase."""
    # A campaign that closes at midnight closes on the day before, as people read days.
    day = wording.day(standing.window.closes_at - timedelta(seconds=1), standing.zone, spoken().code)
    if state in (State.CLOSED, State.FINAL):
        return gettext("Closed on %(day)s", day=day)
    return gettext("Sign by %(day)s", day=day)


def around_number(amount: int) -> tuple[str, str]:
    """What a language puts before and after a number of signatures."""
    before, _, after = ngettext("%(num)s signature", "%(num)s signatures", amount, num=_HERE).partition(_HERE)
    return before.strip(), after.strip()


def _number(standing: Standing, state: State, shown: int, *, final: bool) -> tuple[str, str, str]:
    if state is State.SCHEDULED:
        return "", gettext("Opens on %(when)s", when=wording.day(standing.window.opens_at, standing.zone, spoken().code)), ""
    if shown == 0 and state is State.OPEN:
        return "", gettext("Be the first to sign"), ""
    before, after = around_number(shown)
    # "+" at the very number too: the card stays the same for all of its step.
    exact = final or shown < EXACT_BELOW
    return before, number(shown) if exact else gettext("%(num)s+", num=number(shown)), after


def _time(standing: Standing, state: State, now: datetime) -> str:
    match state:
        case State.OPEN:
            days = standing.window.seconds_left(now) // 86_400
            words = ngettext("%(num)s day left", "%(num)s days left", days) if days else gettext("Less than a day left")
        case State.PAUSED:
            words = gettext("Paused")
        case State.CLOSED:
            words = gettext("Closed")
        case State.FINAL:
            words = gettext("Final total")
        case _:
            words = ""
    return words
