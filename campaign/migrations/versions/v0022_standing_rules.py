"""Standing rules: which signatures are never counted, or never doubted, decided before they are counted."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_TIME = sa.DateTime(timezone=True)
_IN_FORCE = sa.text("ended_at IS NULL")
_OF_RULE = sa.text("rule_id IS NOT NULL")


def upgrade() -> None:
    """Add the table, and let a batch say which rule it belongs to."""
    op.create_table(
        "standing_rules",
        sa.Column("id", _ID, nullable=False),
        sa.Column("campaign_id", _ID, nullable=True, comment="null: of the whole site"),
        sa.Column("action", sa.String(8), nullable=False),
        sa.Column("domain", sa.String(255), nullable=False, comment="of canonical addresses; '*.' before it: and all below it"),
        sa.Column("mailbox_hash", sa.String(32), nullable=False, comment="keyed hash of a canonical address"),
        sa.Column("mailbox_hint", sa.String(260), nullable=False, comment="its first letter and its domain, for the desk"),
        sa.Column("network", sa.String(43), nullable=False, comment="a /24, a /48, or wider"),
        sa.Column("name_pattern", sa.String(130), nullable=False, comment="folded; a * before or after it is anything"),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("created_by", _ID, nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("ended_by", _ID, nullable=True),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.CheckConstraint("action IN ('block', 'allow')", name="ck_standing_rules_action"),
        sa.PrimaryKeyConstraint("id", name="pk_standing_rules"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_standing_rules_campaign_id_campaigns"),
        sa.ForeignKeyConstraint(["created_by"], ["campaigners.id"], name="fk_standing_rules_created_by_campaigners"),
        sa.ForeignKeyConstraint(["ended_by"], ["campaigners.id"], name="fk_standing_rules_ended_by_campaigners"),
        comment="which signatures are never counted, or never doubted",
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_standing_rules_in_force",
        "standing_rules",
        ["campaign_id", "id"],
        postgresql_where=_IN_FORCE,
        sqlite_where=_IN_FORCE,
    )
    op.add_column(
        "batches",
        sa.Column("rule_id", _ID, nullable=True, comment="the standing rule whose catch it is; null: started by hand"),
    )
    op.create_index("ix_batches_rule_id", "batches", ["rule_id", "id"], postgresql_where=_OF_RULE, sqlite_where=_OF_RULE)
