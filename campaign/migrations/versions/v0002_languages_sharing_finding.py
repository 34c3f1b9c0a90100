"""Languages, pictures and looks of campaigns; where signatures come from; what each hour counted; searching."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from campaign.domain.common.text_folding import fold_text
from campaign.store.database.column_types import BigId, UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add to what is there; nothing is rewritten but the words campaigns are searched by."""
    for column in (
        sa.Column("language", sa.String(8), nullable=False, server_default=sa.text("'en'"), comment="the main one"),
        sa.Column("share_text", sa.String(200), nullable=False, server_default=sa.text("''")),
        sa.Column("picture_alt", sa.String(250), nullable=False, server_default=sa.text("''")),
        sa.Column("privacy", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column(
            "accent",
            sa.String(7),
            nullable=False,
            server_default=sa.text("''"),
            comment="#rrggbb; empty for the colour of the site",
        ),
        sa.Column("supporters", sa.String(12), nullable=False, server_default=sa.text("'first-name'")),
        sa.Column(
            "controller",
            sa.Text(),
            nullable=False,
            server_default=sa.text("''"),
            comment="who is responsible for the signatures in law",
        ),
        sa.Column(
            "searched", sa.Text(), nullable=False, server_default=sa.text("''"), comment="title and text, folded for searching"
        ),
    ):
        op.add_column("campaigns", column)
    of_signatures: tuple[sa.Column[Any], ...] = (
        sa.Column("language", sa.String(8), nullable=False, server_default=sa.text("'en'"), comment="what its signatory reads"),
        sa.Column(
            "brought_by",
            sa.String(22),
            nullable=False,
            server_default=sa.text("''"),
            comment="code of the personal link it came by",
        ),
        sa.Column("ordinal", BigId, comment="the running total that counting it made: the 12,346th"),
    )
    for column in of_signatures:
        op.add_column("signatures", column)
    op.create_index(
        "ix_signatures_brought_by",
        "signatures",
        ["campaign_id", "brought_by"],
        postgresql_where=sa.text("brought_by <> ''"),
        sqlite_where=sa.text("brought_by <> ''"),
    )
    op.create_table(
        "translations",
        sa.Column("campaign_id", BigId, autoincrement=False, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column(
            "text_hash", sa.String(64), nullable=False, comment="the version of the text that is signed in this language now"
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("share_text", sa.String(200), nullable=False),
        sa.Column("picture_alt", sa.String(250), nullable=False),
        sa.Column("privacy", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_translations_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(
            ["campaign_id", "text_hash"],
            ["texts.campaign_id", "texts.hash"],
            name=op.f("fk_translations_campaign_id_text_hash_texts"),
        ),
        sa.PrimaryKeyConstraint("campaign_id", "language", name=op.f("pk_translations")),
        comment="each campaign in the languages beside its main one",
    )
    op.create_table(
        "pictures",
        sa.Column("campaign_id", BigId, autoincrement=False, nullable=False),
        sa.Column("width", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(16), nullable=False, comment="of the picture these are copies of"),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="WebP"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_pictures_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "width", name=op.f("pk_pictures")),
        comment="the picture of each campaign, re-encoded by us, without metadata",
    )
    op.create_table(
        "hourly_tallies",
        sa.Column("campaign_id", BigId, autoincrement=False, nullable=False),
        sa.Column("hour", UtcDateTime(), nullable=False),
        sa.Column("added", BigId, nullable=False, comment="entries of +1"),
        sa.Column("ended", BigId, nullable=False, comment="entries of -1"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_hourly_tallies_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "hour", name=op.f("pk_hourly_tallies")),
        comment="what the ledger counted in each hour",
    )
    _make_searchable()


def _make_searchable() -> None:
    connection = op.get_bind()
    found = connection.execute(
        sa.text(
            "SELECT c.id, x.title, x.recipient, x.ask, x.background FROM campaigns c "
            "JOIN texts x ON x.campaign_id = c.id AND x.hash = c.text_hash"
        )
    ).all()
    for row in found:
        connection.execute(
            sa.text("UPDATE campaigns SET searched = :searched WHERE id = :id"),
            {"id": row.id, "searched": fold_text(row.title, row.recipient, row.ask, row.background)},
        )
