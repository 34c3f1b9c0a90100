"""Pictures beside a campaign's own: of its organiser, of its gallery and of its updates."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the table and the columns; nobody has such pictures yet."""
    op.create_table(
        "images",
        sa.Column("campaign_id", _ID, autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(16), nullable=False, comment="of the picture these are copies of, and its place"),
        sa.Column("width", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("format", sa.String(4), nullable=False, comment="webp or jpg"),
        sa.Column("update_id", _ID, comment="the update it belongs to; null: to the campaign itself"),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_images_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["update_id"], ["updates.id"], name=op.f("fk_images_update_id_updates")),
        sa.PrimaryKeyConstraint("campaign_id", "hash", "width", "format", name=op.f("pk_images")),
        comment="pictures beside the campaign's own, re-encoded by us, without metadata",
    )
    op.create_index("ix_images_update_id", "images", ["update_id"])
    op.add_column("campaigns", sa.Column("organiser_picture", sa.JSON(), comment="hash and sizes of its copies in images"))
    op.add_column("campaigns", sa.Column("gallery", sa.JSON(), comment="its further pictures, with what they show and a link"))
    op.add_column("updates", sa.Column("picture", sa.JSON(), comment="its picture, with what it shows"))
