"""The organiser of a campaign: the person or organisation behind it."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_EMPTY = sa.text("''")


def upgrade() -> None:
    """Add the columns, empty."""
    _add("campaigns", "organiser", 120, "name of who is behind it")
    _add("campaigns", "organiser_url", 500)
    _add("campaigns", "organiser_about", 300, "who that is, in a sentence")
    _add("translations", "organiser_about", 300)


def _add(table: str, name: str, length: int, comment: str | None = None) -> None:
    op.add_column(table, sa.Column(name, sa.String(length), nullable=False, server_default=_EMPTY, comment=comment))
