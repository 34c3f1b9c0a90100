"""Next step that a campaign asks of who has signed, and notes on what happens at each of its goals."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

_EMPTY = sa.text("''")


def upgrade() -> None:
    """Add the columns: sharing is what is asked, as it was."""
    _add("campaigns", "goal_notes", sa.Text(), comment="what happens at each goal, a line for each")
    _add("campaigns", "next_step", sa.String(8), sa.text("'share'"), "asked of who has just signed")
    _add("campaigns", "next_step_url", sa.String(500))
    for table in ("campaigns", "translations"):
        _add(table, "next_step_label", sa.String(60))
        _add(table, "next_step_text", sa.String(300))
    _add("translations", "goal_notes", sa.Text())


def _add(
    table: str, name: str, kind: sa.types.TypeEngine[str], default: sa.TextClause = _EMPTY, comment: str | None = None
) -> None:
    op.add_column(table, sa.Column(name, kind, nullable=False, server_default=default, comment=comment))
