"""View of an update: ready for a template, its words in the page's language, its text in the campaign's."""

from dataclasses import dataclass

from markupsafe import Markup

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common import formatting
from campaign.domain.common.i18n import N_
from campaign.domain.updates.update import Outcome, UpdateKind, UpdateResult, outcome_of
from campaign.rendering.markdown import plain_text
from campaign.rendering.markdown_html import render_markdown
from campaign.services.updates import read
from campaign.services.updates.read import CampaignUpdates
from campaign.store.updates.updates import Update
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.cache import Region, process_cache
from campaign.web.public.picture_views import IllustrationView, feed_picture_path, illustration_view
from campaign.web.translation import gettext

CACHE_SECONDS = 5.0
"""Seconds until an update is on the campaign's own page."""
MAX_EXCERPT_CHARACTERS = 220
CAMPAIGN_UPDATES: Region[CampaignUpdates] = Region(
    "campaign updates", max_entries=1_000, seconds=CACHE_SECONDS, max_stale_seconds=CACHE_SECONDS, stale_if_unavailable=True
)
_OUTCOMES = {
    Outcome.DELIVERED: N_("Handed in"),
    Outcome.ANSWERED: N_("Answered"),
    Outcome.WON: N_("Won"),
    Outcome.PARTLY: N_("Partly won"),
    Outcome.LOST: N_("Not won"),
}
_ENDS = {
    UpdateResult.WON: N_("Won on %(day)s."),
    UpdateResult.PARTLY: N_("Partly won on %(day)s."),
    UpdateResult.LOST: N_("Ended on %(day)s. It was not won."),
}


@dataclass(frozen=True, slots=True)
class UpdateView:
    """An update, ready for a template."""

    number: int
    kind: str
    path: str
    title: str
    body: str
    answer: str
    result: str
    """`won`, `partly`, `lost`; empty where it does not tell of an end."""
    step_label: str
    """The step of the outcome in words: "Handed in to the council on 3 March 2027."; empty for news."""
    day_label: str
    """The day it was published."""
    changed_label: str
    """The day it was changed since; empty where it was not, or on the same day."""
    published_at: str
    changed_at: str
    text_language: str
    text_direction: str
    picture: IllustrationView | None
    feed_picture: str
    """Its picture as feed readers and previews of links show it, as a path; empty where it has none."""

    def body_html(self, top_heading: int) -> Markup:
        """What it says; its first headings are of a level."""
        return render_markdown(self.body, top_heading=top_heading)

    def answer_html(self, top_heading: int) -> Markup:
        """The recipient's answer in full."""
        return render_markdown(self.answer, top_heading=top_heading)

    def whole_html(self, picture_url: str) -> Markup:
        """All of it, for feed readers; `picture_url` is the whole address of its picture, or empty."""
        picture = Markup()
        if self.picture and picture_url:
            picture = Markup('<p><img src="{}" alt="{}"></p>').format(picture_url, self.picture.picture.alt)
        step = Markup("<p><strong>{}</strong></p>").format(self.step_label) if self.step_label else Markup()
        answer = Markup("<blockquote>{}</blockquote>").format(self.answer_html(2)) if self.answer else Markup()
        return step + picture + answer + self.body_html(2)

    @property
    def excerpt(self) -> str:
        """Its beginning, without markup."""
        said = " ".join(plain_text(self.body or self.answer).split())
        if len(said) <= MAX_EXCERPT_CHARACTERS:
            return said
        return said[:MAX_EXCERPT_CHARACTERS].rsplit(None, 1)[0] + "…"


@dataclass(frozen=True, slots=True)
class CampaignUpdatesView:
    """Updates on a campaign's own page."""

    latest: tuple[UpdateView, ...] = ()
    """News; steps of the outcome are told by themselves."""
    outcome: tuple[UpdateView, ...] = ()
    path: str = ""
    """Where all of them are; empty where there are none."""
    outcome_kind: Outcome = Outcome.NONE


NO_UPDATES = CampaignUpdatesView()


def update_view(update: Update, campaign: Campaign) -> UpdateView:
    """How a published update looks, in the language this page speaks."""
    if update.number is None or update.published_at is None:
        raise ValueError("only what is published is shown")
    zone = campaign.zone
    published = localised.day(update.published_at, zone)
    changed = localised.day(update.changed_at, zone)
    return UpdateView(
        number=update.number,
        kind=update.kind.value,
        path=f"/c/{campaign.slug}/updates/{update.number}",
        title=update.title,
        body=update.body,
        answer=update.answer,
        result=update.result.value,
        step_label=_step_label(update),
        day_label=published,
        changed_label="" if changed == published else changed,
        published_at=formatting.format_utc(update.published_at),
        changed_at=formatting.format_utc(update.changed_at),
        text_language=campaign.language,
        text_direction=formatting.text_direction(campaign.language),
        picture=illustration_view(f"/c/{campaign.slug}", update.picture, campaign.language) if update.picture else None,
        feed_picture=feed_picture_path(f"/c/{campaign.slug}", update.picture) if update.picture else "",
    )


def campaign_updates(campaign: Campaign) -> CampaignUpdatesView:
    """What the campaign's page shows; none while another thread asks for the first ones, and where the store is away."""
    found = process_cache().get_at_once(CAMPAIGN_UPDATES, campaign.id, lambda: read.campaign_updates(runtime(), campaign))
    if found is None or not found.latest:
        return NO_UPDATES
    outcome = tuple(update_view(each, campaign) for each in found.outcome)
    return CampaignUpdatesView(
        latest=tuple(update_view(each, campaign) for each in found.latest if each.kind is UpdateKind.NEWS),
        outcome=outcome,
        path=f"/c/{campaign.slug}/updates",
        outcome_kind=outcome_of((each.kind, each.result) for each in found.outcome),
    )


def outcome_label(outcome: Outcome) -> str:
    """What has become of a campaign, in a word or two; empty where nothing is told of it."""
    return gettext(_OUTCOMES[outcome]) if outcome else ""


def _step_label(update: Update) -> str:
    if update.happened_on is None:
        return ""
    day = localised.calendar_day(update.happened_on)
    match update.kind:
        case UpdateKind.DELIVERED:
            return gettext(
                "Handed in to %(recipient)s on %(day)s.", recipient=localised.recipient_within(update.recipient), day=day
            )
        case UpdateKind.ANSWERED:
            return gettext("%(recipient)s answered on %(day)s.", recipient=localised.recipient_first(update.recipient), day=day)
        case UpdateKind.ENDED:
            return gettext(_ENDS[update.result], day=day)
        case _:
            return ""
