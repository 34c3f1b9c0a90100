"""The public log over HTTP: read by a client written from the C2SP specifications alone, and accepted by every checker."""

import base64
import hashlib
import io
import json
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.exports.plan import DEFAULT_COLUMNS, ExportFormat, ExportPlan
from campaign.domain.moderation.removal import RemovalKind
from campaign.formats.temp_folders import temp_folder
from campaign.runtime import Runtime
from campaign.services import exports
from campaign.services.exports import Provenance
from campaign.services.ledger import count, finalise
from campaign.services.log.verify import NotPublishedError, verify_log
from campaign.services.moderation import removals
from campaign.services.signatures import sign as signing
from tests.docs import project_files
from tests.services.log.test_append import advance, sign_and_verify
from tests.support import second_reader
from tests.support.compile_cache import make_app
from tests.support.factories import ManualClock, new_campaign
from tests.support.queries import query_scalar
from tests.support.stored_signatures import store_signatures

IMMUTABLE = "public, max-age=31536000, immutable"


class TlogClient:
    """A reader of tiled logs, from the text of tlog-tiles, tlog-checkpoint and signed-note; knows nothing of ours."""

    def __init__(self, client: FlaskClient, prefix: str, verifier_key: str) -> None:
        self.client, self.prefix = client, prefix
        self.name, self.key_id, material = verifier_key.split("+", 2)
        self.public_key = base64.b64decode(material)[1:]

    def get(self, path: str) -> bytes:
        answer = self.client.get(f"{self.prefix}/{path}")
        assert answer.status_code == 200, path
        return answer.data

    def checkpoint(self) -> tuple[int, bytes]:
        body, _, signatures = self.get("checkpoint").decode().rpartition("\n\n")
        for line in signatures.splitlines():
            dash, name, data = line.split(" ")
            raw = base64.b64decode(data)
            if (dash, name, raw[:4].hex()) == ("—", self.name, self.key_id):
                Ed25519PublicKey.from_public_bytes(self.public_key).verify(raw[4:], (body + "\n").encode())
                origin, size, root = body.split("\n")[:3]
                assert origin == self.name
                return int(size), base64.b64decode(root)
        raise AssertionError("not signed")

    def tile(self, level: str, index: int, width: int) -> bytes:
        number = f"{index:03}"
        assert index < 1000
        return self.get(f"tile/{level}/{number}" + ("" if width == 256 else f".p/{width}"))

    def leaves(self, size: int) -> list[bytes]:
        data = b"".join(self.tile("0", index, min(256, size - 256 * index)) for index in range(-(-size // 256)))
        return [data[at : at + 32] for at in range(0, len(data), 32)]

    def entries(self, size: int) -> list[bytes]:
        found = []
        for index in range(-(-size // 256)):
            data = self.tile("entries", index, min(256, size - 256 * index))
            while data:
                length = int.from_bytes(data[:2], "big")
                found.append(data[2 : 2 + length])
                data = data[2 + length :]
        return found


def mth(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def lived_in(runtime: Runtime, now: ManualClock) -> None:
    """Two campaigns with a history of all kinds: 300 entries and a few."""
    pond, wood = new_campaign(runtime), new_campaign(runtime, slug="wood")
    ids = store_signatures(runtime, pond, [{}] * 290)
    ada = sign_and_verify(runtime, wood, "ada@example.org")
    advance(runtime)
    now.advance(hours=1)
    signing.withdraw_signature(runtime, ada)
    removals.invalidate_signature(runtime, COMMAND_LINE, ids[4], RemovalKind.PROGRAM, "a bot")
    advance(runtime)
    now.advance(hours=1)
    sign_and_verify(runtime, wood, "ada@example.org")
    removals.restore_signature(runtime, COMMAND_LINE, ids[4], "no bot")
    advance(runtime)
    now.advance(seconds=2)
    advance(runtime)


def test_another_client_reads_the_log(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    lived_in(runtime, now)
    client = app.test_client()
    log = TlogClient(client, "/log", client.get("/log/key").text.strip())
    assert log.name == "sign.example.org/log"
    size, root = log.checkpoint()
    leaves, entries = log.leaves(size), log.entries(size)
    assert size == len(leaves) == len(entries) == 295
    assert [hashlib.sha256(b"\x00" + entry).digest() for entry in entries] == leaves
    assert mth(leaves) == root
    assert log.tile("1", 0, 1) == mth(leaves[:256])
    assert entries[0].startswith(b"countersign-entry/1\n")


def test_a_verifier_written_from_the_documentation_alone_accepts_log_receipt_and_pack(
    app: Flask, runtime: Runtime, now: ManualClock
) -> None:
    lived_in(runtime, now)
    client = app.test_client()
    key = client.get("/log/key").text.strip()

    def read(path: str) -> bytes:
        answer = client.get(f"/{path}")
        assert answer.status_code == 200, path
        return answer.data

    seen = read("log/checkpoint").decode()
    assert second_reader.verify_site(read, key) == 295
    campaign = new_campaign(runtime, slug="moor")
    mae = sign_and_verify(runtime, campaign, "mae@example.org", name="Mae: two\u2028lines")
    now.advance(seconds=2)
    advance(runtime)
    # Another process, which has nothing in memory.
    client = make_app(runtime).test_client()
    assert second_reader.verify_site(read, key, seen) == 296
    with runtime.reading() as connection:
        row = connection.execute(text("SELECT id, link_key FROM signatures WHERE id = :id"), {"id": mae}).one()
    receipt = client.get(f"/s/{runtime.tokens.manage_token(row.id, row.link_key)}/receipt").data
    for octets in (receipt, b"\xef\xbb\xbf" + receipt.replace(b"\n", b"\r\n")):
        assert second_reader.verify_receipt(octets, key) == "moor"
    with pytest.raises(AssertionError, match="of somebody else"):
        second_reader.verify_receipt(receipt.replace(b"mae@", b"may@"), key)
    out = io.BytesIO()
    plan, made = ExportPlan(ExportFormat.PACK, DEFAULT_COLUMNS), Provenance(now(), "Mary")
    with runtime.snapshot() as connection, temp_folder(runtime.settings.data_dir) as folder:
        exports.write_export(runtime, connection, campaign, plan, out, folder, made)
    with ZipFile(out) as pack:
        manifest = json.loads(pack.read("MANIFEST.json"))
        assert second_reader.verify_total(pack.read("log.json"), manifest, key) == 1
        with pytest.raises(AssertionError, match="of another count"):
            second_reader.verify_total(pack.read("log.json"), {**manifest, "count": 2}, key)


def test_what_is_immutable_may_be_kept_for_ever(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    lived_in(runtime, now)
    client = app.test_client()
    for path in ("0/000", "0/001.p/39", "0/001.p/1", "1/000.p/1", "entries/000", "entries/001.p/39", "entries/001.p/2"):
        answer = client.get(f"/log/tile/{path}")
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, IMMUTABLE), path
        assert answer.mimetype == "application/octet-stream"
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    answer = client.get("/log/checkpoint")
    assert (answer.headers["Cache-Control"], answer.content_type) == ("public, max-age=1", "text/plain; charset=utf-8")


def test_what_no_checkpoint_tells_of_is_not_there_and_costs_the_database_nothing(
    app: Flask, runtime: Runtime, now: ManualClock, statements: list[str]
) -> None:
    lived_in(runtime, now)
    client = app.test_client()
    client.get("/log/checkpoint")
    del statements[:]
    for path in (
        "0/001", "0/001.p/40", "0/002.p/1", "1/000", "1/000.p/2", "1/001.p/1", "2/000.p/1", "63/000", "64/000", "00/000",
        "-1/000",
        "entries/001", "entries/002", "entries/000.p/256", "0/0", "0/x000/000", "0/000.p/0", "x/000", "٠/000", "0/999", "0/",
    ):  # fmt: skip
        answer = client.get(f"/log/tile/{path}")
        assert answer.status_code == 404, path
        assert "immutable" not in answer.headers.get("Cache-Control", "")
    assert [sql for sql in statements if "log_" in sql] == []


def test_finished_tiles_are_read_once(app: Flask, runtime: Runtime, now: ManualClock, statements: list[str]) -> None:
    lived_in(runtime, now)
    client = app.test_client()
    for path in ("0/000", "entries/000"):
        first = client.get(f"/log/tile/{path}").data
        del statements[:]
        assert client.get(f"/log/tile/{path}").data == first
        assert [sql for sql in statements if "log_" in sql] == []


def test_before_the_first_checkpoint_there_is_no_log(app: Flask) -> None:
    for path in ("/log/checkpoint", "/log/key", "/log/tile/0/000.p/1"):
        assert app.test_client().get(path).status_code == 404


def test_the_history_is_that_of_the_log(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    lived_in(runtime, now)
    told = app.test_client().get("/c/save-the-pond/history.json").get_json()
    assert (told["resolution"], told["ledger_entries"], told["total"], told["log_campaign"]) == (
        "hour",
        292,
        290,
        "save-the-pond",
    )
    numbers = [(each["verified"], each["invalidated"], each["restored"], each["total"]) for each in told["periods"]]
    assert numbers == [(290, 0, 0, 290), (0, 1, 0, 289), (0, 0, 1, 290)]
    small = app.test_client().get("/c/wood/history.json").get_json()
    assert [(each["verified"], each["withdrawn"], each["total"]) for each in small["periods"]] == [(2, 1, 1)]
    assert small["resolution"] == "day"
    rows = app.test_client().get("/c/save-the-pond/history.csv").text.split("\r\n")
    assert rows[0] == "hour,verified,paper,restored,withdrawn,invalidated,undone,total,log_size"
    assert rows[1].endswith(",290,0,0,0,0,0,290,290")
    assert len(rows) == 5


@pytest.fixture
def fetch(app: Flask) -> Callable[[str], bytes]:
    """Reads the site as anybody may."""
    return reader_of(app)


def reader_of(app: Flask) -> Callable[[str], bytes]:
    """Reader of a site's public addresses."""

    def read(path: str) -> bytes:
        answer = app.test_client().get("/" + path, follow_redirects=True)
        if answer.status_code in (404, 410):
            raise NotPublishedError(path)
        assert answer.status_code == 200, path
        return answer.data

    return read


def mirror(fetch: Callable[[str], bytes], folder: Path) -> None:
    """Copy what a checker reads to a folder."""

    def keeping(path: str) -> bytes:
        data = fetch(path)
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
        return data

    found = verify_log(keeping)
    for campaign in found.campaigns:
        keeping(f"c/{campaign.name}.json")


def checked(folder: Path, memory: Path) -> int:
    checker: dict[str, Any] = runpy.run_path(str(project_files.ROOT / "campaign" / "static" / "check.py"))
    code: int = checker["main"]([str(folder), "--memory", str(memory)])
    return code


def test_every_checker_accepts_the_site(
    runtime: Runtime, now: ManualClock, fetch: Callable[[str], bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lived_in(runtime, now)
    found = verify_log(fetch)
    assert [(campaign.name, campaign.total, campaign.shown) for campaign in found.campaigns] == [
        ("save-the-pond", 290, 290),
        ("wood", 1, 1),
    ]
    mirror(fetch, tmp_path / "first")
    assert checked(tmp_path / "first", tmp_path / "memory") == 0, capsys.readouterr().out
    now.advance(days=40)
    finalise.finalise_due_campaigns(runtime)
    assert query_scalar(runtime, "SELECT count(*) FROM certificates") == 2
    last = query_scalar(runtime, "SELECT max(id) FROM signatures")
    signing.withdraw_signature(runtime, last)
    advance(runtime)
    now.advance(minutes=1)
    # What is withdrawn after the end is in the log; the certified total stays.
    # From a site that has not yet kept any page: nothing here waits for a second to pass.
    fetch = reader_of(make_app(runtime))
    mirror(fetch, tmp_path / "second")
    assert checked(tmp_path / "second", tmp_path / "memory") == 0, capsys.readouterr().out
    assert "final" in capsys.readouterr().out
    assert verify_log(fetch, remembered=found.note).campaigns[0].shown == 290


def test_the_program_is_served_as_it_is(app: Flask) -> None:
    answer = app.test_client().get("/check.py")
    assert answer.data == (project_files.ROOT / "campaign" / "static" / "check.py").read_bytes()
    assert answer.headers["ETag"] == f'"{hashlib.sha256(answer.data).hexdigest()}"'


def test_the_count_says_which_entry_it_is_of(app: Flask, runtime: Runtime) -> None:
    campaign = new_campaign(runtime)
    sign_and_verify(runtime, campaign, "ada@example.org")
    count.advance_ledgers(runtime)
    assert app.test_client().get("/c/save-the-pond/count.json").get_json()["ledger_entries"] == 1
