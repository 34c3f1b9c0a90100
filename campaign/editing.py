"""Changing what a campaign says and how it looks, while others may be doing the same, and while people may be signing it.

What people sign is never replaced: each change of it is another version beside those before, and once anybody has signed it
needs a reason, which the public reads.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from campaign.domain.definition import version
from campaign.domain.speech import SIGNED, SPOKEN
from campaign.domain.text import Text, Version, Words
from campaign.store import campaigns, edits, pictures, speech
from campaign.store.edits import Opened, Overtaken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from campaign.domain.actor import Actor
    from campaign.domain.setup import Rules, Times
    from campaign.domain.standing import RecipientKind, Standing
    from campaign.drawing.picture import Copy
    from campaign.runtime import Runtime

__all__ = [
    "Opened",
    "Overtaken",
    "ReasonNeeded",
    "add_language",
    "change_picture",
    "change_settings",
    "drop_picture",
    "end_language",
    "look",
    "said",
    "say",
    "signed_text",
]

_SHORT = 80
"""Characters up to which the audit trail has a setting as it was; a longer one it has by its hash."""
_OF_PEOPLE = ("contact", "controller")
"""Settings that may name people, which the audit trail does not."""


class ReasonNeeded(Exception):  # noqa: N818 - it says what is wanted
    """People have signed the text: it is changed with a reason only. Nothing was stored."""


def look(runtime: Runtime, campaign_id: int) -> Opened:
    """A campaign, to be changed, with the revision to save it with."""
    with runtime.reading() as connection:
        return edits.look(connection, campaign_id)


def said(spoken: Version) -> dict[str, str]:
    """What a campaign says in one language, by the names of the fields."""
    text, words = asdict(spoken.text), asdict(spoken.words)
    return {name: (text if name in SIGNED else words)[name] for name in SPOKEN}


def signed_text(standing: Standing, language: str, texts: Mapping[str, str]) -> Text:
    """The text people would sign: the one they sign now, where these are its words."""
    now = standing.version(language)
    if now.language == language and all(texts[name] == getattr(now.text, name) for name in SIGNED):
        return now.text
    return version(standing.slug, language, **{name: texts[name] for name in SIGNED}).text


def say(
    runtime: Runtime,
    actor: Actor,
    campaign_id: int,
    seen: int,
    language: str,
    texts: Mapping[str, str],
    *,
    kind: RecipientKind | None = None,
    reason: str = "",
) -> None:
    """Change what a campaign says in a language it speaks, and whom it asks. `seen` is the revision it was opened with.

    Raises Overtaken, ReasonNeeded, and LookupError for a language it does not speak.
    """
    now = runtime.now()
    with _changing(runtime, campaign_id, seen) as (connection, opened):
        before = opened.standing
        spoken = before.version(language)
        if spoken.language != language:
            raise LookupError(language)
        text = signed_text(before, language, texts)
        reason = reason if opened.signed and text != spoken.text else ""
        if text != spoken.text:
            if opened.signed and not reason:
                raise ReasonNeeded
            speech.ask(connection, campaign_id, before.slug, Version(language, text), reason, now)
        words = Words(**{name: texts[name] for name in SPOKEN if name not in SIGNED})
        speech.say(connection, campaign_id, Version(language, text, words), main=language == before.language)
        if kind is not None:
            edits.set_kind(connection, campaign_id, kind)
        was, became = _changes(
            {"text": spoken.text.hash, **asdict(spoken.words), "recipient_kind": before.recipient_kind},
            {"text": text.hash, **asdict(words), "recipient_kind": kind or before.recipient_kind},
        )
        edits.record(connection, actor, "edit text", opened, now, was, became, subject=language, reason=reason)


def add_language(runtime: Runtime, actor: Actor, campaign_id: int, seen: int, language: str, texts: Mapping[str, str]) -> None:
    """Let a campaign speak another language. Raises Overtaken; LookupError where it speaks it already."""
    now = runtime.now()
    with _changing(runtime, campaign_id, seen) as (connection, opened):
        if opened.standing.version(language).language == language:
            raise LookupError(language)
        spoken = version(opened.standing.slug, language, **texts)
        speech.ask(connection, campaign_id, opened.standing.slug, spoken, "", now)
        speech.begin(connection, campaign_id, spoken)
        edits.record(connection, actor, "add language", opened, now, {}, {"text": spoken.text.hash}, subject=language)


def end_language(runtime: Runtime, actor: Actor, campaign_id: int, seen: int, language: str) -> None:
    """Let a campaign no longer speak a language beside its main one. Raises Overtaken; LookupError where it did not."""
    with _changing(runtime, campaign_id, seen) as (connection, opened):
        if not speech.end(connection, campaign_id, language):
            raise LookupError(language)
        was = {"text": opened.standing.version(language).text.hash}
        edits.record(connection, actor, "remove language", opened, runtime.now(), was, {}, subject=language)


def change_settings(
    runtime: Runtime, actor: Actor, campaign_id: int, seen: int, rules: Rules, times: Times | None = None
) -> None:
    """Change what is decided beside the words; `times` of a draft only. Raises Overtaken."""
    with _changing(runtime, campaign_id, seen) as (connection, opened):
        edits.set_rules(connection, campaign_id, rules)
        if times is not None:
            edits.set_times(connection, campaign_id, times)
        was, became = _changes(_settings(opened.standing), _settings(campaigns.by_id(connection, campaign_id)))
        edits.record(connection, actor, "edit settings", opened, runtime.now(), was, became)


def change_picture(
    runtime: Runtime, actor: Actor, campaign_id: int, seen: int, copies: Sequence[Copy], alts: Mapping[str, str]
) -> None:
    """Give a campaign a picture, or, without `copies`, say what the one it has shows; `alts` says so in each language.

    Raises Overtaken.
    """
    with _changing(runtime, campaign_id, seen) as (connection, opened):
        before = opened.standing
        if copies:
            digest = hashlib.sha256(b"".join(one.body for one in copies)).hexdigest()[:16]
            pictures.drop(connection, campaign_id)
            pictures.put(connection, campaign_id, digest, [(one.width, one.height, one.body) for one in copies])
        for spoken in before.versions:
            words = Words(**{**asdict(spoken.words), "picture_alt": alts[spoken.language]})
            after = Version(spoken.language, spoken.text, words)
            speech.say(connection, campaign_id, after, main=spoken.language == before.language)
        was, became = _changes(_looks(before), _looks(campaigns.by_id(connection, campaign_id)))
        edits.record(connection, actor, "change picture", opened, runtime.now(), was, became)


def drop_picture(runtime: Runtime, actor: Actor, campaign_id: int, seen: int) -> None:
    """Take a campaign's picture away. Raises Overtaken."""
    with _changing(runtime, campaign_id, seen) as (connection, opened):
        pictures.drop(connection, campaign_id)
        edits.record(connection, actor, "remove picture", opened, runtime.now(), _looks(opened.standing), {})


@contextmanager
def _changing(runtime: Runtime, campaign_id: int, seen: int) -> Iterator[tuple[Connection, Opened]]:
    """One change of what was seen at a revision: committed whole, then shown. Raises Overtaken."""
    with runtime.transaction() as connection:
        yield connection, edits.claim(connection, campaign_id, seen)
        after = campaigns.by_id(connection, campaign_id)
        speech.find_by(connection, campaign_id, after.versions)
    runtime.publish(after)


def _settings(standing: Standing) -> dict[str, Any]:
    window, looks = standing.window, standing.appearance
    return {
        "opens_at": window.opens_at.isoformat(), "closes_at": window.closes_at.isoformat(),
        "verify_until": window.verify_until.isoformat(), "time_zone": standing.time_zone, "goals": list(standing.goals),
        **asdict(standing.asked), "supporters": looks.supporters, "accent": looks.accent, "contact": standing.contact,
        "controller": looks.controller,
    }  # fmt: skip


def _looks(standing: Standing) -> dict[str, Any]:
    picture = standing.appearance.picture
    alts = {f"picture_alt_{spoken.language}": spoken.words.picture_alt for spoken in standing.versions}
    return {"picture": picture.hash if picture else "", **alts}


def _changes(was: Mapping[str, Any], became: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the audit trail is told: the settings that changed, as they were and as they are; what is long by its hash."""
    changed = [name for name in became if was[name] != became[name]]
    return {name: _told(name, was[name]) for name in changed}, {name: _told(name, became[name]) for name in changed}


def _told(name: str, value: Any) -> Any:
    if name in _OF_PEOPLE:
        return "set" if value else ""
    if isinstance(value, str) and len(value) > _SHORT:
        return f"sha-256 {hashlib.sha256(value.encode()).hexdigest()}"
    return value
