"""The table that health checks write to, to prove that something can be written."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "write_probes",
        sa.Column("name", sa.String(16), nullable=False, comment="what asked: the health check or the doctor"),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_write_probes")),
        comment="written by health checks to prove that it can be; holds nothing",
    )
