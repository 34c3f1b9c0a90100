"""Declarations: who may sign a campaign, as a statement, and what each signatory said of it."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_EMPTY, _ZERO = sa.text("''"), sa.text("0")
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_UNCOUNTED = (
    "(counted_as <> state OR counted_link_opened <> link_opened OR (counted_as = 'verified' "
    "AND (counted_country <> country OR counted_source <> source OR counted_area <> area "
    "OR counted_kind <> kind OR counted_declaration <> declaration "
    "OR coalesce(counted_place_id, -1) <> coalesce(place_id, -1))))"
)


def upgrade() -> None:
    """Add columns and tables. Nobody was shown a statement so far, so every verified signature counts as not asked."""
    op.add_column(
        "campaigns",
        sa.Column(
            "eligibility", sa.String(12), nullable=False, server_default=sa.text("'everybody'"),
            comment="what kind of statement says who may sign",
        ),
    )  # fmt: skip
    op.add_column(
        "campaigns", sa.Column("eligibility_rule", sa.String(12), nullable=False, server_default=sa.text("'optional'"))
    )
    op.add_column(
        "campaigns",
        sa.Column("statement", sa.String(200), nullable=False, server_default=_EMPTY, comment="who may sign, in words"),
    )
    op.add_column(
        "campaigns",
        sa.Column(
            "statement_number", sa.SmallInteger(), nullable=False, server_default=_ZERO,
            comment="of the words in `statements`; 0: nobody is asked",
        ),
    )  # fmt: skip
    op.add_column("translations", sa.Column("statement", sa.String(200), nullable=False, server_default=_EMPTY))
    _add_number("translations", "statement_number", None)
    _add_number(
        "signatures", "declaration",
        "number of the statement that was ticked; below zero: shown and not ticked; 0: none was shown",
    )  # fmt: skip
    _add_number("signatures", "counted_declaration", None)
    _add_number("corrections", "declaration", None)
    _add_number("sheets", "declaration", "what a line declares that has no tick; see signatures.declaration")
    _create_statements()
    op.create_table(
        "declaration_tallies",
        sa.Column("campaign_id", _ID, nullable=False, autoincrement=False),
        sa.Column("declaration", sa.SmallInteger(), nullable=False, autoincrement=False),
        sa.Column("verified", _ID, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_declaration_tallies_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "declaration", name=op.f("pk_declaration_tallies")),
        comment="the total by what was declared of who may sign, written by the ledger alone",
    )
    op.execute(
        "INSERT INTO declaration_tallies (campaign_id, declaration, verified) "
        "SELECT campaign_id, 0, verified FROM tallies WHERE verified > 0"
    )
    op.drop_index("ix_signatures_uncounted", table_name="signatures")
    op.create_index(
        "ix_signatures_uncounted", "signatures", ["campaign_id", "id"],
        postgresql_where=sa.text(_UNCOUNTED), sqlite_where=sa.text(_UNCOUNTED),
    )  # fmt: skip


def _add_number(table: str, name: str, comment: str | None) -> None:
    op.add_column(table, sa.Column(name, sa.SmallInteger(), nullable=False, server_default=_ZERO, comment=comment))


def _create_statements() -> None:
    op.create_table(
        "statements",
        sa.Column("campaign_id", _ID, nullable=False, autoincrement=False),
        sa.Column("number", sa.SmallInteger(), nullable=False, autoincrement=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("words", sa.String(200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_statements_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", "number", name=op.f("pk_statements")),
        comment="wordings of who may sign that signatories were shown; rows are never changed",
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER statements_is_immutable BEFORE UPDATE OR DELETE ON statements "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            "CREATE TRIGGER statements_is_never_emptied BEFORE TRUNCATE ON statements "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER statements_is_immutable_on_{verb.lower()} BEFORE {verb} ON statements "
            "BEGIN SELECT RAISE(ABORT, 'rows of statements are never changed'); END"
        )
    op.execute(
        "CREATE TRIGGER statements_is_immutable_on_insert BEFORE INSERT ON statements "
        "WHEN EXISTS (SELECT 1 FROM statements WHERE (rowid) = (NEW.rowid)) "
        "OR EXISTS (SELECT 1 FROM statements WHERE (campaign_id, number) = (NEW.campaign_id, NEW.number)) "
        "BEGIN SELECT RAISE(ABORT, 'rows of statements are never changed'); END"
    )
