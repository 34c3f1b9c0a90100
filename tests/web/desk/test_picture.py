"""The picture of a campaign at the desk."""

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.definition import language_version
from campaign.runtime import Runtime
from campaign.services.campaigns import create_and_find, edit
from tests.rendering.test_picture_import import encoded_image, two_coloured_image
from tests.support.desk_client import DeskClient, new_campaigner, page_text
from tests.support.factories import new_campaign

PHOTO = encoded_image(two_coloured_image(), "PNG")
PATH = "/desk/c/save-the-pond/text/picture"
ALTS = {"picture_alt_en": "Ducks on the pond", "picture_alt_cy": "Hwyaid ar y pwll"}


@pytest.fixture
def mary(runtime: Runtime, app: Flask) -> DeskClient:
    welsh = language_version("save-the-pond", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.")
    return new_campaigner(runtime, app, new_campaign(runtime, translations=(welsh,)), Role.EDITOR)


def found(runtime: Runtime) -> Campaign:
    campaign = create_and_find.get_by_slug(runtime, "save-the-pond")
    assert campaign is not None
    return campaign


def send(runtime: Runtime, mary: DeskClient, body: bytes | None, **changes: Any) -> TestResponse:
    revision = str(edit.open_for_edit(runtime, found(runtime).id).revision)
    sent = {} if body is None else {"picture": FileStorage(BytesIO(body), "pond.png")}
    return mary.post_multipart(PATH, {"csrf": mary.csrf, "revision": revision, **ALTS, **sent, **changes})


def test_a_picture_is_made_anew_and_shown_with_what_it_shows(mary: DeskClient, app: Flask, runtime: Runtime) -> None:
    assert mary.get(PATH).status_code == 200
    assert send(runtime, mary, PHOTO).status_code == 303
    campaign = found(runtime)
    picture = campaign.appearance.picture
    assert picture is not None
    assert [one.page_texts.picture_alt for one in campaign.versions] == ["Ducks on the pond", "Hwyaid ar y pwll"]
    assert 'alt="Ducks on the pond"' in mary.get(PATH).text
    path = f"/desk/c/save-the-pond/image-{picture.hash}-{picture.sizes[0][0]}.webp"
    copy = mary.get(path)
    assert (copy.status_code, copy.mimetype, copy.headers["Cache-Control"]) == (200, "image/webp", "no-store")
    assert mary.get(path.replace(f"-{picture.sizes[0][0]}.", "-7.")).status_code == 404
    assert 'alt="Hwyaid ar y pwll"' in app.test_client().get("/c/save-the-pond?lang=cy").text


def test_a_description_is_changed_without_sending_the_picture_again(mary: DeskClient, runtime: Runtime) -> None:
    send(runtime, mary, PHOTO)
    before = found(runtime).appearance.picture
    assert send(runtime, mary, None, picture_alt_en="Newts").status_code == 303
    assert (found(runtime).appearance.picture, found(runtime).page_texts.picture_alt) == (before, "Newts")


def test_everything_that_is_wrong_is_said_at_once(mary: DeskClient, runtime: Runtime) -> None:
    answer = send(runtime, mary, None, picture_alt_en=" ", picture_alt_cy="x" * 251)
    assert answer.status_code == 422
    for name in ("picture", *ALTS):
        assert f'id="{name}-error"' in answer.text
    assert found(runtime).appearance.picture is None


@pytest.mark.parametrize("body", [b"", b"\x00" * 100, b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x89PNG\r\n\x1a\n" * 9])
def test_what_is_no_picture_is_refused_at_its_field(mary: DeskClient, runtime: Runtime, body: bytes) -> None:
    answer = send(runtime, mary, body)
    assert answer.status_code == 422
    assert "This file is not a picture we can read." in page_text(answer)
    assert 'value="Ducks on the pond"' in answer.text


def test_half_a_picture_is_refused_at_its_field(mary: DeskClient, runtime: Runtime) -> None:
    assert send(runtime, mary, PHOTO[: len(PHOTO) // 2]).status_code == 422
    assert found(runtime).appearance.picture is None


def test_a_picture_that_is_too_large_is_refused_at_its_field_or_in_words(mary: DeskClient, runtime: Runtime) -> None:
    answer = send(runtime, mary, b"x" * 10_000_001)
    assert answer.status_code == 422
    assert "The picture must be 10 MB or smaller." in page_text(answer)
    assert send(runtime, mary, b"x" * 12_000_000).status_code == 413


def test_who_was_overtaken_chooses_again(mary: DeskClient, runtime: Runtime) -> None:
    answer = send(runtime, mary, PHOTO, revision="0")
    assert answer.status_code == 409
    assert "Somebody else has just changed the campaign." in page_text(answer)
    assert found(runtime).appearance.picture is None


def test_a_picture_is_taken_away(mary: DeskClient, runtime: Runtime) -> None:
    send(runtime, mary, PHOTO)
    assert mary.post(f"{PATH}/remove", {"revision": "1"}).status_code == 303
    assert found(runtime).appearance.picture is not None
    revision = str(edit.open_for_edit(runtime, found(runtime).id).revision)
    assert mary.post(f"{PATH}/remove", {"revision": revision}).status_code == 303
    assert found(runtime).appearance.picture is None
