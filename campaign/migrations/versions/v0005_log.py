"""The public log: leaves, tiles and checkpoints of one tree over all ledgers. The ledgers are logged by the ledger worker."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)
_LEAF_COLUMNS = "log_index, campaign_id, sequence, entry"


def upgrade() -> None:
    """Create the tables, and triggers that refuse to change what was published."""
    op.create_table(
        "log_head",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("size", _ID, nullable=False, comment="leaves in the tree"),
        sa.CheckConstraint("id = 1 AND size >= 0", name=op.f("ck_log_head_sane")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_head")),
        comment="one row: locked by whoever appends",
    )
    op.create_table(
        "log_campaigns",
        sa.Column("campaign_id", _ID, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(80), nullable=False, comment="its name in the log: its slug at the first entry"),
        sa.Column("sequence", _ID, nullable=False, comment="the last entry of its ledger that is logged"),
        sa.Column("since", _TIME, nullable=False, comment="when its first entry was logged"),
        sa.Column("older_entries", _ID, nullable=False, comment="entries from before it was logged; nobody watched those"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_log_campaigns_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_log_campaigns")),
        sa.UniqueConstraint("name", name=op.f("uq_log_campaigns_name")),
        comment="how far the ledger of each campaign is logged",
    )
    op.create_table(
        "log_leaves",
        sa.Column("log_index", _ID, autoincrement=False, nullable=False),
        sa.Column("campaign_id", _ID, nullable=False),
        sa.Column("sequence", _ID, nullable=False),
        sa.Column("entry", sa.String(400), nullable=False, comment="the public text"),
        sa.Column("salt", sa.LargeBinary(), comment="of the commitment; null: a removal, or erased with its signature"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_log_leaves_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("log_index", name=op.f("pk_log_leaves")),
        sa.UniqueConstraint("campaign_id", "sequence", name=op.f("uq_log_leaves_campaign_id_sequence")),
        comment="append-only: the entries of all ledgers in the order they were logged",
    )
    op.create_table(
        "log_tiles",
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("tile_index", _ID, autoincrement=False, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False, comment="32 octets each; full ones of level 0, and all above"),
        sa.PrimaryKeyConstraint("level", "tile_index", name=op.f("pk_log_tiles")),
        comment="the tiles of the tree",
    )
    op.create_table(
        "log_checkpoints",
        sa.Column("id", _ID, nullable=False),
        sa.Column("size", _ID, nullable=False),
        sa.Column("note", sa.String(1000), nullable=False, comment="as it was signed"),
        sa.Column("verifier_key", sa.String(400), nullable=False, comment="of the key that signed it"),
        sa.Column("created_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_checkpoints")),
        comment="every checkpoint that was ever signed; append-only",
    )
    op.create_table(
        "log_hours",
        sa.Column("campaign_id", _ID, autoincrement=False, nullable=False),
        sa.Column("hour", _TIME, nullable=False),
        *(
            sa.Column(event, sa.Integer(), nullable=False)
            for event in ("verify", "paper", "restore", "withdraw", "invalidate", "undo")
        ),
        sa.Column("total", _ID, nullable=False, comment="at its end"),
        sa.Column("log_size", _ID, nullable=False, comment="of the log, with the last of these entries"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_log_hours_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "hour", name=op.f("pk_log_hours")),
        comment="logged entries of each campaign by hour and event",
    )
    _refuse_changes("log_leaves", f"UPDATE OF {_LEAF_COLUMNS}")  # a salt is erased with its signature
    _refuse_changes("log_checkpoints", "UPDATE")


def _refuse_changes(table: str, update: str) -> None:
    """Create triggers that refuse to update, delete or truncate rows of a table."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_is_immutable BEFORE {update} OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_is_never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for verb, event in (("update", update), ("delete", "DELETE")):
        op.execute(
            f"CREATE TRIGGER {table}_is_immutable_on_{verb} BEFORE {event} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed'); END"
        )
