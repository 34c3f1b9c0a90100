"""Mailing lists: who is on them, and that each program finds the columns it documents."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.exports.mailing_list import MailingProgram
from campaign.domain.exports.plan import ExportFormat, ExportPlan, plan_from_json, read_plan
from campaign.domain.mail.delivery import SuppressionReason
from campaign.domain.signatures.consent import CURRENT_UPDATES_WORDING, PAPER_UPDATES_WORDING
from campaign.domain.signatures.filters import Filters, InvalidFiltersError
from campaign.domain.signatures.name_order import split_name
from campaign.runtime import Runtime
from campaign.services import exports
from campaign.services.exports import Provenance
from campaign.services.exports.contents import Progress
from campaign.store.mail import suppressions
from campaign.store.tables import places
from tests.support.factories import START_TIME, new_campaign
from tests.support.secret_keys import OTHER_SECRET_KEY, SECRET_KEY
from tests.support.stored_signatures import store_signatures

DOCUMENTED = {
    # What each program matches by itself; whatever else a file has becomes a field of one's own there.
    MailingProgram.LISTMONK: {"email", "name", "attributes"},
    MailingProgram.ACTION_NETWORK: {"email", "first_name", "last_name", "zip_code", "country", "language"},
    MailingProgram.MAILCHIMP: {"Email Address", "First Name", "Last Name", "Tags"},
    MailingProgram.CIVICRM: {"Email", "First Name", "Last Name", "Postal Code", "Country", "Contact Source"},
}
ASKED = {"updates": True, "updates_wording": CURRENT_UPDATES_WORDING, "updates_at": START_TIME}


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    made = new_campaign(runtime)
    with runtime.transaction() as connection:
        connection.execute(places.insert().values(
            id=7, constituency_code="E14001328", constituency="Leeds Central", council_code="E08000035", council="Leeds",
            region="Yorkshire and The Humber", country="England",
        ))  # fmt: skip
    rows: list[dict[str, Any]] = [
        {"name": "Ludwig van Beethoven", "email": "lvb@example.org", "postcode": "LS1 1AA", "place_id": 7, **ASKED},
        {"name": "Nansi", "email": "nansi@example.cymru", "language": "cy", **ASKED},
        {"name": "On Paper", "email": "paper@example.org", "kind": "paper", **ASKED, "updates_wording": PAPER_UPDATES_WORDING},
        {"name": "Never Asked", "email": "never@example.org"},
        {"name": "Not Confirmed", "email": "pending@example.org", "state": "pending", **ASKED},
        {"name": "Gone Away", "email": "gone@example.org", "state": "withdrawn"},
        {"name": "Not Counted", "email": "invalid@example.org", "state": "invalidated", **ASKED},
        {"name": "Told Us Never", "email": "Stop@example.org", **ASKED},
        {"name": "Old Key", "email": "old@example.org", **ASKED},
        {"name": "Bounced Once", "email": "bounced@example.org", **ASKED},
        {"name": "Formula", "email": "=cmd|'/calc'!A0@example.org", **ASKED},
        {"name": "No Address", "email": "", "email_key": "~1", "kind": "paper", **ASKED},
    ]  # fmt: skip
    plain = {"language": "en", "kind": "online", "place_id": None, "updates_at": None}
    store_signatures(runtime, made, ({**plain, **row} for row in rows))
    return made


def suppress(runtime: Runtime, email_key: str, *, key: int = 0, expires_in: timedelta | None = None) -> None:
    now = runtime.now()
    with runtime.transaction() as connection:
        suppressions.suppress(
            connection, runtime.tokens.mailbox_hashes(email_key)[key], SuppressionReason.REQUEST, now,
            now + expires_in if expires_in else None,
        )  # fmt: skip


def listed(runtime: Runtime, campaign: Campaign, plan: ExportPlan) -> tuple[list[dict[str, str]], Progress]:
    out, progress = io.BytesIO(), Progress()
    with runtime.snapshot() as connection:
        made = exports.write_export(
            runtime, connection, campaign, plan, out, Path(), Provenance(START_TIME, "Mary Seacole"), progress
        )
    rows = [*csv.DictReader(io.StringIO(out.getvalue().decode(), newline=""))]
    assert made == len(rows)
    return rows, progress


def plan_for(program: MailingProgram, **given: Any) -> ExportPlan:
    return read_plan({"format": ["list"], "program": [program.value], **given}, START_TIME.tzinfo)  # type: ignore[arg-type]


def test_only_who_asked_and_can_be_mailed_is_on_it(make_runtime: Any, campaign: Campaign) -> None:
    runtime: Runtime = make_runtime(secret_key=OTHER_SECRET_KEY, secret_key_fallbacks=SECRET_KEY)
    suppress(runtime, "stop@example.org")
    suppress(runtime, "old@example.org", key=1)
    suppress(runtime, "bounced@example.org", expires_in=timedelta(minutes=1))
    suppress(runtime, "nansi@example.cymru", expires_in=-timedelta(minutes=1))
    rows, progress = listed(runtime, campaign, plan_for(MailingProgram.CIVICRM))
    assert [row["Email"] for row in rows] == ["lvb@example.org", "nansi@example.cymru", "paper@example.org"]
    # Stop, Old Key, Bounced and Formula asked too.
    assert (progress.expected, progress.written) == (7, 3)


def test_the_wording_is_the_one_that_was_read_and_the_time_the_one_it_was_given_at(
    runtime: Runtime, campaign: Campaign
) -> None:
    rows, _ = listed(runtime, campaign, plan_for(MailingProgram.ACTION_NETWORK))
    english, welsh, paper = rows[:3]
    assert english["updates_wording"] == "Email me about this campaign. I can stop it at any time."
    assert welsh["updates_wording"] not in ("", english["updates_wording"])
    assert paper["updates_wording"].startswith("On paper")
    assert {row["updates_at"] for row in rows} == {"2026-11-23T12:00:00Z"}
    assert (english["first_name"], english["last_name"], welsh["first_name"], welsh["last_name"]) == (
        "Ludwig", "van Beethoven", "Nansi", "",
    )  # fmt: skip
    assert (english["postcode_area"], english["constituency"], english["council"]) == ("LS", "Leeds Central", "Leeds")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("program", MailingProgram)
def test_each_program_finds_its_columns(runtime: Runtime, campaign: Campaign, program: MailingProgram) -> None:
    rows, _ = listed(runtime, campaign, plan_for(program))
    assert set(rows[0]) >= DOCUMENTED[program]
    assert len(rows[0]) == len(DOCUMENTED[program]) or program is not MailingProgram.LISTMONK
    assert "lvb@example.org" in rows[0].values()
    assert all(len(cell.encode()) <= 255 for cell in rows[0].values()) or program is MailingProgram.LISTMONK


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_listmonk_gets_attributes_as_one_object(runtime: Runtime, campaign: Campaign) -> None:
    rows, _ = listed(runtime, campaign, plan_for(MailingProgram.LISTMONK, two_names=["yes"]))
    attributes = json.loads(rows[0]["attributes"])
    assert (attributes["first_name"], attributes["last_name"], attributes["campaign"]) == (
        "Ludwig",
        "van Beethoven",
        campaign.slug,
    )
    rows, _ = listed(runtime, campaign, plan_for(MailingProgram.LISTMONK, area=["LS"]))
    assert [(row["name"], "first_name" in json.loads(row["attributes"])) for row in rows] == [("Ludwig van Beethoven", False)]


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({}, {"program"}), ({"program": ["outlook"]}, {"program"}),
        ({"program": ["civicrm"], "states": ["pending"], "updates": ["no"]}, {"states", "updates"}),
    ],
)  # fmt: skip
def test_what_a_mailing_list_cannot_be_is_said_at_its_field(given: dict[str, list[str]], fields: set[str]) -> None:
    with pytest.raises(InvalidFiltersError) as refused:
        read_plan({"format": ["list"], **given}, START_TIME.tzinfo)  # type: ignore[arg-type]
    assert set(refused.value.errors) == fields


def test_a_plan_is_stored_and_read_as_it_was_and_older_ones_too() -> None:
    plan = plan_for(MailingProgram.MAILCHIMP, two_names=["yes"])
    assert plan_from_json(plan.to_json()) == plan
    older = {name: value for name, value in ExportPlan().to_json().items() if name not in ("program", "two_names")}
    assert plan_from_json(older) == ExportPlan()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_any_list_can_have_two_names_and_places(runtime: Runtime, campaign: Campaign) -> None:
    columns = ("number", "first_name", "last_name", "area", "council")
    plan = ExportPlan(ExportFormat.CSV, columns, Filters(area="LS"))
    assert listed(runtime, campaign, plan)[0] == [
        {"number": "1", "first_name": "Ludwig", "last_name": "van Beethoven", "area": "LS", "council": "Leeds"}
    ]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ada Lovelace", ("Ada", "Lovelace")), ("Ada", ("Ada", "")), ("Siân Ó Súilleabháin", ("Siân", "Ó Súilleabháin")),
        ("Maria de la Cruz", ("Maria", "de la Cruz")), ("ada lovelace", ("ada", "lovelace")), ("李小龍", ("李小龍", "")),
        ("van Dyck", ("van", "Dyck")), ("mary ann smith", ("mary ann", "smith")), ("王 小明", ("小明", "王")),
        ("สมชาย ใจดี", ("สมชาย", "ใจดี")), ("Smith, John", ("John", "Smith")), ("John Smith MBE", ("John", "Smith")),
    ],
)  # fmt: skip
def test_names_are_split_before_the_surname(name: str, parts: tuple[str, str]) -> None:
    assert split_name(name) == parts
