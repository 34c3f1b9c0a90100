"""The integrity report in a pack: what is in the database, told without anybody in it, and worked out again by its program."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pypdfium2
import pytest

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.exports.plan import DEFAULT_COLUMNS, ExportFormat, ExportPlan
from campaign.domain.moderation.removal import RemovalKind
from campaign.runtime import Runtime
from campaign.services import exports
from campaign.services.exports import Provenance
from campaign.services.ledger import count
from campaign.services.moderation import removals
from campaign.services.submissions import integrity
from campaign.store.campaigns import campaigns
from tests.support.factories import new_campaign
from tests.support.stored_signatures import store_signatures

SINGULAR = "Zebedee Onlyone"


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    """Twelve with six names between them, twenty others of one domain, three of a domain of their own, six on paper, five taken
    out, six not confirmed."""
    made = new_campaign(runtime)
    people: list[dict[str, Any]] = [{"name": f"Same Name{at // 2}", "email": f"same{at}@example.org"} for at in range(12)]
    people += [{"name": f"Other Name{at}", "email": f"other{at}@mail.example"} for at in range(20)]
    people += [{"name": f"{SINGULAR}{at}", "email": f"z{at}@zebedee.example"} for at in range(3)]
    people += [
        {"name": "Twice Written", "kind": "paper", "email": "", "email_key": f"~{at}", "counted_kind": "online"}
        for at in range(6)
    ]  # fmt: skip
    removed = [{"name": f"Made Up{at}", "email": f"bot{at}@bots.example"} for at in range(5)]
    waiting = [{"name": f"Not Yet{at}", "state": "pending", "email": f"w{at}@mail.example"} for at in range(6)]
    plain = {"kind": "online", "counted_kind": "online"}
    ids = store_signatures(runtime, made, ({**plain, **row} for row in (*people, *removed, *waiting)))
    count.advance_ledgers(runtime)
    for signature in ids[len(people) : len(people) + 5]:
        removals.invalidate_signature(runtime, COMMAND_LINE, signature, RemovalKind.PROGRAM, "made by a program")
    count.advance_ledgers(runtime)
    return made


@pytest.fixture
def unpacked(runtime: Runtime, campaign: Campaign, tmp_path: Path) -> Path:
    work, out = tmp_path / "work", io.BytesIO()
    work.mkdir()
    plan = ExportPlan(ExportFormat.PACK, DEFAULT_COLUMNS, profile="minister")
    with runtime.snapshot() as connection:
        exports.write_export(runtime, connection, campaign, plan, out, work, Provenance(runtime.now(), "Mary Seacole"))
    with ZipFile(out) as pack:
        pack.extractall(tmp_path / "pack")
    return tmp_path / "pack"


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", str(folder / "integrity.py")], capture_output=True, text=True, check=False
    )  # fmt: skip


def test_its_figures_are_what_is_in_the_database(unpacked: Path) -> None:
    report = json.loads((unpacked / "integrity.json").read_text())
    figures = {figure["name"]: (figure["value"], figure["percent"]) for figure in report["figures"]}
    assert figures == {
        "counted": (41, None), "repeated_names": (12, 34.3), "largest_domain": (20, 57.1), "busiest_hours": (46, 100.0),
        "not_confirmed": (6, 14.6), "removed": (5, 10.9), "held": (0, None), "open_warnings": (0, None),
        "paper_twice": (6, 100.0),
    }  # fmt: skip
    # Three of a domain of their own are not told, nor found by subtracting.
    assert report["tables"]["online_by_mail_domain"] == [
        {"domain": "mail.example", "signatures": 20}, {"domain": "", "signatures": 15},
    ]  # fmt: skip


def test_a_program_in_the_pack_works_them_out_again_and_finds_what_was_changed(unpacked: Path) -> None:
    sound = run(unpacked)
    assert (sound.returncode, sound.stderr) == (0, "")
    assert "All figures are what the tables give, and agree with MANIFEST.json." in sound.stdout
    path = unpacked / "integrity.json"
    whole = path.read_text()
    for change, words in (
        (lambda report: report["figures"][1].update(value=13), "The figure repeated_names is not"),
        (lambda report: report["tables"]["online_by_mail_domain"][0].update(signatures=21), "do not add up"),
        (lambda report: report["tables"]["counted"].update(online=36), "The tables count 42 signatures"),
        (lambda report: report.update(count=42), "of another count"),
        (lambda report: report["tables"]["additions_by_hour_of_day"][0].update(additions=50), "is not the count"),
        (lambda report: report["tables"].update(paper_twice=3), "An amount below 5 is told"),
    ):
        report = json.loads(whole)
        change(report)
        path.write_text(json.dumps(report))
        said = run(unpacked)
        assert (said.returncode, words in said.stderr) == (1, True), said


def test_how_many_signed_and_were_taken_out_is_told_however_few_they_are(runtime: Runtime) -> None:
    few = new_campaign(runtime, slug="few")
    paper = {"kind": "paper", "email": "", "email_key": "~9"}
    removed, *_ = store_signatures(runtime, few, [*[{"kind": "online"}] * 3, paper])
    count.advance_ledgers(runtime)
    removals.invalidate_signature(runtime, COMMAND_LINE, removed, RemovalKind.FALSE, "not a name")
    count.advance_ledgers(runtime)
    with runtime.reading() as connection:
        report = integrity.gather_integrity(connection, campaigns.get_by_id(connection, few.id))
    assert report["tables"]["counted"] == {"online": 2, "paper": 1}
    assert report["figures"][0]["value"] == 3
    # So is what was taken out: the method statement of the same pack tells it.
    assert report["tables"]["removed_by_reason"] == [{"reason": "false", "signatures": 1}]
    # What was signed by one or two in some other way is not.
    assert report["tables"]["online_by_mail_domain"] == [{"domain": "", "signatures": None}]


def test_two_pages_say_the_same_and_what_it_cannot_show(unpacked: Path) -> None:
    document = pypdfium2.PdfDocument((unpacked / "integrity.pdf").read_bytes())
    assert len(document) == 2
    words = " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in document)
    assert "Names that several email addresses share: 12 (34.3%)" in words
    assert "What this cannot show" in words
    assert "Whether a signatory is a real person" in words
    assert "mail.example 20 all others 15" in words


def test_nobody_is_in_it(unpacked: Path) -> None:
    document = pypdfium2.PdfDocument((unpacked / "integrity.pdf").read_bytes())
    words = " ".join(page.get_textpage().get_text_range() for page in document) + (unpacked / "integrity.json").read_text()
    assert [found for found in ("Same Name", "Other Name", SINGULAR, "zebedee", "@", "SW1A") if found in words] == []
