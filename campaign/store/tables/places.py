"""Places: what postcodes are in, totals by place, and who represents it. Nothing here is of a person who signed."""

from sqlalchemy import Column, ForeignKey, Index, String, Table, UniqueConstraint, text

from campaign.store.database.column_types import BigId, UtcDateTime
from campaign.store.tables.metadata import metadata
from campaign.store.tables.signatures import signatures

UNKNOWN_PLACE_ID = 0
"""The number of the place that is all empty: where a postcode lies that nobody knows."""
UNPLACED_SQL = (
    "(counted_as = 'verified' AND state = 'verified' AND country = 'GB' AND postcode <> '' "
    "AND (place_id IS NULL OR place_id = 0))"
)
"""Signatures in the count whose place is not known. The partial index is found only by exactly these words; as they speak of
what is counted, neither signing nor verifying writes to it."""

places = Table(
    "places",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("constituency_code", String(16), nullable=False),
    Column("constituency", String(120), nullable=False),
    Column("council_code", String(16), nullable=False),
    Column("council", String(120), nullable=False),
    Column("region", String(120), nullable=False, comment="a region of England, or the country"),
    Column("country", String(120), nullable=False),
    UniqueConstraint(
        "constituency_code", "constituency", "council_code", "council", "region", "country", name="uq_places_whole"
    ),
    comment="each combination of areas that a postcode was found in; number 0 is all empty",
)

postcodes = Table(
    "postcodes",
    metadata,
    Column("postcode", String(12), primary_key=True),
    Column("place_id", BigId, ForeignKey("places.id"), nullable=False),
    Column("looked_up_at", UtcDateTime, nullable=False),
    Index("ix_postcodes_looked_up_at", "looked_up_at"),
    comment="where postcodes lie, as the service said, for a time: what is older is deleted",
)

place_tallies = Table(
    "place_tallies",
    metadata,
    Column("campaign_id", BigId, ForeignKey("campaigns.id"), primary_key=True, autoincrement=False),
    Column("place_id", BigId, ForeignKey("places.id"), primary_key=True, autoincrement=False),
    Column("verified", BigId, nullable=False),
    comment="the total by place, of signatures whose postcode was looked up",
)

representatives = Table(
    "representatives",
    metadata,
    Column("kind", String(12), primary_key=True, comment="constituency or council"),
    Column("area", String(120), primary_key=True, comment="its code, or its name in small letters"),
    Column("name", String(120), nullable=False),
    Column("form", String(200), nullable=False, comment="how they are addressed; may be empty"),
    Column("party", String(120), nullable=False),
    comment="who represents constituencies and councils, as the operator's file says",
)

# The work list of the look-up: empty but for what was counted in the last moments, and for postcodes nobody knows.
Index(
    "ix_signatures_unplaced",
    signatures.c.place_id,
    signatures.c.id,
    postgresql_where=text(UNPLACED_SQL),
    sqlite_where=text(UNPLACED_SQL),
)
