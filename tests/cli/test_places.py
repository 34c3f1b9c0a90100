"""`countersign representatives` and `countersign certificates`, as an operator's scripts run them."""

import re
import subprocess
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import text

from campaign.runtime import Runtime
from campaign.services.ledger import count
from campaign.services.log import append
from campaign.store.accounts import audit_log
from tests.support.factories import new_campaign
from tests.support.located_signatures import sign_from_postcodes
from tests.support.processes import run_command, shared_settings


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_representatives_are_taken_in_whole_or_not_at_all_and_get_certificates(runtime: Runtime, tmp_path: Path) -> None:
    def run(*arguments: str, new_interpreter: bool = False) -> subprocess.CompletedProcess[str]:
        settings = shared_settings(runtime)
        return run_command(tmp_path, *arguments, settings=settings, new_interpreter=new_interpreter)

    campaign = new_campaign(runtime)
    sign_from_postcodes(runtime, campaign, {"N1 1AA": 6, "LS1 1AA": 7})
    (tmp_path / "mps.csv").write_text("kind,area,name\nconstituency,Islington South and Finsbury,Jane Doe MP\n")
    done = run("representatives", "mps.csv", new_interpreter=True)
    assert (done.returncode, done.stdout) == (0, "Taken in: 1 for constituency.\n")

    (tmp_path / "wrong.csv").write_text("kind,area,name\nconstituency,Leeds,A\nmayor,,B\n")
    refused = run("representatives", "wrong.csv")
    assert refused.returncode == 1
    assert refused.stderr.splitlines() == [
        "Line 3: its kind must be constituency or council.",
        "Line 3: it names no area, neither by code nor by name.",
        "countersign: wrong.csv: nothing was changed; put the lines above right",
    ]
    (tmp_path / "latin.csv").write_bytes(b"kind,area,name\nconstituency,Leeds,Ren\xe9e\n")
    assert "is not UTF-8" in run("representatives", "latin.csv").stderr
    with runtime.reading() as connection:
        assert connection.execute(text("SELECT name FROM representatives")).scalars().all() == ["Jane Doe MP"]

    count.advance_ledgers(runtime)
    append.advance_log(runtime)
    written = run("certificates", campaign.slug, "--out", "all.pdf")
    assert (written.returncode, written.stdout) == (0, "all.pdf is written: 2 certificates.\n")
    first, _ = pypdfium2.PdfDocument(tmp_path / "all.pdf")
    words = first.get_textpage().get_text_range()
    assert "Jane Doe MP" in words
    assert runtime.log_key.verifier_key.serialise() in words
    checkpoint = r"entry 13 of save-the-pond says 13 in all\. Checkpoint of 13 entries, root:\s+[A-Za-z0-9+/]{43}=\s"
    assert re.search(checkpoint, words)
    nobody = run("certificates", campaign.slug, "--by", "council", "--area", "Atlantis", "--out", "none.pdf")
    assert nobody.returncode == 1
    assert "There is no council by that name" in nobody.stderr
    assert not (tmp_path / "none.pdf").exists()
    with runtime.reading() as connection:
        assert [entry.action for entry in audit_log.list_entries(connection, None, 2**62, 2)] == [
            "make certificates", "replace representatives",
        ]  # fmt: skip
