"""Copies of campaigns in Redis: what the public pages read. They can be thrown away at any moment.

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

from campaign.domain.campaigns.announcement import Announcement, AnnouncementKind, Announcer, PublicHistory
from campaign.domain.campaigns.campaign import Appearance, Campaign, Milestone, SignFormFields, SupportersRule
from campaign.domain.campaigns.eligibility import Eligibility, EligibilityKind, EligibilityRule, Statement
from campaign.domain.campaigns.next_step import NextStep
from campaign.domain.campaigns.text import LanguageVersion, PageTexts, SignedText
from campaign.domain.campaigns.window import SigningWindow
from campaign.store.database.picture_types import (
    illustration_from_values,
    illustration_values,
    picture_from_values,
    picture_values,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_PREFIX = "countersign:campaign:"
_COUNTDOWN = "countersign:countdown:"
_FORMAT_VERSION = 9
"""Grows when `facts` changes its shape: during a rolling upgrade, copies of the other shape are taken for absent."""

_CACHE_SCRIPT = """
local old = tonumber(redis.call('HGET', KEYS[1], 'revision'))
if old and old > tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'revision', ARGV[1], 'sequence', ARGV[2], 'verified', ARGV[3], 'pending', ARGV[4],
    'paper', ARGV[9], 'facts', ARGV[5], 'shape', ARGV[8])
if tonumber(ARGV[6]) > 0 then redis.call('SET', KEYS[2], ARGV[7], 'PXAT', ARGV[6]) else redis.call('DEL', KEYS[2]) end
return 1
"""


def cache_campaign(redis: Redis, campaign: Campaign, now: datetime) -> bool:
    """Copy how a campaign stands, unless a newer copy is there. False where one was."""
    counting_down = campaign.window.finalised_at is None and now < campaign.window.closes_at and not campaign.taken_down
    closes_at = campaign.window.closes_at
    written = redis.eval(
        _CACHE_SCRIPT,
        2,
        _PREFIX + campaign.slug,
        _COUNTDOWN + campaign.slug,
        str(campaign.revision),
        str(campaign.sequence),
        str(campaign.verified),
        str(campaign.pending),
        _campaign_json(campaign),
        str(int(closes_at.timestamp() * 1000) if counting_down else 0),
        closes_at.astimezone(UTC).isoformat(),
        str(_FORMAT_VERSION),
        str(campaign.paper),
    )
    return bool(written)


def cached_campaign(redis: Redis, slug: str) -> Campaign | None:
    """The copy of one campaign; None where there is none."""
    facts = cast("bytes | None", redis.hget(_PREFIX + slug, "facts"))
    return None if facts is None else _campaign_from_json(facts)


def cached_campaign_and_countdown(redis: Redis, slug: str) -> tuple[Campaign | None, float | None]:
    """The copy of one campaign, and the seconds until its countdown expires, in one round trip; None for what is not there."""
    pipeline = redis.pipeline(transaction=False)
    pipeline.hget(_PREFIX + slug, "facts")
    pipeline.pttl(_COUNTDOWN + slug)
    facts, left = pipeline.execute()
    return None if facts is None else _campaign_from_json(facts), left / 1000 if left >= 0 else None


def cached_revisions(redis: Redis, slugs: Sequence[str]) -> dict[str, int]:
    """The revision of each copy there is, in one round trip; copies of another shape count as absent."""
    pipeline = redis.pipeline(transaction=False)
    for slug in slugs:
        pipeline.hmget(_PREFIX + slug, "revision", "shape")
    found = zip(slugs, pipeline.execute(), strict=True)
    return {slug: int(revision) for slug, (revision, shape) in found if revision and shape == str(_FORMAT_VERSION).encode()}


def delete_cached_campaign(redis: Redis, slug: str) -> None:
    """Throw the copy of one campaign away."""
    redis.delete(_PREFIX + slug, _COUNTDOWN + slug)


def _campaign_json(campaign: Campaign) -> str:
    w, asked = campaign.window, campaign.form_fields
    facts: dict[str, Any] = {
        "shape": _FORMAT_VERSION,
        "id": campaign.id, "slug": campaign.slug, "revision": campaign.revision,
        "versions": [[v.language, _field_values(v.text), _field_values(v.page_texts)] for v in campaign.versions],
        "window": [w.opens_at.isoformat(), w.closes_at.isoformat(), w.verify_until.isoformat(), w.paused,
                   w.finalised_at.isoformat() if w.finalised_at else None],
        "time_zone": campaign.time_zone, "goals": campaign.goals, "asked": _field_values(asked),
        "appearance": _appearance_values(campaign.appearance), "contact": campaign.contact, "taken_down": campaign.taken_down,
        "numbers": [campaign.sequence, campaign.verified, campaign.pending, campaign.final_total, campaign.paper,
                    campaign.held],
        "milestones": [[m.goal, m.reached_at.isoformat()] for m in campaign.milestones],
        "as_of": campaign.as_of.isoformat(), "published": campaign.published, "recipient_kind": campaign.recipient_kind,
        "paused_message": campaign.paused_message, "past": _history_values(campaign.history),
        "next_step": _field_values(campaign.next_step),
        "eligibility": _eligibility_values(campaign.eligibility),
    }  # fmt: skip
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def _campaign_from_json(raw: bytes) -> Campaign | None:
    f = json.loads(raw)
    if f.get("shape") != _FORMAT_VERSION:
        return None
    time = datetime.fromisoformat
    opens_at, closes_at, verify_until, paused, finalised_at = f["window"]
    sequence, verified, pending, final_total, paper, held = f["numbers"]
    return Campaign(
        id=f["id"],
        slug=f["slug"],
        versions=tuple(
            LanguageVersion(language, SignedText(*text), PageTexts(*words)) for language, text, words in f["versions"]
        ),
        window=SigningWindow(
            time(opens_at), time(closes_at), time(verify_until), paused, time(finalised_at) if finalised_at else None
        ),
        time_zone=f["time_zone"],
        goals=tuple(f["goals"]),
        form_fields=SignFormFields(*f["asked"]),
        contact=f["contact"],
        appearance=_appearance_from_values(*f["appearance"]),
        taken_down=f["taken_down"],
        revision=f["revision"],
        sequence=sequence,
        verified=verified,
        pending=pending,
        held=held,
        final_total=final_total,
        milestones=tuple(Milestone(goal, time(at)) for goal, at in f["milestones"]),
        as_of=time(f["as_of"]),
        published=f["published"],
        recipient_kind=f["recipient_kind"],
        paused_message=f["paused_message"],
        history=_history_from_values(*f["past"]),
        paper=paper,
        next_step=NextStep(*f["next_step"]),
        eligibility=_eligibility_from_values(*f["eligibility"]),
    )


def _field_values(value: "DataclassInstance") -> list[Any]:
    return [getattr(value, field.name) for field in fields(value)]


def _appearance_values(appearance: Appearance) -> list[Any]:
    return [
        appearance.accent, appearance.supporters, appearance.controller, picture_values(appearance.picture),
        appearance.organiser, appearance.organiser_url, picture_values(appearance.organiser_picture),
        [illustration_values(each) for each in appearance.gallery],
    ]  # fmt: skip


def _appearance_from_values(
    accent: str, supporters: SupportersRule, controller: str, picture: Any, organiser: str, organiser_url: str,
    organiser_picture: Any, gallery: list[Any],
) -> Appearance:  # fmt: skip
    return Appearance(
        accent, supporters, controller, picture_from_values(picture), organiser, organiser_url,
        picture_from_values(organiser_picture), tuple(illustration_from_values(each) for each in gallery),
    )  # fmt: skip


def _eligibility_values(eligibility: Eligibility) -> list[Any]:
    return [eligibility.kind, eligibility.rule, [_field_values(statement) for statement in eligibility.statements]]


def _eligibility_from_values(kind: EligibilityKind, rule: EligibilityRule, statements: list[list[Any]]) -> Eligibility:
    return Eligibility(kind, rule, tuple(Statement(*statement) for statement in statements))


def _history_values(history: PublicHistory) -> list[Any]:
    moved = history.deadline_change
    told = [moved.kind, moved.by, moved.reason, dict(moved.facts), moved.created_at.isoformat()] if moved else None
    return [
        history.text_changed_at.isoformat() if history.text_changed_at else None,
        told,
        history.has_announcements,
        history.removals,
    ]


def _history_from_values(
    changed_at: str | None, deadline_change: Any, has_announcements: bool, removals: list[tuple[str, int]]
) -> PublicHistory:
    deadline = None
    if deadline_change is not None:
        what, by, reason, facts, created_at = deadline_change
        deadline = Announcement(AnnouncementKind(what), Announcer(by), reason, facts, datetime.fromisoformat(created_at))
    gone = tuple((kind, amount) for kind, amount in removals)
    return PublicHistory(datetime.fromisoformat(changed_at) if changed_at else None, deadline, has_announcements, gone)
