"""The `countersign` command as an operator's scripts run it: what it prints, what it leaves, how it ends."""

import csv
import io
import json
import re
import resource
import stat
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from PIL import Image

from campaign.cli import countersign
from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.announcement import AnnouncementKind, Announcer
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.definition import text_hash
from campaign.runtime import Runtime
from campaign.services.campaigns import create_and_find, images, lifecycle
from campaign.services.ledger import count
from campaign.services.signatures import sign
from campaign.store.accounts import audit_log
from campaign.store.campaigns import campaigns
from campaign.store.database.schema_version import head_revision
from campaign.store.redis import campaign_cache
from tests.docs.project_files import subcommands
from tests.support.factories import START_TIME, definition, new_campaign, sign_form_data, stored_campaign, verify_link_of
from tests.support.processes import run_command, shared_settings
from tests.support.queries import execute_sql
from tests.support.secret_keys import SECRET_KEY
from tests.support.servers import free_port
from tests.support.stored_signatures import store_signatures

Run = Callable[..., subprocess.CompletedProcess[str]]

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what is the same on both databases."""

CAMPAIGN = """
slug = "save-the-wood"
title = "Save the wood"
recipient = "The county council"
ask = "Keep the wood."
background = "It is old."
closes_at = 2999-03-31T23:59:59
goals = [3, 10]
"""

CAMPAIGN_WITH_PICTURE = """
accent = "#7A1F5C"
picture = "wood.png"
picture_alt = "Oaks"
share_text = "Come and help"
supporters = "full-name"
controller = "The Wood Society"

[translations.cy]
title = "Achubwch y coed"
ask = "Cadwch y coed."
picture_alt = "Derw"
"""


@pytest.fixture
def run(runtime: Runtime, tmp_path: Path) -> Run:
    """Runs a command on the test's own database, Redis and mail server: `run("campaign", "list", port="9000")`."""

    def go(*arguments: str, new_interpreter: bool = False, **changes: str) -> subprocess.CompletedProcess[str]:
        settings = shared_settings(runtime) | changes
        return run_command(tmp_path, *arguments, settings=settings, new_interpreter=new_interpreter)

    return go


@pytest.fixture
def alone(tmp_path: Path) -> Run:
    """Runs a command in an empty folder with nothing set."""

    def go(*arguments: str, new_interpreter: bool = False, **settings: str) -> subprocess.CompletedProcess[str]:
        return run_command(tmp_path, *arguments, settings=settings, new_interpreter=new_interpreter)

    return go


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    """A campaign that is open by the real clock, which is the one a command goes by."""
    now = datetime.now(UTC).replace(microsecond=0)
    return create_and_find.create_campaign(
        runtime, replace(definition(), opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=400))
    )


@pytest.fixture
def signed(runtime: Runtime) -> Campaign:
    """A campaign with signatures: two that are verified, one that waits, one that was withdrawn."""
    campaign = new_campaign(runtime, goals=(1, 100))
    for number, (name, comment) in enumerate([("Siân O’Brien", "=1+1"), ("Ada Lovelace", ""), ("Mae", ""), ("Eve", "")], 1):
        typed = sign_form_data(f"{number}@example.org", name=name, comment=comment)
        sign.sign_campaign(runtime, campaign.id, campaign.text.hash, typed)
        if number != 3:
            sign.verify_signature(runtime, verify_link_of(runtime, number))
    sign.withdraw_signature(runtime, 4)
    count.advance_ledgers(runtime)
    return campaign


def failed_with_line(ended: subprocess.CompletedProcess[str], line: str) -> bool:
    """It ended with 1 and one line on stderr that begins so, without a trace."""
    assert ended.returncode == 1, ended
    assert ended.stderr.startswith(f"countersign: {line}"), ended.stderr
    assert ended.stderr.count("\n") == 1, ended.stderr
    return True


def output_of(ended: subprocess.CompletedProcess[str]) -> str:
    """It ended with 0 and said nothing on stderr; what it said on stdout."""
    assert (ended.returncode, ended.stderr) == (0, ""), ended
    return ended.stdout


# Migrating


def test_a_new_database_is_migrated_once(alone: Run, tmp_path: Path) -> None:
    assert output_of(alone("migrate", new_interpreter=True)) == f"The database went from version none to {head_revision()}.\n"
    assert (tmp_path / "var" / "countersign.sqlite3").is_file()
    assert output_of(alone("migrate")) == f"The database is at version {head_revision()}.\n"


def test_migrating_asks_for_no_secret_and_no_redis(alone: Run) -> None:
    assert output_of(alone("migrate", redis_url="redis://127.0.0.1:1"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("campaign", "list"),
        ("campaign", "show", "save-the-pond"),
        ("campaign", "close", "save-the-pond"),
        ("export", "save-the-pond", "--out", "x.csv"),
        ("reconcile",),
        ("worker",),
        ("clock",),
    ],
)
def test_a_database_nobody_has_migrated_is_one_line_that_says_what_to_do(alone: Run, tmp_path: Path, arguments: Any) -> None:
    ended = alone(*arguments, secret_key=SECRET_KEY, log_key="0" * 64, redis_url="redis://127.0.0.1:1")
    assert failed_with_line(ended, "DATABASE_URL: the database is not at this version's schema; run `countersign migrate`")
    assert not (tmp_path / "x.csv").exists()


# Campaigns


def test_a_campaign_is_created_from_a_file(run: Run, runtime: Runtime, tmp_path: Path) -> None:
    # Editors on Windows begin a file with a mark of its byte order.
    (tmp_path / "wood.toml").write_text("\ufeff" + CAMPAIGN, encoding="utf-8")
    told = run("campaign", "create", "wood.toml", new_interpreter=True)
    assert (told.returncode, told.stdout) == (0, "https://sign.example.org/c/save-the-wood\n")
    # Apart from what programs read: who runs the command has no role at the desk by it.
    assert "`countersign campaigner add EMAIL --campaign save-the-wood`" in told.stderr
    made = create_and_find.get_by_slug(runtime, "save-the-wood")
    assert made is not None
    assert (made.text.title, made.goals) == ("Save the wood", (3, 10))
    assert made.window.closes_at == datetime(2999, 3, 31, 22, 59, 59, tzinfo=UTC)
    assert abs(made.window.opens_at - datetime.now(UTC)) < timedelta(minutes=5)
    assert campaign_cache.cached_campaign(runtime.redis, "save-the-wood") == made

    again = run("campaign", "create", "wood.toml")
    assert failed_with_line(again, "slug: there is a campaign 'save-the-wood' already; choose another")


def test_a_campaign_is_created_with_its_picture_colour_and_languages(run: Run, runtime: Runtime, tmp_path: Path) -> None:
    folder = tmp_path / "campaigns"
    folder.mkdir()
    Image.new("RGB", (600, 400), "olive").save(folder / "wood.png")
    (folder / "wood.toml").write_text(CAMPAIGN + CAMPAIGN_WITH_PICTURE, encoding="utf-8")
    # The picture lies beside the file that names it, wherever the command runs.
    assert run("campaign", "create", "campaigns/wood.toml").stdout == "https://sign.example.org/c/save-the-wood\n"
    made = create_and_find.get_by_slug(runtime, "save-the-wood")
    assert made is not None
    assert (made.appearance.accent, made.appearance.supporters) == ("#7a1f5c", "full-name")
    assert made.appearance.controller == "The Wood Society"
    assert [version.language for version in made.versions] == ["en", "cy"]
    assert made.in_language("cy").text.title == "Achubwch y coed"
    assert [version.page_texts.picture_alt for version in made.versions] == ["Oaks", "Derw"]
    picture = made.appearance.picture
    assert picture is not None
    assert picture.sizes == ((480, 320), (600, 400))
    for width, height in picture.sizes:
        body = images.get_image(runtime, made.id, picture.hash, width, "webp")
        assert body is not None
        assert Image.open(io.BytesIO(body)).size == (width, height)
    assert campaign_cache.cached_campaign(runtime.redis, "save-the-wood") == made
    shown = output_of(run("campaign", "show", "save-the-wood"))
    assert re.search(r"^languages: +en, cy$", shown, re.MULTILINE)


@on_sqlite
def test_a_wrong_picture_is_one_line_and_makes_no_campaign(run: Run, runtime: Runtime, tmp_path: Path) -> None:
    (tmp_path / "letter.jpg").write_text("Dear Sir or Madam, " * 20)
    (tmp_path / "folder.jpg").mkdir()
    Image.new("RGB", (199, 150)).save(tmp_path / "small.png")
    for name, line in (
        ("nowhere.jpg", "picture: nowhere.jpg cannot be read (No such file or directory)"),
        ("folder.jpg", "picture: folder.jpg cannot be read (Is a directory)"),
        ("letter.jpg", "picture: This file is not a picture we can read. "),
        ("small.png", "picture: The picture must be at least 200 pixels wide. It has 199."),
        (r"pond\u0000.jpg", "picture: contains a NUL character"),
    ):
        (tmp_path / "wood.toml").write_text(f'{CAMPAIGN}picture = "{name}"\npicture_alt = "Oaks"\n')
        assert failed_with_line(run("campaign", "create", "wood.toml"), line)
    assert create_and_find.list_campaigns(runtime) == []


@on_sqlite
@pytest.mark.parametrize(
    ("content", "line"),
    [
        (CAMPAIGN.replace("save-the-wood", "Save the wood"), "slug: "),
        (CAMPAIGN.replace('ask = "Keep the wood."', ""), "ask: is missing; say what is asked"),
        (CAMPAIGN.replace("2999-03-31T23:59:59", "1999-03-31T23:59:59"), "closes_at: "),
        (CAMPAIGN.replace("2999-03-31T23:59:59", "9999-12-31T23:59:59"), "closes_at: "),
        (CAMPAIGN + 'colour = "green"', "colour: "),
        (CAMPAIGN + "fields = { postcode = 7 }", "fields.postcode: "),
        (CAMPAIGN + 'accent = "green"', "accent: write a colour as # and six hexadecimal digits, as in #175676"),
        (CAMPAIGN + 'language = "english"', "language: write the code of a language, like en or cy"),
        (CAMPAIGN + 'supporters = "all"', "supporters: choose one of first-name, full-name, no"),
        (CAMPAIGN + 'picture = "wood.png"', "picture_alt: say in a sentence what the picture shows"),
        (CAMPAIGN + '[translations.cy]\ntitle = "Achubwch y coed"', "translations.cy.ask: is missing; say what is asked"),
        ("slug = ", "campaign.toml: is not TOML "),
        ("\ufeffslug = 1\x00", "campaign.toml: is not TOML "),
    ],
)
def test_a_wrong_campaign_is_one_line_that_names_the_field(
    run: Run, runtime: Runtime, tmp_path: Path, content: str, line: str
) -> None:
    (tmp_path / "campaign.toml").write_text(content)
    assert failed_with_line(run("campaign", "create", "campaign.toml"), line)
    assert create_and_find.list_campaigns(runtime) == []


@on_sqlite
def test_a_file_that_is_no_text_is_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "campaign.toml").write_bytes(b"\xff\xfe\x00\x01")
    assert failed_with_line(run("campaign", "create", "campaign.toml"), "campaign.toml: is not TOML ")


@on_sqlite
def test_a_file_that_is_not_there_is_a_wrong_use(run: Run) -> None:
    ended = run("campaign", "create", "nowhere.toml")
    assert ended.returncode == 2
    assert "nowhere.toml" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_campaigns_are_listed_with_state_and_count(run: Run, runtime: Runtime, signed: Campaign) -> None:
    new_campaign(
        runtime,
        slug="save-the-wood",
        opens_at=START_TIME + timedelta(days=40_000),
        closes_at=START_TIME + timedelta(days=40_001),
    )
    lifecycle.take_down_campaign(runtime, new_campaign(runtime, slug="save-the-attic"), COMMAND_LINE)
    lines = [line.split() for line in output_of(run("campaign", "list")).splitlines()]
    assert [(line[0], line[-5]) for line in lines if line[0] != "save-the-attic"] == [
        ("save-the-pond", "2"),
        ("save-the-wood", "0"),
    ]
    assert lines[0][1] in ("open", "closed", "scheduled")
    assert lines[1][1] == "scheduled"
    assert lines[2][:3] == ["save-the-attic", "taken", "down"]


@on_sqlite
def test_an_empty_list_says_how_to_begin(run: Run) -> None:
    assert output_of(run("campaign", "list")) == "There are no campaigns. `countersign campaign create FILE.toml` makes one.\n"


def test_a_campaign_is_shown_with_its_numbers(run: Run, signed: Campaign) -> None:
    shown = output_of(run("campaign", "show", "save-the-pond"))
    lines = dict(line.split(":", 1) for line in shown.splitlines())
    facts = {name: value.strip() for name, value in lines.items()}
    assert facts["campaign"] == "save-the-pond"
    assert facts["address"] == "https://sign.example.org/c/save-the-pond"
    assert facts["text"] == f"sha-256 {signed.text.hash}"
    assert facts["text"].endswith(
        text_hash(
            slug="save-the-pond", title=signed.text.title, recipient=signed.text.recipient, ask=signed.text.ask,
            background=signed.text.background,
        )
    )  # fmt: skip
    assert facts["closes"] == "23 December 2026 at noon GMT"
    assert facts["links work until"] == "24 December 2026 at noon GMT"
    assert (facts["signatures"], facts["waiting"], facts["ledger"]) == ("2", "1 to be verified", "2 entries")
    assert facts["reached"] == "1 on 23 November 2026 at noon GMT"
    # Nobody's name or address is anybody's business here.
    assert not any(word in shown for word in ("Siân", "Lovelace", "@"))


@on_sqlite
@pytest.mark.parametrize(
    "arguments",
    [
        ("campaign", "show"),
        ("campaign", "close"),
        ("campaign", "take-down"),
        ("campaign", "put-back"),
        ("export",),
        ("reconcile",),
    ],
)
def test_a_campaign_that_is_not_there_is_one_line(run: Run, arguments: Any, tmp_path: Path) -> None:
    more = ("--out", "x.csv") if arguments == ("export",) else ()
    ended = run(*arguments, "save-the-attic", *more)
    assert failed_with_line(ended, "there is no campaign 'save-the-attic'; `countersign campaign list` shows all")
    assert ended.stdout == ""
    assert not (tmp_path / "x.csv").exists()


def test_a_campaign_is_closed_once(run: Run, runtime: Runtime, campaign: Campaign) -> None:
    assert output_of(run("campaign", "close", "save-the-pond")).startswith(
        "save-the-pond is closed. Links mailed before work until "
    )
    closed = create_and_find.get_by_slug(runtime, "save-the-pond")
    assert closed is not None
    assert abs(closed.window.closes_at - datetime.now(UTC)) < timedelta(minutes=5)
    assert closed.window.verify_until - closed.window.closes_at == timedelta(hours=24)
    assert campaign_cache.cached_campaign(runtime.redis, "save-the-pond") == closed

    again = run("campaign", "close", "save-the-pond", "--yes")
    assert failed_with_line(again, "save-the-pond is closed; only a campaign that has opened can be closed")
    assert create_and_find.get_by_slug(runtime, "save-the-pond") == closed


@on_sqlite
def test_why_a_campaign_was_closed_is_told_and_who_closed_it_recorded(run: Run, runtime: Runtime, campaign: Campaign) -> None:
    output_of(run("campaign", "close", "save-the-pond", "--reason", "We have won."))
    with runtime.reading() as connection:
        after = campaigns.get_by_id(connection, campaign.id)
        [entry, *_] = audit_log.list_entries(connection, campaign.id)
    told = after.history.deadline_change
    assert told is not None
    assert (told.kind, told.by, told.reason) == (AnnouncementKind.CLOSED_EARLY, Announcer.OPERATOR, "We have won.")
    assert (entry.actor_name, entry.action, entry.reason) == ("command line", "close campaign", "We have won.")


@on_sqlite
def test_a_campaign_is_paused_resumed_and_extended(run: Run, runtime: Runtime, campaign: Campaign) -> None:
    assert failed_with_line(run("campaign", "resume", "save-the-pond"), "save-the-pond is open, not paused")
    assert "is paused." in output_of(run("campaign", "pause", "save-the-pond", "--message", "Back soon."))
    paused = create_and_find.get_by_slug(runtime, "save-the-pond")
    assert paused is not None
    assert (paused.window.paused, paused.paused_message) == (True, "Back soon.")
    assert failed_with_line(
        run("campaign", "pause", "save-the-pond"), "save-the-pond is paused; only an open campaign can be paused"
    )
    assert output_of(run("campaign", "resume", "save-the-pond")) == "save-the-pond is open again.\n"

    for wrong in ("soon", "2020-01-01 12:00"):
        assert failed_with_line(run("campaign", "extend", "save-the-pond", wrong, "--reason", "More."), "TIME: ")
    assert run("campaign", "extend", "save-the-pond", "2999-01-31 23:59").returncode == 2, "a reason is required"
    said = output_of(run("campaign", "extend", "save-the-pond", "2999-01-31 23:59", "--reason", "More."))
    assert said == "save-the-pond can be signed until 31 January 2999 at 11:59 pm GMT.\n"


@on_sqlite
def test_a_draft_is_published_when_nothing_is_lacking(run: Run, runtime: Runtime) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    times = {"opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=400)}
    with runtime.transaction() as connection:
        campaigns.create(connection, replace(definition(contact="pond@example.org"), **times), now, preview_key="key")
        bare = replace(definition(slug="save-the-wood", recipient=""), **times)
        campaigns.create(connection, bare, now, preview_key="key")
    assert " draft " in output_of(run("campaign", "list")).splitlines()[0]
    lacking = "save-the-wood is not ready to be published: see to contact, recipient"
    assert failed_with_line(run("campaign", "publish", "save-the-wood"), lacking)
    assert failed_with_line(run("campaign", "take-down", "save-the-pond"), "save-the-pond is a draft; nobody sees it")
    assert output_of(run("campaign", "publish", "save-the-pond")) == "save-the-pond is published and open.\n"
    assert failed_with_line(run("campaign", "publish", "save-the-pond"), "save-the-pond is published already")


@on_sqlite
def test_a_campaign_is_taken_down_and_put_back(run: Run, runtime: Runtime, campaign: Campaign) -> None:
    def hidden() -> bool:
        return stored_campaign(runtime, campaign).taken_down

    assert failed_with_line(run("campaign", "put-back", "save-the-pond"), "save-the-pond is not taken down")
    assert "is taken down." in output_of(run("campaign", "take-down", "save-the-pond"))
    assert hidden()
    assert failed_with_line(run("campaign", "take-down", "save-the-pond"), "save-the-pond is taken down already")
    assert output_of(run("campaign", "put-back", "save-the-pond")) == "save-the-pond is shown again.\n"
    assert not hidden()


# Exports


def test_verified_signatures_are_exported_as_csv(run: Run, signed: Campaign, tmp_path: Path) -> None:
    assert (
        output_of(run("export", "save-the-pond", "--format", "csv", "--out", "signatures.csv", new_interpreter=True))
        == "signatures.csv is written.\n"
    )
    with (tmp_path / "signatures.csv").open(encoding="utf-8", newline="") as file:
        heading, *rows = csv.reader(file, strict=True)
    assert heading == [
        "number", "name", "postcode", "country", "comment", "public", "updates", "signed_at", "verified_at", "source",
    ]  # fmt: skip
    at = "2026-11-23T12:00:00Z"
    assert rows == [
        ["1", "Siân O’Brien", "SW1A 1AA", "GB", "'=1+1", "no", "no", at, at, ""],
        ["2", "Ada Lovelace", "SW1A 1AA", "GB", "", "no", "no", at, at, ""],
    ]


def test_verified_signatures_are_exported_as_json(run: Run, signed: Campaign, tmp_path: Path) -> None:
    output_of(run("export", "save-the-pond", "--format", "json", "--out", "signatures.json"))
    data = json.loads((tmp_path / "signatures.json").read_text(encoding="utf-8"))
    assert (data["campaign"], data["text_hash"]) == ("save-the-pond", signed.text.hash)
    assert [(row["number"], row["name"], row["comment"]) for row in data["signatures"]] == [
        (1, "Siân O’Brien", "=1+1"),
        (2, "Ada Lovelace", ""),
    ]


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_addresses_are_exported_only_when_asked_for(run: Run, signed: Campaign, kind: str) -> None:
    without = output_of(run("export", "save-the-pond", "--format", kind, "--out", "-"))
    with_them = output_of(run("export", "save-the-pond", "--format", kind, "--out", "-", "--with-email"))
    assert "@example.org" not in without
    assert [f"{number}@example.org" in with_them for number in (1, 2, 3, 4)] == [True, True, False, False]


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_the_same_data_gives_the_same_bytes_in_a_file_and_on_standard_output(
    run: Run, signed: Campaign, tmp_path: Path, kind: str
) -> None:
    for name in ("one", "two"):
        output_of(run("export", "save-the-pond", "--format", kind, "--out", name))
    first = (tmp_path / "one").read_bytes()
    assert first == (tmp_path / "two").read_bytes()
    shown = run("export", "save-the-pond", "--format", kind, "--out", "-")
    assert first.decode().splitlines() == shown.stdout.splitlines()
    assert b"\r\n" in first or kind == "json"


@on_sqlite
def test_a_campaign_without_signatures_is_exported_too(run: Run, campaign: Campaign) -> None:
    rows = list(csv.reader(io.StringIO(output_of(run("export", "save-the-pond", "--out", "-")))))
    assert len(rows) == 1
    assert json.loads(output_of(run("export", "save-the-pond", "--out", "-", "--format", "json")))["signatures"] == []


@on_sqlite
def test_only_its_owner_may_read_an_export(run: Run, signed: Campaign, tmp_path: Path) -> None:
    out = tmp_path / "signatures.csv"
    out.write_text("an older export")
    out.chmod(0o644)
    output_of(run("export", "save-the-pond", "--out", str(out)))
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "an older export" not in out.read_text()


@pytest.fixture
def many(runtime: Runtime) -> Campaign:
    """A campaign whose export is far larger than 100 kB."""
    campaign = new_campaign(runtime)
    store_signatures(runtime, campaign, [{"comment": "x" * 500}] * 1000)
    return campaign


def test_an_export_appears_only_when_it_is_whole(many: Campaign, runtime: Runtime, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    out = folder / "signatures.csv"
    out.write_text("an older export")

    def small_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    arguments = ("export", many.slug, "--out", str(out))
    ended = run_command(tmp_path, *arguments, settings=shared_settings(runtime), preexec_fn=small_disk)
    assert failed_with_line(ended, f"--out: {out} cannot be written (File too large)")
    assert out.read_text() == "an older export"
    assert list(folder.iterdir()) == [out], "nothing half done is left behind"

    output_of(run_command(tmp_path, *arguments, settings=shared_settings(runtime)))
    assert out.stat().st_size > 500_000
    assert list(folder.iterdir()) == [out]


@on_sqlite
@pytest.mark.parametrize(
    ("out", "line"),
    [
        ("no/such/folder/x.csv", "--out: there is no folder "),
        ("/dev/null", "--out: /dev/null is not a file; - writes to standard output"),
        ("/proc/x.csv", "--out: /proc/x.csv cannot be written ("),
    ],
)
def test_an_export_that_cannot_be_written_is_one_line(run: Run, signed: Campaign, out: str, line: str) -> None:
    if out.startswith("/proc") and not Path("/proc").is_dir():
        out, line = "no/proc/x.csv", "--out: there is no folder "
    assert failed_with_line(run("export", "save-the-pond", "--out", out), line)
    assert Path("/dev/null").is_char_device()


# Reconciling


def test_a_sound_store_reconciles_with_0(run: Run, runtime: Runtime, signed: Campaign) -> None:
    new_campaign(runtime, slug="save-the-wood")
    pond, wood = output_of(run("reconcile", new_interpreter=True)).splitlines()
    assert pond == (
        "save-the-pond: sound; 2 verified, 0 waiting to be counted; drift 0, pending 0, held 0, ledger 0, gaps 0, log 0; "
        "Redis drift 0, repaired"
    )
    assert wood.startswith("save-the-wood: sound; 0 verified")
    assert output_of(run("reconcile", "save-the-wood")).splitlines() == [wood]


def test_drift_is_told_and_ends_with_1_and_redis_is_repaired(run: Run, runtime: Runtime, signed: Campaign) -> None:
    execute_sql(runtime, "UPDATE tallies SET verified = 1, revision = revision + 1")
    runtime.redis.flushall()
    ended = run("reconcile")
    assert failed_with_line(ended, "1 of 1 campaigns drift; keep a copy of the database and report it")
    assert "save-the-pond: DRIFTS; 2 verified" in ended.stdout
    assert "drift -1" in ended.stdout
    assert "Redis had no copy, repaired" in ended.stdout
    assert campaign_cache.cached_campaign(runtime.redis, "save-the-pond") == stored_campaign(runtime, signed)


# How every command ends


@pytest.mark.parametrize("arguments", [(), ("campaign",), ("export",), ("campaign", "show"), ("campaign", "fly"), ("fly",),
    ("export", "x", "--out", "y", "--format", "pdf"), ("reconcile", "a", "b"), ("migrate", "--fast")])  # fmt: skip
def test_a_wrong_use_ends_with_2(alone: Run, arguments: Any) -> None:
    ended = alone(*arguments)
    assert ended.returncode == 2
    assert "Usage: " in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


def commands(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    """Every command there is, by its words."""
    for name, found in subcommands(group).items():
        yield (*path, name)
        if isinstance(found, click.Group):
            yield from commands(found, *path, name)


@pytest.mark.parametrize("arguments", [(), *commands(countersign)], ids=" ".join)
def test_every_command_explains_itself(arguments: tuple[str, ...]) -> None:
    for word in ("--help", "-h"):
        told = CliRunner().invoke(countersign, [*arguments, word])
        assert (told.exit_code, told.stderr) == (0, "")
        usage, _, explained = told.output.partition("\n\n")
        assert usage.startswith(f"Usage: countersign {' '.join(arguments)}".rstrip())
        assert explained.strip()[0].isupper(), "it says in a sentence what it does"


def test_help_asks_for_no_setting(alone: Run) -> None:
    assert output_of(alone("campaign", "--help", port="wrong", secret_key="short")).startswith("Usage: ")


@pytest.mark.parametrize("arguments", [("migrate",), ("campaign", "list"), ("reconcile",), ("web",), ("up",)])
def test_a_wrong_setting_is_one_line_that_names_it(alone: Run, tmp_path: Path, arguments: Any) -> None:
    ended = alone(*arguments, port="http")
    assert failed_with_line(ended, "PORT: ")
    assert ended.stdout == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("role", ["web", "worker", "clock"])
def test_a_role_without_a_secret_key_is_refused(alone: Run, role: str) -> None:
    assert failed_with_line(alone(role, redis_url="redis://127.0.0.1:1"), "SECRET_KEY: is required")


@pytest.mark.parametrize("role", ["web", "worker", "clock"])
def test_a_role_without_a_redis_to_share_is_refused(alone: Run, role: str) -> None:
    assert failed_with_line(alone(role, secret_key=SECRET_KEY), "REDIS_URL: is required")


@pytest.mark.parametrize("arguments", [("migrate",), ("campaign", "list"), ("reconcile",), ("export", "x", "--out", "y")])
def test_a_database_that_does_not_answer_is_one_line(alone: Run, arguments: Any) -> None:
    ended = alone(*arguments, database_url=f"postgresql+psycopg://127.0.0.1:{free_port()}/countersign")
    assert failed_with_line(ended, "DATABASE_URL: the database does not run where DATABASE_URL says; start it")


@pytest.mark.parametrize("arguments", [("migrate",), ("campaign", "list")])
def test_a_file_that_is_no_database_is_one_line_and_left_alone(alone: Run, tmp_path: Path, arguments: Any) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sir or Madam, " * 20)
    assert failed_with_line(
        alone(*arguments, database_url=f"sqlite:///{path}"), "DATABASE_URL: the database is damaged, or no database; restore it"
    )
    assert path.read_text() == "Dear Sir or Madam, " * 20


@pytest.mark.parametrize("arguments", [("migrate",), ("campaign", "list"), ("up",)])
def test_a_folder_that_cannot_be_made_is_one_line(alone: Run, arguments: Any) -> None:
    ended = alone(*arguments, data_dir="/dev/null/countersign")
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert ended.stderr.startswith("countersign: ")
    assert "/dev/null/countersign" in ended.stderr
