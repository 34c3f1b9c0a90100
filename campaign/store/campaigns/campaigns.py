"""Campaigns: created, and read with all that their pages show."""

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, Select, and_, bindparam, case, func, select
from sqlalchemy.exc import IntegrityError

from campaign.domain.campaigns.announcement import AnnouncementKind, PublicHistory
from campaign.domain.campaigns.campaign import Appearance, Campaign, Milestone, SignFormFields
from campaign.domain.campaigns.definition import CampaignDefinition
from campaign.domain.campaigns.eligibility import Eligibility, Statement
from campaign.domain.campaigns.next_step import NextStep
from campaign.domain.campaigns.text import LanguageVersion, PageTexts, SignedText
from campaign.domain.campaigns.window import SigningWindow
from campaign.store.campaigns import former_slugs, page_texts, statements
from campaign.store.campaigns.announcements import ANNOUNCEMENT_COLUMNS, announcement_from_row
from campaign.store.campaigns.page_texts import search_text
from campaign.store.tables import (
    announcements,
    campaigns,
    certificates,
    milestones,
    removal_tallies,
    tallies,
    text_versions,
    texts,
    translations,
)

MAX_LISTED = 200
"""Campaigns on one page."""


_Row = Row[*tuple[Any, ...]]


class SlugTakenError(Exception):
    """Another campaign has this slug, or once had it."""


_CHANGED_AT = (
    select(func.max(text_versions.c.created_at))
    .where(
        text_versions.c.campaign_id == campaigns.c.id,
        text_versions.c.number > 1,
        text_versions.c.created_at > campaigns.c.published_at,
    )
    .scalar_subquery()
)
_announced = announcements.alias()
_ANNOUNCED_AT = select(func.max(_announced.c.created_at)).where(_announced.c.campaign_id == campaigns.c.id).scalar_subquery()
_NEWEST_OF_WINDOW = (
    select(func.max(_announced.c.id))
    .where(
        _announced.c.campaign_id == campaigns.c.id,
        _announced.c.kind.in_([AnnouncementKind.CLOSED_EARLY.value, AnnouncementKind.EXTENDED.value]),
    )
    .scalar_subquery()
)
_SIGNED_TEXT = (
    texts.c.slug.label("text_slug"), texts.c.title, texts.c.recipient, texts.c.ask, texts.c.background,
)  # fmt: skip
SELECT_CAMPAIGNS = (
    select(
        *(
            campaigns.c[name]
            for name in (
                "id", "slug", "text_hash", "opens_at", "closes_at", "verify_until", "paused", "finalised_at", "time_zone",
                "goals", "form_fields", "note", "contact", "taken_down_at", "language", "share_text", "picture_alt", "privacy",
                "summary", "thank_you", "accent", "supporters", "controller", "published_at", "recipient_kind",
                "paused_message", "organiser", "organiser_url", "organiser_about", "eligibility", "eligibility_rule",
                "statement", "statement_number", "picture", "organiser_picture", "gallery", "goal_notes",
                "next_step", "next_step_url", "next_step_label", "next_step_text",
            )
        ),
        *_SIGNED_TEXT,
        _CHANGED_AT.label("changed_at"),
        _ANNOUNCED_AT.label("announced_at"),
        *ANNOUNCEMENT_COLUMNS,
        (campaigns.c.revision + tallies.c.revision).label("revision"),
        tallies.c.sequence,
        tallies.c.verified,
        tallies.c.pending,
        tallies.c.held,
        tallies.c.as_of,
        certificates.c.total.label("final_total"),
        case((certificates.c.total.is_(None), tallies.c.paper), else_=certificates.c.paper).label("paper"),
    )
    .select_from(campaigns)
    .join(texts, and_(texts.c.campaign_id == campaigns.c.id, texts.c.hash == campaigns.c.text_hash))
    .join(tallies, tallies.c.campaign_id == campaigns.c.id)
    .outerjoin(certificates, certificates.c.campaign_id == campaigns.c.id)
    .outerjoin(announcements, announcements.c.id == _NEWEST_OF_WINDOW)
)  # fmt: skip
"""Columns that `campaigns_from_rows` reads; the caller adds which campaigns."""
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_BY_SLUG = SELECT_CAMPAIGNS.where(campaigns.c.slug == bindparam("slug"))
_BY_ID = SELECT_CAMPAIGNS.where(campaigns.c.id == bindparam("id"))
_BY_IDS = SELECT_CAMPAIGNS.where(campaigns.c.id.in_(_IDS)).order_by(campaigns.c.id)
_LIST = SELECT_CAMPAIGNS.order_by(campaigns.c.id).limit(bindparam("limit")).offset(bindparam("skip"))
_MILESTONES = (
    select(milestones.c.campaign_id, milestones.c.goal, milestones.c.reached_at)
    .where(milestones.c.campaign_id.in_(_IDS))
    .order_by(milestones.c.goal)
)
_TRANSLATIONS = (
    select(translations, *_SIGNED_TEXT)
    .join(texts, and_(texts.c.campaign_id == translations.c.campaign_id, texts.c.hash == translations.c.text_hash))
    .where(translations.c.campaign_id.in_(_IDS))
    .order_by(translations.c.language)
)
_REMOVED = (
    select(removal_tallies.c.campaign_id, removal_tallies.c.reason_class, removal_tallies.c.removed)
    .where(removal_tallies.c.campaign_id.in_(_IDS), removal_tallies.c.removed > 0)
    .order_by(removal_tallies.c.removed.desc(), removal_tallies.c.reason_class)
)


def create(connection: Connection, definition: CampaignDefinition, now: datetime, *, preview_key: str = "") -> int:
    """Id of a new campaign, stored with the first version of its text and an empty tally. Raises SlugTakenError.

    It is published at once; with a `preview_key` it is a draft, which that key shows.
    """
    d = definition
    try:
        campaign_id = connection.execute(
            campaigns.insert().values(
                slug=d.slug, text_hash=d.main_version.text.hash, opens_at=d.opens_at, closes_at=d.closes_at,
                verify_until=d.closes_at.astimezone(UTC) + d.grace, time_zone=d.time_zone, paused=False, goals=list(d.goals),
                form_fields=dataclasses.asdict(d.form_fields), contact=d.contact, revision=1, created_at=now,
                published_at=None if preview_key else now, preview_key=preview_key, language=d.language, accent=d.accent,
                recipient_kind=d.recipient_kind, supporters=d.supporters, controller=d.controller, organiser=d.organiser,
                organiser_url=d.organiser_url, eligibility=d.eligibility, eligibility_rule=d.eligibility_rule,
                next_step=d.next_step.kind, next_step_url=d.next_step.url,
                search_text=search_text(d.versions),
                **dataclasses.asdict(d.main_version.page_texts),
            ).returning(campaigns.c.id)
        ).scalar_one()  # fmt: skip
    except IntegrityError as error:
        raise SlugTakenError(d.slug) from error
    # An address that once was another's leads there, also where the two are given at the same moment: it is written first.
    if former_slugs.belongs_to_another(connection, d.slug, campaign_id):
        raise SlugTakenError(d.slug)
    for version in d.versions:
        page_texts.add_text_version(connection, campaign_id, d.slug, version, "", now)
    for version in d.translations:
        page_texts.add_language(connection, campaign_id, version)
    statements.number_statements(connection, int(campaign_id), now)
    connection.execute(
        tallies.insert().values(campaign_id=campaign_id, sequence=0, verified=0, pending=0, revision=1, as_of=now)
    )
    return int(campaign_id)


def get_by_slug(connection: Connection, slug: str) -> Campaign | None:
    """The campaign with this slug; None where there is none."""
    row = connection.execute(_BY_SLUG, {"slug": slug}).one_or_none()
    return None if row is None else campaigns_from_rows(connection, [row])[0]


def get_by_id(connection: Connection, campaign_id: int) -> Campaign:
    """The campaign with this id. Raises NoResultFound."""
    return campaigns_from_rows(connection, [connection.execute(_BY_ID, {"id": campaign_id}).one()])[0]


def list_by_ids(connection: Connection, campaign_ids: Sequence[int]) -> list[Campaign]:
    """Campaigns by their ids, in the order they were created."""
    return campaigns_from_rows(connection, connection.execute(_BY_IDS, {"ids": campaign_ids}).all()) if campaign_ids else []


def list_campaigns(connection: Connection, *, skip: int = 0, limit: int = MAX_LISTED) -> list[Campaign]:
    """All campaigns in the order they were created, a page at a time."""
    return campaigns_from_rows(connection, connection.execute(_LIST, {"limit": limit, "skip": skip}).all())


def campaigns_from_rows(connection: Connection, rows: Sequence[_Row]) -> list[Campaign]:
    """Campaigns made of rows of SELECT_CAMPAIGNS, with milestones, other languages and removals, which it reads."""
    if not rows:
        return []
    ids = {"ids": [row.id for row in rows]}
    parts = [_rows_by_campaign(connection, sql, ids) for sql in (_MILESTONES, _TRANSLATIONS, _REMOVED)]
    return [_campaign_from_row(row, *(part[row.id] for part in parts)) for row in rows]


def _rows_by_campaign(
    connection: Connection, sql: Select[*tuple[Any, ...]], ids: dict[str, list[int]]
) -> defaultdict[int, list[_Row]]:
    found: defaultdict[int, list[_Row]] = defaultdict(list)
    for row in connection.execute(sql, ids):
        found[row.campaign_id].append(row)
    return found


def _campaign_from_row(row: _Row, milestones: Sequence[_Row], versions: Sequence[_Row], removed: Sequence[_Row]) -> Campaign:
    return Campaign(
        id=row.id, slug=row.slug, versions=tuple(_version_from_row(version) for version in (row, *versions)),
        window=SigningWindow(row.opens_at, row.closes_at, row.verify_until, row.paused, row.finalised_at),
        time_zone=row.time_zone, goals=tuple(row.goals), form_fields=SignFormFields(**row.form_fields), contact=row.contact,
        appearance=Appearance(
            row.accent, row.supporters, row.controller, row.picture, row.organiser, row.organiser_url,
            row.organiser_picture, row.gallery,
        ),
        taken_down=row.taken_down_at is not None, revision=row.revision, sequence=row.sequence, verified=row.verified,
        pending=row.pending, held=row.held, final_total=row.final_total, as_of=row.as_of,
        milestones=tuple(Milestone(milestone.goal, milestone.reached_at) for milestone in milestones),
        published=row.published_at is not None, recipient_kind=row.recipient_kind, paused_message=row.paused_message,
        paper=row.paper, eligibility=_eligibility_from_rows(row, versions),
        next_step=NextStep(row.next_step, row.next_step_url),
        history=PublicHistory(
            row.changed_at, None if row.kind is None else announcement_from_row(row),
            row.announced_at is not None,
            tuple((each.reason_class, each.removed) for each in removed),
        ),
    )  # fmt: skip


def _eligibility_from_rows(row: _Row, versions: Sequence[_Row]) -> Eligibility:
    asked = tuple(
        Statement(each.statement_number, each.language, each.statement) for each in (row, *versions) if each.statement_number
    )
    # What is asked for at all is said in the main language; a translation alone asks nobody.
    return Eligibility(row.eligibility, row.eligibility_rule, asked if row.statement_number else ())


def _version_from_row(row: _Row) -> LanguageVersion:
    return LanguageVersion(
        row.language, SignedText(row.text_hash, row.title, row.recipient, row.ask, row.background, row.text_slug),
        PageTexts(row.note, row.share_text, row.picture_alt, row.privacy, row.summary, row.thank_you, row.organiser_about,
                  row.goal_notes, row.next_step_label, row.next_step_text, row.statement),
    )  # fmt: skip
