"""Packs whose list would name nobody: said in a sentence on the paper, in the README and on the page that offers it."""

import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask import Flask

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.exports.plan import DEFAULT_COLUMNS, ExportFormat, ExportPlan
from campaign.formats.pack_verify import verify_pack_file
from campaign.runtime import Runtime
from campaign.services import exports, submissions
from campaign.services.exports import Provenance
from campaign.services.ledger import count
from tests.services.exports.test_packs import file_texts
from tests.support.desk_client import new_campaigner, page_text
from tests.support.factories import new_campaign
from tests.support.stored_signatures import store_signatures

NOBODY = "Nobody who signed has chosen that their name may be shown, so this list names nobody."
OFFERED = "Nobody who signed has chosen that their name may be shown. The pack tells how many signed"
LISTING = [profile.key for profile in submissions.list_profiles() if profile.papers and profile.listing is not None]


def petition(runtime: Runtime, profile: str, *, is_anybody_named: bool) -> Campaign:
    """A campaign that lists for a recipient those who chose to be named; three have signed."""
    campaign = new_campaign(runtime)
    rows = [{"name": f"Quentin Secretive{letter}", "public": is_anybody_named and letter == "a"} for letter in "abc"]
    store_signatures(runtime, campaign, rows)
    count.advance_ledgers(runtime)
    found, typed = submissions.get_profile(profile), {"listed": "public"}
    submissions.save_decision(runtime, COMMAND_LINE, campaign, found, typed, 0)
    return campaign


def unpacked(runtime: Runtime, campaign: Campaign, profile: str, tmp_path: Path) -> dict[str, str]:
    path, work, folder = tmp_path / "pack.zip", tmp_path / "work", tmp_path / "unpacked"
    work.mkdir()
    plan = ExportPlan(ExportFormat.PACK, DEFAULT_COLUMNS, profile=profile)
    with runtime.snapshot() as connection, path.open("w+b") as out:
        exports.write_export(runtime, connection, campaign, plan, out, work, Provenance(runtime.now(), "Mary Seacole"))
    with ZipFile(path) as file:
        file.extractall(folder)
    verify_pack_file(path, runtime.log_key.verifier_key)
    return file_texts(folder)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("profile", LISTING)
def test_where_nobody_is_named_it_is_said_once_and_nothing_promises_names(
    runtime: Runtime, app: Flask, tmp_path: Path, profile: str
) -> None:
    campaign = petition(runtime, profile, is_anybody_named=False)
    owner = new_campaigner(runtime, app, campaign, Role.OWNER)
    assert page_text(owner.get(f"/desk/c/save-the-pond/submission/{profile}")).count(OFFERED) == 1
    texts = unpacked(runtime, campaign, profile, tmp_path)
    [paper] = [words for name, words in texts.items() if name.endswith(".pdf") and NOBODY in words]
    assert "The number of verified signatures" in paper
    assert NOBODY in " ".join(texts["README.txt"].split())
    assert "supporters.csv" not in texts
    assert "supporters.csv" not in texts["README.txt"]
    manifest = json.loads(texts["MANIFEST.json"])
    assert (manifest["listed"], manifest["columns"]) == (0, [])
    everything = " ".join(texts.values())
    promised = ("Secretive", "0 names", "names 0 of", "who chose to be named", "chose that their name may be shown. Those who")
    promised += ("list of supporters", "supporters are listed", "list of those who signed online")
    assert [words for words in promised if words in everything] == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_where_somebody_is_named_nothing_is_said_of_nobody(runtime: Runtime, app: Flask, tmp_path: Path) -> None:
    campaign = petition(runtime, "minister", is_anybody_named=True)
    owner = new_campaigner(runtime, app, campaign, Role.OWNER)
    assert OFFERED not in page_text(owner.get("/desk/c/save-the-pond/submission/minister"))
    texts = unpacked(runtime, campaign, "minister", tmp_path)
    assert "Quentin Secretivea" in texts["supporters.csv"]
    assert NOBODY not in " ".join(texts.values())
    assert "who chose to be named" in texts["1-letter.pdf"]
