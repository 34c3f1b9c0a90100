"""Uploaded lists, read by workers that may die on the way, be two, or not be there."""

from collections.abc import Callable

import pytest

from campaign.domain.accounts.actor import Actor
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.paper.paper_text import UNKNOWN_PAPER_TEXT
from campaign.jobs import READ_UPLOADS
from campaign.runtime import Runtime
from campaign.services.paper import import_list, list_uploads, undo, validate
from campaign.services.paper.list_uploads import LEASE, MAX_UNREAD_PER_CAMPAIGN, UPLOAD_LIFETIME, UploadForm
from campaign.store.accounts import campaigners
from campaign.store.paper import uploads
from campaign.store.paper.uploads import Upload, UploadState
from campaign.store.redis import process_heartbeats
from tests.conftest import on_both_databases
from tests.services.paper.sample_lists import csv_file, messy_rows
from tests.support.factories import ManualClock, new_campaign
from tests.support.queries import execute_sql
from tests.support.secret_keys import OTHER_SECRET_KEY
from workers import clock

FORM = UploadForm({"text": "unknown", "since": "3/11/2026"}, {}, "", UNKNOWN_PAPER_TEXT)
LIST = b"Name,Postcode\nAnn Smith,LS1 4AP\nBob Jones,M1 1AA\n"


class Killed(BaseException):
    """A worker ends in the middle, and tidies nothing up."""


@pytest.fixture
def pond(runtime: Runtime) -> Campaign:
    return new_campaign(runtime)


@pytest.fixture
def mary(runtime: Runtime) -> Actor:
    with runtime.transaction() as connection:
        added = campaigners.add_campaigner(connection, "m@c.example", "m@c.example", "Mary Seacole", runtime.now())
    return Actor("Mary Seacole", added)


def upload(runtime: Runtime, mary: Actor, pond: Campaign, body: bytes = LIST) -> int:
    return list_uploads.store_upload(runtime, mary, pond, "stall.csv", body, FORM)


def found(runtime: Runtime, pond: Campaign, number: int) -> Upload:
    there = list_uploads.get_upload(runtime, pond, number)
    assert there is not None
    return there


def file_in_database(runtime: Runtime, number: int) -> tuple[bytes, str] | None:
    with runtime.reading() as connection:
        return uploads.get_file(connection, number)


def die_at(monkeypatch: pytest.MonkeyPatch) -> None:
    def validate_list(*_: object, **__: object) -> None:
        raise Killed

    monkeypatch.setattr(validate, "validate_list", validate_list)


@on_both_databases
def test_a_list_is_kept_encrypted_until_it_is_read_and_then_not_at_all(runtime: Runtime, mary: Actor, pond: Campaign) -> None:
    number = upload(runtime, mary, pond)
    kept = file_in_database(runtime, number)
    assert kept is not None
    assert b"Ann" not in kept[0]
    assert list_uploads.read_next_upload(runtime) is True
    read = found(runtime, pond, number)
    assert (read.state, read.rows_read, file_in_database(runtime, number)) == (UploadState.READ, 2, None)
    assert read.intake_id is not None
    held = import_list.get_unconfirmed(runtime, pond, read.intake_id)
    assert held is not None
    assert (held.rows, held.new) == (2, 2)
    assert list_uploads.read_next_upload(runtime) is None
    assert not list_uploads.has_work(runtime)
    # What is decided on is no longer among those that wait for somebody.
    assert [one.id for one in list_uploads.list_open_uploads(runtime, pond)] == [number]
    import_list.import_unconfirmed(runtime, mary, pond, read.intake_id)
    assert list_uploads.list_open_uploads(runtime, pond) == []


@on_both_databases
def test_a_worker_that_dies_is_followed_by_another_and_a_file_that_kills_two_is_refused(
    runtime: Runtime, mary: Actor, pond: Campaign, now: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = upload(runtime, mary, pond)
    with monkeypatch.context() as deadly:
        die_at(deadly)
        with pytest.raises(Killed):
            list_uploads.read_next_upload(runtime)
    # Nobody else takes it while its worker may live.
    assert list_uploads.read_next_upload(runtime) is None
    assert not list_uploads.has_work(runtime)
    now.advance(seconds=LEASE.total_seconds())
    # The clock asks for it; a hint was sent once, when it was uploaded.
    runtime.redis.flushdb()
    clock.enqueue_uploads(runtime)
    assert runtime.redis.llen(f"rq:queue:{READ_UPLOADS.queue}") == 1
    assert list_uploads.read_next_upload(runtime) is True
    assert found(runtime, pond, number).state is UploadState.READ

    number = upload(runtime, mary, pond)
    with monkeypatch.context() as deadly:
        die_at(deadly)
        for _ in range(list_uploads.MAX_ATTEMPTS):
            with pytest.raises(Killed):
                list_uploads.read_next_upload(runtime)
            now.advance(seconds=LEASE.total_seconds())
    assert list_uploads.read_next_upload(runtime) is False
    refused = found(runtime, pond, number)
    assert (refused.state, file_in_database(runtime, number)) == (UploadState.REFUSED, None)
    assert "broken off twice" in list_uploads.refusal(runtime, refused)
    assert list_uploads.typed_values(runtime, refused) == FORM.values


@on_both_databases
def test_progress_is_said_and_what_is_thrown_away_is_not_read_on(
    runtime: Runtime, mary: Actor, pond: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_uploads, "LEASE_RENEWAL_SECONDS", 0.0)
    number, seen = upload(runtime, mary, pond, csv_file(messy_rows(1_200)).read()), list[int]()
    advance = list_uploads._Lease.advance

    def advance_and_look(lease: list_uploads._Lease, rows: int) -> None:
        advance(lease, rows)
        seen.append(found(runtime, pond, number).rows_read)
        if len(seen) == 2:
            assert list_uploads.discard_upload(runtime, pond, number)
            seen.append(-1)

    monkeypatch.setattr(list_uploads._Lease, "advance", advance_and_look)
    assert list_uploads.read_next_upload(runtime) is False
    assert 0 < seen[0] < seen[1]
    assert undo.list_intakes(runtime, pond) == []
    assert list_uploads.get_upload(runtime, pond, number) is None


@on_both_databases
def test_two_workers_read_two_lists_and_neither_twice(runtime: Runtime, mary: Actor, pond: Campaign, now: ManualClock) -> None:
    first, second = upload(runtime, mary, pond), upload(runtime, mary, pond, LIST + b"Cy,LS1 4AP\n")
    with runtime.transaction() as connection:
        slow = uploads.claim(connection, "slow", now(), now() + LEASE)
    assert slow is not None
    assert slow.id == first
    assert list_uploads.read_next_upload(runtime) is True
    assert found(runtime, pond, second).state is UploadState.READ
    # The first worker is so slow that its lease runs out, and another reads the list: it has no say any more.
    now.advance(seconds=LEASE.total_seconds())
    assert list_uploads.read_next_upload(runtime) is True
    with runtime.transaction() as connection:
        assert not uploads.renew_claim(connection, slow, 1, now() + LEASE)
        assert not uploads.finish(connection, slow, UploadState.REFUSED)
    assert found(runtime, pond, first).state is UploadState.READ


@on_both_databases
def test_few_lists_wait_at_once_and_none_longer_than_a_day(
    runtime: Runtime, mary: Actor, pond: Campaign, now: ManualClock
) -> None:
    for _ in range(MAX_UNREAD_PER_CAMPAIGN):
        upload(runtime, mary, pond)
    with pytest.raises(InvalidInputError, match="being read"):
        upload(runtime, mary, pond)
    assert list_uploads.read_next_upload(runtime) is True
    upload(runtime, mary, pond)
    now.advance(hours=UPLOAD_LIFETIME.total_seconds() / 3600 + 2)
    assert list_uploads.has_work(runtime)
    assert list_uploads.delete_old_uploads(runtime) == MAX_UNREAD_PER_CAMPAIGN + 1
    assert not list_uploads.has_work(runtime)


def test_whether_anybody_reads_lists_is_known(runtime: Runtime) -> None:
    assert not list_uploads.has_living_reader(runtime)
    process_heartbeats.record_heartbeat(
        runtime.redis, READ_UPLOADS.queue, "one", 7, version="1", started_at=runtime.now(), clock_skew_seconds=None
    )
    assert list_uploads.has_living_reader(runtime)


def test_a_list_sealed_by_a_key_that_is_gone_is_refused_in_words(runtime: Runtime, mary: Actor, pond: Campaign) -> None:
    number = upload(runtime, mary, pond)
    execute_sql(runtime, "UPDATE uploads SET salt = '00000000000000000000000000000000'")
    assert list_uploads.read_next_upload(runtime) is False
    assert "no longer be decrypted" in list_uploads.refusal(runtime, found(runtime, pond, number))


def test_what_was_sealed_by_a_key_that_is_gone_breaks_no_page(
    runtime: Runtime, make_runtime: Callable[..., Runtime], mary: Actor, pond: Campaign
) -> None:
    refused, read = upload(runtime, mary, pond, b"Ward\n9\n"), upload(runtime, mary, pond)
    assert [list_uploads.read_next_upload(runtime) for _ in range(2)] == [False, True]
    without = make_runtime(secret_key=OTHER_SECRET_KEY)
    kept = found(without, pond, refused)
    assert (list_uploads.typed_values(without, kept), "broken off" in list_uploads.refusal(without, kept)) == ({}, True)
    intake_id = found(without, pond, read).intake_id
    assert intake_id is not None
    assert import_list.get_unconfirmed(without, pond, intake_id) is None
    with pytest.raises(InvalidInputError, match="waited for too long"):
        import_list.import_unconfirmed(without, mary, pond, intake_id)
    assert not list_uploads.discard_upload(runtime, pond, read)
    assert undo.discard_unconfirmed(runtime, pond, intake_id)
    assert not undo.discard_unconfirmed(runtime, pond, intake_id)


def test_nobody_is_said_to_read_lists_where_redis_is_away(make_runtime: Callable[..., Runtime]) -> None:
    assert not list_uploads.has_living_reader(make_runtime(redis_url="redis://127.0.0.1:1"))
