"""What campaigns say: versions of the text that is signed, which are never changed, and the words beside it, which are."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from campaign.domain.search import folded
from campaign.domain.text import Version, Words
from campaign.store.sql import statement
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
_WORDS = ", ".join(f"{field.name} = :{field.name}" for field in dataclasses.fields(Words))
_SAY = statement(f"UPDATE campaigns SET text_hash = :hash, {_WORDS} WHERE id = :campaign_id")
_SAY_ALSO = statement(
    f"UPDATE translations SET text_hash = :hash, {_WORDS} WHERE campaign_id = :campaign_id AND language = :language"
)
_END = statement("DELETE FROM translations WHERE campaign_id = :campaign_id AND language = :language")
_FIND_BY = statement("UPDATE campaigns SET searched = :words WHERE id = :campaign_id")


def ask(connection: Connection, campaign_id: int, slug: str, version: Version, reason: str, now: datetime) -> None:
    """From now on the campaign asks for this text in this language. A text it asked for before, or asks for in another
    language, is that text."""
    text = dataclasses.asdict(version.text)
    connection.execute(_TEXT, {"campaign_id": campaign_id, "slug": slug, "now": now, **text})
    connection.execute(
        _VERSION,
        {
            "campaign_id": campaign_id, "language": version.language, "hash": version.text.hash, "reason": reason, "now": now,
        },
    )  # fmt: skip


def say(connection: Connection, campaign_id: int, version: Version, *, main: bool) -> None:
    """Change what a campaign says in one of its languages, to a text that it has asked for."""
    sql = _SAY if main else _SAY_ALSO
    given = {"campaign_id": campaign_id, "hash": version.text.hash, **dataclasses.asdict(version.words)}
    connection.execute(sql, given if main else {**given, "language": version.language})


def begin(connection: Connection, campaign_id: int, version: Version) -> None:
    """Let a campaign speak another language, with a text that it has asked for."""
    connection.execute(
        translations.insert().values(
            campaign_id=campaign_id, language=version.language, text_hash=version.text.hash, **dataclasses.asdict(version.words)
        )
    )


def end(connection: Connection, campaign_id: int, language: str) -> bool:
    """Let a campaign no longer speak a language. Its texts stay: people have signed them. False where it did not."""
    return connection.execute(_END, {"campaign_id": campaign_id, "language": language}).rowcount == 1


def find_by(connection: Connection, campaign_id: int, versions: Sequence[Version]) -> None:
    """Let a campaign be found by what it says now."""
    connection.execute(_FIND_BY, {"campaign_id": campaign_id, "words": searched(versions)})


def searched(versions: Sequence[Version]) -> str:
    """The words a campaign is searched by: what it says, in each of its languages."""
    return folded(*(words for v in versions for words in (v.text.title, v.text.recipient, v.text.ask, v.text.background)))
