"""The settings of a campaign at the desk."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from campaign.domain.accounts.actor import Actor
from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign, SignFormFields
from campaign.domain.campaigns.next_step import NextStep
from campaign.runtime import Runtime
from campaign.services.campaigns import create_and_find, drafts, edit
from tests.support.desk_client import DeskClient, new_campaigner, page_text
from tests.support.factories import definition, new_campaign

PATH = "/desk/c/save-the-pond/settings"
TYPED = {
    "goals": "500\n10,000\n", "country": "optional", "postcode": "no", "comment": "required", "supporters": "no",
    "accent": "#B01A5C", "contact": "pond@example.org", "controller": "The pond society\r\n1 Water Lane",
}  # fmt: skip
WINDOW = {"opens_at": "2026-12-01T09:00", "closes_at": "2027-06-30T23:59", "time_zone": "Europe/Paris", "grace_hours": "36"}


@pytest.fixture
def mary(runtime: Runtime, app: Flask) -> DeskClient:
    return new_campaigner(runtime, app)


@pytest.fixture
def draft(runtime: Runtime, mary: DeskClient) -> Campaign:
    return drafts.create_draft(runtime, Actor("Mary", mary.id), definition())


def found(runtime: Runtime) -> Campaign:
    campaign = create_and_find.get_by_slug(runtime, "save-the-pond")
    assert campaign is not None
    return campaign


def revision(runtime: Runtime) -> str:
    return str(edit.open_for_edit(runtime, found(runtime).id).revision)


@pytest.mark.usefixtures("draft")
def test_the_settings_of_a_draft_are_stored_as_they_were_chosen(mary: DeskClient, runtime: Runtime) -> None:
    assert mary.get(PATH).status_code == 200
    answer = mary.post(PATH, {**TYPED, **WINDOW, "revision": revision(runtime)})
    assert (answer.status_code, answer.location) == (303, PATH)
    after = found(runtime)
    assert (after.goals, after.form_fields) == ((500, 10_000), SignFormFields("optional", "no", "required"))
    assert (after.appearance.accent, after.appearance.supporters, after.contact) == ("#b01a5c", "no", "pond@example.org")
    assert after.appearance.controller == "The pond society\n1 Water Lane"
    assert after.window.opens_at == datetime(2026, 12, 1, 8, tzinfo=UTC)
    assert after.window.closes_at == datetime(2027, 6, 30, 21, 59, tzinfo=UTC)
    assert after.window.verify_until - after.window.closes_at == timedelta(hours=36)
    shown = mary.get(PATH).text
    assert 'value="2027-06-30T23:59"' in shown
    assert "500\n10,000</textarea>" in shown


@pytest.mark.usefixtures("draft")
def test_the_next_step_after_signing_is_chosen(mary: DeskClient, runtime: Runtime) -> None:
    chosen = {"next_step": "donate", "next_step_url": "https://pond.example.org/give"}
    answer = mary.post(PATH, {**TYPED, **WINDOW, **chosen, "revision": revision(runtime)})
    assert answer.status_code == 303
    assert found(runtime).next_step == NextStep("donate", "https://pond.example.org/give")
    assert 'value="donate" checked' in mary.get(PATH).text

    answer = mary.post(PATH, {**TYPED, **WINDOW, **chosen, "next_step_url": "http://x", "revision": revision(runtime)})
    assert answer.status_code == 422
    assert 'value="http://x"' in answer.text
    assert "Where the next step leads: write an address that begins with https://" in page_text(answer)


@pytest.mark.usefixtures("draft")
def test_everything_that_is_wrong_is_said_at_once_and_what_was_typed_stays(mary: DeskClient, runtime: Runtime) -> None:
    before = found(runtime)
    wrong = {
        "goals": "ten\n5", "country": "x", "postcode": "y", "comment": "z", "supporters": "all", "accent": "green",
        "contact": "c" * 255, "controller": "\x00", "opens_at": "soon", "closes_at": "2020-01-01T00:00",
        "time_zone": "../etc/passwd", "grace_hours": "nan",
    }  # fmt: skip
    answer = mary.post(PATH, {**wrong, "revision": revision(runtime)})
    assert answer.status_code == 422
    assert sorted(re.findall(r'<a href="#(\w+)">', answer.text)) == sorted(wrong)
    for name in wrong:
        assert f'id="{name}-error"' in answer.text
    assert "ten\n5</textarea>" in answer.text
    assert "Closes must be in the future." in page_text(answer)
    assert found(runtime) == before


def test_what_is_published_is_not_moved_in_time_here(mary: DeskClient, runtime: Runtime, app: Flask) -> None:
    pond = new_campaign(runtime)
    editor = new_campaigner(runtime, app, pond, Role.EDITOR)
    page = editor.get(PATH).text
    assert 'name="closes_at"' not in page
    assert "/desk/c/save-the-pond/running" in page
    assert "/preview/save-the-pond/" not in page
    answer = editor.post(PATH, {**TYPED, **WINDOW, "revision": revision(runtime)})
    assert answer.status_code == 303
    assert (found(runtime).window, found(runtime).time_zone) == (pond.window, "Europe/London")
    assert found(runtime).goals == (500, 10_000)
    assert mary.get(PATH).status_code == 404


@pytest.mark.usefixtures("draft")
def test_who_saves_second_is_told_and_keeps_what_they_typed(mary: DeskClient, runtime: Runtime) -> None:
    seen = revision(runtime)
    mary.post(PATH, {**TYPED, **WINDOW, "goals": "7", "revision": seen})
    told = mary.post(PATH, {**TYPED, **WINDOW, "goals": "9", "revision": seen})
    assert told.status_code == 409
    assert "<del>7</del> <ins>9</ins>" in told.text
    assert "Mary Seacole" in told.text
    assert found(runtime).goals == (7,)
    assert mary.post(PATH, {**TYPED, **WINDOW, "goals": "9", "revision": revision(runtime)}).status_code == 303
    assert found(runtime).goals == (9,)


@pytest.mark.usefixtures("draft")
def test_a_colour_is_shown_with_how_well_it_can_be_read(mary: DeskClient, runtime: Runtime) -> None:
    shown = mary.post(PATH, {**TYPED, **WINDOW, "accent": "#ffdd00", "colour": "1", "revision": revision(runtime)})
    assert shown.status_code == 200
    assert "too little to be read" in page_text(shown)
    style = re.search(r"<style>(.*?)</style>", shown.text)
    assert style is not None
    assert "sha256-" in shown.headers["Content-Security-Policy"]
    assert found(runtime).appearance.accent == ""

    facts = mary.post(f"{PATH}/accent", {"accent": "#175676"}).get_json()
    assert facts["light"]["accent"] == "#175676"
    assert "enough to be read. It is used as it is." in facts["words"]
    for nothing in ("", "green", "\x00"):
        assert mary.post(f"{PATH}/accent", {"accent": nothing}).get_json() == {}
