"""Teams of the organisation: their members and the campaigns they hold; invitations to them."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the tables and the column; there are no such teams yet."""
    op.create_table(
        "organisation_teams",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_teams")),
        comment="teams of the organisation: each runs the campaigns it holds",
        sqlite_autoincrement=True,
    )
    op.create_table(
        "organisation_team_members",
        sa.Column("team_id", _ID, autoincrement=False, nullable=False),
        sa.Column("campaigner_id", _ID, autoincrement=False, nullable=False),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role IN ('owner', 'editor', 'moderator', 'viewer', 'typist')", name=op.f("ck_organisation_team_members_role")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["organisation_teams.id"], name=op.f("fk_organisation_team_members_team_id_organisation_teams")
        ),
        sa.ForeignKeyConstraint(
            ["campaigner_id"], ["campaigners.id"], name=op.f("fk_organisation_team_members_campaigner_id_campaigners")
        ),
        sa.PrimaryKeyConstraint("team_id", "campaigner_id", name=op.f("pk_organisation_team_members")),
        comment="who may do what with every campaign that a team of the organisation holds",
    )
    op.create_index("ix_organisation_team_members_campaigner_id", "organisation_team_members", ["campaigner_id"])
    op.create_table(
        "organisation_team_campaigns",
        sa.Column("campaign_id", _ID, autoincrement=False, nullable=False),
        sa.Column("team_id", _ID, autoincrement=False, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_organisation_team_campaigns_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["organisation_teams.id"], name=op.f("fk_organisation_team_campaigns_team_id_organisation_teams")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "team_id", name=op.f("pk_organisation_team_campaigns")),
        comment="which campaigns a team of the organisation holds",
    )
    op.create_index("ix_organisation_team_campaigns_team_id", "organisation_team_campaigns", ["team_id"])
    op.add_column("invitations", sa.Column("team_id", _ID, comment="the team of the organisation it is to; null: to none"))
