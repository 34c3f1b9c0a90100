"""Texts of campaigns per language: versions of the text that is signed, never changed, and the other texts of the page."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, select, update

from campaign.domain.campaigns.text import LanguageVersion, PageTexts
from campaign.domain.common.text_folding import fold_text
from campaign.store.database.upsert import insert
from campaign.store.tables import campaigns, text_versions, texts, translations

_PAGE_TEXTS = tuple(field.name for field in dataclasses.fields(PageTexts))
# A text that was asked for before is that text: its hash says all of it.
_ADD_TEXT = insert(texts).on_conflict_do_nothing(index_elements=[texts.c.campaign_id, texts.c.hash])
_CAMPAIGN_ID, _LANGUAGE = (
    bindparam("of_campaign", type_=text_versions.c.campaign_id.type),
    bindparam("of_language", type_=text_versions.c.language.type),
)
_ADD_VERSION = insert(text_versions).from_select(
    ["campaign_id", "language", "number", "text_hash", "reason", "created_at"],
    select(
        _CAMPAIGN_ID,
        _LANGUAGE,
        func.coalesce(func.max(text_versions.c.number), 0) + 1,
        bindparam("new_hash", type_=text_versions.c.text_hash.type),
        bindparam("new_reason", type_=text_versions.c.reason.type),
        bindparam("now", type_=text_versions.c.created_at.type),
    ).where(text_versions.c.campaign_id == _CAMPAIGN_ID, text_versions.c.language == _LANGUAGE),
)
_SET_MAIN_TEXTS = (
    update(campaigns)
    .where(campaigns.c.id == _CAMPAIGN_ID)
    .values({"text_hash": bindparam("new_hash"), **{name: bindparam(name) for name in _PAGE_TEXTS}})
)
_SET_TRANSLATION_TEXTS = (
    update(translations)
    .where(translations.c.campaign_id == _CAMPAIGN_ID, translations.c.language == _LANGUAGE)
    .values({"text_hash": bindparam("new_hash"), **{name: bindparam(name) for name in _PAGE_TEXTS}})
)
_REMOVE_LANGUAGE = delete(translations).where(translations.c.campaign_id == _CAMPAIGN_ID, translations.c.language == _LANGUAGE)
_SET_SEARCH_TEXT = update(campaigns).where(campaigns.c.id == _CAMPAIGN_ID).values(search_text=bindparam("search_text"))


def add_text_version(
    connection: Connection, campaign_id: int, slug: str, version: LanguageVersion, reason: str, now: datetime
) -> None:
    """Store the next version of a campaign's text in one language, and the text itself unless the campaign asked for it
    before, also in another language."""
    given = {"campaign_id": campaign_id, "created_at": now, "slug": slug, **dataclasses.asdict(version.text)}
    connection.execute(_ADD_TEXT, given)
    given = {
        "of_campaign": campaign_id, "of_language": version.language, "new_hash": version.text.hash, "new_reason": reason,
        "now": now,
    }  # fmt: skip
    connection.execute(_ADD_VERSION, given)


def set_page_texts(connection: Connection, campaign_id: int, version: LanguageVersion, *, is_main: bool) -> None:
    """Change the texts of a campaign in one of its languages, to a signed text that is stored."""
    given = {"of_campaign": campaign_id, "new_hash": version.text.hash, **dataclasses.asdict(version.page_texts)}
    if is_main:
        connection.execute(_SET_MAIN_TEXTS, given)
    else:
        connection.execute(_SET_TRANSLATION_TEXTS, {**given, "of_language": version.language})


def add_language(connection: Connection, campaign_id: int, version: LanguageVersion) -> None:
    """Add a language to a campaign, with a signed text that is stored."""
    connection.execute(
        translations.insert().values(
            campaign_id=campaign_id,
            language=version.language,
            text_hash=version.text.hash,
            **dataclasses.asdict(version.page_texts),
        )
    )


def remove_language(connection: Connection, campaign_id: int, language: str) -> bool:
    """Remove a language from a campaign. Its texts stay: people have signed them. False where it did not have it."""
    return connection.execute(_REMOVE_LANGUAGE, {"of_campaign": campaign_id, "of_language": language}).rowcount == 1


def set_search_text(connection: Connection, campaign_id: int, versions: Sequence[LanguageVersion]) -> None:
    """Update the text a campaign is searched by."""
    connection.execute(_SET_SEARCH_TEXT, {"of_campaign": campaign_id, "search_text": search_text(versions)})


def search_text(versions: Sequence[LanguageVersion]) -> str:
    """Text a campaign is searched by: title, recipient, demand and background in each of its languages, folded."""
    return fold_text(*(words for v in versions for words in (v.text.title, v.text.recipient, v.text.ask, v.text.background)))
