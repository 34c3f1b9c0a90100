"""Signed names: what a signature was logged under, where its signatory has corrected the name since."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Add the columns; nobody has corrected a name yet."""
    op.add_column(
        "signatures",
        sa.Column("signed_name", sa.String(120), comment="the name as it was signed, where it was corrected since"),
    )
    op.add_column("signatures", sa.Column("name_corrected_at", sa.DateTime(timezone=True), comment="when, the last time"))
