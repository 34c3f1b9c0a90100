"""Comments that their owners let be shown, and that campaigners have put on the campaign's page."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

_PUBLISHED = sa.text("comment_published_at IS NOT NULL")


def upgrade() -> None:
    """Add the columns: nobody has been asked yet, so no comment is shown."""
    op.add_column(
        "signatures",
        sa.Column(
            "comment_public", sa.Boolean(), nullable=False, server_default=sa.text("false"),
            comment="whether its owner lets the comment be shown with the name",
        ),
    )  # fmt: skip
    op.add_column(
        "signatures",
        sa.Column(
            "comment_published_at", sa.DateTime(timezone=True),
            comment="when a campaigner put the comment, as it is, on the campaign's page",
        ),
    )  # fmt: skip
    op.create_index(
        "ix_signatures_comment_published", "signatures", ["campaign_id", "comment_published_at"],
        postgresql_where=_PUBLISHED, sqlite_where=_PUBLISHED,
    )  # fmt: skip
