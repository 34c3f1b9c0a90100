"""Totals of a database that an older version has counted in: filled by the migration, and carried on from there."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, bindparam, text

from campaign.config import load_settings
from campaign.runtime import make_runtime
from campaign.services.ledger import count
from campaign.store.campaigns import campaigns
from campaign.store.database import migrate
from campaign.store.database.column_types import UtcDateTime
from campaign.store.database.engine import autocommit, make_engine, transaction
from campaign.store.database.statements import text_statement
from tests.store.database.test_migrations import migrate_to
from tests.support.factories import START_TIME
from tests.support.servers import RedisServer

# Number, name, postcode, state, counted as, ordinal, whether verified_at is set, minutes to verifying.
_ON_FILE = [
    (1, "Siân Llŷn", "SW1A 1AA", "verified", "verified", 1, 10),
    (2, "Bob Groß", "B1 1AA", "verified", "verified", None, 20),
    (3, "Cy", "GIR 0AA", "pending", "pending", None, None),
    (4, "Di", "", "verified", "pending", None, 5),
    (5, "Eve", "BFPO 12", "verified", "none", None, 5),
    (6, "Flo", "SW1A 1AA", "withdrawn", "withdrawn", 3, 30),
    (7, "Gus", "", "pending", "withdrawn", None, None),
]
_LEDGER = [(1, 1, "verify", 1, 1), (2, 2, "verify", 1, 2), (3, 6, "verify", 1, 3), (4, 6, "withdraw", -1, 2),
           (5, 7, "verify", 1, 3), (6, 7, "withdraw", -1, 2)]  # fmt: skip


def put_on_file(connection: Connection) -> None:
    """What the older version has stored."""

    def put(sql: str, **given: object) -> None:
        times = [bindparam(name, type_=UtcDateTime()) for name in ("now", "until") if f":{name}" in sql]
        connection.execute(text_statement(sql, *times), {"now": START_TIME, **given} if ":now" in sql else given)

    put("""INSERT INTO campaigns (id, slug, text_hash, opens_at, closes_at, verify_until, time_zone, paused, goals, asked,
               note, contact, revision, created_at)
           VALUES (1, 'pond', 'h', :now, :now, :now, 'Europe/London', false, '[10]',
               '{"country": "no", "postcode": "no", "comment": "no"}', '', '', 1, :now)""")  # fmt: skip
    put("INSERT INTO texts VALUES (1, 'h', 'Save the pond', 'The council', 'Keep it.', '', :now)")
    put("INSERT INTO tallies VALUES (1, 6, 2, 2, 1, :now)")
    put("INSERT INTO country_tallies VALUES (1, 'GB', 2)")
    for ident, name, postcode, state, counted, ordinal, minutes in _ON_FILE:
        put(
            """INSERT INTO signatures (id, campaign_id, text_hash, state, counted_as, counted_country, name, email,
                   email_key, mailbox, country, postcode, comment, public, updates, updates_wording, source, edition,
                   edition_floor, browser, link_key, signed_at, submitted_at, verified_at, ended_reason, ordinal)
               VALUES (:id, 1, 'h', :state, :counted, 'GB', :name, 'x', :email, 'm', 'GB', :postcode, '', true, false,
                   '', 'leaflet', 1, 1, '', 'k', :now, :now, :until, '', :ordinal)""",
            id=ident, name=name, postcode=postcode, state=state, counted=counted, ordinal=ordinal,
            email=f"p{ident}@example.org", until=None if minutes is None else START_TIME + timedelta(minutes=minutes),
        )  # fmt: skip
    for entry in _LEDGER:
        given = dict(zip(("sequence", "ident", "event", "change", "total"), entry, strict=True))
        put("INSERT INTO ledger VALUES (1, :sequence, :ident, :event, :change, :total, :now)", **given)


def test_totals_are_filled_from_what_was_counted(
    empty_databases: Callable[[], str], redis_server: RedisServer, tmp_path: Path
) -> None:
    url = empty_databases()
    engine = make_engine(url, 2)
    migrate_to(engine, "0002")
    with transaction(engine) as connection:
        put_on_file(connection)
    migrate.upgrade_to_head(engine)
    with autocommit(engine) as connection:
        keys = connection.execute(text("SELECT name_key, surname_key, domain, area FROM signatures ORDER BY id")).all()
        campaign = campaigns.get_by_id(connection, 1)
        cohort = connection.execute(text("SELECT submitted, opened, verified FROM cohort_tallies")).all()
    engine.dispose()
    assert [tuple(row) for row in keys[:5]] == [
        ("sian llyn", "llyn", "example.org", "SW"),
        ("bob gross", "gross", "example.org", "B"),
        ("cy", "cy", "example.org", ""),
        ("di", "di", "example.org", ""),
        ("eve", "eve", "example.org", "BF"),
    ]
    # Verified once: 1, 2, 6, and 7, whose number was lost. Opened besides: 4, which the ledger has not counted as verified yet.
    assert [tuple(row) for row in cohort] == [(6, 5, 4)]
    runtime = make_runtime(load_settings(_env_file=None, data_dir=tmp_path, database_url=url, redis_url=redis_server.url))
    found = count.reconcile_campaign(runtime, campaign)
    assert (found.consistent, found.uncounted) == (True, 3), found
    assert count.advance_ledgers(runtime) == 3
    found = count.reconcile_campaign(runtime, campaign)
    assert (found.consistent, found.verified, found.uncounted) == (True, 4, 0), found
    runtime.close()
