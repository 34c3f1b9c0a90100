"""Copies of the numbers in Redis: what the public pages read. They can be thrown away at any moment.

For each campaign a hash holds the number itself (`verified`, `paper` of them, `pending`, `sequence`), for people and
programs that look straight into Redis, and `facts`, all the page needs. `revision` guards it: an older copy never overwrites
a newer one. Beside it stands the countdown, a key that expires at the deadline. None of it is personal data.
"""

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from redis import Redis

from campaign.domain.announcement import Announcement, By, Kind, Past
from campaign.domain.standing import Appearance, Asked, Milestone, Standing, SupportersRule
from campaign.domain.text import Picture, Text, Version, Words
from campaign.domain.window import Window

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_PREFIX = "countersign:campaign:"
_COUNTDOWN = "countersign:countdown:"
_HEARTBEAT = "countersign:clock"
_SHAPE = 4
"""Grows when `facts` changes its shape: during a rolling upgrade, copies of the other shape are taken for absent."""

_PUBLISH = """
local old = tonumber(redis.call('HGET', KEYS[1], 'revision'))
if old and old > tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'revision', ARGV[1], 'sequence', ARGV[2], 'verified', ARGV[3], 'pending', ARGV[4],
    'paper', ARGV[9], 'facts', ARGV[5], 'shape', ARGV[8])
if tonumber(ARGV[6]) > 0 then redis.call('SET', KEYS[2], ARGV[7], 'PXAT', ARGV[6]) else redis.call('DEL', KEYS[2]) end
return 1
"""


def publish(redis: Redis, standing: Standing, now: datetime) -> bool:
    """Copy how a campaign stands, unless a newer copy is there. False where one was."""
    counting_down = standing.window.finalised_at is None and now < standing.window.closes_at and not standing.taken_down
    closes_at = standing.window.closes_at
    written = redis.eval(
        _PUBLISH, 2, _PREFIX + standing.slug, _COUNTDOWN + standing.slug,
        str(standing.revision), str(standing.sequence), str(standing.verified), str(standing.pending), _facts(standing),
        str(int(closes_at.timestamp() * 1000) if counting_down else 0), closes_at.astimezone(UTC).isoformat(), str(_SHAPE),
        str(standing.paper),
    )  # fmt: skip
    return bool(written)


def read(redis: Redis, slug: str) -> Standing | None:
    """The copy of one campaign; None where there is none."""
    facts = cast("bytes | None", redis.hget(_PREFIX + slug, "facts"))
    return None if facts is None else _standing(facts)


def revisions(redis: Redis, slugs: Sequence[str]) -> dict[str, int]:
    """The revision of each copy there is, in one round trip; copies of another shape count as absent."""
    pipeline = redis.pipeline(transaction=False)
    for slug in slugs:
        pipeline.hmget(_PREFIX + slug, "revision", "shape")
    found = zip(slugs, pipeline.execute(), strict=True)
    return {slug: int(revision) for slug, (revision, shape) in found if revision and shape == str(_SHAPE).encode()}


def withdraw_copy(redis: Redis, slug: str) -> None:
    """Throw the copy of one campaign away."""
    redis.delete(_PREFIX + slug, _COUNTDOWN + slug)


def countdown_seconds(redis: Redis, slug: str) -> float | None:
    """Seconds until the countdown expires; None where it has, or was never set."""
    left = redis.pttl(_COUNTDOWN + slug)
    return left / 1000 if left >= 0 else None


def beat(redis: Redis, now: datetime) -> None:
    """The clock was here."""
    redis.set(_HEARTBEAT, now.isoformat(), ex=60)


def last_beat(redis: Redis) -> datetime | None:
    """When a clock was last here; None where none was for a minute."""
    value = cast("bytes | None", redis.get(_HEARTBEAT))
    return None if value is None else datetime.fromisoformat(value.decode())


def _facts(standing: Standing) -> str:
    w, asked = standing.window, standing.asked
    facts: dict[str, Any] = {
        "shape": _SHAPE,
        "id": standing.id, "slug": standing.slug, "revision": standing.revision,
        "versions": [[v.language, _fields(v.text), _fields(v.words)] for v in standing.versions],
        "window": [w.opens_at.isoformat(), w.closes_at.isoformat(), w.verify_until.isoformat(), w.paused,
                   w.finalised_at.isoformat() if w.finalised_at else None],
        "time_zone": standing.time_zone, "goals": standing.goals, "asked": _fields(asked),
        "appearance": _looks(standing.appearance), "contact": standing.contact, "taken_down": standing.taken_down,
        "numbers": [standing.sequence, standing.verified, standing.pending, standing.final_total, standing.paper],
        "milestones": [[m.goal, m.reached_at.isoformat()] for m in standing.milestones],
        "as_of": standing.as_of.isoformat(), "published": standing.published, "recipient_kind": standing.recipient_kind,
        "paused_message": standing.paused_message, "past": _past(standing.past),
    }  # fmt: skip
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def _standing(raw: bytes) -> Standing | None:
    f = json.loads(raw)
    if f.get("shape") != _SHAPE:
        return None
    time = datetime.fromisoformat
    opens_at, closes_at, verify_until, paused, finalised_at = f["window"]
    sequence, verified, pending, final_total, paper = f["numbers"]
    return Standing(
        id=f["id"], slug=f["slug"],
        versions=tuple(Version(language, Text(*text), Words(*words)) for language, text, words in f["versions"]),
        window=Window(
            time(opens_at), time(closes_at), time(verify_until), paused, time(finalised_at) if finalised_at else None
        ),
        time_zone=f["time_zone"], goals=tuple(f["goals"]), asked=Asked(*f["asked"]), contact=f["contact"],
        appearance=_appearance(*f["appearance"]),
        taken_down=f["taken_down"], revision=f["revision"], sequence=sequence, verified=verified, pending=pending,
        final_total=final_total, milestones=tuple(Milestone(goal, time(at)) for goal, at in f["milestones"]),
        as_of=time(f["as_of"]), published=f["published"], recipient_kind=f["recipient_kind"],
        paused_message=f["paused_message"], past=_read_past(*f["past"]), paper=paper,
    )  # fmt: skip


def _fields(value: "DataclassInstance") -> list[Any]:
    return [getattr(value, field.name) for field in fields(value)]


def _looks(looks: Appearance) -> list[Any]:
    picture = looks.picture
    return [looks.accent, looks.supporters, looks.controller, [picture.hash, picture.sizes] if picture else None]


def _appearance(accent: str, supporters: SupportersRule, controller: str, picture: Any) -> Appearance:
    kept = Picture(picture[0], tuple((width, height) for width, height in picture[1])) if picture else None
    return Appearance(accent, supporters, controller, kept)


def _past(past: Past) -> list[Any]:
    moved = past.deadline
    told = [moved.kind, moved.by, moved.reason, dict(moved.facts), moved.created_at.isoformat()] if moved else None
    return [past.changed_at.isoformat() if past.changed_at else None, told, past.told, past.removed]


def _read_past(changed_at: str | None, moved: Any, told: bool, removed: list[tuple[str, int]]) -> Past:
    deadline = None
    if moved is not None:
        what, by, reason, facts, created_at = moved
        deadline = Announcement(Kind(what), By(by), reason, facts, datetime.fromisoformat(created_at))
    gone = tuple((kind, amount) for kind, amount in removed)
    return Past(datetime.fromisoformat(changed_at) if changed_at else None, deadline, told, gone)
