"""Packs: a recipient's holds what they may have and nothing else; the campaigner's says whom it is for."""

import csv
import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pypdfium2
import pytest

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.eligibility import NO_ELIGIBILITY
from campaign.domain.exports.plan import DEFAULT_COLUMNS, ExportFormat, ExportPlan, read_plan
from campaign.domain.signatures.filters import InvalidFiltersError
from campaign.formats.pack_verify import verify_pack_file
from campaign.runtime import Runtime
from campaign.services import exports, submissions
from campaign.services.campaigns import create_and_find
from campaign.services.exports import Provenance, packs
from campaign.services.ledger import count
from campaign.services.log.total_proof import make_total_proof
from campaign.store.signatures import comments
from tests.support.factories import ManualClock, definition
from tests.support.stored_signatures import store_signatures

PROFILES = [profile for profile in submissions.list_profiles() if profile.papers]
PUBLIC_NAME, PRIVATE_NAME = "Philippa Openhand", "Quentin Secretive"
EMAILS = ("philippa.openhand@mail.example.org", "quentin.secretive@mail.example.org")
POSTCODES = ("LS6 3HN", "OX4 2RB")
COMMENT, HIDDEN_COMMENT = "The pond taught me to swim.", "A rude remark about the mayor."
ALWAYS_FORBIDDEN = (*EMAILS, COMMENT, HIDDEN_COMMENT)


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    made = create_and_find.create_campaign(runtime, definition())
    _, second = store_signatures(
        runtime,
        made,
        [
            {"name": PUBLIC_NAME, "email": EMAILS[0], "postcode": POSTCODES[0], "public": True, "comment": COMMENT},
            {"name": PRIVATE_NAME, "email": EMAILS[1], "postcode": POSTCODES[1], "public": False, "comment": HIDDEN_COMMENT},
        ],
    )
    count.advance_ledgers(runtime)
    with runtime.transaction() as connection:
        assert comments.hide_comment(connection, made.id, second, "abusive")
    return made


@pytest.fixture
def pack(runtime: Runtime, campaign: Campaign, tmp_path: Path) -> Callable[[ExportPlan], Path]:
    """Writes a pack and unpacks it beside itself."""

    def write(plan: ExportPlan) -> Path:
        path, folder = tmp_path / "pack.zip", tmp_path / "work"
        folder.mkdir()
        with runtime.snapshot() as connection, path.open("w+b") as out:
            exports.write_export(runtime, connection, campaign, plan, out, folder, Provenance(runtime.now(), "Mary Seacole"))
        with ZipFile(path) as file:
            file.extractall(tmp_path / "unpacked")
        return path

    return write


def file_texts(folder: Path) -> dict[str, str]:
    """What each file of an unpacked pack says, papers included."""
    return {path.name: _text(path) for path in sorted(folder.iterdir())}


def _text(path: Path) -> str:
    if path.suffix == ".pdf":
        document = pypdfium2.PdfDocument(path.read_bytes())
        return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in document)
    return path.read_text(encoding="utf-8")


# What a pack is made of is asked of the database by the same statements for each recipient.
EACH_PACK = [
    *(("sqlite", profile) for profile in ("", *(profile.key for profile in PROFILES))),
    *(("postgresql", profile) for profile in ("", "minister", "house-of-commons")),
]


@pytest.mark.parametrize(("database", "profile"), EACH_PACK, indirect=["database"])
def test_a_pack_can_be_checked_and_holds_nothing_its_recipient_may_not_have(
    profile: str, pack: Callable[[ExportPlan], Path], runtime: Runtime, campaign: Campaign, tmp_path: Path
) -> None:
    path = pack(ExportPlan(ExportFormat.PACK, DEFAULT_COLUMNS, profile=profile))
    # The campaigner's own holds a spreadsheet, which is no text.
    texts = file_texts(tmp_path / "unpacked") if profile else {}
    if profile:
        _holds_nothing_they_may_not_have(submissions.get_profile(profile), texts)
    _can_be_checked_with_our_program_and_without(path, tmp_path / "unpacked", texts, profile, runtime, campaign)


def _holds_nothing_they_may_not_have(profile: submissions.Profile, texts: dict[str, str]) -> None:
    listing = profile.listing
    forbidden = [*ALWAYS_FORBIDDEN]
    if listing is None or "postcode" not in listing.columns:
        forbidden += POSTCODES
    if listing is None or listing.names != "all":
        forbidden.append(PRIVATE_NAME)
    if listing is None:
        forbidden.append(PUBLIC_NAME)
    found = {(name, secret) for name, text in texts.items() for secret in forbidden if secret in text}
    assert found == set()
    # What they may have is there, on paper and as a list, and nothing else is a list.
    if listing is not None:
        expected = [PUBLIC_NAME, PRIVATE_NAME] if listing.names == "all" else [PUBLIC_NAME]
        # With the mark by which Excel knows its letters.
        assert texts["supporters.csv"].startswith("\ufeff")
        rows = list(csv.DictReader(io.StringIO(texts["supporters.csv"].removeprefix("\ufeff"))))
        assert sorted(row["name"] for row in rows) == expected
        assert [*rows[0]] == ["number", "name", *profile.listed_columns(NO_ELIGIBILITY)]
        assert any(all(name in text for name in expected) for file, text in texts.items() if file.endswith(".pdf"))
    lists = {"supporters.csv"} if listing is not None else set[str]()
    papers = {f"{paper.file}.pdf" for paper in profile.papers}
    report = {"integrity.pdf", "integrity.json", "integrity.py"}
    assert set(texts) == papers | report | lists | {"log.json", "README.txt", "SHA256SUMS", "MANIFEST.json"}


def _can_be_checked_with_our_program_and_without(
    path: Path, unpacked: Path, texts: dict[str, str], profile: str, runtime: Runtime, campaign: Campaign
) -> None:
    key = runtime.log_key.verifier_key
    checked = verify_pack_file(path, key)
    assert checked == verify_pack_file(unpacked, key)
    # What is on paper, too, is what the log says.
    assert checked.total is not None
    assert (checked.total.entry.total, checked.total.checkpoint.size) == (2, 2)
    told = (checked.total.checkpoint.root_text, key.serialise())
    assert all(part in (unpacked / "README.txt").read_text() for part in told)
    if profile and any(paper.part == "figures" for paper in submissions.get_profile(profile).papers):
        # A line of a PDF may end within it.
        papers = "".join(text for name, text in texts.items() if name.endswith(".pdf")).replace(" ", "")
        assert all(part in papers for part in told)
    manifest = json.loads((unpacked / "MANIFEST.json").read_text())
    assert (checked.campaign, checked.count, manifest["kind"]) == (campaign.slug, 2, "recipient" if profile else "data")
    said = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=unpacked, capture_output=True, text=True, check=True).stdout
    others = sorted(file.name for file in unpacked.iterdir() if file.name not in ("SHA256SUMS", "MANIFEST.json"))
    assert sorted(said.splitlines()) == [f"{name}: OK" for name in others]
    readme = (unpacked / "README.txt").read_text()
    assert all(command in readme for command in ("Get-FileHash * ", "shasum -a 256 -c SHA256SUMS", " sha256sum -c SHA256SUMS"))
    assert all(file.name in readme for file in unpacked.iterdir() if file.name != "README.txt")
    if profile:
        recipient = submissions.get_profile(profile)
        assert f"made for: {recipient.name}" in readme
        # Where those on paper are not on the list, it is not said to be of everybody.
        online_only = recipient.listing is not None and recipient.listing.online_only
        assert ("everybody who signed online." in readme) == online_only
    else:
        assert "DO NOT HAND IT OVER" in readme


@pytest.mark.parametrize("profile", ["", "minister"])
def test_the_same_data_gives_the_same_pack(profile: str, runtime: Runtime, campaign: Campaign, tmp_path: Path) -> None:
    plan = ExportPlan(ExportFormat.PACK, DEFAULT_COLUMNS, profile=profile)
    made = []
    for folder in (tmp_path / "first", tmp_path / "second"):
        folder.mkdir()
        out = io.BytesIO()
        with runtime.snapshot() as connection:
            exports.write_export(runtime, connection, campaign, plan, out, folder, Provenance(runtime.now(), "Mary"))
        made.append(out.getvalue())
    assert made[0] == made[1]


def test_a_pack_waits_for_the_log_for_seconds_and_is_made_without_it_then(
    runtime: Runtime, campaign: Campaign, now: ManualClock
) -> None:
    pauses: list[float] = []
    assert make_total_proof(runtime, campaign.id, 2, pauses.append) is not None
    assert pauses == [0.05]
    store_signatures(runtime, campaign, [{"email": "third@example.org"}])
    count.advance_ledgers(runtime)
    # The last checkpoint is of this very second, and the clock stands still.
    assert make_total_proof(runtime, campaign.id, 3, pauses.append) is None
    assert sum(pauses) < 5

    def a_second(_: float) -> None:
        now.advance(seconds=1)

    found = make_total_proof(runtime, campaign.id, 3, a_second)
    assert found is not None
    assert found.verify(runtime.log_key.verifier_key).checkpoint.size == 3
    # The proof of an entry stays as it was, however the log grows.
    store_signatures(runtime, campaign, [{"email": "fourth@example.org"}])
    count.advance_ledgers(runtime)
    assert make_total_proof(runtime, campaign.id, 4, a_second) is not None
    assert make_total_proof(runtime, campaign.id, 3) == found
    assert make_total_proof(runtime, campaign.id, 0) is None


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"columns": ["name", "email"]}, "columns"),
        ({"area": ["SW"]}, "profile"),
        ({"updates": ["yes"]}, "profile"),
        ({"states": ["verified", "pending"]}, "profile"),
    ],
)
def test_what_a_recipients_pack_would_leave_out_is_refused_at_its_field(
    asked: dict[str, list[str]], field: str, campaign: Campaign
) -> None:
    given = {"format": ["pack"], "profile": ["minister"], "columns": list(DEFAULT_COLUMNS), **asked}
    with pytest.raises(InvalidFiltersError) as refused:
        read_plan(given, campaign.zone, ["minister"])
    assert list(refused.value.errors) == [field]


def exported_comments(runtime: Runtime, campaign: Campaign, kind: ExportFormat, *columns: str) -> str:
    out = io.BytesIO()
    with runtime.snapshot() as connection:
        exports.write_export(
            runtime, connection, campaign, ExportPlan(kind, columns), out, Path(), Provenance(runtime.now(), "Mary")
        )
    if kind is ExportFormat.XLSX:
        with ZipFile(out) as workbook:
            return "".join(workbook.read(name).decode() for name in workbook.namelist())
    return out.getvalue().decode()


@pytest.mark.parametrize("kind", [*packs.LIST_FORMATS, ExportFormat.JSON])
def test_a_hidden_comment_stays_out_unless_it_is_asked_for_and_is_marked_then(
    runtime: Runtime, campaign: Campaign, kind: ExportFormat
) -> None:
    plain = exported_comments(runtime, campaign, kind, "name", "comment")
    assert COMMENT in plain
    assert HIDDEN_COMMENT not in plain
    asked = exported_comments(runtime, campaign, kind, "name", "comment", "comment_hidden")
    assert HIDDEN_COMMENT in asked
    assert "abusive" in asked


@pytest.mark.parametrize(("profile", "has_list"), [("council", True), ("canada-commons", False)])
def test_a_readme_speaks_of_a_list_only_where_there_is_one_and_of_each_paper_as_it_is_to_be_used(
    profile: str, has_list: bool, pack: Callable[[ExportPlan], Path], tmp_path: Path
) -> None:
    pack(ExportPlan(ExportFormat.PACK, DEFAULT_COLUMNS, profile=profile))
    readme = (tmp_path / "unpacked" / "README.txt").read_text()
    assert ("the list of supporters" in readme) == has_list
    assert ("It names nobody who signed" in readme) != has_list
    assert ("For the Member alone: not to be attached to the petition." in readme) != has_list
