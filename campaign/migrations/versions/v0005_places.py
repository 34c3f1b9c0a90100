"""Places: what a postcode is in, totals by place, who represents it."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Nothing yet."""
