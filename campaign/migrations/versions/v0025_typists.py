"""Typists: a role in a team, and the lines they typed in."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

_ROLES = "role IN ('owner', 'editor', 'moderator', 'viewer', 'typist')"


def upgrade() -> None:
    """Allow the role, and create the table."""
    with op.batch_alter_table("team_members") as members:
        members.drop_constraint(op.f("ck_team_members_role"), type_="check")
        members.create_check_constraint(op.f("ck_team_members_role"), _ROLES)
    big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "typed_lines",
        sa.Column("intake_id", big_id, autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("typed_by", big_id),
        sa.Column("typed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_out", sa.String(12), nullable=False, comment="why it is no signature; empty where it is one"),
        sa.ForeignKeyConstraint(["intake_id"], ["intakes.id"], name=op.f("fk_typed_lines_intake_id_intakes")),
        sa.ForeignKeyConstraint(["typed_by"], ["campaigners.id"], name=op.f("fk_typed_lines_typed_by_campaigners")),
        sa.PrimaryKeyConstraint("intake_id", "line", name=op.f("pk_typed_lines")),
        comment="lines a typist typed in, whatever became of them; deleted when they are taken back",
    )
