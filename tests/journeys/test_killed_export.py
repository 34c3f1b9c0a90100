"""An export whose worker is killed on the way: another makes it, octet by octet the same, and nothing is left behind."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from campaign import exporting
from campaign.app import create_app
from campaign.domain.actor import Actor
from campaign.domain.export import Format, Plan
from campaign.domain.role import Role
from campaign.exporting import Made, making
from campaign.exports.workshop import workshop
from campaign.jobs import HANDOVER_QUEUE
from campaign.runtime import Runtime
from campaign.store.exports import Export, ExportState
from campaign.store.tables import signatures
from tests.desk import new_campaigner
from tests.factories import new_campaign
from tests.processes import environment, running, settings_of, until
from tests.rows import put

_DOUBLED = 15
"""So often one signature is doubled: enough to keep a worker busy for a second."""


def test_an_export_goes_on_after_its_worker_was_killed(make_runtime: Callable[..., Runtime], tmp_path: Path) -> None:
    runtime = make_runtime(clock=lambda: datetime.now(UTC))
    app: Flask = create_app(runtime)
    campaign = new_campaign(runtime)
    put(runtime, campaign, [{}])
    _double(runtime)
    mary = new_campaigner(runtime, app, campaign, Role.OWNER)
    number = exporting.ask(runtime, Actor("Mary Seacole", mary.id), campaign, mary.id, Plan(Format.PACK))

    def export() -> Export:
        found = exporting.find(runtime, campaign, mary.id, number)
        assert found is not None
        return found

    command = ["-m", "workers", "worker", HANDOVER_QUEUE]
    with running(command, environment(**settings_of(runtime)), tmp_path) as worker:
        until(lambda: export().state is not ExportState.WAITING, f"the worker makes it; it said {worker.output}")
        worker.kill()
    asked = export()
    assert asked.state is ExportState.RUNNING, "it was killed on the way"
    assert making.make_next(runtime) is None, "the lease is not over"
    with runtime.transaction() as connection:
        connection.execute(text("UPDATE exports SET due_at = created_at"))
    assert making.make_next(runtime) is True
    done = export()
    assert (done.state, done.attempts, done.rows) == (ExportState.DONE, 2, 2**_DOUBLED)
    at_once = BytesIO()
    with runtime.snapshot() as connection:
        made = Made(asked.created_at, "Mary Seacole")
        exporting.write(runtime, connection, campaign, asked.plan, at_once, tmp_path, made)
    assert b"".join(exporting.opened(runtime, Actor("Mary Seacole", mary.id), done)) == at_once.getvalue()
    assert list(workshop(runtime.settings.data_dir).iterdir()) == []


def _double(runtime: Runtime) -> None:
    own = {"id", "email_key", "line", "intake_id"}
    names = ", ".join(column.name for column in signatures.columns if column.name not in own)
    with runtime.transaction() as connection:
        for time in range(_DOUBLED):
            sql = f"INSERT INTO signatures (email_key, {names}) SELECT email_key || '{time}.', {names} FROM signatures"
            connection.execute(text(sql))
