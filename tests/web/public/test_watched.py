"""Witnesses as the public sees them: cosignatures below the checkpoint, and who watches on the page that says how we count."""

from collections.abc import Callable
from pathlib import Path

from campaign.domain.log.checkpoint import Checkpoint
from campaign.domain.log.cosignature import verify_cosignature
from campaign.domain.log.note import Note
from campaign.runtime import Runtime
from campaign.services.log import witnesses
from tests.services.log.test_append import advance, sign_and_verify
from tests.support.compile_cache import make_app
from tests.support.factories import ManualClock, new_campaign
from tests.support.log_folder import made_up_tree
from tests.support.witness_server import running_witness

PAGE = "/c/save-the-pond/how-we-count"


def test_who_watches_is_told_and_who_refuses_too(
    make_runtime: Callable[..., Runtime], tmp_path: Path, now: ManualClock
) -> None:
    log = make_runtime().log_key
    with (
        running_witness(tmp_path / "a", log.verifier_key, "a.example.org") as a,
        running_witness(tmp_path / "b", log.verifier_key, "b.example.org") as b,
    ):
        runtime = make_runtime(witnesses=f"{a.setting},{b.setting}")
        client = make_app(runtime).test_client()
        sign_and_verify(runtime, new_campaign(runtime), "ada@example.org")
        advance(runtime)
        assert "No witness watches this log at present" in client.get(PAGE).text
        assert client.get("/log/checkpoint/cosigned").status_code == 404
        witnesses.offer_checkpoint(runtime)
        client = make_app(runtime).test_client()
        for path in ("/log/checkpoint", "/log/checkpoint/cosigned"):
            note = Note.parse(client.get(path).text)
            assert [each.name for each in note.signatures] == [log.name, "a.example.org", "b.example.org"]
            assert verify_cosignature(note.text, note.signatures[1], a.key.verifier_key)
        page = client.get(PAGE).text
        assert "Watched by 2 since 23 November 2026." in page, page[page.index("Who watches") :][:300]
        assert "Wedi’i wylio gan 2 ers" in client.get(f"{PAGE}?lang=cy").text
        # Somebody with the key shows one of them another history.
        forged = made_up_tree(3)
        note_text = Checkpoint(log.name, 3, forged.root()).sign(log).serialise()
        b.service._last[log.name] = (note_text, Checkpoint.parse_text(Note.parse(note_text).text))
        now.advance(seconds=10)
        sign_and_verify(runtime, new_campaign(runtime, slug="lido"), "ada@example.org")
        advance(runtime)
        witnesses.offer_checkpoint(runtime)
        client = make_app(runtime).test_client()
        page = client.get(PAGE).text
        assert "Watched by 1 since" in page
        assert "b.example.org says that the log is not the one it has seen before." in page
