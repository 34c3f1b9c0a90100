"""Places: what a postcode is in, totals by place, who represents it."""

import sqlalchemy as sa
from alembic import op

from campaign.store.database.column_types import BigId, UtcDateTime

revision = "0005"
down_revision = "0004"

_UNCOUNTED = (
    "(counted_as <> state OR counted_opened <> opened OR (counted_as = 'verified' "
    "AND (counted_country <> country OR counted_source <> source OR counted_area <> area "
    "OR counted_kind <> kind OR coalesce(counted_place_id, -1) <> coalesce(place_id, -1))))"
)
_UNPLACED = (
    "(counted_as = 'verified' AND state = 'verified' AND country = 'GB' AND postcode <> '' "
    "AND (place_id IS NULL OR place_id = 0))"
)


def upgrade() -> None:
    """Add to what is there. Signatures that are in the count already are looked up by and by, as new ones are."""
    op.create_table(
        "places",
        sa.Column("id", BigId, nullable=False),
        sa.Column("constituency_code", sa.String(16), nullable=False),
        sa.Column("constituency", sa.String(120), nullable=False),
        sa.Column("council_code", sa.String(16), nullable=False),
        sa.Column("council", sa.String(120), nullable=False),
        sa.Column("region", sa.String(120), nullable=False, comment="a region of England, or the country"),
        sa.Column("country", sa.String(120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places")),
        sa.UniqueConstraint(
            "constituency_code", "constituency", "council_code", "council", "region", "country",
            name=op.f("uq_places_whole"),
        ),
        comment="each combination of areas that a postcode was found in; number 0 is all empty",
    )  # fmt: skip
    op.create_table(
        "postcodes",
        sa.Column("postcode", sa.String(12), nullable=False),
        sa.Column("place_id", BigId, nullable=False),
        sa.Column("looked_up_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_postcodes_place_id_places")),
        sa.PrimaryKeyConstraint("postcode", name=op.f("pk_postcodes")),
        comment="where postcodes lie, as the service said, for a time: what is older is deleted",
    )
    op.create_index("ix_postcodes_looked_up_at", "postcodes", ["looked_up_at"])
    op.create_table(
        "place_tallies",
        sa.Column("campaign_id", BigId, autoincrement=False, nullable=False),
        sa.Column("place_id", BigId, autoincrement=False, nullable=False),
        sa.Column("verified", BigId, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_place_tallies_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_place_tallies_place_id_places")),
        sa.PrimaryKeyConstraint("campaign_id", "place_id", name=op.f("pk_place_tallies")),
        comment="the total by place, of signatures whose postcode was looked up",
    )
    op.create_table(
        "representatives",
        sa.Column("kind", sa.String(12), nullable=False, comment="constituency or council"),
        sa.Column("area", sa.String(120), nullable=False, comment="its code, or its name in small letters"),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("form", sa.String(200), nullable=False, comment="how they are addressed; may be empty"),
        sa.Column("party", sa.String(120), nullable=False),
        sa.PrimaryKeyConstraint("kind", "area", name=op.f("pk_representatives")),
        comment="who represents constituencies and councils, as the operator's file says",
    )
    op.add_column(
        "signatures",
        sa.Column("place_id", BigId, comment="where its postcode lies; null: not looked up, 0: nobody knows"),
    )
    op.add_column("signatures", sa.Column("counted_place_id", BigId))
    op.drop_index("ix_signatures_uncounted", "signatures")
    _index("ix_signatures_uncounted", ["campaign_id", "id"], _UNCOUNTED)
    _index("ix_signatures_unplaced", ["place_id", "id"], _UNPLACED)


def _index(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "signatures", columns, postgresql_where=sa.text(where), sqlite_where=sa.text(where))
