"""Witnesses of the public log, and their cosignatures."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "log_witnesses",
        sa.Column("verifier_key", sa.String(400), nullable=False),
        sa.Column("size", _ID, nullable=False, comment="leaves of the last tree it has cosigned, as far as we know"),
        sa.Column("checkpoint_id", _ID, nullable=True, comment="the last one it has cosigned"),
        sa.Column("since", _TIME, nullable=True, comment="when it cosigned for the first time"),
        sa.Column("heard_at", _TIME, nullable=True, comment="when it cosigned for the last time"),
        sa.Column("next_at", _TIME, nullable=False, comment="it is not asked before"),
        sa.Column("failures", sa.Integer(), nullable=False, comment="attempts in a row that brought no cosignature"),
        sa.Column("problem", sa.String(300), nullable=False, comment="why the last attempt brought none; empty where it did"),
        sa.Column(
            "alarmed_at", _TIME, nullable=True,
            comment="since when it says that the log is not the one it knew; null: it does not",
        ),
        sa.PrimaryKeyConstraint("verifier_key", name=op.f("pk_log_witnesses")),
        comment="witnesses of the log, and how each answered; those that are no longer in the settings stay",
    )  # fmt: skip
    op.create_table(
        "log_cosignatures",
        sa.Column("checkpoint_id", _ID, autoincrement=False, nullable=False),
        sa.Column("verifier_key", sa.String(400), nullable=False),
        sa.Column("line", sa.String(500), nullable=False, comment="the signature line below the checkpoint, with its end"),
        sa.Column("cosigned_at", _TIME, nullable=False, comment="by the clock of the witness"),
        sa.ForeignKeyConstraint(
            ["checkpoint_id"], ["log_checkpoints.id"], name=op.f("fk_log_cosignatures_checkpoint_id_log_checkpoints")
        ),
        sa.PrimaryKeyConstraint("checkpoint_id", "verifier_key", name=op.f("pk_log_cosignatures")),
        comment="cosignatures of witnesses over checkpoints",
    )
