"""A campaign's past, for everybody: the versions of its text with what changed and why, and what was done to it in public."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask import Blueprint, Response, abort, render_template

from campaign import history
from campaign.domain import wording
from campaign.domain.announcement import Announcement, By, Kind
from campaign.domain.diff import Piece, words_changed
from campaign.domain.messages import N_
from campaign.domain.standing import Standing
from campaign.domain.text import Text
from campaign.runtime import Runtime
from campaign.standing import LIST_REMEMBERED
from campaign.store.history import Edition
from campaign.web.kept import send
from campaign.web.language import gettext, speak_for, spoken
from campaign.web.protection import allow_style
from campaign.web.public import find_or_abort
from campaign.web.shelf import Shelf
from campaign.web.turn import Turn
from campaign.web.views import view

SECONDS = 60
"""How long a proxy or browser may keep these pages."""
_MOST_PAGES = 100
_AROUND = 160
"""Characters of what stayed the same that are shown before and after a change."""
_TITLES = {
    Kind.CLOSED_EARLY: N_("Closed early"),
    Kind.EXTENDED: N_("Deadline extended"),
    Kind.PAUSED: N_("Signing paused"),
    Kind.RESUMED: N_("Signing resumed"),
}
_BY = {By.CAMPAIGNERS: N_("by the campaigners"), By.OPERATOR: N_("by the operator of this site")}
_FIELDS = {"title": N_("Title"), "recipient": N_("To whom"), "ask": N_("What is asked"), "background": N_("Why")}


@dataclass(frozen=True, slots=True)
class Told:
    """Something that was done in public."""

    title: str
    by: str
    when: str
    was: str
    became: str
    reason: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A part of the text that a version has changed, as one text with what went and what came."""

    name: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version of the text in one language."""

    number: int
    when: str
    reason: str
    hash: str
    slug: str
    """The address that is part of its hash, where the campaign has another now; empty where it is the same."""
    changed: tuple[Changed, ...]
    first: bool


@dataclass(frozen=True, slots=True)
class Language:
    """The versions in one language, the newest first."""

    code: str
    name: str
    direction: str
    versions: tuple[VersionView, ...]


def history_pages(runtime: Runtime) -> Blueprint:
    """`GET /c/<slug>/history`."""
    blueprint = Blueprint("history", __name__)
    pages = Shelf(LIST_REMEMBERED, _MOST_PAGES, Turn())

    @blueprint.get("/c/<slug>/history")
    def history_of_campaign(slug: str) -> Response:
        standing = find_or_abort(runtime, slug)
        page = pages.get((slug, speak_for(standing)), lambda: draw(standing))
        return allow_style(send(page or abort(404), seconds=SECONDS), view(standing, runtime.now()).style_hash)

    def draw(standing: Standing) -> str:
        past = history.of(runtime, standing)
        return render_template(
            "campaign/history.html", campaign=view(standing, runtime.now()),
            told=[_told(each, standing) for each in past.announcements],
            languages_of_text=[*_languages(past.editions, standing)],
        )  # fmt: skip

    return blueprint


def _told(announcement: Announcement, standing: Standing) -> Told:
    was, became = announcement.was, announcement.became
    zone, code = standing.zone, spoken().code
    return Told(
        gettext(_TITLES[announcement.kind]), gettext(_BY[announcement.by]),
        wording.moment(announcement.created_at, zone, code), wording.moment(was, zone, code) if was else "",
        wording.moment(became, zone, code) if became else "", announcement.reason,
    )  # fmt: skip


def _languages(editions: Sequence[Edition], standing: Standing) -> Iterator[Language]:
    """The versions language by language: those the campaign speaks now in its order, then those it no longer does."""
    spoken_now = [version.language for version in standing.versions]
    for code in dict.fromkeys([*spoken_now, *(edition.language for edition in editions)]):
        of_this = [edition for edition in editions if edition.language == code]
        if of_this:
            older = [*of_this[1:], None]
            yield Language(
                code, wording.language_name(code, spoken().code), wording.direction(code),
                tuple(_version(now, before, standing) for now, before in zip(of_this, older, strict=True)),
            )  # fmt: skip


def _version(edition: Edition, before: Edition | None, standing: Standing) -> VersionView:
    changed = () if before is None else _changes(before.text, edition.text)
    return VersionView(
        edition.number, wording.moment(edition.created_at, standing.zone, spoken().code), edition.reason, edition.text.hash,
        "" if edition.text.slug == standing.slug else edition.text.slug,
        tuple(Changed(gettext(_FIELDS[name]), pieces) for name, pieces in changed), before is None,
    )  # fmt: skip


@lru_cache(maxsize=256)
def _changes(was: Text, became: Text) -> tuple[tuple[str, tuple[Piece, ...]], ...]:
    """What is another in each part of the text. Kept, as versions never change and comparing takes time."""
    pairs = ((name, getattr(was, name), getattr(became, name)) for name in _FIELDS)
    return tuple((name, tuple(_shortened(words_changed(old, new)))) for name, old, new in pairs if old != new)


def _shortened(pieces: tuple[Piece, ...]) -> Iterator[Piece]:
    """What stayed the same is shown only around a change."""
    for number, piece in enumerate(pieces):
        text = piece.text
        if piece.kind == "same" and len(text) > 3 * _AROUND:
            begins = "" if number == 0 else text[:_AROUND].rsplit(None, 1)[0] + " "
            ends = "" if number == len(pieces) - 1 else " " + text[-_AROUND:].split(None, 1)[-1]
            text = f"{begins}[…]{ends}"
        yield Piece(piece.kind, text)
