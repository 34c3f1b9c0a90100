"""Campaigns and the versions of their text."""

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row
from sqlalchemy.exc import IntegrityError

from campaign.domain.definition import Definition, text_hash
from campaign.domain.standing import Asked, Milestone, Standing, Text
from campaign.domain.window import Window
from campaign.store.sql import statement
from campaign.store.tables import campaigns, tallies, texts

MOST_LISTED = 200
"""Campaigns on one page."""


class SlugTaken(Exception):  # noqa: N818 - it says what happened
    """Another campaign has this slug."""


_STANDING = """
    SELECT c.id, c.slug, c.text_hash, x.title, x.recipient, x.ask, x.background, c.opens_at, c.closes_at, c.verify_until,
           c.paused, c.finalised_at, c.time_zone, c.goals, c.asked, c.note, c.contact, c.taken_down_at,
           c.revision + t.revision AS revision, t.sequence, t.verified, t.pending, f.total AS final_total, t.as_of
    FROM campaigns c
    JOIN texts x ON x.campaign_id = c.id AND x.hash = c.text_hash
    JOIN tallies t ON t.campaign_id = c.id
    LEFT JOIN certificates f ON f.campaign_id = c.id
"""
_BY_SLUG = statement(f"{_STANDING} WHERE c.slug = :slug")
_BY_ID = statement(f"{_STANDING} WHERE c.id = :id")
_NEWEST = statement(f"{_STANDING} WHERE c.taken_down_at IS NULL ORDER BY c.opens_at DESC, c.id DESC LIMIT :most")
_EVERY = statement(f"{_STANDING} ORDER BY c.id LIMIT :most OFFSET :skip")
_MILESTONES = statement("SELECT goal, reached_at FROM milestones WHERE campaign_id = :id ORDER BY goal")
_MILESTONES_OF = statement(
    "SELECT campaign_id, goal, reached_at FROM milestones WHERE campaign_id IN :ids ORDER BY goal", many=("ids",)
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
    digest = text_hash(slug=d.slug, title=d.title, recipient=d.recipient, ask=d.ask, background=d.background)
    try:
        campaign_id = connection.execute(
            campaigns.insert().values(
                slug=d.slug, text_hash=digest, opens_at=d.opens_at, closes_at=d.closes_at,
                verify_until=d.closes_at.astimezone(UTC) + d.grace, time_zone=d.time_zone, paused=False, goals=list(d.goals),
                asked=dataclasses.asdict(d.asked), note=d.note, contact=d.contact, revision=1, created_at=now,
            ).returning(campaigns.c.id)
        ).scalar_one()  # fmt: skip
    except IntegrityError as error:
        raise SlugTaken(d.slug) from error
    connection.execute(
        texts.insert().values(
            campaign_id=campaign_id, hash=digest, title=d.title, recipient=d.recipient, ask=d.ask,
            background=d.background, created_at=now,
        )
    )  # fmt: skip
    connection.execute(
        tallies.insert().values(campaign_id=campaign_id, sequence=0, verified=0, pending=0, revision=1, as_of=now)
    )
    return int(campaign_id)


def by_slug(connection: Connection, slug: str) -> Standing | None:
    """How the campaign stands; None where there is none."""
    row = connection.execute(_BY_SLUG, {"slug": slug}).one_or_none()
    return None if row is None else _standing(row, _milestones(connection, row.id))


def by_id(connection: Connection, campaign_id: int) -> Standing:
    """How the campaign stands. Raises sqlalchemy's NoResultFound for an id that never was."""
    row = connection.execute(_BY_ID, {"id": campaign_id}).one()
    return _standing(row, _milestones(connection, row.id))


def newest(connection: Connection) -> list[Standing]:
    """The newest campaigns that are not taken down, at most MOST_LISTED."""
    return _with_milestones(connection, connection.execute(_NEWEST, {"most": MOST_LISTED}).all())


def every(connection: Connection, *, skip: int = 0, most: int = MOST_LISTED) -> list[Standing]:
    """All campaigns in the order they were made, a page at a time."""
    return _with_milestones(connection, connection.execute(_EVERY, {"most": most, "skip": skip}).all())


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


def _with_milestones(connection: Connection, rows: Sequence[Row[Any]]) -> list[Standing]:
    reached: dict[int, list[Milestone]] = {row.id: [] for row in rows}
    if rows:
        for found in connection.execute(_MILESTONES_OF, {"ids": list(reached)}):
            reached[found.campaign_id].append(Milestone(found.goal, found.reached_at))
    return [_standing(row, tuple(reached[row.id])) for row in rows]


def _milestones(connection: Connection, campaign_id: int) -> tuple[Milestone, ...]:
    found = connection.execute(_MILESTONES, {"id": campaign_id})
    return tuple(Milestone(row.goal, row.reached_at) for row in found)


def _standing(row: Row[Any], milestones: tuple[Milestone, ...]) -> Standing:
    return Standing(
        id=row.id, slug=row.slug,
        text=Text(row.text_hash, row.title, row.recipient, row.ask, row.background),
        window=Window(row.opens_at, row.closes_at, row.verify_until, row.paused, row.finalised_at),
        time_zone=row.time_zone, goals=tuple(row.goals), asked=Asked(**row.asked), note=row.note, contact=row.contact,
        taken_down=row.taken_down_at is not None, revision=row.revision, sequence=row.sequence, verified=row.verified,
        pending=row.pending, final_total=row.final_total, milestones=milestones, as_of=row.as_of,
    )  # fmt: skip
