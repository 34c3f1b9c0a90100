"""Translations of a campaign's text: whether the original has changed since one was last changed, and how."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.text import SignedText
from campaign.runtime import Runtime
from campaign.store.campaigns import text_versions
from campaign.store.campaigns.text_versions import TextVersion


@dataclass(frozen=True, slots=True)
class ChangedOriginal:
    """Change of the original that a translation may not have followed."""

    changed_at: datetime
    translated_at: datetime
    """When the translation was last changed."""
    before: SignedText | None
    """The original as it was then; None where nobody but the team has seen it."""
    after: SignedText


def find_changed_original(runtime: Runtime, campaign: Campaign, language: str) -> ChangedOriginal | None:
    """How the original of a campaign has changed since its translation into a language was; None where it has not."""
    with runtime.reading() as connection:
        versions = text_versions.list_text_versions(connection, campaign.id)
    return changed_original(versions, campaign.language, language)


def changed_original(versions: Sequence[TextVersion], main_language: str, language: str) -> ChangedOriginal | None:
    """The same of versions in all languages, the newest first."""
    originals = [one for one in versions if one.language == main_language]
    translation = next((one for one in versions if one.language == language), None)
    if translation is None or not originals or originals[0].created_at <= translation.created_at:
        return None
    before = next((one.text for one in originals if one.created_at <= translation.created_at), None)
    return ChangedOriginal(originals[0].created_at, translation.created_at, before, originals[0].text)
