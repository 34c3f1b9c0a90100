"""Checkpoint sizes: the first checkpoint that covers an entry is found by an index."""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Create the index."""
    op.create_index("ix_log_checkpoints_size", "log_checkpoints", ["size"])
