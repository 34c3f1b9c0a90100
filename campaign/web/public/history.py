"""Public history of a campaign: the versions of its text with what changed and why, and what was done to it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask import Blueprint, Response, render_template

from campaign.domain.campaigns.announcement import Announcement, AnnouncementKind, Announcer
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.diff import DiffPart, word_diff
from campaign.domain.campaigns.text import SignedText
from campaign.domain.common import formatting
from campaign.domain.common.i18n import N_
from campaign.services.campaigns import history
from campaign.store.campaigns.text_versions import TextVersion
from campaign.web import localised
from campaign.web.app_context import runtime
from campaign.web.compressed_page import PAGE_CACHE_SECONDS, cached_page, page_region
from campaign.web.language import use_campaign_language
from campaign.web.public.cached_campaign_page import campaign_colours_response
from campaign.web.public.campaign_lookup import find_campaign_or_abort
from campaign.web.public.campaign_view import campaign_view
from campaign.web.public.labels import outage_label
from campaign.web.translation import gettext

HISTORY_MAX_AGE_SECONDS = 60
"""How long a proxy or browser may keep these pages."""
_MAX_CACHED_PAGES = 100
_PAGES = page_region("history", _MAX_CACHED_PAGES, PAGE_CACHE_SECONDS, flight="history")
_CONTEXT_CHARACTERS = 160
"""Characters of what stayed the same that are shown before and after a change."""
_KIND_LABELS = {
    AnnouncementKind.CLOSED_EARLY: N_("Closed early"),
    AnnouncementKind.EXTENDED: N_("Deadline extended"),
    AnnouncementKind.PAUSED: N_("Signing paused"),
    AnnouncementKind.RESUMED: N_("Signing resumed"),
    AnnouncementKind.GRACE_EXTENDED: N_("More time to confirm"),
}
_BY_LABELS = {
    Announcer.CAMPAIGNERS: N_("by the campaigners"),
    Announcer.OPERATOR: N_("by the operator of this site"),
    Announcer.SITE: N_("by this site, by its rule"),
}
_FIELD_LABELS = {"title": N_("Title"), "recipient": N_("To whom"), "ask": N_("What is asked"), "background": N_("Why")}


@dataclass(frozen=True, slots=True)
class AnnouncementView:
    """Something that was done in public."""

    title: str
    by_label: str
    when: str
    was: str
    became: str
    reason: str
    outage: str
    """What an outage of mail did to the grace, in a sentence or two; empty where that is not what it is about."""


@dataclass(frozen=True, slots=True)
class ChangedPart:
    """A part of the text that a version has changed, as one text with what went and what came."""

    name: str
    pieces: tuple[DiffPart, ...]


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version of the text in one language."""

    number: int
    when: str
    reason: str
    hash: str
    slug: str
    """The address that is part of its hash, where the campaign has another now; empty where it is the same."""
    changed: tuple[ChangedPart, ...]
    is_first: bool


@dataclass(frozen=True, slots=True)
class LanguageVersions:
    """The versions in one language, the newest first."""

    code: str
    name: str
    direction: str
    versions: tuple[VersionView, ...]


blueprint = Blueprint("history", __name__)


@blueprint.get("/c/<slug>/history")
def show_history(slug: str) -> Response:
    """The versions of a campaign's text, and what was done to it in public."""
    campaign = find_campaign_or_abort(slug)
    page = cached_page(_PAGES, (slug, use_campaign_language(campaign)), lambda: _render_history(campaign))
    return campaign_colours_response(campaign, page, HISTORY_MAX_AGE_SECONDS)


def _render_history(campaign: Campaign) -> str:
    past = history.campaign_history(runtime(), campaign)
    return render_template(
        "campaign/history.html", campaign=campaign_view(campaign, runtime().now()),
        announcements=[_announcement_view(each, campaign) for each in past.announcements],
        languages_of_text=[*_versions_by_language(past.editions, campaign)],
    )  # fmt: skip


def _announcement_view(announcement: Announcement, campaign: Campaign) -> AnnouncementView:
    was, became = announcement.deadline_before, announcement.deadline_after
    zone = campaign.zone
    return AnnouncementView(
        gettext(_KIND_LABELS[announcement.kind]), gettext(_BY_LABELS[announcement.by]),
        localised.moment(announcement.created_at, zone),
        localised.deadline(was, zone) if was else "",
        localised.deadline(became, zone) if became else "",
        announcement.reason,
        outage_label(announcement.outage, zone) if announcement.outage else "",
    )  # fmt: skip


def _versions_by_language(editions: Sequence[TextVersion], campaign: Campaign) -> Iterator[LanguageVersions]:
    """The versions language by language: those the campaign speaks now in its order, then those it no longer does."""
    spoken_now = [version.language for version in campaign.versions]
    for code in dict.fromkeys([*spoken_now, *(edition.language for edition in editions)]):
        of_this = [edition for edition in editions if edition.language == code]
        if of_this:
            older = [*of_this[1:], None]
            yield LanguageVersions(
                code, localised.language_name(code), formatting.text_direction(code),
                tuple(_version_view(now, before, campaign) for now, before in zip(of_this, older, strict=True)),
            )  # fmt: skip


def _version_view(edition: TextVersion, before: TextVersion | None, campaign: Campaign) -> VersionView:
    changed = () if before is None else _changed_parts(before.text, edition.text)
    return VersionView(
        edition.number,
        localised.moment(edition.created_at, campaign.zone),
        edition.reason,
        edition.text.hash,
        "" if edition.text.slug == campaign.slug else edition.text.slug,
        tuple(ChangedPart(gettext(_FIELD_LABELS[name]), pieces) for name, pieces in changed),
        before is None,
    )


@lru_cache(maxsize=256)
def _changed_parts(was: SignedText, became: SignedText) -> tuple[tuple[str, tuple[DiffPart, ...]], ...]:
    """What is another in each part of the text. Kept, as versions never change and comparing takes time."""
    pairs = ((name, getattr(was, name), getattr(became, name)) for name in _FIELD_LABELS)
    return tuple((name, tuple(_with_context_only(word_diff(old, new)))) for name, old, new in pairs if old != new)


def _with_context_only(pieces: tuple[DiffPart, ...]) -> Iterator[DiffPart]:
    """What stayed the same is shown only around a change."""
    for number, piece in enumerate(pieces):
        text = piece.text
        if piece.kind == "same" and len(text) > 3 * _CONTEXT_CHARACTERS:
            # Of nothing but space there is no word.
            begins = "" if number == 0 else (text[:_CONTEXT_CHARACTERS].rsplit(None, 1) or [""])[0] + " "
            ends = "" if number == len(pieces) - 1 else " " + (text[-_CONTEXT_CHARACTERS:].split(None, 1) or [""])[-1]
            text = f"{begins}[…]{ends}"
        yield DiffPart(piece.kind, text)
