"""`countersign export` in every format, and `countersign verify-pack`, as an operator's scripts run them."""

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from campaign.domain.campaigns.campaign import Campaign
from campaign.runtime import Runtime
from campaign.services.ledger import count
from campaign.store.accounts import audit_log
from tests.cli.test_commands import Run, failed_with_line, output_of
from tests.support.factories import new_campaign
from tests.support.processes import run_command, shared_settings
from tests.support.stored_signatures import store_signatures

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
AT = "2026-11-24T09:00:00+0000"


@pytest.fixture
def run(runtime: Runtime, tmp_path: Path) -> Run:
    return lambda *arguments, **more: run_command(tmp_path, *arguments, settings=shared_settings(runtime), **more)


@pytest.fixture
def signed(runtime: Runtime) -> Campaign:
    made = new_campaign(runtime)
    store_signatures(runtime, made, [{"name": "李小龍"}, {"name": "=HYPERLINK(1)"}, {"name": "Ada Lovelace", "public": True}])
    store_signatures(runtime, made, [{"name": "Nobody Yet", "state": "pending", "updates": True}])
    count.advance_ledgers(runtime)
    return made


def test_a_workbook_and_csv_for_spreadsheets(run: Run, signed: Campaign, tmp_path: Path) -> None:
    output_of(run("export", signed.slug, "--format", "xlsx", "--out", "s.xlsx", "--order", "name", "--columns", "name,number"))
    sheet = load_workbook(tmp_path / "s.xlsx").active
    assert sheet is not None
    assert list(sheet.values) == [("number", "name"), (1, "=HYPERLINK(1)"), (2, "Ada Lovelace"), (3, "李小龍")]
    output_of(run("export", signed.slug, "--format", "csv-excel", "--out", "s.csv", "--columns", "name"))
    assert (tmp_path / "s.csv").read_bytes().decode() == '\ufeff"name"\r\n"李小龍"\r\n"\'=HYPERLINK(1)"\r\n"Ada Lovelace"\r\n'


def test_only_those_asked_for(run: Run, signed: Campaign, runtime: Runtime) -> None:
    narrowed = ("--state", "pending", "--updates", "yes", "--area", "sw1a", "--since", "2026-11-23", "--columns", "name,state")
    told = output_of(run("export", signed.slug, "--format", "jsonl", "--out", "-", *narrowed))
    assert json.loads(told) == {"name": "Nobody Yet", "state": "pending"}
    with runtime.reading() as connection:
        entry = audit_log.list_entries(connection, signed.id)[0]
    assert (entry.action, entry.actor_name) == ("export signatures", "command line")
    filters = {"area": "SW1A", "states": ["pending"], "since": "2026-11-23T00:00:00Z", "updates": "yes"}
    assert entry.after == {"format": "jsonl", "columns": ["name", "state"], "filters": filters, "rows": 1}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--since", "yesterday"), "--since: Enter a day and a time"),
        (("--area", "Nowhere"), "--area: Enter a postcode or the beginning of one"),
        (("--columns", "password"), "--columns: Choose at least one column"),
        (("--columns", "name,email"), "--columns: addresses are only written with --with-email"),
        (("--format", "pack", "--profile", "the-pope"), "--profile: Choose whom"),
    ],
)
def test_options_that_cannot_be_understood_are_named(run: Run, signed: Campaign, options: tuple[str, ...], words: str) -> None:
    ended = run("export", signed.slug, "--out", "-", *options)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert words in ended.stderr


def test_a_pack_proves_itself_until_one_octet_of_it_is_changed(run: Run, signed: Campaign, tmp_path: Path) -> None:
    arguments = ("export", signed.slug, "--format", "pack", "--profile", "minister", "--at", AT, "--out")
    for name in ("one.zip", "two.zip"):
        output_of(run(*arguments, name))
    pack = tmp_path / "one.zip"
    assert pack.read_bytes() == (tmp_path / "two.zip").read_bytes()
    with ZipFile(pack) as zipped:
        manifest = json.loads(zipped.read("MANIFEST.json"))
        names = zipped.namelist()
    # What a minister may have, and no list with more in it.
    others = [name for name in names if not name.endswith(".pdf")]
    assert {"1-letter.pdf", "2-text-as-signed.pdf"} <= set(names)
    assert others == [
        "supporters.csv",
        "integrity.json",
        "integrity.py",
        "log.json",
        "README.txt",
        "SHA256SUMS",
        "MANIFEST.json",
    ]
    assert (manifest["profile"], manifest["made_at"], manifest["made_by"]) == (
        "minister",
        "2026-11-24T09:00:00Z",
        "the command line",
    )
    accepted = output_of(run("verify-pack", "one.zip"))
    assert accepted.startswith(
        f"one.zip is as it was made: {len(manifest['files'])} files, 3 signatures of {signed.slug}, made at"
    )
    changed = bytearray(pack.read_bytes())
    changed[len(changed) // 3] ^= 1
    pack.write_bytes(changed)
    assert failed_with_line(run("verify-pack", "one.zip"), "one.zip: ")
    assert failed_with_line(run("verify-pack", "nowhere.zip"), "nowhere.zip: cannot be read (No such file or directory)")


def test_a_file_of_any_kind_goes_to_standard_output_too(runtime: Runtime, signed: Campaign, tmp_path: Path) -> None:
    def go(*arguments: str) -> Any:
        return run_command(tmp_path, "export", signed.slug, *arguments, settings=shared_settings(runtime))

    output_of(go("--format", "jsonl", "--out", "s.jsonl"))
    assert go("--format", "jsonl", "--out", "-").stdout == (tmp_path / "s.jsonl").read_text(encoding="utf-8")


def test_a_mailing_list_goes_into_a_folder_under_a_name_with_the_date(
    run: Run, signed: Campaign, runtime: Runtime, tmp_path: Path
) -> None:
    store_signatures(runtime, signed, [{"name": "Grace Hopper", "email": "grace@example.org", "updates": True}])
    # One that ends with a slash is made; then it is a folder with or without.
    arguments = ("export", signed.slug, "--format", "list", "--for", "civicrm", "--at", AT, "--out")
    path = "lists/save-the-pond-civicrm-2026-11-24.csv"
    for folder in ("lists/", "lists"):
        assert output_of(run(*arguments, folder)) == f"{path} is written.\n1 person who asked for updates.\n"
    assert (tmp_path / "lists").stat().st_mode & 0o777 == 0o700
    assert failed_with_line(run(*arguments, f"{path}/"), f"--out: {path} cannot be written")
    assert '"grace@example.org","Grace","Hopper"' in (tmp_path / path).read_text()
    with runtime.reading() as connection:
        entry = audit_log.list_entries(connection, signed.id)[0]
    assert (entry.action, entry.after["program"], entry.after["rows"]) == ("export signatures", "civicrm", 1)
    missing = run("export", signed.slug, "--format", "list", "--out", "-")
    assert (missing.returncode, "--for: Choose the program" in missing.stderr) == (2, True)


def test_a_sample_is_drawn_by_words(run: Run, signed: Campaign, tmp_path: Path) -> None:
    words = ("sample", signed.slug, "--size", "2", "--seed", "The clerk's words", "--out")
    assert output_of(run(*words, "one.zip")) == "one.zip is written: 2 of 3 signatures, as sample 1.\n"
    output_of(run(*words, "two.zip"))
    with ZipFile(tmp_path / "one.zip") as one, ZipFile(tmp_path / "two.zip") as two:
        assert one.read("sample.csv") == two.read("sample.csv")
    assert (tmp_path / "one.zip").stat().st_mode & 0o777 == 0o600
    missing = run("sample", signed.slug, "--seed", "short", "--out", "three.zip")
    assert (missing.returncode, "at least 8 characters" in missing.stderr) == (2, True)
