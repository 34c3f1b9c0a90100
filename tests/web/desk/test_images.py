"""Images beside a campaign's own picture: its organiser's, its gallery with videos, and those of updates.

At the desk, and wherever they are shown.
"""

import re
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from campaign.domain.accounts.actor import Actor
from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.definition import language_version
from campaign.domain.updates.update import UpdateKind, UpdateText
from campaign.rendering.picture_import import IMPORTERS
from campaign.runtime import Runtime
from campaign.services.campaigns import create_and_find, drafts, edit
from campaign.services.updates import write
from campaign.store.updates.updates import Update
from campaign.web.desk import picture_upload
from tests.conftest import on_both_databases
from tests.html_validator import html_problems
from tests.rendering.test_picture_import import encoded_image, two_coloured_image
from tests.support.caches import expire_campaigns
from tests.support.compile_cache import make_app
from tests.support.desk_client import DeskClient, new_campaigner, page_text
from tests.support.factories import new_campaign
from tests.support.queries import execute_sql, query_scalar

PHOTO = encoded_image(two_coloured_image(), "PNG")
PATH = "/desk/c/save-the-pond/text/pictures"
ALTS = {"picture_alt_en": "Ducks on the pond", "picture_alt_cy": "Hwyaid ar y pwll"}
ORGANISER = "Friends of the Pond"


@pytest.fixture(autouse=True)
def _read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are read in this process; the one they have of their own is tested in `test_picture_process`."""
    monkeypatch.setattr(picture_upload, "import_picture_apart", lambda body, use: IMPORTERS[use](body))


@pytest.fixture
def mary(runtime: Runtime, app: Flask) -> DeskClient:
    welsh = language_version("save-the-pond", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.")
    campaign = new_campaign(runtime, translations=(welsh,), organiser=ORGANISER)
    return new_campaigner(runtime, app, campaign, Role.EDITOR)


def found(runtime: Runtime) -> Campaign:
    campaign = create_and_find.get_by_slug(runtime, "save-the-pond")
    assert campaign is not None
    return campaign


def revision(runtime: Runtime) -> str:
    return str(edit.open_for_edit(runtime, found(runtime).id).revision)


def upload(runtime: Runtime, mary: DeskClient, path: str, field: str, body: bytes | None = PHOTO, **more: Any) -> TestResponse:
    sent = {} if body is None else {field: FileStorage(BytesIO(body), "a.png")}
    values = {"csrf": mary.csrf, "revision": revision(runtime), **more, **sent}
    answer = mary.post_multipart(path, values)
    expire_campaigns()
    return answer


def stored_images(runtime: Runtime) -> int:
    return int(query_scalar(runtime, "SELECT count(*) FROM images"))


def new_update(runtime: Runtime, kind: UpdateKind = UpdateKind.NEWS) -> Update:
    said = UpdateText(kind, "A heron has come", "It stood there all day.")
    return write.create_draft(runtime, Actor("Mary", None), found(runtime), said, wants_mail=False)


@on_both_databases
def test_an_organisers_picture_is_shown_wherever_their_name_is(mary: DeskClient, app: Flask, runtime: Runtime) -> None:
    reader = app.test_client()
    plain_card, plain_poster = reader.get("/c/save-the-pond/card.png").data, reader.get("/c/save-the-pond/poster.pdf").data
    assert upload(runtime, mary, f"{PATH}/organiser", "organiser_picture").status_code == 303
    picture = found(runtime).appearance.organiser_picture
    assert picture is not None
    for path in ("/", "/c/save-the-pond", "/c/save-the-pond/embed", "/c/save-the-pond?lang=cy"):
        page = reader.get(path).text
        assert html_problems(page) == []
        (source, width, height) = re.findall(r'<p class="organiser[^>]*><img src="([^"]+)" width="(\d+)" height="(\d+)"', page)[
            0
        ]
        assert source == f"/c/save-the-pond/image-{picture.hash}-{picture.sizes[0][0]}.jpg"
        assert int(width) <= 144
        assert int(height) <= 48
    answer = reader.get(source)
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in answer.headers
    assert len(answer.data) <= 8_000
    assert Image.open(BytesIO(answer.data)).size == picture.sizes[0]
    assert reader.get(source, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert reader.get("/c/save-the-pond/card.png").data != plain_card
    assert reader.get("/c/save-the-pond/poster.pdf").data != plain_poster
    assert ORGANISER in mary.get(PATH).text


@on_both_databases
def test_an_organisers_picture_is_replaced_and_taken_away_with_all_its_bytes(
    mary: DeskClient, app: Flask, runtime: Runtime
) -> None:
    upload(runtime, mary, f"{PATH}/organiser", "organiser_picture")
    first = found(runtime).appearance.organiser_picture
    assert first is not None
    upload(runtime, mary, f"{PATH}/organiser", "organiser_picture", encoded_image(Image.new("RGB", (400, 400), "olive"), "PNG"))
    second = found(runtime).appearance.organiser_picture
    assert second is not None
    assert second.hash != first.hash
    assert stored_images(runtime) == len(second.sizes)
    reader = app.test_client()
    assert reader.get(f"/c/save-the-pond/image-{first.hash}-{first.sizes[0][0]}.jpg").status_code == 404
    assert mary.post(f"{PATH}/organiser/remove", {"revision": "1"}).status_code == 303
    assert found(runtime).appearance.organiser_picture == second
    assert mary.post(f"{PATH}/organiser/remove", {"revision": revision(runtime)}).status_code == 303
    assert found(runtime).appearance.organiser_picture is None
    assert stored_images(runtime) == 0


@on_both_databases
def test_a_gallery_shows_pictures_and_leads_to_videos_it_does_not_load(mary: DeskClient, app: Flask, runtime: Runtime) -> None:
    video = "https://videos.example/watch?v=pond"
    assert upload(runtime, mary, f"{PATH}/gallery", "picture", **ALTS).status_code == 303
    other = encoded_image(Image.new("RGB", (1000, 600), "olive"), "PNG")
    assert upload(runtime, mary, f"{PATH}/gallery", "picture", other, **ALTS, video_url=video).status_code == 303
    reader = app.test_client()
    page = reader.get("/c/save-the-pond").text
    assert html_problems(page) == []
    assert page.count('alt="Ducks on the pond"') == 2
    assert 'alt="Hwyaid ar y pwll"' in reader.get("/c/save-the-pond?lang=cy").text
    assert f'<a href="{video}" rel="noopener noreferrer"><img' in page
    assert "Watch the video on videos.example" in page
    loaded = re.findall(r'(?:src|srcset)="([^"]+)"', page)
    assert not [each for each in loaded if "videos.example" in each]
    for address in re.findall(r"(/c/save-the-pond/image-\S+\.webp) \d+w", page):
        assert (answer := reader.get(address)).status_code == 200
        assert answer.mimetype == "image/webp"
    again = upload(runtime, mary, f"{PATH}/gallery", "picture", other, **ALTS)
    assert again.status_code == 422
    assert "This picture is there already." in page_text(again)
    second, first = found(runtime).appearance.gallery
    for digest, order in (
        (first.picture.hash, (first, second)),
        (first.picture.hash, (first, second)),
        ("no", (first, second)),
    ):
        assert mary.post(f"{PATH}/gallery/{digest}/up", {"revision": revision(runtime)}).status_code == 303
        assert found(runtime).appearance.gallery == order
    page = mary.get(PATH).text
    assert f"{PATH}/gallery/{first.picture.hash}/up" not in page
    assert f"{PATH}/gallery/{second.picture.hash}/up" in page
    assert mary.post(f"{PATH}/gallery/{second.picture.hash}/up", {"revision": 0}).status_code == 303
    assert found(runtime).appearance.gallery == (first, second)
    assert mary.post(f"{PATH}/gallery/{first.picture.hash}/remove", {"revision": revision(runtime)}).status_code == 303
    assert found(runtime).appearance.gallery == (second,)
    copied = drafts.copy_campaign(runtime, Actor("Mary", mary.id), found(runtime).id)
    assert copied.appearance.gallery == (second,)
    execute_sql(runtime, "UPDATE campaigns SET preview_key = 'k' WHERE id = :id", id=copied.id)
    name = f"image-{second.picture.hash}-{second.picture.sizes[0][0]}.webp"
    assert reader.get(f"/preview/{copied.slug}/k/{name}").status_code == 200
    assert reader.get(f"/c/{copied.slug}/{name}").status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"picture_alt_en": " "}, "picture_alt_en"),
        ({"picture_alt_cy": "x" * 251}, "picture_alt_cy"),
        ({"video_url": "http://videos.example/"}, "video_url"),
        ({"video_url": "javascript:alert(1)"}, "video_url"),
    ],
)
def test_what_is_wrong_with_a_picture_is_said_at_its_field_and_nothing_typed_is_lost(
    mary: DeskClient, runtime: Runtime, change: dict[str, str], field: str
) -> None:
    answer = upload(runtime, mary, f"{PATH}/gallery", "picture", **{**ALTS, "video_url": "", **change})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert 'value="Ducks on the pond"' in answer.text or field == "picture_alt_en"
    assert found(runtime).appearance.gallery == ()
    assert stored_images(runtime) == 0


@pytest.mark.parametrize("body", [None, b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", PHOTO[: len(PHOTO) // 2]])
@pytest.mark.parametrize(("path", "field"), [("organiser", "organiser_picture"), ("gallery", "picture")])
def test_what_is_no_picture_is_refused_at_its_field(
    mary: DeskClient, runtime: Runtime, body: bytes | None, path: str, field: str
) -> None:
    answer = upload(runtime, mary, f"{PATH}/{path}", field, body, **ALTS)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert stored_images(runtime) == 0


def test_a_gallery_is_bounded(mary: DeskClient, runtime: Runtime) -> None:
    for number in range(7):
        body = encoded_image(Image.new("RGB", (220, 220), (number * 30, 90, 90)), "PNG")
        answer = upload(runtime, mary, f"{PATH}/gallery", "picture", body, **ALTS)
    assert answer.status_code == 422
    assert len(found(runtime).appearance.gallery) == 6


def test_who_was_overtaken_chooses_again(mary: DeskClient, runtime: Runtime) -> None:
    for path, field in (("organiser", "organiser_picture"), ("gallery", "picture")):
        sent = {field: FileStorage(BytesIO(PHOTO), "a.png")}
        answer = mary.post_multipart(f"{PATH}/{path}", {"csrf": mary.csrf, "revision": "0", **ALTS, **sent})
        assert answer.status_code == 409
        assert "Somebody else has just changed the campaign." in page_text(answer)
    assert stored_images(runtime) == 0


@on_both_databases
def test_nobody_sees_the_picture_of_an_update_before_it_is_published(mary: DeskClient, app: Flask, runtime: Runtime) -> None:
    update, reader = new_update(runtime), app.test_client()
    path = f"/desk/c/save-the-pond/updates/{update.id}"
    answer = upload(runtime, mary, f"{path}/picture", "picture", revision="1", picture_alt="A heron")
    assert answer.status_code == 303
    drafted = write.get_update(runtime, found(runtime), update.id)
    assert drafted is not None
    assert drafted.picture is not None
    name = f"image-{drafted.picture.picture.hash}-{drafted.picture.picture.sizes[0][0]}.webp"
    assert reader.get(f"/c/save-the-pond/{name}").status_code == 404
    assert mary.get(f"/desk/c/save-the-pond/{name}").status_code == 200
    assert 'alt="A heron"' in mary.get(path).text
    expire_campaigns()
    write.publish_update(runtime, Actor("Mary", mary.id), found(runtime), drafted)
    reader = make_app(runtime).test_client()
    page = reader.get("/c/save-the-pond/updates/1").text
    assert html_problems(page) == []
    assert 'alt="A heron"' in page
    (shared,) = re.findall(r'property="og:image" content="([^"]+\.jpg)"', page)
    assert reader.get(shared).mimetype == "image/jpeg"
    assert 'alt="A heron"' in reader.get("/c/save-the-pond/updates").text
    assert 'alt="A heron"' in reader.get("/c/save-the-pond").text
    feed = reader.get("/c/save-the-pond/updates/feed.atom").text
    assert f'img src="{shared}" alt="A heron"' in feed.replace("&lt;", "<").replace("&gt;", ">")
    assert reader.get(f"/c/save-the-pond/{name}").status_code == 200


@on_both_databases
def test_a_picture_goes_with_its_draft_and_is_described_anew_and_taken_away(mary: DeskClient, runtime: Runtime) -> None:
    update = new_update(runtime)
    path = f"/desk/c/save-the-pond/updates/{update.id}"
    upload(runtime, mary, f"{path}/picture", "picture", revision="1", picture_alt="A heron")
    # Described anew without sending it again; not from a form that is out of date.
    assert upload(runtime, mary, f"{path}/picture", "picture", None, revision="1", picture_alt="A stork").status_code == 409
    assert upload(runtime, mary, f"{path}/picture", "picture", None, revision="2", picture_alt=" ").status_code == 422
    assert upload(runtime, mary, f"{path}/picture", "picture", None, revision="2", picture_alt="A stork").status_code == 303
    assert 'alt="A stork"' in mary.get(f"{path}/picture").text
    assert mary.post(f"{path}/picture/remove", {"revision": "2"}).status_code == 303
    assert stored_images(runtime) > 0
    assert mary.post(f"{path}/picture/remove", {"revision": "3"}).status_code == 303
    assert stored_images(runtime) == 0
    upload(runtime, mary, f"{path}/picture", "picture", revision="4", picture_alt="A heron")
    assert mary.post(f"{path}/delete").status_code == 303
    assert stored_images(runtime) == 0


def test_names_of_images_that_are_not_there_are_not_found(mary: DeskClient, app: Flask) -> None:
    reader = app.test_client()
    for name in (
        "0123456789abcdef-480.webp", "0123456789abcdef-0.webp", f"0123456789abcdef-{'9' * 400}.jpg", "x-1.jpg",
        "0123456789ABCDEF-1.jpg", "0123456789abcdef-480.png", "%00",
    ):  # fmt: skip
        assert reader.get(f"/c/save-the-pond/image-{name}").status_code in (400, 404)
        assert mary.get(f"/desk/c/save-the-pond/image-{name}").status_code in (400, 404)
