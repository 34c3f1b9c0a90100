"""An export whose worker is killed on the way: another makes it, octet by octet the same, and nothing is left behind."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from flask import Flask

from campaign.domain.accounts.actor import Actor
from campaign.domain.accounts.role import Role
from campaign.domain.exports.plan import ExportFormat, ExportPlan
from campaign.formats.temp_folders import temp_root
from campaign.jobs import EXPORT_QUEUE
from campaign.runtime import Runtime
from campaign.services import exports
from campaign.services.exports import Provenance, build
from campaign.store.exports.exports import Export, ExportState
from tests.support.compile_cache import make_app
from tests.support.desk_client import new_campaigner
from tests.support.factories import new_campaign
from tests.support.processes import process_environment, running_process, shared_settings, wait_until
from tests.support.queries import execute_sql
from tests.support.stored_signatures import double_signatures, store_signatures

_DOUBLED = 15
"""So often one signature is doubled: enough to keep a worker busy for a second."""


def test_an_export_goes_on_after_its_worker_was_killed(make_runtime: Callable[..., Runtime], tmp_path: Path) -> None:
    runtime = make_runtime(clock=lambda: datetime.now(UTC))
    app: Flask = make_app(runtime)
    campaign = new_campaign(runtime)
    store_signatures(runtime, campaign, [{}])
    double_signatures(runtime, _DOUBLED)
    mary = new_campaigner(runtime, app, campaign, Role.OWNER)
    number = exports.request_export(runtime, Actor("Mary Seacole", mary.id), campaign, mary.id, ExportPlan(ExportFormat.PACK))

    def export() -> Export:
        found = exports.get_export(runtime, campaign, mary.id, number)
        assert found is not None
        return found

    command = ["-m", "workers", "worker", EXPORT_QUEUE]
    with running_process(command, process_environment(**shared_settings(runtime)), tmp_path) as worker:
        wait_until(lambda: export().state is not ExportState.WAITING, f"the worker makes it; it said {worker.output}")
        worker.kill()
    asked = export()
    assert asked.state is ExportState.RUNNING, "it was killed on the way"
    assert build.build_next_export(runtime) is None, "the lease is not over"
    execute_sql(runtime, "UPDATE exports SET due_at = created_at")
    assert build.build_next_export(runtime) is True
    done = export()
    assert (done.state, done.attempts, done.signature_count) == (ExportState.DONE, 2, 2**_DOUBLED)
    at_once = BytesIO()
    with runtime.snapshot() as connection:
        made = Provenance(asked.created_at, "Mary Seacole")
        exports.write_export(runtime, connection, campaign, asked.plan, at_once, tmp_path, made)
    assert b"".join(exports.download_export(runtime, Actor("Mary Seacole", mary.id), done)) == at_once.getvalue()
    assert list(temp_root(runtime.settings.data_dir).iterdir()) == []
