"""Replaced rows: what must not change is not replaced either. SQLite's `INSERT OR REPLACE` deletes without a trigger."""

from alembic import op

revision = "0019"
down_revision = "0018"

_KEYS = {
    "announcements": ("id",), "audit_log": ("id",), "certificates": ("campaign_id",), "ledger": ("campaign_id, sequence",),
    "log_checkpoints": ("id",), "log_leaves": ("log_index", "campaign_id, sequence"), "texts": ("campaign_id, hash",),
    "text_versions": ("campaign_id, language, number",),
}  # fmt: skip
"""What is unique in each table that is never changed."""


def upgrade() -> None:
    """Create a trigger for each table that refuses a row in the place of another."""
    if op.get_bind().dialect.name != "sqlite":
        return
    for table, keys in _KEYS.items():
        taken = " OR ".join(_taken(table, key) for key in ("rowid", *keys))
        # A text that is there already is left as it is, without an error: each version is stored as often as it is asked for.
        refuse = "RAISE(IGNORE)" if table == "texts" else f"RAISE(ABORT, 'rows of {table} are never changed')"
        op.execute(
            f"CREATE TRIGGER {table}_is_immutable_on_insert BEFORE INSERT ON {table} WHEN {taken} BEGIN SELECT {refuse}; END"
        )


def _taken(table: str, key: str) -> str:
    """Whether the key of a new row is that of a row there is."""
    new = ", ".join(f"NEW.{column.strip()}" for column in key.split(","))
    return f"EXISTS (SELECT 1 FROM {table} WHERE ({key}) = ({new}))"  # noqa: S608 - names of ours alone
