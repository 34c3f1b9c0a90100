"""The mailing list of a campaign: who asked for updates and can be mailed, as CSV for the program that sends it.

Nobody is on it who has withdrawn, whose signature is not confirmed, or whose mailbox gets no mail
(`services.mail.suppression`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from campaign.domain.exports.mailing_list import MailingProgram, Subscriber, mailing_columns, mailing_row
from campaign.domain.signatures.consent import UPDATES_WORDINGS
from campaign.formats.csv_write import write_csv
from campaign.formats.row_batches import number_rows
from campaign.languages import load_catalogue
from campaign.store.exports.subscribers import SubscriberRow, count_subscribers, stream_subscribers
from campaign.store.mail import suppressions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from campaign.domain.campaigns.campaign import Campaign
    from campaign.domain.exports.plan import ExportPlan
    from campaign.formats.row_batches import StoredRows
    from campaign.runtime import Runtime
    from campaign.services.exports.contents import Progress


def write_mailing_list(
    runtime: Runtime, connection: Connection, campaign: Campaign, plan: ExportPlan, out: BinaryIO, progress: Progress
) -> int:  # fmt: skip
    """Write the list of a plan; returns how many people are on it. `progress.expected` has also those who are left out."""
    progress.begin(count_subscribers(connection, campaign.id, plan))
    program, listed = MailingProgram(plan.program), 0

    def chunks() -> Iterator[StoredRows]:
        nonlocal listed
        for batch in stream_subscribers(connection, campaign.id, plan):
            rows = [
                mailing_row(program, _subscriber(row), campaign.slug, two_names=plan.two_names)
                for row in _without_suppressed(runtime, connection, batch)
            ]
            listed += len(rows)
            if rows:
                yield rows

    columns = mailing_columns(program)
    write_csv(out, number_rows(chunks(), columns, progress.add_rows), columns)
    return listed


def _without_suppressed(runtime: Runtime, connection: Connection, batch: list[SubscriberRow]) -> list[SubscriberRow]:
    hashes = [runtime.tokens.mailbox_hashes(row.email_key) for row in batch]
    found = suppressions.suppressed_mailboxes(connection, {one for several in hashes for one in several}, runtime.now())
    return [row for row, several in zip(batch, hashes, strict=True) if found.isdisjoint(several)]


def _subscriber(row: SubscriberRow) -> Subscriber:
    wording = UPDATES_WORDINGS.get(row.updates_wording)
    return Subscriber(
        row.email, row.name, row.postcode, row.country, row.language, row.area, row.constituency, row.council,
        row.updates_wording if wording is None else load_catalogue(row.language).gettext(wording), row.updates_at or "",
    )  # fmt: skip
