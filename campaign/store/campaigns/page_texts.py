"""What campaigns say: versions of the text that is signed, which are never changed, and the words beside it, which are."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from campaign.domain.campaigns.text import LanguageVersion, PageTexts
from campaign.domain.common.text_folding import fold_text
from campaign.store.database.statements import statement
from campaign.store.tables import translations

_TEXT = statement(
    """INSERT INTO texts (campaign_id, hash, slug, title, recipient, ask, background, created_at)
       VALUES (:campaign_id, :hash, :slug, :title, :recipient, :ask, :background, :now)
       ON CONFLICT (campaign_id, hash) DO NOTHING"""
)
_VERSION = statement(
    """INSERT INTO versions (campaign_id, language, number, text_hash, reason, created_at)
       SELECT :campaign_id, CAST(:language AS VARCHAR(8)), coalesce(max(number), 0) + 1, CAST(:hash AS VARCHAR(64)),
              CAST(:reason AS VARCHAR(300)), :now
       FROM versions WHERE campaign_id = :campaign_id AND language = CAST(:language AS VARCHAR(8))"""
)
_WORDS = ", ".join(f"{field.name} = :{field.name}" for field in dataclasses.fields(PageTexts))
_SET_MAIN_TEXTS = statement(f"UPDATE campaigns SET text_hash = :hash, {_WORDS} WHERE id = :campaign_id")
_SET_TRANSLATION_TEXTS = statement(
    f"UPDATE translations SET text_hash = :hash, {_WORDS} WHERE campaign_id = :campaign_id AND language = :language"
)
_REMOVE_LANGUAGE = statement("DELETE FROM translations WHERE campaign_id = :campaign_id AND language = :language")
_SET_SEARCH_TEXT = statement("UPDATE campaigns SET searched = :words WHERE id = :campaign_id")


def add_text_version(
    connection: Connection, campaign_id: int, slug: str, version: LanguageVersion, reason: str, now: datetime
) -> None:
    """From now on the campaign asks for this text in this language. A text it asked for before, or asks for in another
    language, is that text."""
    text = dataclasses.asdict(version.text)
    connection.execute(_TEXT, {"campaign_id": campaign_id, "slug": slug, "now": now, **text})
    connection.execute(
        _VERSION,
        {
            "campaign_id": campaign_id,
            "language": version.language,
            "hash": version.text.hash,
            "reason": reason,
            "now": now,
        },
    )


def set_page_texts(connection: Connection, campaign_id: int, version: LanguageVersion, *, is_main: bool) -> None:
    """Change what a campaign says in one of its languages, to a text that it has asked for."""
    sql = _SET_MAIN_TEXTS if is_main else _SET_TRANSLATION_TEXTS
    given = {"campaign_id": campaign_id, "hash": version.text.hash, **dataclasses.asdict(version.page_texts)}
    connection.execute(sql, given if is_main else {**given, "language": version.language})


def add_language(connection: Connection, campaign_id: int, version: LanguageVersion) -> None:
    """Let a campaign speak another language, with a text that it has asked for."""
    connection.execute(
        translations.insert().values(
            campaign_id=campaign_id,
            language=version.language,
            text_hash=version.text.hash,
            **dataclasses.asdict(version.page_texts),
        )
    )


def remove_language(connection: Connection, campaign_id: int, language: str) -> bool:
    """Let a campaign no longer speak a language. Its texts stay: people have signed them. False where it did not."""
    return connection.execute(_REMOVE_LANGUAGE, {"campaign_id": campaign_id, "language": language}).rowcount == 1


def set_search_text(connection: Connection, campaign_id: int, versions: Sequence[LanguageVersion]) -> None:
    """Let a campaign be found by what it says now."""
    connection.execute(_SET_SEARCH_TEXT, {"campaign_id": campaign_id, "words": search_text(versions)})


def search_text(versions: Sequence[LanguageVersion]) -> str:
    """The words a campaign is searched by: what it says, in each of its languages."""
    return fold_text(*(words for v in versions for words in (v.text.title, v.text.recipient, v.text.ask, v.text.background)))
