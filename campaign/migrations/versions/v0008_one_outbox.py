"""One outbox for mails to signatories and to campaigners, and mails whose outcome is unknown."""

import sqlalchemy as sa
from alembic import op

from campaign.store.database.column_types import BigId, UtcDateTime

revision = "0008"
down_revision = "0007"

_STATES = "state IN ('owed', 'sent', 'refused', 'dropped', 'unknown')"
_MOVED = (
    "kind, priority, state, attempts, due_at, created_at, settled_at, reason, campaigner_id, campaign_id, invitation_id, facts"
)


def upgrade() -> None:
    """Widen the outbox, and bring the notices into it."""
    with op.batch_alter_table("outbox", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.alter_column("signature_id", existing_type=BigId, nullable=True, comment="null: not to a signatory")
        batch.alter_column(
            "mailbox", existing_type=sa.String(32), existing_nullable=False,
            comment="keyed hash of a signatory's canonical address",
        )  # fmt: skip
        batch.add_column(
            sa.Column(
                "unknown_at", UtcDateTime(),
                comment="when an attempt ended without the server's last answer; there is one more",
            )
        )  # fmt: skip
        batch.add_column(sa.Column("campaigner_id", BigId, comment="who it goes to, where to no signatory"))
        batch.add_column(sa.Column("campaign_id", BigId, comment="what a mail to a campaigner is about"))
        batch.add_column(sa.Column("invitation_id", BigId, comment="whose address it goes to, where to no campaigner"))
        batch.add_column(sa.Column("login_link_id", BigId, comment="the link to sign in with that it carries"))
        batch.add_column(sa.Column("dedupe_key", sa.String(120), comment="what it is about: the same is said once"))
        batch.add_column(sa.Column("facts", sa.JSON(), comment="values for its templates: numbers and times; nothing personal"))
        batch.create_foreign_key(op.f("fk_outbox_campaigner_id_campaigners"), "campaigners", ["campaigner_id"], ["id"])
        batch.create_foreign_key(op.f("fk_outbox_campaign_id_campaigns"), "campaigns", ["campaign_id"], ["id"])
        batch.create_unique_constraint(op.f("uq_outbox_dedupe_key"), ["dedupe_key"])
        batch.drop_constraint(op.f("ck_outbox_state"), type_="check")
        batch.create_check_constraint(op.f("ck_outbox_state"), _STATES)
        batch.create_table_comment("the mails that are owed, and what became of them")
    op.execute(
        f"INSERT INTO outbox ({_MOVED}, mailbox, dedupe_key, login_link_id) "  # noqa: S608 - constants
        f"SELECT {_MOVED}, '', once, entrance_id FROM notices ORDER BY id"
    )
    op.drop_table("notices")
