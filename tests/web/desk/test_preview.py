"""A campaign before it is published: seen by its team and by who has the link, signed by nobody; and copies of it."""

import re

import pytest
from flask import Flask

from campaign.domain.accounts.actor import Actor
from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.definition import language_version
from campaign.domain.campaigns.image import PictureCopy
from campaign.runtime import Runtime
from campaign.services.campaigns import create_and_find, drafts, images
from campaign.services.signatures import sign
from campaign.services.signatures.sign import NotOpenError
from campaign.store.accounts import audit_log
from tests.conftest import on_both_databases
from tests.support.desk_client import DeskClient, new_campaigner
from tests.support.factories import START_TIME, definition, new_campaign, sign_form_data

WELSH = language_version("save-the-pond", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.", picture_alt="Pwll")


@pytest.fixture
def mary(runtime: Runtime, app: Flask) -> DeskClient:
    return new_campaigner(runtime, app)


@pytest.fixture
def draft(runtime: Runtime, mary: DeskClient) -> Campaign:
    actor = Actor("Mary", mary.id)
    made = drafts.create_draft(runtime, actor, definition(translations=(WELSH,), accent="#b01a5c"))
    images.change_picture(runtime, actor, made.id, 1, [PictureCopy(480, 320, b"small")], {"en": "A pond", "cy": "Pwll"})
    stored = create_and_find.get_by_slug(runtime, made.slug)
    assert stored is not None
    return stored


def link_of(runtime: Runtime, campaign: Campaign) -> str:
    return f"/preview/{campaign.slug}/{drafts.preview_key(runtime, campaign.id)}"


def test_the_team_sees_the_page_as_it_will_look_and_cannot_sign(mary: DeskClient, draft: Campaign) -> None:
    page = mary.get("/desk/c/save-the-pond/preview")
    assert page.status_code == 200
    assert "Nobody can sign here." in page.text
    assert re.search(r"<fieldset[^>]* disabled>.*Sign the petition.*</fieldset>", page.text, re.DOTALL)
    assert "data-live" not in page.text
    assert draft.appearance.picture is not None
    copy = f"/desk/c/save-the-pond/image-{draft.appearance.picture.hash}-480.webp"
    assert f'src="{copy}"' in page.text
    assert mary.get(copy).data == b"small"
    style = re.search(r"<style>(.*?)</style>", page.text)
    assert style is not None
    assert "sha256-" in page.headers["Content-Security-Policy"]
    assert "Achubwch y pwll" in mary.get("/desk/c/save-the-pond/preview?lang=cy").text
    assert draft.text.title in page.text


def test_who_has_the_link_sees_it_without_an_account(app: Flask, runtime: Runtime, draft: Campaign) -> None:
    link, stranger = link_of(runtime, draft), app.test_client()
    page = stranger.get(link)
    assert page.status_code == 200
    assert draft.text.title in page.text
    assert "/desk" not in page.text
    assert (page.headers["Cache-Control"], page.headers["X-Robots-Tag"]) == ("no-store", "noindex, nofollow")
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in page.headers
    assert draft.appearance.picture is not None
    copy = f"{link}/image-{draft.appearance.picture.hash}-480.webp"
    assert f'src="{copy}"' in page.text
    assert stranger.get(copy).data == b"small"
    assert stranger.get(copy.replace("480", "500")).status_code == 404
    assert "Achubwch y pwll" in stranger.get(f"{link}?lang=cy").text


def test_a_draft_cannot_be_signed_by_who_has_its_link(runtime: Runtime, app: Flask, draft: Campaign) -> None:
    with pytest.raises(NotOpenError):
        sign.sign_campaign(runtime, draft.id, draft.text.hash, sign_form_data())
    answer = app.test_client().post("/c/save-the-pond/signatures", data={"name": "Ada", "email": "ada@example.org"})
    assert answer.status_code in (404, 409)


@pytest.mark.parametrize("key", ["x", "x" * 22, "%00", "é" * 5, "x" * 5_000])
def test_another_key_opens_nothing(app: Flask, draft: Campaign, key: str) -> None:
    assert app.test_client().get(f"/preview/{draft.slug}/{key}").status_code == 404
    assert app.test_client().get(f"/preview/nothing/{key}").status_code == 404


def test_what_was_published_without_a_draft_has_no_preview_link(app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime)
    for path in ("/preview/save-the-pond/", "/preview/save-the-pond//"):
        assert app.test_client().get(path).status_code == 404


@on_both_databases
def test_a_new_link_ends_the_old_one(app: Flask, runtime: Runtime, mary: DeskClient, draft: Campaign) -> None:
    old = link_of(runtime, draft)
    assert mary.post("/desk/c/save-the-pond/preview/renew").status_code == 303
    new = link_of(runtime, draft)
    stranger = app.test_client()
    assert (stranger.get(old).status_code, stranger.get(new).status_code) == (404, 200)
    assert new.rpartition("/")[2] in mary.get("/desk/c/save-the-pond/settings").text
    with runtime.reading() as connection:
        assert audit_log.list_entries(connection, draft.id)[0].action == "renew preview link"


@on_both_databases
def test_a_copy_is_a_draft_of_who_makes_it_with_everything_but_numbers_and_people(
    app: Flask, runtime: Runtime, mary: DeskClient, draft: Campaign
) -> None:
    viewer = new_campaigner(runtime, app, draft, Role.VIEWER)
    answer = viewer.post("/desk/c/save-the-pond/copy")
    assert (answer.status_code, answer.location) == (303, "/desk/c/save-the-pond-2/text")
    copied = create_and_find.get_by_slug(runtime, "save-the-pond-2")
    original = create_and_find.get_by_slug(runtime, "save-the-pond")
    assert copied is not None
    assert original is not None
    assert not copied.published
    assert copied.text.title == "Copy of Save the village pond"
    assert copied.text.hash != original.text.hash
    assert copied.in_language("cy").text.title == "Achubwch y pwll"
    assert copied.appearance == original.appearance
    assert copied.appearance.picture is not None
    assert images.get_image(runtime, copied.id, copied.appearance.picture.hash, 480, "webp") == b"small"
    assert (copied.goals, copied.form_fields, copied.time_zone) == (original.goals, original.form_fields, original.time_zone)
    assert copied.window.opens_at == START_TIME
    assert copied.window.closes_at - copied.window.opens_at == original.window.closes_at - original.window.opens_at
    assert (copied.verified, copied.pending, copied.sequence) == (0, 0, 0)
    mine = create_and_find.list_campaigns_of(runtime, viewer.id)
    assert [roles for campaign, roles in mine if campaign.id == copied.id] == [{Role.OWNER}]
    assert mary.get("/desk/c/save-the-pond-2/text").status_code == 404
    assert viewer.post("/desk/c/save-the-pond/copy").location == "/desk/c/save-the-pond-3/text"
    with runtime.reading() as connection:
        entry = audit_log.list_entries(connection, copied.id)[0]
    assert (entry.action, entry.after["copied_from"]) == ("copy campaign", "save-the-pond")
