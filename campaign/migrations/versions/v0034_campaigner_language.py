"""Language in which a campaigner reads the desk and the mails to them."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Add the column; nobody has chosen yet."""
    op.add_column(
        "campaigners",
        sa.Column(
            "language", sa.String(35), nullable=False, server_default=sa.text("''"),
            comment="of the desk and of mails; empty: not chosen",
        ),
    )  # fmt: skip
