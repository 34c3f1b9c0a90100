"""Pictures of campaigns among all other images, named by their content; the table of their own goes."""

from collections import defaultdict

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

_PICTURES = sa.table("pictures", *(sa.column(name) for name in ("campaign_id", "width", "height", "hash", "body")))
_IMAGES = sa.table("images", *(sa.column(name) for name in ("campaign_id", "hash", "width", "format", "update_id", "body")))
_CAMPAIGNS = sa.table("campaigns", sa.column("id"), sa.column("picture", sa.JSON()))


def upgrade() -> None:
    """Carry the copies over, and write beside each campaign which image is its own and how large its copies are."""
    op.add_column("campaigns", sa.Column("picture", sa.JSON(), comment="hash and sizes of its copies in images"))
    pictures, connection = _PICTURES.c, op.get_bind()
    connection.execute(
        _IMAGES.insert().from_select(
            ["campaign_id", "hash", "width", "format", "body"],
            sa.select(pictures.campaign_id, pictures.hash, pictures.width, sa.literal("webp"), pictures.body),
        )
    )
    sizes: dict[tuple[int, str], list[list[int]]] = defaultdict(list)
    ordered = sa.select(pictures.campaign_id, pictures.hash, pictures.width, pictures.height).order_by(pictures.width)
    for campaign_id, digest, width, height in connection.execute(ordered):
        sizes[campaign_id, digest].append([width, height])
    for (campaign_id, digest), copies in sizes.items():
        of_campaign = sa.update(_CAMPAIGNS).where(_CAMPAIGNS.c.id == campaign_id)
        connection.execute(of_campaign.values(picture=[digest, copies]))
    op.drop_table("pictures")
    if connection.dialect.name == "postgresql":
        op.create_table_comment("images", "pictures, re-encoded by us in a few widths, without metadata")
