"""All that is kept of one signature, table by table and column by column, for its owner."""

from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, select

from campaign.store.tables import corrections, ledger, outbox, places, signatures

MAX_ROWS = 1_000
"""Rows of each table: what one signature comes to is far below it."""
_ID: BindParameter[int] = bindparam("id")
_ROWS = {
    "signatures": select(*signatures.c).where(signatures.c.id == _ID),
    "outbox": select(*outbox.c).where(outbox.c.signature_id == _ID).order_by(outbox.c.id),
    "corrections": select(*corrections.c).where(corrections.c.signature_id == _ID).order_by(corrections.c.edition),
    "ledger": select(*ledger.c)
    .join(signatures, (signatures.c.campaign_id == ledger.c.campaign_id) & (signatures.c.id == ledger.c.signature_id))
    .where(signatures.c.id == _ID)
    .order_by(ledger.c.sequence),
    "places": select(*places.c).join(signatures, signatures.c.place_id == places.c.id).where(signatures.c.id == _ID),
}


def rows_of_signature(connection: Connection, signature_id: int) -> dict[str, list[dict[str, Any]]]:
    """The rows of each table that are about a signature, with all their columns."""
    return {
        table: [row._asdict() for row in connection.execute(statement.limit(MAX_ROWS), {"id": signature_id})]
        for table, statement in _ROWS.items()
    }
