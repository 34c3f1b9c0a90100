"""Updates: news of campaigns, and which mail in the outbox brings which."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)
_DUE = sa.text("(state = 'scheduled' OR mailing IN ('running', 'stopping'))")
_OF_UPDATE = sa.text("update_id IS NOT NULL")


def upgrade() -> None:
    """Add the table, and the column with the index that lets nobody have a second copy."""
    op.create_table(
        "updates",
        sa.Column("id", _ID, nullable=False),
        sa.Column("campaign_id", _ID, nullable=False),
        sa.Column(
            "number",
            sa.Integer(),
            nullable=True,
            comment="from 1 in each campaign, in the order of publication; null before it",
        ),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("title", sa.String(150), nullable=False),
        sa.Column("body", sa.Text(), nullable=False, comment="Markdown"),
        sa.Column("happened_on", sa.Date(), nullable=True, comment="the day it was handed in, answered or over"),
        sa.Column("recipient", sa.String(200), nullable=False, comment="who it was handed to, or who answered"),
        sa.Column("answer", sa.Text(), nullable=False, comment="the recipient's answer in full; Markdown"),
        sa.Column("result", sa.String(8), nullable=False, comment="how the campaign ended"),
        sa.Column("wants_mail", sa.Boolean(), nullable=False, comment="whether it is mailed to those who asked for updates"),
        sa.Column("author_id", _ID, nullable=True, comment="null: the command line"),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("changed_at", _TIME, nullable=False),
        sa.Column("publish_at", _TIME, nullable=True, comment="when it is to be published"),
        sa.Column("published_at", _TIME, nullable=True),
        sa.Column("mailing", sa.String(10), nullable=False),
        sa.Column("last_signature_id", _ID, nullable=False, comment="the last signature looked at for its mailing"),
        sa.Column("enqueued", sa.Integer(), nullable=False, comment="mails promised"),
        sa.Column("unsubscribed", sa.Integer(), nullable=False, comment="consents that ended by a link of its mails"),
        sa.CheckConstraint("state IN ('draft', 'scheduled', 'published')", name=op.f("ck_updates_state")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_updates_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["author_id"], ["campaigners.id"], name=op.f("fk_updates_author_id_campaigners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_updates")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_updates_campaign_id_number")),
        comment="news of campaigns and steps of their outcomes: posts, and how far the mailing of each is",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_updates_due", "updates", ["id"], postgresql_where=_DUE, sqlite_where=_DUE)
    op.add_column("outbox", sa.Column("update_id", _ID, nullable=True, comment="the update that a mail to a signatory brings"))
    op.create_index(
        "uq_outbox_update", "outbox", ["update_id", "signature_id"], unique=True, postgresql_where=_OF_UPDATE,
        sqlite_where=_OF_UPDATE,
    )  # fmt: skip
