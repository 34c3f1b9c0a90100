"""A mailing that is broken off at any moment: each recipient gets one copy at most, and nobody is left out."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from campaign.domain.updates.update import MailingState
from campaign.jobs import DESK_QUEUE
from campaign.runtime import Runtime
from campaign.services.updates import mailing
from campaign.store.updates import mailing as stored_mailing
from tests.conftest import on_both_databases
from tests.services.updates.test_updates import add_signatures, publish, reloaded, states
from tests.support.factories import new_campaign
from tests.support.processes import process_environment, running_process, shared_settings, wait_until
from tests.support.queries import query_scalar
from tests.support.stored_signatures import double_signatures

_DOUBLED = 14
"""So often one signature is doubled: a mailing that takes a worker a second or more."""


class _BrokenOffError(Exception):
    pass


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    events=st.lists(
        st.tuples(st.sampled_from(("step", "broken off", "cursor lost", "withdrawn")), st.integers(1, 7)), max_size=12
    )
)
def test_however_often_a_mailing_is_broken_off_nobody_gets_a_second_copy(
    runtime: Runtime, events: list[tuple[str, int]]
) -> None:
    made = query_scalar(runtime, "SELECT count(*) FROM campaigns")
    pond = new_campaign(runtime, slug=f"pond-{made}")
    ids = add_signatures(runtime, pond, 13)
    update = publish(runtime, pond)
    withdrawn = set()
    for event, size in events:
        match event:
            case "step":
                with runtime.transaction() as connection:
                    of = stored_mailing.get_for_update(connection, update.id)
                    assert of is not None
                    stored_mailing.enqueue_step(connection, of, size, runtime.now())
            case "broken off":
                try:
                    with runtime.transaction() as connection:
                        of = stored_mailing.get_for_update(connection, update.id)
                        assert of is not None
                        stored_mailing.enqueue_step(connection, of, size, runtime.now())
                        raise _BrokenOffError
                except _BrokenOffError:
                    pass
            case "cursor lost":
                with runtime.transaction() as connection:
                    sql = "UPDATE updates SET last_signature_id = 0 WHERE id = :id"
                    connection.execute(text(sql), {"id": update.id})
            case "withdrawn":
                gone = ids[size]
                withdrawn.add(gone)
                with runtime.transaction() as connection:
                    sql = "UPDATE signatures SET state = 'withdrawn', updates = :no WHERE id = :id"
                    connection.execute(text(sql), {"id": gone, "no": False})
    mailing.run_due_updates(runtime)
    with runtime.reading() as connection:
        sql = "SELECT signature_id, count(*) FROM outbox WHERE update_id = :id GROUP BY signature_id"
        copies = {row[0]: row[1] for row in connection.execute(text(sql), {"id": update.id})}
    assert set(copies.values()) <= {1}
    assert set(ids) - withdrawn <= set(copies) <= set(ids)
    done = reloaded(runtime, pond, update)
    assert (done.mailing, done.enqueued) == (MailingState.ENQUEUED, len(copies))


@on_both_databases
def test_a_worker_killed_in_the_middle_of_a_mailing_leaves_each_recipient_one_copy(
    make_runtime: Callable[..., Runtime], tmp_path: Path
) -> None:
    runtime = make_runtime(clock=lambda: datetime.now(UTC))
    pond = new_campaign(runtime)
    add_signatures(runtime, pond, 1, updates_at=datetime.now(UTC) - timedelta(days=1))
    double_signatures(runtime, _DOUBLED)
    update = publish(runtime, pond)

    def enqueued() -> int:
        return reloaded(runtime, pond, update).enqueued

    command = ["-m", "workers", "worker", DESK_QUEUE]
    with running_process(command, process_environment(**shared_settings(runtime)), tmp_path) as worker:
        wait_until(lambda: enqueued() > 0, f"the worker mails it; it said {worker.output}")
        worker.kill()
    assert 0 < enqueued() < 2**_DOUBLED, "it was killed on the way"
    while mailing.has_due_updates(runtime):
        mailing.run_due_updates(runtime)
    assert enqueued() == len(states(runtime)) == 2**_DOUBLED
    assert query_scalar(runtime, "SELECT count(*) FROM outbox") == 2**_DOUBLED
