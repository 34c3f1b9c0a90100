"""Exports that were asked for, and what they hold until they expire."""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Nothing yet."""
