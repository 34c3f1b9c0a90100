"""Flag periods: from when to when the signatures of a flag were given, in place of the hour alone."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_TIME = sa.DateTime(timezone=True)
_HOUR = timedelta(hours=1)
_FLAGS = sa.table("flags", sa.column("id", sa.BigInteger), *(sa.column(name, _TIME) for name in ("hour", "since", "before")))
_SINCE, _BEFORE = "its first signature", "just after its last signature"


def upgrade() -> None:
    """Change the columns. Until now a flag spoke of the hour before it was raised, which was some time in `hour`."""
    connection = op.get_bind()
    op.add_column("flags", sa.Column("since", _TIME, nullable=True, comment=_SINCE))
    op.add_column("flags", sa.Column("before", _TIME, nullable=True, comment=_BEFORE))
    for row in connection.execute(sa.select(_FLAGS.c.id, _FLAGS.c.hour)).all():
        period = {"since": row.hour - _HOUR, "before": row.hour + _HOUR}
        connection.execute(_FLAGS.update().where(_FLAGS.c.id == row.id).values(period))
    with op.batch_alter_table("flags") as flags:
        flags.alter_column("since", existing_type=_TIME, existing_comment=_SINCE, nullable=False)
        flags.alter_column("before", existing_type=_TIME, existing_comment=_BEFORE, nullable=False)
        flags.drop_constraint(op.f("uq_flags_campaign_id_kind_subject_hour"), type_="unique")
        flags.drop_column("hour")
        name = op.f("uq_flags_campaign_id_kind_subject_since")
        flags.create_unique_constraint(name, ["campaign_id", "kind", "subject", "since"])
