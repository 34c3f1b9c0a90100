"""Held counting: signatures of a burst wait uncounted until its flag is judged, a day at most, in campaigns that ask for it."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_TIME = sa.DateTime(timezone=True)
_ZERO = sa.text("0")
_IS_HELD = "held_flag_id IS NOT NULL"
_HELD = f"state = 'verified' AND {_IS_HELD}"
_UNCOUNTED = (
    f"(counted_as <> CASE WHEN {_HELD} THEN 'pending' ELSE state END "
    f"OR counted_held <> CASE WHEN {_HELD} THEN 1 ELSE 0 END "
    "OR counted_link_opened <> link_opened OR (counted_as = 'verified' "
    "AND (counted_country <> country OR counted_source <> source OR counted_area <> area "
    "OR counted_kind <> kind OR counted_declaration <> declaration "
    "OR coalesce(counted_place_id, -1) <> coalesce(place_id, -1))))"
)


def upgrade() -> None:
    """Add the columns; nothing is held, and no campaign asks for it."""
    op.add_column(
        "campaigns",
        sa.Column(
            "holds_bursts", sa.Boolean(), nullable=False, server_default=sa.false(),
            comment="whether signatures of a burst wait uncounted until its flag is judged",
        ),
    )  # fmt: skip
    op.add_column("flags", sa.Column("holds_until", _TIME, comment="until when signatures of it wait; null: it never held any"))
    op.add_column("signatures", sa.Column("held_flag_id", _ID, comment="the flag that keeps it from being counted"))
    op.add_column("signatures", sa.Column("held_at", _TIME, comment="since when"))
    op.add_column(
        "signatures",
        sa.Column("counted_held", sa.SmallInteger(), nullable=False, server_default=_ZERO, comment="1 while counted as held"),
    )
    op.add_column(
        "tallies",
        sa.Column("held", _ID, nullable=False, server_default=_ZERO, comment="verified, and held uncounted by a flag"),
    )
    op.drop_index("ix_signatures_uncounted", table_name="signatures")
    _index("ix_signatures_uncounted", "signatures", ["campaign_id", "id"], _UNCOUNTED)
    _index("ix_signatures_held", "signatures", ["campaign_id", "held_flag_id", "id"], _IS_HELD)
    _index("ix_flags_holding", "flags", ["campaign_id", "id"], "holds_until IS NOT NULL")


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, postgresql_where=sa.text(where), sqlite_where=sa.text(where))
