"""Signatures on paper: sheets printed, what was brought back, counted apart."""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Nothing yet."""
