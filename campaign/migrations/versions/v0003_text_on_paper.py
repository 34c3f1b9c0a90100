"""Text on paper: which version of the text was on sheets that were brought in, and since when, where that is known."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns. Of numbered sheets it is known; of lists and other paper nobody was asked."""
    op.add_column(
        "intakes",
        sa.Column("text_hash", sa.String(64), nullable=True, comment="version of the text on the paper; null: not known"),
    )
    op.add_column(
        "intakes", sa.Column("collected_from", sa.Date(), nullable=True, comment="first day it was signed; null: not said")
    )
    op.execute(
        "UPDATE intakes SET text_hash = (SELECT sheets.text_hash FROM sheets WHERE sheets.id = intakes.sheet_id) "
        "WHERE sheet_id IS NOT NULL"
    )
