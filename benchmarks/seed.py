"""`python -m benchmarks.seed --signatures 5000000 --database URL`: a campaign with millions of made-up signatures.

All that belongs to them is there too: ledger, tallies, totals for charts, milestones, the newest mails. `countersign reconcile`
finds it sound. The database must be ours to fill: while it is filled, its indexes are gone.
"""

import argparse
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, text
from sqlalchemy.schema import AddConstraint, CreateIndex, DropConstraint, DropIndex

from benchmarks.signature_generator import COPY_NULL, DAYS, LEDGER_COLUMNS, SIGNATURE_COLUMNS, SignatureGenerator, Totals
from campaign.config import load_settings
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.definition import CampaignDefinition
from campaign.runtime import Runtime, make_runtime
from campaign.services.campaigns import create_and_find
from campaign.store import tables
from campaign.store.database import migrate

GOALS = (100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000)
NEWEST_WITH_MAIL = 1_000
"""The newest signatures whose mails are still in the outbox."""
_ROWS_PER_INSERT = 5_000


def main() -> None:
    """Migrate the database, then fill it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.seed", description=__doc__)
    parser.add_argument("--signatures", type=int, default=100_000)
    parser.add_argument("--database", required=True, help="sqlite:///… or postgresql://…")
    parser.add_argument("--slug", default="crowd")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    runtime = make_runtime(load_settings(database_url=options.database), max_connections=4)
    migrate.upgrade_to_head(runtime.engine)
    began = time.perf_counter()
    seed(runtime, options.signatures, slug=options.slug, number=options.seed, report_progress=print)
    took = time.perf_counter() - began
    print(f"{options.signatures:,} signatures in {took:.0f} s: {options.signatures / took:,.0f} a second")
    runtime.close()


def seed(
    runtime: Runtime,
    signatures: int,
    *,
    slug: str = "crowd",
    number: int = 1,
    report_progress: Callable[[str], None] = lambda _: None,
) -> Campaign:
    """A campaign with so many signatures, given in the last sixty days. `number` tells one crowd from another."""
    until = runtime.now()
    made = create_and_find.create_campaign(
        runtime,
        CampaignDefinition(
            slug=slug, title="A campaign that millions sign", recipient="Parliament", ask="Count well.",
            background="This is a benchmark.", opens_at=until - timedelta(days=DAYS + 1), closes_at=until + timedelta(days=20),
            goals=GOALS,
        ),
    )  # fmt: skip
    with runtime.reading() as connection:
        first = 1 + int(connection.execute(text("SELECT coalesce(max(id), 0) FROM signatures")).scalar_one())
    crowd = SignatureGenerator(made.id, made.text.hash, signatures, first, until, GOALS, number)
    began = time.perf_counter()
    with _without_indexes(runtime) as loading:
        # One makes lines while the other stores those made before.
        with ThreadPoolExecutor(1) as storing:
            before = storing.submit(lambda: None)
            for chunk in crowd.chunks():
                before.result()
                before = storing.submit(_store, loading, chunk.signature_lines, chunk.ledger_lines)
            before.result()
        report_progress(f"stored after {time.perf_counter() - began:.0f} s; making the indexes again")
    _add_totals(runtime, made.id, crowd)
    _vacuum(runtime)
    campaign = create_and_find.get_by_slug(runtime, slug)
    assert campaign is not None
    runtime.cache_campaign(campaign)
    return campaign


@contextmanager
def _without_indexes(runtime: Runtime) -> Iterator[Callable[[], Any]]:
    """Without the indexes and keys that would be kept up to date row by row; yields what gives a connection to store with.

    On PostgreSQL it is one transaction: all of it or nothing. SQLite would not keep so much in one.
    """
    filled = (tables.signatures, tables.ledger)
    indexes = [index for table in filled for index in sorted(table.indexes, key=lambda index: str(index.name))]
    if runtime.settings.is_sqlite:
        with runtime.transaction() as connection:
            for index in indexes:
                connection.execute(DropIndex(index))
        yield runtime.transaction
        with runtime.transaction() as connection:
            for index in indexes:
                connection.execute(CreateIndex(index))
        return
    keys = [key for table in filled for key in _keys(table)]
    with runtime.transaction() as connection:
        for setting in ("statement_timeout = 0", "idle_in_transaction_session_timeout = 0", "timezone = 'UTC'",
                        "maintenance_work_mem = '512MB'"):  # fmt: skip
            connection.execute(text(f"SET LOCAL {setting}"))
        for key in keys:
            connection.execute(DropConstraint(key))
        for index in indexes:
            connection.execute(DropIndex(index))

        @contextmanager
        def same() -> Iterator[Connection]:
            yield connection

        yield same
        for index in indexes:
            connection.execute(CreateIndex(index))
        for key in keys:
            connection.execute(AddConstraint(key))


def _keys(table: Table) -> list[Any]:
    """Foreign keys and unique ones, not the primary."""
    named = sorted(table.constraints, key=lambda key: str(key.name))
    return [key for key in named if type(key).__name__ in ("ForeignKeyConstraint", "UniqueConstraint")]


def _store(loading: Callable[[], Any], signatures: list[str], ledger: list[str]) -> None:
    with loading() as connection:
        _copy_lines(connection, "signatures", SIGNATURE_COLUMNS, signatures)
        _copy_lines(connection, "ledger", LEDGER_COLUMNS, ledger)


def _copy_lines(connection: Connection, table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
    names = ", ".join(columns)
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "postgresql":
        with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            copy.write("".join(f"{line}\n" for line in lines).encode())
        return
    rows = (tuple(None if value == COPY_NULL else value for value in line.split("\t")) for line in lines)
    driver.executemany(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})", rows)


def _add_totals(runtime: Runtime, campaign_id: int, crowd: SignatureGenerator) -> None:
    def at(hour: int) -> datetime:
        return crowd.begin + timedelta(hours=hour)

    totals = crowd.totals
    stages = ("submitted", "sent", "refused", "opened", "verified")
    rows: dict[str, list[dict[str, Any]]] = {
        "country_tallies": [{"country": key, "verified": n} for key, n in totals.by_country.items()],
        "source_tallies": [{"source": key, "verified": n} for key, n in totals.by_source.items()],
        "area_tallies": [{"area": key, "verified": n} for key, n in totals.by_area.items()],
        "declaration_tallies": [{"declaration": 0, "verified": sum(totals.by_country.values())}],
        "removal_tallies": [{"reason_class": key, "removed": n} for key, n in totals.removed.items()],
        "hourly_tallies": [{"hour": at(hour), "added": n[0], "ended": n[1]} for hour, n in totals.hours.items()],
        "cohort_tallies": [
            {"hour": at(hour), "domain": domain, **dict(zip(stages, n, strict=True))}
            for (hour, domain), n in totals.cohorts.items()
        ],
        "wait_tallies": [{"hour": at(hour), "bucket": key, "verified": n} for (hour, key), n in totals.waits.items()],
        "milestones": [
            {"goal": goal, "sequence": sequence, "reached_at": datetime.fromisoformat(f"{moment}+00:00")}
            for goal, sequence, moment in totals.milestones
        ],
    }
    for name, of_table in rows.items():
        for begin in range(0, len(of_table), _ROWS_PER_INSERT):
            with runtime.transaction() as connection:
                some = [{"campaign_id": campaign_id, **row} for row in of_table[begin : begin + _ROWS_PER_INSERT]]
                connection.execute(tables.metadata.tables[name].insert(), some)
    _set_tally(runtime, campaign_id, totals)
    _add_settled_outbox(runtime, crowd)


def _set_tally(runtime: Runtime, campaign_id: int, totals: Totals) -> None:
    t = tables.tallies
    with runtime.transaction() as connection:
        connection.execute(
            t.update()
            .where(t.c.campaign_id == campaign_id)
            .values(
                sequence=totals.sequence, verified=totals.verified, pending=totals.pending, revision=t.c.revision + 1,
                as_of=runtime.now(),
            )
        )  # fmt: skip


def _add_settled_outbox(runtime: Runtime, crowd: SignatureGenerator) -> None:
    """The mails of the newest signatures, all settled."""
    last = crowd.first_id + crowd.number - 1
    before = max(crowd.first_id - 1, last - NEWEST_WITH_MAIL)
    tallied = {"verify": "true", "thank_you": "false"}
    with runtime.transaction() as connection:
        if not runtime.settings.is_sqlite:
            connection.execute(text(f"SELECT setval(pg_get_serial_sequence('signatures', 'id'), {last})"))
        for kind, which, at in (
            ("verify", "link_opened = 1", "signed_at"),
            ("thank_you", "ordinal IS NOT NULL", "verified_at"),
        ):
            connection.execute(
                text(
                    f"""INSERT INTO outbox (signature_id, kind, mailbox_hash, priority, state, attempts, due_at, created_at,
                            settled_at, reason, tallied)
                        SELECT id, '{kind}', mailbox_hash, 0, 'sent', 1, {at}, {at}, {at}, '', {tallied[kind]}
                        FROM signatures WHERE id > {before} AND id <= {last} AND {which} ORDER BY id"""
                )
            )


def _vacuum(runtime: Runtime) -> None:
    """What the database does by itself sooner or later, so that what is measured next does not depend on when."""
    with runtime.single_statement() as connection:
        if runtime.settings.is_sqlite:
            connection.execute(text("ANALYZE"))
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
            return
        connection.execute(text("SET statement_timeout = 0"))
        for name in ("signatures", "ledger", "outbox", "cohort_tallies", "wait_tallies", "hourly_tallies"):
            connection.execute(text(f"VACUUM ANALYZE {name}"))
        connection.execute(text("RESET statement_timeout"))


if __name__ == "__main__":
    main()
