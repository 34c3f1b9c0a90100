"""Time stamps of packs."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "pack_timestamps",
        sa.Column("export_id", _ID, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", _TIME, nullable=False, comment="when the authority may be asked; while one asks, a little ahead"),
        sa.Column("token", sa.LargeBinary(), nullable=True, comment="its answer (RFC 3161), once it has stamped"),
        sa.Column("stamped_at", _TIME, nullable=True, comment="by the clock of the authority"),
        sa.CheckConstraint("state IN ('waiting', 'stamped', 'refused', 'unknown')", name=op.f("ck_pack_timestamps_state")),
        sa.ForeignKeyConstraint(
            ["export_id"], ["exports.id"], name=op.f("fk_pack_timestamps_export_id_exports"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("export_id", name=op.f("pk_pack_timestamps")),
        comment="time stamps of packs",
    )
