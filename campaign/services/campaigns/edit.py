"""Changing what a campaign says and how it looks, while others may be doing the same, and while people may be signing it.

What people sign is never replaced: each change of it is another version beside those before, and once anybody has signed it
needs a reason, which the public reads.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from campaign.domain.campaigns.definition import language_version
from campaign.domain.campaigns.page_texts import PAGE_TEXT_LENGTHS, SIGNED_TEXTS
from campaign.domain.campaigns.text import LanguageVersion, PageTexts, SignedText
from campaign.store.campaigns import campaigns, statements, versioned_edits
from campaign.store.campaigns import page_texts as stored_texts
from campaign.store.campaigns.versioned_edits import EditableCampaign, EditConflictError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection

    from campaign.domain.accounts.actor import Actor
    from campaign.domain.campaigns.campaign import Campaign, RecipientKind
    from campaign.domain.campaigns.settings import CampaignSettings, Schedule
    from campaign.runtime import Runtime

__all__ = [
    "EditConflictError",
    "EditableCampaign",
    "ReasonRequiredError",
    "add_language",
    "audited_changes",
    "change_settings",
    "change_texts",
    "open_for_edit",
    "page_texts",
    "remove_language",
    "signed_text",
    "versioned_edit",
]

_MAX_AUDITED_CHARACTERS = 80
"""Characters up to which the audit trail has a setting as it was; a longer one it has by its hash."""
_PERSONAL_SETTINGS = ("contact", "controller", "organiser", "organiser_url", "organiser_about")
"""Settings that may name people, which the audit trail does not."""


class ReasonRequiredError(Exception):
    """People have signed the text: it is changed with a reason only. Nothing was stored."""


def open_for_edit(runtime: Runtime, campaign_id: int) -> EditableCampaign:
    """A campaign, to be changed, with the revision to save it with."""
    with runtime.reading() as connection:
        return versioned_edits.get_editable(connection, campaign_id)


def page_texts(text_version: LanguageVersion) -> dict[str, str]:
    """What a campaign says in one language, by the names of the fields."""
    text, words = asdict(text_version.text), asdict(text_version.page_texts)
    return {name: (text if name in SIGNED_TEXTS else words)[name] for name in PAGE_TEXT_LENGTHS}


def signed_text(campaign: Campaign, language: str, texts: Mapping[str, str]) -> SignedText:
    """The text people would sign: the one they sign now, where these are its words."""
    now = campaign.in_language(language)
    if now.language == language and all(texts[name] == getattr(now.text, name) for name in SIGNED_TEXTS):
        return now.text
    return language_version(campaign.slug, language, **{name: texts[name] for name in SIGNED_TEXTS}).text


def change_texts(
    runtime: Runtime,
    actor: Actor,
    campaign_id: int,
    revision: int,
    language: str,
    texts: Mapping[str, str],
    *,
    kind: RecipientKind | None = None,
    reason: str = "",
) -> None:
    """Change what a campaign says in a language it speaks, and whom it asks. `seen` is the revision it was opened with.

    Raises EditConflictError, ReasonRequiredError, and LookupError for a language it does not speak.
    """
    now = runtime.now()
    with versioned_edit(runtime, campaign_id, revision) as (connection, opened):
        before = opened.campaign
        version = before.in_language(language)
        if version.language != language:
            raise LookupError(language)
        text = signed_text(before, language, texts)
        reason = reason if opened.has_signatures and text != version.text else ""
        if text != version.text:
            if opened.has_signatures and not reason:
                raise ReasonRequiredError
            stored_texts.add_text_version(connection, campaign_id, before.slug, LanguageVersion(language, text), reason, now)
        words = PageTexts(**{name: texts[name] for name in PAGE_TEXT_LENGTHS if name not in SIGNED_TEXTS})
        stored_texts.set_page_texts(
            connection, campaign_id, LanguageVersion(language, text, words), is_main=language == before.language
        )
        if kind is not None:
            versioned_edits.set_recipient_kind(connection, campaign_id, kind)
        was, became = audited_changes(
            {"text": version.text.hash, **asdict(version.page_texts), "recipient_kind": before.recipient_kind},
            {"text": text.hash, **asdict(words), "recipient_kind": kind or before.recipient_kind},
        )
        versioned_edits.record_change(connection, actor, "edit text", opened, now, was, became, subject=language, reason=reason)


def add_language(
    runtime: Runtime, actor: Actor, campaign_id: int, revision: int, language: str, texts: Mapping[str, str]
) -> None:
    """Let a campaign speak another language. Raises EditConflictError; LookupError where it speaks it already."""
    now = runtime.now()
    with versioned_edit(runtime, campaign_id, revision) as (connection, opened):
        if opened.campaign.in_language(language).language == language:
            raise LookupError(language)
        version = language_version(opened.campaign.slug, language, **texts)
        stored_texts.add_text_version(connection, campaign_id, opened.campaign.slug, version, "", now)
        stored_texts.add_language(connection, campaign_id, version)
        versioned_edits.record_change(
            connection, actor, "add language", opened, now, {}, {"text": version.text.hash}, subject=language
        )


def remove_language(runtime: Runtime, actor: Actor, campaign_id: int, revision: int, language: str) -> None:
    """Let a campaign no longer speak a language beside its main one. Raises EditConflictError; LookupError where it did not."""
    with versioned_edit(runtime, campaign_id, revision) as (connection, opened):
        if not stored_texts.remove_language(connection, campaign_id, language):
            raise LookupError(language)
        was = {"text": opened.campaign.in_language(language).text.hash}
        versioned_edits.record_change(connection, actor, "remove language", opened, runtime.now(), was, {}, subject=language)


def change_settings(
    runtime: Runtime, actor: Actor, campaign_id: int, revision: int, rules: CampaignSettings, times: Schedule | None = None
) -> None:
    """Change what is decided beside the words; `times` of a draft only. Raises EditConflictError."""
    with versioned_edit(runtime, campaign_id, revision) as (connection, opened):
        versioned_edits.set_rules(connection, campaign_id, rules)
        if times is not None:
            versioned_edits.set_draft_times(connection, campaign_id, times)
        was, became = audited_changes(_settings(opened.campaign), _settings(campaigns.get_by_id(connection, campaign_id)))
        versioned_edits.record_change(connection, actor, "edit settings", opened, runtime.now(), was, became)


@contextmanager
def versioned_edit(runtime: Runtime, campaign_id: int, revision: int) -> Iterator[tuple[Connection, EditableCampaign]]:
    """One change of what was seen at a revision: committed whole, then shown. Raises EditConflictError."""
    with runtime.transaction() as connection:
        yield connection, versioned_edits.claim_revision(connection, campaign_id, revision)
        statements.number_statements(connection, campaign_id, runtime.now())
        after = campaigns.get_by_id(connection, campaign_id)
        stored_texts.set_search_text(connection, campaign_id, after.versions)
    runtime.cache_campaign(after)


def _settings(campaign: Campaign) -> dict[str, Any]:
    window, looks = campaign.window, campaign.appearance
    return {
        "opens_at": window.opens_at.isoformat(), "closes_at": window.closes_at.isoformat(),
        "verify_until": window.verify_until.isoformat(), "time_zone": campaign.time_zone, "goals": list(campaign.goals),
        **asdict(campaign.form_fields), "supporters": looks.supporters, "accent": looks.accent, "contact": campaign.contact,
        "controller": looks.controller, "organiser": looks.organiser, "organiser_url": looks.organiser_url,
        "next_step": campaign.next_step.kind, "next_step_url": campaign.next_step.url,
        "eligibility": campaign.eligibility.kind, "eligibility_rule": campaign.eligibility.rule,
    }  # fmt: skip


def audited_changes(was: Mapping[str, Any], became: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the audit trail is told: the settings that changed, as they were and as they are; what is long by its hash."""
    changed = [name for name in became if was[name] != became[name]]
    return {name: _audited_value(name, was[name]) for name in changed}, {
        name: _audited_value(name, became[name]) for name in changed
    }


def _audited_value(name: str, value: Any) -> Any:
    if name in _PERSONAL_SETTINGS:
        return "set" if value else ""
    if isinstance(value, str) and len(value) > _MAX_AUDITED_CHARACTERS:
        return f"sha-256 {hashlib.sha256(value.encode()).hexdigest()}"
    return value
