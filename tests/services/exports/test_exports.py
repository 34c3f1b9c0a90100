"""Exports asked for at the desk: made by a worker, kept sealed, downloaded by who asked, gone after a week."""

import hashlib
import json
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import text

from campaign.domain.accounts.actor import Actor
from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.exports.plan import CHOSEN_FORMATS, DEFAULT_COLUMNS, ExportFormat, ExportOrder, ExportPlan, read_plan
from campaign.formats.pack_verify import verify_pack_file
from campaign.formats.temp_folders import temp_folder, temp_root
from campaign.runtime import Runtime
from campaign.security.encryption import DecryptionError
from campaign.services import exports
from campaign.services.campaigns import create_and_find
from campaign.services.exports import ExportGoneError, Provenance, build, request
from campaign.store.accounts import audit_log
from campaign.store.exports import export_jobs
from campaign.store.exports.exports import Export, ExportState
from tests.support.desk_client import DeskClient, new_campaigner
from tests.support.factories import ManualClock, definition
from tests.support.queries import query_scalar
from tests.support.secret_keys import OTHER_SECRET_KEY, SECRET_KEY
from tests.support.signatory import run_workers
from tests.support.stored_signatures import store_signatures
from workers.exports import ExportJobs

NAMES = ("Zoë Brontë", "Ada Lovelace", "李小龍", "=HYPERLINK(1)", "Éric Satie")


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    made = create_and_find.create_campaign(runtime, definition())
    store_signatures(runtime, made, [{"name": name, "updates": name.startswith("Ada")} for name in NAMES])
    store_signatures(
        runtime, made, [{"name": "Not Verified", "state": "pending"}, {"name": "Far Away", "country": "FR", "postcode": ""}]
    )
    return made


@pytest.fixture
def mary(runtime: Runtime, app: Flask, campaign: Campaign) -> DeskClient:
    return new_campaigner(runtime, app, campaign, Role.OWNER)


@pytest.fixture
def asked(runtime: Runtime, campaign: Campaign, mary: DeskClient) -> Callable[..., Export]:
    """Has an export asked for."""

    def ask(**plan: Any) -> Export:
        number = exports.request_export(runtime, _actor(mary), campaign, mary.id, ExportPlan(**plan))
        return again(runtime, campaign, mary, number)

    return ask


def _actor(somebody: DeskClient) -> Actor:
    return Actor("Mary Seacole", somebody.id)


def again(runtime: Runtime, campaign: Campaign, somebody: DeskClient, number: int) -> Export:
    found = exports.get_export(runtime, campaign, somebody.id, number)
    assert found is not None
    return found


def made(runtime: Runtime) -> None:
    """Let a worker do what is due, and nothing else."""
    hand = ExportJobs(runtime)
    while hand.make_exports():
        pass


def file_of(runtime: Runtime, export: Export) -> bytes:
    return b"".join(exports.download_export(runtime, Actor("Mary Seacole", export.campaigner_id), export))


def acts(runtime: Runtime, campaign: Campaign) -> list[str]:
    with runtime.reading() as connection:
        return [entry.action for entry in audit_log.list_entries(connection, campaign.id) if "export" in entry.action][::-1]


def parts_kept(runtime: Runtime) -> int:
    return int(query_scalar(runtime, "SELECT count(*) FROM export_parts"))


@pytest.mark.parametrize("kind", [kind for kind in CHOSEN_FORMATS if kind is not ExportFormat.LIST])
def test_an_export_is_made_by_a_worker_and_is_what_writing_it_at_once_gives(
    runtime: Runtime, campaign: Campaign, mary: DeskClient, asked: Callable[..., Export], kind: ExportFormat, tmp_path: Path
) -> None:
    export = asked(format=kind)
    assert export.state is ExportState.WAITING
    made(runtime)
    done = again(runtime, campaign, mary, export.id)
    assert (done.state, done.signature_count, done.written, done.expires_at) == (
        ExportState.DONE, 6, done.expected, runtime.now() + timedelta(days=7),
    )  # fmt: skip
    file = file_of(runtime, done)
    assert (len(file), hashlib.sha256(file).hexdigest()) == (done.size, done.sha256)
    out = BytesIO()
    with runtime.snapshot() as connection:
        maker = Provenance(export.created_at, "Mary Seacole")
        assert exports.write_export(runtime, connection, campaign, ExportPlan(format=kind), out, tmp_path, maker) == 6
    assert out.getvalue() == file
    assert acts(runtime, campaign) == ["ask for export", "download export"]
    assert list(temp_root(runtime.settings.data_dir).iterdir()) == []


def test_a_pack_says_what_is_in_it_and_is_as_it_was_made(
    runtime: Runtime, campaign: Campaign, mary: DeskClient, asked: Callable[..., Export], tmp_path: Path
) -> None:
    export = asked(format=ExportFormat.PACK)
    run_workers(runtime)
    path = tmp_path / "pack.zip"
    path.write_bytes(file_of(runtime, again(runtime, campaign, mary, export.id)))
    checked = verify_pack_file(path)
    assert (checked.campaign, checked.count, checked.files, checked.made_by) == (campaign.slug, 6, 10, "Mary Seacole")
    with ZipFile(path) as pack:
        manifest = json.loads(pack.read("MANIFEST.json"))
        assert pack.namelist() == [*(file["path"] for file in manifest["files"]), "MANIFEST.json"]
    # Both workers of this round have counted by the time the export was made.
    assert manifest["ledger"]["size"] == manifest["ledger"]["total"] == 6
    assert (manifest["filters"], manifest["columns"]) == ({"states": ["verified"]}, list(DEFAULT_COLUMNS))
    assert (manifest["text_hash"], manifest["made_at"]) == (campaign.text.hash, "2026-11-23T12:00:00Z")


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({}, [*NAMES, "Far Away"]),
        ({"order": ["name"]}, ["=HYPERLINK(1)", "Ada Lovelace", "Éric Satie", "Far Away", "Zoë Brontë", "李小龍"]),
        ({"states": ["pending"]}, ["Not Verified"]),
        ({"states": ["pending", "verified", "withdrawn", "invalidated"]}, [*NAMES, "Not Verified", "Far Away"]),
        ({"updates": ["yes"]}, ["Ada Lovelace"]),
        ({"updates": ["no"], "area": ["SW1A"]}, [name for name in NAMES if name != "Ada Lovelace"]),
        ({"since": ["2026-11-23T12:03"], "before": ["2026-11-23T12:05"]}, ["李小龍", "=HYPERLINK(1)"]),
        ({"text": ["0" * 64]}, []),
    ],
)
def test_what_is_asked_for_is_what_is_in_it(
    runtime: Runtime, campaign: Campaign, wanted: dict[str, list[str]], names: list[str], tmp_path: Path
) -> None:
    plan = read_plan({"format": ["jsonl"], "columns": ["name"], **wanted}, campaign.zone)
    out = BytesIO()
    with runtime.snapshot() as connection:
        exports.write_export(runtime, connection, campaign, plan, out, tmp_path, Provenance(runtime.now(), ""))
    found = [json.loads(line)["name"] for line in out.getvalue().decode().splitlines()]
    assert found == names


def test_signatures_stand_as_they_were_counted_where_that_is_asked_for(runtime: Runtime, tmp_path: Path) -> None:
    campaign = create_and_find.create_campaign(runtime, definition())
    store_signatures(
        runtime, campaign, [{"name": name, "ordinal": ordinal} for name, ordinal in (("C", 3), ("A", 1), ("-", None), ("B", 2))]
    )
    out = BytesIO()
    with runtime.snapshot() as connection:
        plan = ExportPlan(ExportFormat.CSV, ("number", "name", "kind", "state", "constituency"), order=ExportOrder.LEDGER)
        exports.write_export(runtime, connection, campaign, plan, out, tmp_path, Provenance(runtime.now(), ""))
    rows = out.getvalue().decode().splitlines()[1:]
    assert rows == [f'{n},"{name}","online","verified",""' for n, name in enumerate(["A", "B", "C", "'-"], 1)]


def test_what_is_kept_can_be_read_by_nobody_who_has_the_database_alone(
    runtime: Runtime, make_runtime: Callable[..., Runtime], campaign: Campaign, mary: DeskClient, asked: Callable[..., Export]
) -> None:
    export = asked(format=ExportFormat.CSV)
    made(runtime)
    done = again(runtime, campaign, mary, export.id)
    with runtime.reading() as connection:
        bodies = connection.execute(text("SELECT body FROM export_parts")).scalars().all()
    assert bodies
    assert not any(b"Lovelace" in bytes(body) for body in bodies)
    with pytest.raises(DecryptionError):
        file_of(make_runtime(secret_key=OTHER_SECRET_KEY), done)
    renewed = make_runtime(secret_key=OTHER_SECRET_KEY, secret_key_fallbacks=SECRET_KEY)
    assert b"Lovelace" in file_of(renewed, done)


def test_parts_of_a_file_open_in_their_own_place_only(runtime: Runtime) -> None:
    sealer, salt = runtime.file_cipher, "00" * 16
    sealed = sealer.encrypt_part(1, salt, 0, b"part", last=False)
    assert sealer.decrypt_part(1, salt, 0, sealed, last=False) == b"part"
    for owner, of, number, last in ((2, salt, 0, False), (1, "01" * 16, 0, False), (1, salt, 1, False), (1, salt, 0, True)):
        with pytest.raises(DecryptionError):
            sealer.decrypt_part(owner, of, number, sealed, last=last)


def test_a_large_file_is_kept_and_given_out_in_parts(
    runtime: Runtime, campaign: Campaign, mary: DeskClient, asked: Callable[..., Export], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "PART_BYTES", 64)
    export = asked(format=ExportFormat.CSV)
    made(runtime)
    done = again(runtime, campaign, mary, export.id)
    assert done.part_count == -(-done.size // 64) > 8
    parts = list(exports.download_export(runtime, _actor(mary), done))
    assert max(map(len, parts)) == 64
    assert hashlib.sha256(b"".join(parts)).hexdigest() == done.sha256


def test_an_export_whose_worker_died_is_made_by_another_and_is_the_same(
    runtime: Runtime, campaign: Campaign, mary: DeskClient, asked: Callable[..., Export], now: ManualClock
) -> None:
    first, second = asked(format=ExportFormat.PACK), asked(format=ExportFormat.XLSX)
    with runtime.transaction() as connection:
        lost = export_jobs.claim_export(connection, "a worker that dies", "00" * 16, now(), now() + build.LEASE)
        assert lost is not None
        # It has kept some of the file, and notes how far it is, when it dies.
        assert export_jobs.renew_claim(connection, lost, 3, 24, now() + build.LEASE)
        export_jobs.add_parts(connection, lost, 0, [b"half"] * 3)
    assert lost.id == first.id
    made(runtime)
    assert again(runtime, campaign, mary, second.id).state is ExportState.DONE
    assert again(runtime, campaign, mary, first.id).state is ExportState.RUNNING
    now.advance(seconds=61)
    made(runtime)
    done = again(runtime, campaign, mary, first.id)
    assert (done.state, done.attempts, done.part_count) == (ExportState.DONE, 2, 1)
    out = BytesIO()
    with runtime.snapshot() as connection, temp_folder(runtime.settings.data_dir) as folder:
        maker = Provenance(first.created_at, "Mary Seacole")
        exports.write_export(runtime, connection, campaign, first.plan, out, folder, maker)
    assert file_of(runtime, done) == out.getvalue()
    # Whatever the first still does finds its claim gone.
    with runtime.transaction() as connection:
        assert not export_jobs.renew_claim(connection, lost, 3, 24, now())
        assert not export_jobs.mark_done(connection, lost, 1, 1, "", now(), now())


def test_two_workers_at_once_take_two_exports(runtime: Runtime, asked: Callable[..., Export], now: ManualClock) -> None:
    asked(), asked()
    with ExitStack() as both:
        # SQLite lets one in after the other; on PostgreSQL both hold what they took at the same time.
        one = both.enter_context(runtime.transaction())
        first = export_jobs.claim_export(one, "one", "00" * 16, now(), now() + build.LEASE)
        if runtime.settings.is_sqlite:
            both.close()
        two = both.enter_context(runtime.transaction())
        second = export_jobs.claim_export(two, "two", "00" * 16, now(), now() + build.LEASE)
        assert first is not None
        assert second is not None
        assert (first.id, second.id) == (1, 2)
        assert export_jobs.claim_export(two, "three", "00" * 16, now(), now() + build.LEASE) is None


def test_what_a_killed_worker_left_on_disk_is_swept_away(
    runtime: Runtime, campaign: Campaign, asked: Callable[..., Export]
) -> None:
    left = temp_root(runtime.settings.data_dir) / "left"
    left.mkdir(parents=True)
    (left / "signatures.csv").write_text("Ada Lovelace")
    with temp_folder(runtime.settings.data_dir) as held:
        assert held.stat().st_mode & 0o777 == 0o700
        asked()
        made(runtime)
        assert held.is_dir()
    assert list(temp_root(runtime.settings.data_dir).iterdir()) == []


def test_an_export_that_is_cancelled_stops_on_its_way_and_can_be_made_again(
    runtime: Runtime, campaign: Campaign, mary: DeskClient, asked: Callable[..., Export], monkeypatch: pytest.MonkeyPatch
) -> None:
    export = asked(format=ExportFormat.CSV)
    write = build.write_export

    def cancelled_meanwhile(*given: Any) -> int:
        assert exports.cancel_export(runtime, _actor(mary), again(runtime, campaign, mary, export.id))
        return write(*given)

    monkeypatch.setattr(build, "write_export", cancelled_meanwhile)
    made(runtime)
    stopped = again(runtime, campaign, mary, export.id)
    assert (stopped.state, stopped.part_count) == (ExportState.CANCELLED, 0)
    assert not exports.cancel_export(runtime, _actor(mary), stopped)
    with pytest.raises(ExportGoneError):
        exports.download_export(runtime, _actor(mary), stopped)
    monkeypatch.undo()
    assert exports.restart_export(runtime, _actor(mary), stopped)
    made(runtime)
    done = again(runtime, campaign, mary, export.id)
    assert done.state is ExportState.DONE
    assert not exports.restart_export(runtime, _actor(mary), done)
    assert acts(runtime, campaign) == ["ask for export", "cancel export", "restart export"]


def test_an_export_that_cannot_be_made_fails_after_some_attempts_and_says_so(
    runtime: Runtime,
    campaign: Campaign,
    mary: DeskClient,
    asked: Callable[..., Export],
    now: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    export = asked()

    def full(*_: Any) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(build, "write_export", full)
    for attempt in range(1, build.MAX_ATTEMPTS + 1):
        with pytest.raises(OSError, match="No space left"):
            build.build_next_export(runtime)
        found = again(runtime, campaign, mary, export.id)
        assert (found.attempts, found.is_unfinished) == (attempt, attempt < build.MAX_ATTEMPTS)
        now.advance(minutes=1)
    assert found.state is ExportState.FAILED
    assert found.failure_reason.startswith("It could not be made")
    mary.post("/desk/account/language", {"language": "cy"})
    page = mary.get("/desk/c/save-the-pond/exports").text
    assert ("Nid oedd modd ei wneud" in page, "It could not be made" in page) == (True, False)


def test_an_export_whose_worker_is_killed_each_time_fails(
    runtime: Runtime,
    campaign: Campaign,
    mary: DeskClient,
    asked: Callable[..., Export],
    now: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    export = asked()

    def killed(*_: Any) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(build, "write_export", killed)
    for _ in range(build.MAX_ATTEMPTS):
        with pytest.raises(KeyboardInterrupt):
            build.build_next_export(runtime)
        assert again(runtime, campaign, mary, export.id).is_unfinished
        assert build.build_next_export(runtime) is None
        now.advance(seconds=build.LEASE.total_seconds())
    assert build.build_next_export(runtime) is False
    found = again(runtime, campaign, mary, export.id)
    assert (found.state, found.failure_reason[:20]) == (ExportState.FAILED, "It could not be made")
    assert build.build_next_export(runtime) is None
    monkeypatch.undo()
    assert exports.restart_export(runtime, _actor(mary), found)
    made(runtime)
    assert again(runtime, campaign, mary, export.id).state is ExportState.DONE


def test_exports_expire_after_a_week_and_their_parts_go(
    runtime: Runtime, campaign: Campaign, mary: DeskClient, asked: Callable[..., Export], now: ManualClock
) -> None:
    export = asked()
    made(runtime)
    now.advance(days=7, seconds=-1)
    assert file_of(runtime, again(runtime, campaign, mary, export.id))
    now.advance(seconds=1)
    with pytest.raises(ExportGoneError):
        file_of(runtime, again(runtime, campaign, mary, export.id))
    made(runtime)
    assert again(runtime, campaign, mary, export.id).state is ExportState.EXPIRED
    assert parts_kept(runtime) == 0
    assert acts(runtime, campaign)[-1] == "expire export"


@pytest.mark.parametrize("becomes", [Role.EDITOR, None])
def test_who_may_not_export_any_more_has_no_exports_either(
    runtime: Runtime, campaign: Campaign, mary: DeskClient, asked: Callable[..., Export], becomes: Role | None
) -> None:
    ready = asked()
    made(runtime)
    waiting = asked()
    with runtime.transaction() as connection:
        if becomes is None:
            connection.execute(text("DELETE FROM team_members WHERE campaigner_id = :id"), {"id": mary.id})
        else:
            connection.execute(text("UPDATE team_members SET role = 'editor' WHERE campaigner_id = :id"), {"id": mary.id})
    status = mary.get(f"/desk/c/{campaign.slug}/exports/{ready.id}/download").status_code
    assert status == (404 if becomes is None else 403)
    made(runtime)
    assert {again(runtime, campaign, mary, export.id).state for export in (ready, waiting)} == {ExportState.EXPIRED}
    assert parts_kept(runtime) == 0


def test_a_deleted_export_is_gone_at_once_and_its_parts_soon(
    runtime: Runtime, campaign: Campaign, mary: DeskClient, asked: Callable[..., Export]
) -> None:
    export = asked()
    made(runtime)
    assert exports.delete_export(runtime, _actor(mary), again(runtime, campaign, mary, export.id))
    assert exports.get_export(runtime, campaign, mary.id, export.id) is None
    made(runtime)
    assert parts_kept(runtime) == 0
    assert query_scalar(runtime, "SELECT count(*) FROM exports") == 0
    assert acts(runtime, campaign) == ["ask for export", "delete export"]


def test_nobody_has_more_than_a_few_in_the_making_or_kept(
    runtime: Runtime, app: Flask, campaign: Campaign, mary: DeskClient, asked: Callable[..., Export]
) -> None:
    for _ in range(request.MAX_UNFINISHED_PER_CAMPAIGNER):
        asked()
    with pytest.raises(InvalidInputError, match="in the making"):
        asked()
    jane = new_campaigner(runtime, app, campaign, Role.OWNER)
    exports.request_export(runtime, _actor(jane), campaign, jane.id, ExportPlan())
    made(runtime)
    for _ in range(2):
        for _ in range(request.MAX_UNFINISHED_PER_CAMPAIGNER):
            asked()
        made(runtime)
    asked()
    made(runtime)
    with pytest.raises(InvalidInputError, match="files here already"):
        asked()
