"""Site and witnesses against each other, over real HTTP: cosigned, forked, behind, down, slow, at once."""

import hashlib
import http.client
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from campaign.domain.log.add_checkpoint import AddCheckpoint, RefusedCheckpointError
from campaign.domain.log.checkpoint import Checkpoint
from campaign.domain.log.cosignature import verify_cosignature
from campaign.domain.log.note import Note, SignerKey
from campaign.domain.log.tiles import tile_path
from campaign.domain.log.witness import WitnessState, WitnessStatus
from campaign.domain.site.alarm import AlarmKind
from campaign.domain.site.finding import Outcome
from campaign.runtime import Runtime
from campaign.services.log import read as published
from campaign.services.log import witnesses
from campaign.services.log.witness_service import WitnessService, WitnessStateError
from campaign.services.site import alarms
from campaign.services.site.diagnosis import log as diagnosis
from campaign.services.site.metrics import prometheus_text, read_metrics
from tests.services.log.test_append import advance, sign_and_verify
from tests.support.factories import ManualClock, new_campaign
from tests.support.log_folder import made_up_tree
from tests.support.processes import wait_until
from tests.support.witness_server import RunningWitness, ScriptedWitness, running_witness, witness_key

MakeRuntime = Callable[..., Runtime]
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


class Site:
    """A site with a witness; signatures are given one by one."""

    def __init__(self, runtime: Runtime, now: ManualClock) -> None:
        self.runtime, self.now = runtime, now
        self.campaign = new_campaign(runtime)
        self.count = 0

    def sign(self, number: int = 1) -> None:
        for _ in range(number):
            self.count += 1
            sign_and_verify(self.runtime, self.campaign, f"s{self.count}@example.org")
        self.now.advance(seconds=10)
        advance(self.runtime)

    def status(self) -> WitnessStatus:
        [found] = published.configured_witnesses(self.runtime)
        return found

    def faults(self) -> list[str]:
        return [each.message for each in diagnosis.check_witnesses(self.runtime) if each.outcome is not Outcome.OK]


@pytest.fixture
def witness(make_runtime: MakeRuntime, tmp_path: Path) -> Iterator[RunningWitness]:
    with running_witness(tmp_path / "witness", make_runtime().log_key.verifier_key) as running:
        yield running


@pytest.fixture
def site(make_runtime: MakeRuntime, witness: RunningWitness, now: ManualClock) -> Site:
    return Site(make_runtime(witnesses=witness.setting), now)


@pytest.fixture
def scripted() -> Iterator[ScriptedWitness]:
    made = ScriptedWitness()
    yield made
    made.close()


def log_key(runtime: Runtime) -> SignerKey:
    return runtime.log_key


def cosigned_note(runtime: Runtime) -> Note:
    latest = published.latest_checkpoint(runtime)
    assert latest is not None
    return Note.parse(latest.note)


def offer(witness: RunningWitness, key: SignerKey, old: int, size: int) -> requests.Response:
    """What somebody else with the key of the log could offer: a tree of its own."""
    tree = made_up_tree(size)
    note = Checkpoint(key.name, size, tree.root()).sign(key).serialise()
    body = AddCheckpoint(old, tuple(tree.consistency_proof(old)), note).serialise()
    return requests.post(f"{witness.address}/add-checkpoint", data=body, timeout=5)


def test_a_checkpoint_is_cosigned_and_published_with_the_cosignature(site: Site, witness: RunningWitness) -> None:
    assert not witnesses.offer_due(site.runtime)
    for size in (2, 3):
        site.sign(size - site.count)
        assert witnesses.offer_due(site.runtime)
        assert witnesses.offer_checkpoint(site.runtime) == 1
        note = cosigned_note(site.runtime)
        [_, cosignature] = note.signatures
        assert verify_cosignature(note.text, cosignature, witness.key.verifier_key) == 1_790_000_000
        assert witness.service.size(log_key(site.runtime).name) == size
        assert not witnesses.offer_due(site.runtime)
    status = site.status()
    assert (status.state, status.since) == (WitnessState.WATCHING, site.now() - timedelta(seconds=10))
    assert site.faults() == []
    # A second later the newest has none yet; the one before is still to be had.
    site.sign()
    newest, cosigned = published.latest_checkpoint(site.runtime), published.latest_cosigned_checkpoint(site.runtime)
    assert newest is not None
    assert cosigned is not None
    assert (newest.size, newest.cosignatures, cosigned.size, cosigned.cosignatures) == (4, 0, 3, 1)


@on_sqlite
def test_a_monitor_reads_the_last_checkpoint_at_the_witness(site: Site, witness: RunningWitness) -> None:
    site.sign()
    witnesses.offer_checkpoint(site.runtime)
    origin_hash = "9c6b" + "0" * 60
    assert requests.get(f"{witness.address}/{origin_hash}/checkpoint", timeout=5).status_code == 404
    origin_hash = hashlib.sha256(log_key(site.runtime).name.encode()).hexdigest()
    found = requests.get(f"{witness.address}/{origin_hash}/checkpoint", timeout=5)
    assert found.text == cosigned_note(site.runtime).serialise()


@on_sqlite
def test_a_witness_is_asked_again_after_an_hour_without_news(site: Site) -> None:
    site.sign()
    witnesses.offer_checkpoint(site.runtime)
    site.now.advance(minutes=59)
    assert not witnesses.offer_due(site.runtime)
    site.now.advance(minutes=2)
    assert witnesses.offer_due(site.runtime)
    witnesses.offer_checkpoint(site.runtime)
    assert site.status().heard_at == site.now()
    assert len(cosigned_note(site.runtime).signatures) == 2


@on_sqlite
def test_a_witness_that_knows_more_than_we_remember_is_asked_from_there(site: Site, witness: RunningWitness) -> None:
    site.sign(3)
    latest = published.latest_checkpoint(site.runtime)
    assert latest is not None
    witness.service.add_checkpoint(AddCheckpoint(0, (), latest.note).serialise())
    site.sign(2)
    witnesses.offer_checkpoint(site.runtime)
    assert site.status().state is WitnessState.WATCHING
    assert witness.service.size(log_key(site.runtime).name) == 5


def test_a_fork_is_refused_and_raises_the_alarm(site: Site, witness: RunningWitness, now: ManualClock) -> None:
    assert offer(witness, log_key(site.runtime), 0, 2).status_code == 200
    site.sign(3)
    witnesses.offer_checkpoint(site.runtime)
    status = site.status()
    assert status.state is WitnessState.REFUSING
    assert status.since is None
    [fault] = site.faults()
    assert "refuses the log" in fault
    assert 'countersign_log_witnesses{standing="refusing"} 1' in prometheus_text(read_metrics(site.runtime))
    assert len(cosigned_note(site.runtime).signatures) == 1
    assert [each.kind for each in alarms.standing_alarms(site.runtime, None)] == [AlarmKind.WITNESS_REFUSED]
    # It delays nothing, and is asked again, less and less often.
    site.sign()
    assert witnesses.offer_due(site.runtime)
    witnesses.offer_checkpoint(site.runtime)
    now.advance(seconds=15)
    assert not witnesses.offer_due(site.runtime)
    assert site.status().state is WitnessState.REFUSING


@on_sqlite
def test_another_history_of_the_same_length_is_evidence(site: Site, witness: RunningWitness, tmp_path: Path) -> None:
    site.sign(2)
    witnesses.offer_checkpoint(site.runtime)
    assert offer(witness, log_key(site.runtime), 2, 2).status_code == 422
    [evidence] = (tmp_path / "witness").glob("*.refused.*")
    assert Checkpoint.parse_text(Note.parse(evidence.read_text()).text).root == made_up_tree(2).root()
    assert any("REFUSED" in line for line in witness.said)


def test_a_restored_backup_has_lost_what_a_witness_saw(site: Site, witness: RunningWitness) -> None:
    assert offer(witness, log_key(site.runtime), 0, 5).status_code == 200
    site.sign(2)
    witnesses.offer_checkpoint(site.runtime)
    status = site.status()
    assert status.state is WitnessState.REFUSING
    assert status.problem == "it has cosigned 5 entries, but the log has 2: was a backup restored?"
    # Longer than it was, and still not what it was.
    site.sign(4)
    witnesses.offer_checkpoint(site.runtime)
    assert "not the one it has cosigned" in site.status().problem


def test_a_witness_that_is_down_is_left_alone_and_heard_when_it_is_back(
    make_runtime: MakeRuntime, now: ManualClock, tmp_path: Path
) -> None:
    key = make_runtime().log_key.verifier_key
    with running_witness(tmp_path / "witness", key) as stopped:
        setting, port = stopped.setting, stopped.server.server_address[1]
    site = Site(make_runtime(witnesses=setting), now)
    site.sign()
    witnesses.offer_checkpoint(site.runtime)
    status = site.status()
    assert (status.state, status.problem) == (WitnessState.SILENT, "it does not answer (ConnectionError)")
    assert not witnesses.offer_due(site.runtime)
    assert "has not cosigned for a day" in site.faults()[0]
    with running_witness(tmp_path / "witness", key) as running:
        back = site.runtime.settings.witnesses.replace(str(port), str(running.server.server_address[1]))
        site.runtime = make_runtime(witnesses=back)
        now.advance(seconds=11)
        witnesses.offer_checkpoint(site.runtime)
    assert site.status().state is WitnessState.WATCHING
    assert site.status().problem == ""


@on_sqlite
def test_a_slow_witness_holds_up_neither_the_job_nor_the_others(
    make_runtime: MakeRuntime, now: ManualClock, tmp_path: Path, scripted: ScriptedWitness
) -> None:
    scripted.answer = None
    key = make_runtime().log_key.verifier_key
    with running_witness(tmp_path / "witness", key, name="other.example.org") as running:
        site = Site(make_runtime(witnesses=f"{scripted.setting}, {running.setting}"), now)
        site.sign()
        assert witnesses.offer_checkpoint(site.runtime, wait_seconds=0.5) == 2
        states = [each.state for each in published.configured_witnesses(site.runtime)]
    assert states == [WitnessState.SILENT, WitnessState.WATCHING]
    # It is still being waited for: nobody asks it a second time.
    assert not witnesses.offer_due(site.runtime)
    assert len(scripted.requests) == 1
    scripted.close()
    # What becomes of it is kept all the same: by its thread, which is not to write into the database of the next test.
    wait_until(
        lambda: "ConnectionError" in published.configured_witnesses(site.runtime)[0].problem, "its thread has kept what came"
    )


def _cosignature_of(name: str) -> bytes:
    return f"— {name} {'A' * 104}\n".encode()


@on_sqlite
@pytest.mark.parametrize(
    ("status", "content_type", "body", "problem", "state"),
    [
        (404, "text/plain", b"", "does not know this log", WitnessState.SILENT),
        (403, "text/plain", b"", "with another key", WitnessState.SILENT),
        (500, "text/plain", b"", "answered 500", WitnessState.SILENT),
        (302, "text/plain", b"", "answered 302", WitnessState.SILENT),
        (200, "text/plain", b"hello", "no cosignature that holds", WitnessState.SILENT),
        (200, "text/plain", b"\xff", "no cosignature that holds", WitnessState.SILENT),
        (200, "text/plain", _cosignature_of("elsewhere.example.org"), "of another key", WitnessState.SILENT),
        (200, "text/plain", b"x" * 70_000, "too long", WitnessState.SILENT),
        (409, "text/x.tlog.size", b"-1\n", "says no size", WitnessState.SILENT),
        (409, "text/x.tlog.size", b"9" * 40, "says no size", WitnessState.SILENT),
        (409, "text/x.tlog.size", b"999999999999\n", "was a backup restored", WitnessState.REFUSING),
        (409, "text/plain", b"", "not the one it has cosigned", WitnessState.REFUSING),
        (422, "text/plain", b"", "not the one it has cosigned", WitnessState.REFUSING),
    ],
)  # fmt: skip
def test_whatever_it_answers_is_told(
    make_runtime: MakeRuntime, now: ManualClock, scripted: ScriptedWitness, status: int, content_type: str, body: bytes,
    problem: str, state: WitnessState,
) -> None:  # fmt: skip
    scripted.answer = (status, content_type, body)
    site = Site(make_runtime(witnesses=scripted.setting), now)
    site.sign()
    witnesses.offer_checkpoint(site.runtime)
    found = site.status()
    assert problem in found.problem
    assert found.state is state


def test_two_processes_ask_a_witness_once(make_runtime: MakeRuntime, now: ManualClock, scripted: ScriptedWitness) -> None:
    site = Site(make_runtime(witnesses=scripted.setting), now)
    site.sign()
    started = threading.Barrier(4)

    def work() -> None:
        started.wait()
        witnesses.offer_checkpoint(site.runtime)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(scripted.requests) == 1


@on_sqlite
def test_requests_at_once_never_roll_a_witness_back(runtime: Runtime, tmp_path: Path) -> None:
    key = log_key(runtime)
    with running_witness(tmp_path / "w", key.verifier_key) as witness:
        assert offer(witness, key, 0, 1).status_code == 200
        statuses: list[int] = []

        def work(size: int) -> None:
            statuses.append(offer(witness, key, 1, size).status_code)

        threads = [threading.Thread(target=work, args=(size,)) for size in range(2, 8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(statuses) == [200] + [409] * 5
        size = witness.service.size(key.name)
    # What it said is on the disk: another process goes on from there.
    service = WitnessService(witness_key(), tmp_path / "w", {key.name: key.verifier_key}, lambda: 1)
    assert service.size(key.name) == size


@on_sqlite
def test_a_damaged_memory_is_never_taken_for_an_empty_one(runtime: Runtime, tmp_path: Path) -> None:
    key = log_key(runtime)
    with running_witness(tmp_path / "w", key.verifier_key) as witness:
        offer(witness, key, 0, 1)
    [path] = (tmp_path / "w").glob("*.checkpoint")
    path.write_text(path.read_text().replace("\n1\n", "\n0\n"))
    with pytest.raises(WitnessStateError, match="put it back from a copy"):
        WitnessService(witness_key(), tmp_path / "w", {key.name: key.verifier_key}, lambda: 1)


@on_sqlite
@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/add-checkpoint", {"Content-Length": "70000"}, 413),
        ("/add-checkpoint", {"Content-Length": "-1"}, 413),
        ("/elsewhere", {}, 404),
    ],
)
def test_what_strangers_send_is_bounded(
    runtime: Runtime, tmp_path: Path, path: str, headers: dict[str, str], status: int
) -> None:
    with running_witness(tmp_path / "w", log_key(runtime).verifier_key) as witness:
        connection = http.client.HTTPConnection("127.0.0.1", witness.server.server_address[1], timeout=5)
        connection.request("POST", path, headers=headers)
        assert connection.getresponse().status == status
        connection.close()
        unknown = requests.post(f"{witness.address}/add-checkpoint", data=b"old 0\n\nx\n0\nx\n\nx", timeout=5)
        assert unknown.status_code == 404
        assert requests.post(f"{witness.address}/add-checkpoint", data=b"x", timeout=5).status_code == 400


@on_sqlite
def test_a_log_is_followed_by_its_tiles(site: Site, tmp_path: Path) -> None:
    key = log_key(site.runtime)
    service = WitnessService(witness_key(), tmp_path, {key.name: key.verifier_key}, lambda: 1)
    files: dict[str, bytes] = {}

    def fetch(path: str) -> bytes:
        return files[path]

    def publish() -> None:
        latest = published.latest_checkpoint(site.runtime)
        assert latest is not None
        files["checkpoint"] = latest.note.encode()
        # Less than 256 entries are one tile.
        files[tile_path(0, 0, latest.size)] = published.published_tile(site.runtime, 0, 0, latest.size) or b""

    site.sign(2)
    publish()
    first = service.follow(key.name, fetch)
    assert first is not None
    assert service.follow(key.name, fetch) is None
    old = files["checkpoint"]
    site.sign(2)
    publish()
    second = service.follow(key.name, fetch)
    assert second is not None
    assert (second.old_size, second.checkpoint.size) == (2, 4)
    files["checkpoint"] = old
    with pytest.raises(RefusedCheckpointError, match="publishes 2 entries, but had 4"):
        service.follow(key.name, fetch)
    # Another history, whole in itself, signed by the log.
    forged = made_up_tree(6)
    files["checkpoint"] = Checkpoint(key.name, 6, forged.root()).sign(key).serialise().encode()
    files[tile_path(0, 0, 6)] = forged.read_tile(0, 0, 6)
    with pytest.raises(RefusedCheckpointError, match="does not continue"):
        service.follow(key.name, fetch)
    assert len(list(tmp_path.glob("*.refused.*"))) == 1
    # Tiles that were damaged on the way are no evidence against anybody.
    files[tile_path(0, 0, 6)] = b"x" * 192
    with pytest.raises(RefusedCheckpointError, match="its tiles are not those of its checkpoint"):
        service.follow(key.name, fetch)
    assert len(list(tmp_path.glob("*.refused.*"))) == 1
