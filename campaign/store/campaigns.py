"""Campaigns and the versions of their text."""

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Executable, Row
from sqlalchemy.exc import IntegrityError

from campaign.domain.definition import Definition
from campaign.domain.search import folded
from campaign.domain.standing import Appearance, Asked, Milestone, Standing
from campaign.domain.text import Picture, Text, Version, Words
from campaign.domain.window import Window
from campaign.store.sql import statement
from campaign.store.tables import campaigns, tallies, texts, translations

MOST_LISTED = 200
"""Campaigns on one page."""


class SlugTaken(Exception):  # noqa: N818 - it says what happened
    """Another campaign has this slug."""


STANDING = """
    SELECT c.id, c.slug, c.text_hash, x.title, x.recipient, x.ask, x.background, c.opens_at, c.closes_at, c.verify_until,
           c.paused, c.finalised_at, c.time_zone, c.goals, c.asked, c.note, c.contact, c.taken_down_at,
           c.language, c.share_text, c.picture_alt, c.privacy, c.accent, c.supporters, c.controller,
           c.revision + t.revision AS revision, t.sequence, t.verified, t.pending, f.total AS final_total, t.as_of
    FROM campaigns c
    JOIN texts x ON x.campaign_id = c.id AND x.hash = c.text_hash
    JOIN tallies t ON t.campaign_id = c.id
    LEFT JOIN certificates f ON f.campaign_id = c.id
"""
"""What `standings` reads; whoever uses it adds which campaigns."""
_BY_SLUG = statement(f"{STANDING} WHERE c.slug = :slug")
_BY_ID = statement(f"{STANDING} WHERE c.id = :id")
_EVERY = statement(f"{STANDING} ORDER BY c.id LIMIT :most OFFSET :skip")
_MILESTONES = statement(
    "SELECT campaign_id, goal, reached_at FROM milestones WHERE campaign_id IN :ids ORDER BY goal", many=("ids",)
)
_VERSIONS = statement(
    """SELECT r.campaign_id, r.language, r.text_hash, x.title, x.recipient, x.ask, x.background, r.note, r.share_text,
              r.picture_alt, r.privacy
       FROM translations r JOIN texts x ON x.campaign_id = r.campaign_id AND x.hash = r.text_hash
       WHERE r.campaign_id IN :ids ORDER BY r.language""",
    many=("ids",),
)
_PICTURES = statement(
    "SELECT campaign_id, hash, width, height FROM pictures WHERE campaign_id IN :ids ORDER BY width", many=("ids",)
)
_CLOSE = statement(
    """UPDATE campaigns SET closes_at = :now, verify_until = :verify_until, revision = revision + 1
       WHERE id = :id AND opens_at <= :now AND :now < closes_at"""
)
_TAKE_DOWN = statement(
    "UPDATE campaigns SET taken_down_at = :now, revision = revision + 1 WHERE id = :id AND taken_down_at IS NULL"
)
_PUT_BACK = statement(
    "UPDATE campaigns SET taken_down_at = NULL, revision = revision + 1 WHERE id = :id AND taken_down_at IS NOT NULL"
)
_COUNT = statement("SELECT count(*) FROM campaigns")


def create(connection: Connection, definition: Definition, now: datetime) -> int:
    """Store a new campaign with the first version of its text and an empty tally; returns its id. Raises SlugTaken."""
    d = definition
    try:
        campaign_id = connection.execute(
            campaigns.insert().values(
                slug=d.slug, text_hash=d.main.text.hash, opens_at=d.opens_at, closes_at=d.closes_at,
                verify_until=d.closes_at.astimezone(UTC) + d.grace, time_zone=d.time_zone, paused=False, goals=list(d.goals),
                asked=dataclasses.asdict(d.asked), contact=d.contact, revision=1, created_at=now, language=d.language,
                accent=d.accent, supporters=d.supporters, controller=d.controller, searched=searched(d.versions),
                **dataclasses.asdict(d.main.words),
            ).returning(campaigns.c.id)
        ).scalar_one()  # fmt: skip
    except IntegrityError as error:
        raise SlugTaken(d.slug) from error
    # Two languages may say the same, as far as it goes: that is one text.
    for text in {version.text.hash: version.text for version in d.versions}.values():
        connection.execute(texts.insert().values(campaign_id=campaign_id, created_at=now, **dataclasses.asdict(text)))
    for version in d.translations:
        connection.execute(
            translations.insert().values(
                campaign_id=campaign_id, language=version.language, text_hash=version.text.hash,
                **dataclasses.asdict(version.words),
            )
        )  # fmt: skip
    connection.execute(
        tallies.insert().values(campaign_id=campaign_id, sequence=0, verified=0, pending=0, revision=1, as_of=now)
    )
    return int(campaign_id)


def by_slug(connection: Connection, slug: str) -> Standing | None:
    """How the campaign stands; None where there is none."""
    row = connection.execute(_BY_SLUG, {"slug": slug}).one_or_none()
    return None if row is None else standings(connection, [row])[0]


def by_id(connection: Connection, campaign_id: int) -> Standing:
    """How the campaign stands. Raises sqlalchemy's NoResultFound for an id that never was."""
    return standings(connection, [connection.execute(_BY_ID, {"id": campaign_id}).one()])[0]


def every(connection: Connection, *, skip: int = 0, most: int = MOST_LISTED) -> list[Standing]:
    """All campaigns in the order they were made, a page at a time."""
    return standings(connection, connection.execute(_EVERY, {"most": most, "skip": skip}).all())


def count(connection: Connection) -> int:
    """How many campaigns there are."""
    return int(connection.execute(_COUNT).scalar_one())


def close(connection: Connection, campaign_id: int, verify_until: datetime, now: datetime) -> bool:
    """Bring the deadline forward to `now`. False where the campaign is not between its opening and its deadline."""
    return connection.execute(_CLOSE, {"id": campaign_id, "verify_until": verify_until, "now": now}).rowcount == 1


def take_down(connection: Connection, campaign_id: int, now: datetime) -> bool:
    """Hide the campaign. False where it was hidden before."""
    return connection.execute(_TAKE_DOWN, {"id": campaign_id, "now": now}).rowcount == 1


def put_back(connection: Connection, campaign_id: int) -> bool:
    """Show the campaign again. False where it was not hidden."""
    return connection.execute(_PUT_BACK, {"id": campaign_id}).rowcount == 1


def standings(connection: Connection, rows: Sequence[Row[Any]]) -> list[Standing]:
    """Campaigns with what belongs to each of them: milestones, other languages, picture."""
    if not rows:
        return []
    ids = {"ids": [row.id for row in rows]}
    reached, versions, pictures = (_by_campaign(connection, sql, ids) for sql in (_MILESTONES, _VERSIONS, _PICTURES))
    return [_standing(row, reached[row.id], versions[row.id], pictures[row.id]) for row in rows]


def _by_campaign(connection: Connection, sql: Executable, ids: dict[str, list[int]]) -> defaultdict[int, list[Row[Any]]]:
    found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(sql, ids):
        found[row.campaign_id].append(row)
    return found


def _standing(row: Row[Any], reached: Sequence[Row[Any]], versions: Sequence[Row[Any]], copies: Sequence[Row[Any]]) -> Standing:
    picture = Picture(copies[0].hash, tuple((copy.width, copy.height) for copy in copies)) if copies else None
    return Standing(
        id=row.id, slug=row.slug, versions=tuple(_version(version) for version in (row, *versions)),
        window=Window(row.opens_at, row.closes_at, row.verify_until, row.paused, row.finalised_at),
        time_zone=row.time_zone, goals=tuple(row.goals), asked=Asked(**row.asked), contact=row.contact,
        appearance=Appearance(row.accent, row.supporters, row.controller, picture),
        taken_down=row.taken_down_at is not None, revision=row.revision, sequence=row.sequence, verified=row.verified,
        pending=row.pending, final_total=row.final_total, as_of=row.as_of,
        milestones=tuple(Milestone(milestone.goal, milestone.reached_at) for milestone in reached),
    )  # fmt: skip


def _version(row: Row[Any]) -> Version:
    return Version(
        row.language, Text(row.text_hash, row.title, row.recipient, row.ask, row.background),
        Words(row.note, row.share_text, row.picture_alt, row.privacy),
    )  # fmt: skip


def searched(versions: Sequence[Version]) -> str:
    return folded(*(words for v in versions for words in (v.text.title, v.text.recipient, v.text.ask, v.text.background)))
