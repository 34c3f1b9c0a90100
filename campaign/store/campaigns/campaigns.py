"""Campaigns and the versions of their text."""

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Executable, Row
from sqlalchemy.exc import IntegrityError

from campaign.domain.campaigns.announcement import PublicHistory
from campaign.domain.campaigns.campaign import Appearance, Campaign, Milestone, SignFormFields
from campaign.domain.campaigns.definition import CampaignDefinition
from campaign.domain.campaigns.text import LanguageVersion, PageTexts, Picture, SignedText
from campaign.domain.campaigns.window import SigningWindow
from campaign.store.campaigns import announcements, former_slugs, page_texts
from campaign.store.campaigns.page_texts import search_text
from campaign.store.database.statements import statement
from campaign.store.tables import campaigns, tallies

MAX_LISTED = 200
"""Campaigns on one page."""


class SlugTakenError(Exception):
    """Another campaign has this slug, or once had it."""


SELECT_CAMPAIGNS = """
    SELECT c.id, c.slug, c.text_hash, x.slug AS text_slug, x.title, x.recipient, x.ask, x.background, c.opens_at,
           c.closes_at, c.verify_until, c.paused, c.finalised_at, c.time_zone, c.goals, c.asked, c.note, c.contact,
           c.taken_down_at, c.language, c.share_text, c.picture_alt, c.privacy, c.summary, c.thank_you, c.accent, c.supporters,
           c.controller, c.published_at, c.recipient_kind, c.paused_message,
           (SELECT max(v.created_at) FROM versions v WHERE v.campaign_id = c.id AND v.number > 1
               AND v.created_at > c.published_at) AS changed_at,
           (SELECT max(b.created_at) FROM announcements b WHERE b.campaign_id = c.id) AS told_at,
           a.kind, a.who, a.reason, a.facts, a.created_at,
           c.revision + t.revision AS revision, t.sequence, t.verified, t.pending, f.total AS final_total, t.as_of,
           CASE WHEN f.total IS NULL THEN t.paper ELSE f.paper END AS paper
    FROM campaigns c
    JOIN texts x ON x.campaign_id = c.id AND x.hash = c.text_hash
    JOIN tallies t ON t.campaign_id = c.id
    LEFT JOIN certificates f ON f.campaign_id = c.id
    LEFT JOIN announcements a ON a.id = (SELECT max(m.id) FROM announcements m WHERE m.campaign_id = c.id
        AND m.kind IN ('closed-early', 'extended'))
"""
"""What `standings` reads; whoever uses it adds which campaigns."""
_BY_SLUG = statement(f"{SELECT_CAMPAIGNS} WHERE c.slug = :slug")
_BY_ID = statement(f"{SELECT_CAMPAIGNS} WHERE c.id = :id")
_BY_IDS = statement(f"{SELECT_CAMPAIGNS} WHERE c.id IN :ids ORDER BY c.id", list_parameters=("ids",))
_LIST = statement(f"{SELECT_CAMPAIGNS} ORDER BY c.id LIMIT :most OFFSET :skip")
_MILESTONES = statement(
    "SELECT campaign_id, goal, reached_at FROM milestones WHERE campaign_id IN :ids ORDER BY goal", list_parameters=("ids",)
)
_VERSIONS = statement(
    """SELECT r.campaign_id, r.language, r.text_hash, x.slug AS text_slug, x.title, x.recipient, x.ask, x.background, r.note,
              r.share_text,
              r.picture_alt, r.privacy, r.summary, r.thank_you
       FROM translations r JOIN texts x ON x.campaign_id = r.campaign_id AND x.hash = r.text_hash
       WHERE r.campaign_id IN :ids ORDER BY r.language""",
    list_parameters=("ids",),
)
_PICTURES = statement(
    "SELECT campaign_id, hash, width, height FROM pictures WHERE campaign_id IN :ids ORDER BY width", list_parameters=("ids",)
)
_REMOVED = statement(
    """SELECT campaign_id, class AS kind, removed FROM removal_tallies WHERE campaign_id IN :ids AND removed > 0
       ORDER BY removed DESC, class""",
    list_parameters=("ids",),
)
_COUNT = statement("SELECT count(*) FROM campaigns")


def create(connection: Connection, definition: CampaignDefinition, now: datetime, *, preview_key: str = "") -> int:
    """Store a new campaign with the first version of its text and an empty tally; returns its id. Raises SlugTaken.

    It is published at once; with a `preview_key` it is a draft, which that key shows.
    """
    d = definition
    try:
        campaign_id = connection.execute(
            campaigns.insert().values(
                slug=d.slug, text_hash=d.main_version.text.hash, opens_at=d.opens_at, closes_at=d.closes_at,
                verify_until=d.closes_at.astimezone(UTC) + d.grace, time_zone=d.time_zone, paused=False, goals=list(d.goals),
                asked=dataclasses.asdict(d.form_fields), contact=d.contact, revision=1, created_at=now,
                published_at=None if preview_key else now, preview_key=preview_key, language=d.language, accent=d.accent,
                recipient_kind=d.recipient_kind, supporters=d.supporters, controller=d.controller,
                searched=search_text(d.versions),
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
    connection.execute(
        tallies.insert().values(campaign_id=campaign_id, sequence=0, verified=0, pending=0, revision=1, as_of=now)
    )
    return int(campaign_id)


def get_by_slug(connection: Connection, slug: str) -> Campaign | None:
    """How the campaign stands; None where there is none."""
    row = connection.execute(_BY_SLUG, {"slug": slug}).one_or_none()
    return None if row is None else campaigns_from_rows(connection, [row])[0]


def get_by_id(connection: Connection, campaign_id: int) -> Campaign:
    """How the campaign stands. Raises sqlalchemy's NoResultFound for an id that never was."""
    return campaigns_from_rows(connection, [connection.execute(_BY_ID, {"id": campaign_id}).one()])[0]


def list_by_ids(connection: Connection, campaign_ids: Sequence[int]) -> list[Campaign]:
    """How these campaigns stand, in the order they were made."""
    return campaigns_from_rows(connection, connection.execute(_BY_IDS, {"ids": campaign_ids}).all()) if campaign_ids else []


def list_campaigns(connection: Connection, *, skip: int = 0, limit: int = MAX_LISTED) -> list[Campaign]:
    """All campaigns in the order they were made, a page at a time."""
    return campaigns_from_rows(connection, connection.execute(_LIST, {"most": limit, "skip": skip}).all())


def count(connection: Connection) -> int:
    """How many campaigns there are."""
    return int(connection.execute(_COUNT).scalar_one())


def campaigns_from_rows(connection: Connection, rows: Sequence[Row[Any]]) -> list[Campaign]:
    """Campaigns with what belongs to each of them: milestones, other languages, picture."""
    if not rows:
        return []
    ids = {"ids": [row.id for row in rows]}
    parts = [_rows_by_campaign(connection, sql, ids) for sql in (_MILESTONES, _VERSIONS, _PICTURES, _REMOVED)]
    return [_campaign_from_row(row, *(part[row.id] for part in parts)) for row in rows]


def _rows_by_campaign(connection: Connection, sql: Executable, ids: dict[str, list[int]]) -> defaultdict[int, list[Row[Any]]]:
    found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(sql, ids):
        found[row.campaign_id].append(row)
    return found


def _campaign_from_row(
    row: Row[Any], milestones: Sequence[Row[Any]], versions: Sequence[Row[Any]], picture_sizes: Sequence[Row[Any]],
    removed: Sequence[Row[Any]],
) -> Campaign:  # fmt: skip
    picture = (
        Picture(picture_sizes[0].hash, tuple((copy.width, copy.height) for copy in picture_sizes)) if picture_sizes else None
    )
    return Campaign(
        id=row.id, slug=row.slug, versions=tuple(_version_from_row(version) for version in (row, *versions)),
        window=SigningWindow(row.opens_at, row.closes_at, row.verify_until, row.paused, row.finalised_at),
        time_zone=row.time_zone, goals=tuple(row.goals), form_fields=SignFormFields(**row.asked), contact=row.contact,
        appearance=Appearance(row.accent, row.supporters, row.controller, picture),
        taken_down=row.taken_down_at is not None, revision=row.revision, sequence=row.sequence, verified=row.verified,
        pending=row.pending, final_total=row.final_total, as_of=row.as_of,
        milestones=tuple(Milestone(milestone.goal, milestone.reached_at) for milestone in milestones),
        published=row.published_at is not None, recipient_kind=row.recipient_kind, paused_message=row.paused_message,
        paper=row.paper,
        history=PublicHistory(
            row.changed_at, None if row.kind is None else announcements.announcement_from_row(row), row.told_at is not None,
            tuple((each.kind, int(each.removed)) for each in removed),
        ),
    )  # fmt: skip


def _version_from_row(row: Row[Any]) -> LanguageVersion:
    return LanguageVersion(
        row.language, SignedText(row.text_hash, row.title, row.recipient, row.ask, row.background, row.text_slug),
        PageTexts(row.note, row.share_text, row.picture_alt, row.privacy, row.summary, row.thank_you),
    )  # fmt: skip
