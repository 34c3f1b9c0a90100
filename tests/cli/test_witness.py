"""`countersign witness`: follows a site by its address, remembers, and refuses a log that rewrites its history."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from campaign.cli import countersign
from campaign.domain.log.cosignature import verify_cosignature
from campaign.domain.log.note import Note, SignerKey
from tests.support.log_folder import renumbered, sound_entries, write_log


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Nothing."""


class Site:
    """Files of a site, served at an address; its log has that address as its name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=str(folder)))
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self.key = SignerKey(f"{self.host}/log", bytes(range(32)))

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path / "site")
    yield made
    made.close()


def run_witness(tmp_path: Path, site: Site, *options: str, address: str = "") -> tuple[int, str]:
    ended = CliRunner().invoke(
        countersign, ["witness", address or f"http://{site.host}", "--once", "--state", str(tmp_path / "state"), *options]
    )
    return ended.exit_code, ended.output


def test_a_log_is_watched_by_its_address(tmp_path: Path, site: Site) -> None:
    entries = sound_entries(600)
    write_log(site.folder, entries[:300], site.key)
    code, said = run_witness(tmp_path, site, "--name", "watch.example.org")
    assert code == 0, said
    assert said.startswith("Witness watch.example.org+")
    assert f"cosigned {site.key.name}: from 0 to 300 entries" in said
    # Keys and memory are the folder's: a second run goes on from there.
    write_log(site.folder, entries, site.key)
    code, again = run_witness(tmp_path, site)
    assert code == 0, again
    assert "from 300 to 600 entries" in again
    assert again.partition("\n")[0] == said.partition("\n")[0]
    key = SignerKey.parse((tmp_path / "state" / "witness_key").read_text())
    assert (tmp_path / "state" / "witness_key").stat().st_mode & 0o777 == 0o600
    [kept] = (tmp_path / "state").glob("*.checkpoint")
    note = Note.parse(kept.read_text())
    assert verify_cosignature(note.text, note.signatures[1], key.verifier_key)


def test_a_history_that_was_rewritten_is_refused_and_kept_as_evidence(tmp_path: Path, site: Site) -> None:
    entries = sound_entries(300)
    write_log(site.folder, entries, site.key)
    assert run_witness(tmp_path, site)[0] == 0
    write_log(site.folder, renumbered(entries[1:] + sound_entries(400)[300:350]), site.key)
    code, said = run_witness(tmp_path, site)
    assert code == 1
    assert f"REFUSED {site.key.name}" in said
    assert len(list((tmp_path / "state").glob("*.refused.*"))) == 1
    write_log(site.folder, entries[:200], site.key)
    code, said = run_witness(tmp_path, site)
    assert code == 1
    assert "it publishes 200 entries, but had 300" in said


def test_another_key_is_not_taken(tmp_path: Path, site: Site) -> None:
    write_log(site.folder, sound_entries(300), site.key)
    assert run_witness(tmp_path, site)[0] == 0
    write_log(site.folder, sound_entries(400), SignerKey(site.key.name, b"x" * 32))
    code, said = run_witness(tmp_path, site)
    assert code == 1
    assert "not signed with the key that was expected" in said


@pytest.mark.parametrize(
    ("options", "address", "words"),
    [
        ((), "sign.example.org", "is not the address of a site"),
        ((), "http://127.0.0.1:9", "try again later"),
        (("--name", "a b"), "", "neither spaces nor a plus sign"),
        (("--listen", "here"), "", "must be an address and a port"),
    ],
)
def test_what_cannot_be_watched_is_told_in_one_line(
    tmp_path: Path, site: Site, options: tuple[str, ...], address: str, words: str
) -> None:
    write_log(site.folder, sound_entries(10), site.key)
    code, said = run_witness(tmp_path, site, *options, address=address)
    assert code in (1, 2)
    assert words in said
    assert "Traceback" not in said


def test_a_site_of_another_name_is_not_watched_as_this_one(tmp_path: Path, site: Site) -> None:
    write_log(site.folder, sound_entries(10))
    code, said = run_witness(tmp_path, site)
    assert code == 1
    assert "is the log sign.example.org/log" in said
