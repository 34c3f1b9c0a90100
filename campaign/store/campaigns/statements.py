"""Statements of who may sign: each wording numbered once it is asked for, and never changed."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select, update

from campaign.domain.campaigns.eligibility import Statement
from campaign.store.database.statements import columns_of, rows_as
from campaign.store.tables import campaigns, declaration_tallies, statements, translations

_OF_CAMPAIGN = bindparam("of_campaign", type_=campaigns.c.id.type)
_MAIN = select(
    campaigns.c.eligibility, campaigns.c.language, campaigns.c.statement, campaigns.c.statement_number
).where(campaigns.c.id == _OF_CAMPAIGN)  # fmt: skip
_TRANSLATIONS = (
    select(translations.c.language, translations.c.statement, translations.c.statement_number)
    .where(translations.c.campaign_id == _OF_CAMPAIGN)
    .order_by(translations.c.language)
)
_FIND = select(statements.c.number).where(
    statements.c.campaign_id == _OF_CAMPAIGN,
    statements.c.language == bindparam("of_language"),
    statements.c.kind == bindparam("of_kind"),
    statements.c.words == bindparam("of_words"),
)
_LAST = select(func.coalesce(func.max(statements.c.number), 0)).where(statements.c.campaign_id == _OF_CAMPAIGN)
_SET_MAIN = update(campaigns).where(campaigns.c.id == _OF_CAMPAIGN).values(statement_number=bindparam("new_number"))
_SET_TRANSLATION = (
    update(translations)
    .where(translations.c.campaign_id == _OF_CAMPAIGN, translations.c.language == bindparam("of_language"))
    .values(statement_number=bindparam("new_number"))
)
_LIST = (
    select(*columns_of(Statement, statements))
    .where(statements.c.campaign_id == _OF_CAMPAIGN)
    .order_by(statements.c.number)
)  # fmt: skip
_TOTALS = select(declaration_tallies.c.declaration, declaration_tallies.c.verified).where(
    declaration_tallies.c.campaign_id == _OF_CAMPAIGN, declaration_tallies.c.verified > 0
)


def number_statements(connection: Connection, campaign_id: int, now: datetime) -> None:
    """Give the statement of each language of a campaign its number, a new one where its words are new."""
    given = {"of_campaign": campaign_id}
    main = connection.execute(_MAIN, given).one()
    for each in (main, *connection.execute(_TRANSLATIONS, given).all()):
        number = 0
        if main.eligibility != "everybody" and each.statement:
            number = _number_of(connection, campaign_id, each.language, main.eligibility, each.statement, now)
        if number == each.statement_number:
            continue
        if each is main:
            connection.execute(_SET_MAIN, {**given, "new_number": number})
        else:
            connection.execute(_SET_TRANSLATION, {**given, "of_language": each.language, "new_number": number})


def list_statements(connection: Connection, campaign_id: int) -> list[Statement]:
    """All wordings a campaign has asked for, the first one first."""
    return rows_as(Statement, connection.execute(_LIST, {"of_campaign": campaign_id}))


def totals_by_declaration(connection: Connection, campaign_id: int) -> dict[int, int]:
    """Verified signatures by what they declared, as the ledger has counted them."""
    return {row.declaration: row.verified for row in connection.execute(_TOTALS, {"of_campaign": campaign_id})}


def words_by_number(found: Iterable[Statement]) -> dict[int, str]:
    """The words of statements by their numbers."""
    return {statement.number: statement.words for statement in found}


def _number_of(connection: Connection, campaign_id: int, language: str, kind: str, words: str, now: datetime) -> int:
    given = {"of_campaign": campaign_id, "of_language": language, "of_kind": kind, "of_words": words}
    known: int | None = connection.execute(_FIND, given).scalar_one_or_none()
    if known is not None:
        return known
    number = int(connection.execute(_LAST, {"of_campaign": campaign_id}).scalar_one()) + 1
    connection.execute(
        statements.insert().values(
            campaign_id=campaign_id, number=number, language=language, kind=kind, words=words, created_at=now
        )
    )
    return number
