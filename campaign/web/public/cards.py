"""Words and address of a campaign's card, in the language of the page or picture that asks."""

from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.window import CampaignState
from campaign.languages import FIRST_STRONG_ISOLATE, POP_DIRECTIONAL_ISOLATE
from campaign.rendering.contents import Card
from campaign.rendering.rounding import EXACT_BELOW, rounded_count
from campaign.web import localised
from campaign.web.language import LANGUAGE_PARAMETER, is_language_negotiated, page_language
from campaign.web.translation import gettext, ngettext

_PLACEHOLDER = "\x00"
"""Stands for the number in a sentence, until the sentence is taken apart around it."""
_AROUND_NUMBER = f" {FIRST_STRONG_ISOLATE}{POP_DIRECTIONAL_ISOLATE}"
"""Characters of no use to a picture, which draws a number apart from the words around it."""


def campaign_card(campaign: Campaign, now: datetime, site: str = "") -> Card:
    """The card of a campaign at `now`. It is the same card for as long as neither its number's step nor its day changes."""
    text, state, appearance = campaign.in_language(page_language().content_code).text, campaign.state(now), campaign.appearance
    if campaign.paused_by_site and state is CampaignState.PAUSED:
        # A switch is thrown under load, and back soon: no moment to draw every card anew.
        state = CampaignState.OPEN
    final = state is CampaignState.FINAL
    shown = campaign.signatures if final else rounded_count(campaign.signatures, campaign.goals)
    before, figure, after = _number_parts(campaign, state, shown, final=final)
    reached = campaign.signatures >= campaign.goal
    goal = localised.number(campaign.goal)
    return Card(
        title=text.title,
        recipient=gettext("To: %(recipient)s", recipient=text.recipient) if text.recipient else "",
        number=figure,
        number_prefix=before,
        number_suffix=after,
        organiser=gettext("Started by %(organiser)s", organiser=appearance.organiser) if appearance.organiser else "",
        site=site,
        accent=appearance.accent,
        goal=gettext("Goal of %(goal)s reached", goal=goal) if reached else gettext("Next goal: %(goal)s", goal=goal),
        progress=min(shown / campaign.goal, 1.0),
        time_left=_time_label(campaign, state, now),
        last_day=closing_day_label(campaign, state),
        picture=appearance.picture.hash if appearance.picture else "",
        logo=appearance.organiser_picture.hash if appearance.organiser_picture and appearance.organiser else "",
    )


def card_url_path(campaign: Campaign, now: datetime) -> str:
    """Where the card is. Changes when the card does, so that a site which has fetched it fetches it anew."""
    query = {"v": card_version(campaign_card(campaign, now))}
    here = page_language()
    # Sites that fetch a card ask for no language: it says which one the page was in.
    if here.explicit or is_language_negotiated():
        query[LANGUAGE_PARAMETER] = here.content_code
    return f"/c/{campaign.slug}/card.{card_extension(campaign)}?{urlencode(query)}"


def card_extension(campaign: Campaign) -> str:
    """How the name of a campaign's cards ends: a photograph with a picture, few colours without."""
    return "jpg" if campaign.appearance.picture else "png"


def card_version(card: Card) -> str:
    """Changes when what a card says does. The name of the site never does."""
    return replace(card, site="").version


def closing_day_label(campaign: Campaign, state: CampaignState) -> str:
    """The last day on which the campaign can or could be signed, as a phrase."""
    # A campaign that closes at midnight closes on the day before, as people read days.
    day = localised.day(campaign.window.closes_at - timedelta(seconds=1), campaign.zone)
    if state in (CampaignState.CLOSED, CampaignState.FINAL):
        return gettext("Closed on %(day)s", day=day)
    return gettext("Sign by %(day)s", day=day)


def text_around_number(amount: int) -> tuple[str, str]:
    """What a language puts before and after a number of signatures."""
    before, _, after = ngettext("%(num)s signature", "%(num)s signatures", amount, num=_PLACEHOLDER).partition(_PLACEHOLDER)
    return before.strip(_AROUND_NUMBER), after.strip(_AROUND_NUMBER)


def _number_parts(campaign: Campaign, state: CampaignState, shown: int, *, final: bool) -> tuple[str, str, str]:
    if state is CampaignState.SCHEDULED:
        return (
            "",
            gettext("Opens on %(when)s", when=localised.day(campaign.window.opens_at, campaign.zone)),
            "",
        )
    if shown == 0 and state is CampaignState.OPEN:
        return "", gettext("Be the first to sign"), ""
    before, after = text_around_number(shown)
    # "+" at the very number too: the card stays the same for all of its step.
    exact = final or shown < EXACT_BELOW
    return before, localised.number(shown) if exact else gettext("%(num)s+", num=localised.number(shown)), after


def _time_label(campaign: Campaign, state: CampaignState, now: datetime) -> str:
    match state:
        case CampaignState.OPEN:
            days = campaign.seconds_left(now) // 86_400
            words = ngettext("%(num)s day left", "%(num)s days left", days) if days else gettext("Less than a day left")
        case CampaignState.PAUSED:
            words = gettext("Paused")
        case CampaignState.CLOSED:
            words = gettext("Closed")
        case CampaignState.FINAL:
            words = gettext("Final total")
        case _:
            words = ""
    return words
