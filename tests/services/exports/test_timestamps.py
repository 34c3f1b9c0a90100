"""Time stamps of packs, by a real authority on this machine: stamped, refused, not known; and no pack waits for one."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import pytest
from click.testing import CliRunner
from flask import Flask

from campaign.cli.exports import verify_pack
from campaign.clients.timestamp_authority import TimestampUnavailableError, request_timestamp
from campaign.domain.accounts.actor import Actor
from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.exports.plan import DEFAULT_COLUMNS, ExportFormat, ExportPlan
from campaign.domain.exports.timestamp import InvalidTimestampError, verify_timestamp
from campaign.domain.site.finding import Outcome
from campaign.formats.pack import MANIFEST, TIMESTAMP
from campaign.formats.pack_append import append_in_place, append_to_pack
from campaign.formats.pack_source import InvalidPackError
from campaign.formats.pack_verify import verify_pack_file
from campaign.runtime import Runtime
from campaign.services import exports
from campaign.services.exports import timestamps
from campaign.services.site.diagnosis import log as diagnosis
from campaign.store.exports.exports import Export
from campaign.store.exports.pack_timestamps import TimestampState
from tests.formats.test_pack_verify import VALID_PACK
from tests.support.desk_client import DeskClient, new_campaigner
from tests.support.factories import ManualClock, new_campaign
from tests.support.processes import run_command, shared_settings
from tests.support.stored_signatures import store_signatures
from tests.support.timestamp_authority import STAMPED_AT, TimestampAuthority, timestamp_authority
from workers.exports import ExportJobs

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def authority() -> Iterator[TimestampAuthority]:
    with timestamp_authority() as made:
        yield made


@pytest.fixture
def stamping(make_runtime: Callable[..., Runtime], authority: TimestampAuthority) -> Runtime:
    return make_runtime(tsa_url=authority.url)


@pytest.fixture
def campaign(stamping: Runtime) -> Campaign:
    made = new_campaign(stamping)
    store_signatures(stamping, made, [{"email": f"{number}@example.org"} for number in range(3)])
    return made


@pytest.fixture
def mary(stamping: Runtime, app: Flask, campaign: Campaign) -> DeskClient:
    return new_campaigner(stamping, app, campaign, Role.OWNER)


@pytest.fixture
def pack(stamping: Runtime, campaign: Campaign, mary: DeskClient) -> Export:
    """A pack that is done."""
    plan = ExportPlan(ExportFormat.PACK, DEFAULT_COLUMNS)
    number = exports.request_export(stamping, Actor("Mary Seacole", mary.id), campaign, mary.id, plan)
    assert ExportJobs(stamping).make_exports() == 1
    found = exports.get_export(stamping, campaign, mary.id, number)
    assert found is not None
    return found


def downloaded(runtime: Runtime, export: Export, folder: Path) -> Path:
    """The pack as it is downloaded now, of the length that is told."""
    path = folder / "pack.zip"
    path.write_bytes(b"".join(exports.download_export(runtime, Actor("Mary", export.campaigner_id), export)))
    assert path.stat().st_size == exports.download_size(runtime, export)
    return path


def state_of(runtime: Runtime, export: Export) -> TimestampState:
    return exports.pack_timestamps_of(runtime, [export])[export.id].state


def test_a_pack_is_there_at_once_and_has_its_time_stamp_later(
    stamping: Runtime, pack: Export, authority: TimestampAuthority, tmp_path: Path
) -> None:
    path = downloaded(stamping, pack, tmp_path)
    before = path.read_bytes()
    assert (authority.asked, verify_pack_file(path).timestamp) == (0, None)
    assert "It has no time stamp yet" in CliRunner().invoke(verify_pack, [str(path)]).output
    assert timestamps.stamping_due(stamping)
    assert ExportJobs(stamping).stamp_packs() == 1
    assert (authority.asked, state_of(stamping, pack)) == (1, TimestampState.STAMPED)
    assert not timestamps.stamping_due(stamping)
    assert timestamps.stamp_next_pack(stamping) is None
    path = downloaded(stamping, pack, tmp_path)
    found, known = verify_pack_file(path).timestamp, verify_pack_file(path, authority_pem=authority.pem).timestamp
    assert found is not None
    assert known is not None
    assert (found.at, found.is_verified, known.is_verified) == (STAMPED_AT, False, True)
    # What was packed before is as it was, octet for octet.
    with ZipFile(io.BytesIO(before)) as old, ZipFile(path) as new:
        assert new.namelist() == [*old.namelist(), TIMESTAMP]
        start = old.start_dir
        assert path.read_bytes()[:start] == before[:start]
    with ZipFile(path) as new:
        new.extractall(tmp_path / "unpacked")
    assert verify_pack_file(tmp_path / "unpacked", authority_pem=authority.pem).timestamp == known


def test_what_an_authority_refuses_is_not_asked_again(stamping: Runtime, pack: Export, authority: TimestampAuthority) -> None:
    authority.mode = "refuse"
    assert timestamps.stamp_next_pack(stamping) is TimestampState.REFUSED
    assert not timestamps.stamping_due(stamping)
    assert (authority.asked, state_of(stamping, pack)) == (1, TimestampState.REFUSED)


@pytest.mark.parametrize("mode", ["wait", "break", "garbage", "other", "replay"])
@on_sqlite
def test_what_is_not_known_is_asked_again_some_times_and_then_left(
    stamping: Runtime, pack: Export, authority: TimestampAuthority, now: ManualClock, tmp_path: Path, mode: str
) -> None:
    authority.mode = mode
    for delay in timestamps.RETRY_DELAYS:
        assert timestamps.stamp_next_pack(stamping) is TimestampState.WAITING
        assert not timestamps.stamping_due(stamping)
        now.advance(seconds=delay.total_seconds())
        assert timestamps.stamping_due(stamping)
    assert timestamps.stamp_next_pack(stamping) is TimestampState.UNKNOWN
    now.advance(days=1)
    assert not timestamps.stamping_due(stamping)
    assert verify_pack_file(downloaded(stamping, pack, tmp_path)).timestamp is None


def test_an_authority_that_comes_back_stamps_what_waited(
    stamping: Runtime, pack: Export, authority: TimestampAuthority, now: ManualClock
) -> None:
    authority.mode = "break"
    assert timestamps.stamp_next_pack(stamping) is TimestampState.WAITING
    authority.mode = "stamp"
    now.advance(minutes=1)
    assert timestamps.stamp_next_pack(stamping) is TimestampState.STAMPED


def test_a_pack_of_the_command_line_is_stamped_at_once_or_says_that_it_is_not(
    stamping: Runtime, campaign: Campaign, authority: TimestampAuthority, tmp_path: Path
) -> None:
    path = tmp_path / "pack.zip"

    def exported() -> str:
        settings = {**shared_settings(stamping), "tsa_url": authority.url}
        ended = run_command(tmp_path, "export", campaign.slug, "--format", "pack", "--out", str(path), settings=settings)
        assert ended.returncode == 0, ended.stderr
        return ended.stderr

    assert "no time stamp" not in exported()
    found = verify_pack_file(path, authority_pem=authority.pem).timestamp
    assert found is not None
    assert (found.at, found.is_verified, authority.asked) == (STAMPED_AT, True, 1)
    authority.mode = "refuse"
    assert "has no time stamp" in exported()
    assert verify_pack_file(path).timestamp is None


def test_a_worker_that_died_while_it_asked_is_followed_by_another(stamping: Runtime, pack: Export, now: ManualClock) -> None:
    with stamping.transaction() as connection:
        assert timestamps.pack_timestamps.claim_due(connection, now(), now() + timestamps.LEASE) is not None
    assert not timestamps.stamping_due(stamping)
    now.advance(seconds=timestamps.LEASE.total_seconds())
    assert timestamps.stamp_next_pack(stamping) is TimestampState.STAMPED


def test_a_pack_that_was_deleted_is_not_stamped(stamping: Runtime, pack: Export, mary: DeskClient) -> None:
    exports.delete_export(stamping, Actor("Mary", mary.id), pack)
    assert not timestamps.stamping_due(stamping)
    # Its parts go first, then its row, and the time stamp with it.
    ExportJobs(stamping).make_exports()
    ExportJobs(stamping).make_exports()
    assert exports.pack_timestamps_of(stamping, [pack]) == {}


@on_sqlite
def test_without_an_authority_nothing_is_asked(runtime: Runtime, stamping: Runtime, pack: Export) -> None:
    assert not timestamps.stamping_due(runtime)
    assert timestamps.stamp_next_pack(runtime) is None
    assert list(diagnosis.check_timestamps(runtime)) == []


@on_sqlite
def test_doctor_tells_whether_the_authority_stamps(stamping: Runtime, authority: TimestampAuthority) -> None:
    [sound] = diagnosis.check_timestamps(stamping)
    assert (sound.outcome, "2026-11-23 12:30:00 UTC" in sound.message) == (Outcome.OK, True)
    for mode, words in (("refuse", "it refuses (not today)"), ("break", "it answered 500"), ("replay", "to another question")):
        authority.mode = mode
        [found] = diagnosis.check_timestamps(stamping)
        assert (found.outcome, words in found.message) == (Outcome.FAULT, True), found


def test_a_time_stamp_of_something_else_or_by_somebody_else_is_refused(authority: TimestampAuthority, tmp_path: Path) -> None:
    with ZipFile(io.BytesIO(VALID_PACK)) as file:
        manifest = file.read(MANIFEST)
    sound, _ = request_timestamp(authority.url, manifest)
    other, _ = request_timestamp(authority.url, b"another manifest")
    stranger = TimestampAuthority()
    path = tmp_path / "pack.zip"

    def verified(token: bytes, pem: bytes = authority.pem) -> None:
        path.write_bytes(b"".join(append_to_pack([VALID_PACK], TIMESTAMP, token)))
        verify_pack_file(path, authority_pem=pem)

    verified(sound)
    for token, pem, words in (
        (other, authority.pem, "it is of something else"),
        (b"x", authority.pem, "it is no time stamp"),
        (sound, stranger.pem, "not signed under the certificates you gave"),
        (sound, b"x", "no PEM file"),
        (sound, stranger.stamping_pem, "no root among them"),
        (sound[:-8] + bytes(8), authority.pem, "not signed under the certificates you gave|is no time stamp"),
    ):
        with pytest.raises(InvalidPackError, match=f"MANIFEST.tsr does not hold: .*({words})"):
            verified(token, pem)
    path.write_bytes(VALID_PACK)
    with pytest.raises(InvalidPackError, match="It has no time stamp, which the certificates could check"):
        verify_pack_file(path, authority_pem=authority.pem)
    with pytest.raises(InvalidTimestampError):
        verify_timestamp(sound, manifest + b" ")


def test_adding_to_a_pack_of_any_length_in_parts_of_any_length_gives_the_same() -> None:
    whole = b"".join(append_to_pack([VALID_PACK], TIMESTAMP, b"token"))
    for size in (100, 1_000, len(VALID_PACK) - 1):
        parts = [VALID_PACK[at : at + size] for at in range(0, len(VALID_PACK), size)]
        some = append_to_pack(parts, TIMESTAMP, b"token", directory_bytes=len(VALID_PACK) // 3)
        assert b"".join(some) == whole
    file = io.BytesIO(VALID_PACK)
    append_in_place(file, TIMESTAMP, b"token")
    assert file.getvalue() == whole


def test_nothing_is_added_to_what_is_no_pack() -> None:
    other = io.BytesIO()
    with ZipFile(other, "w") as made:
        made.writestr(MANIFEST, "{}")
    octets = other.getvalue()
    with pytest.raises(BadZipFile, match="it has no seal"):
        append_in_place(other, TIMESTAMP, b"token")
    for body in (octets, b"", b"no ZIP file"):
        with pytest.raises(BadZipFile):
            list(append_to_pack([body], TIMESTAMP, b"token"))
    assert other.getvalue() == octets


def test_a_pack_in_a_file_is_stamped_once_or_left_as_it_was(authority: TimestampAuthority, tmp_path: Path) -> None:
    path = tmp_path / "pack.zip"
    path.write_bytes(VALID_PACK)
    with path.open("r+b") as file, pytest.raises(TimestampUnavailableError):
        timestamps.stamp_pack_file("http://127.0.0.1:9/", file)
    assert path.read_bytes() == VALID_PACK
    with path.open("r+b") as file:
        assert timestamps.stamp_pack_file(authority.url, file).at == STAMPED_AT
    verify_pack_file(path, authority_pem=authority.pem)


def test_the_list_of_exports_says_what_came_of_it(
    stamping: Runtime, campaign: Campaign, mary: DeskClient, pack: Export, authority: TimestampAuthority
) -> None:
    page = f"/desk/c/{campaign.slug}/exports"
    assert "No time stamp yet" in mary.get(page).text
    timestamps.stamp_next_pack(stamping)
    assert "Time stamp: 23 Nov" in mary.get(page).text
