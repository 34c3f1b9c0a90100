"""Picture of a campaign: described, in two sizes, kept by browsers for ever, and read from the store once."""

import re
from collections.abc import Callable, Sequence
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import event

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.definition import language_version
from campaign.domain.campaigns.image import PictureCopy
from campaign.rendering.picture_import import import_picture
from campaign.runtime import Runtime
from campaign.services.campaigns import create_and_find, edit, images, lifecycle
from tests.html_validator import html_problems
from tests.support.caches import expire_campaigns
from tests.support.compile_cache import make_app
from tests.support.factories import definition, new_campaign
from tests.support.signatory import Signatory, run_workers

PAGE = "/c/save-the-pond"
ALT = 'A “pond” & <ducks> "today"'


def drawn(width: int = 1_200, height: int = 800, colour: str = "teal") -> Sequence[PictureCopy]:
    """The copies of a picture somebody uploaded."""
    body = BytesIO()
    Image.new("RGB", (width, height), colour).save(body, "PNG")
    return import_picture(body.getvalue())


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    """A campaign with a picture, a teal one 1200 pixels across."""
    return create_and_find.create_campaign(runtime, definition(picture_alt=ALT), drawn())


@pytest.fixture
def reader(app: Flask, campaign: Campaign) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def copy(campaign: Campaign) -> str:
    """Address of the small copy."""
    assert campaign.appearance.picture is not None
    return f"{PAGE}/image-{campaign.appearance.picture.hash}-480.webp"


@pytest.fixture
def reads(runtime: Runtime) -> list[str]:
    """Every statement that reads a picture's body from here on."""
    found: list[str] = []

    def note(_c: object, _cursor: object, sql: str, *_: object) -> None:
        if re.search(r"body\s+FROM images", sql):
            found.append(sql)

    event.listen(runtime.autocommit_engine, "before_cursor_execute", note)
    return found


def test_the_page_shows_the_picture_with_its_words_in_a_size_that_fits(reader: FlaskClient) -> None:
    page = reader.get(PAGE).text
    assert html_problems(page) == []
    (tag,) = re.findall(r'<p class="picture">(<img [^>]+>)', page)
    source = re.search(r'src="(/c/save-the-pond/image-[0-9a-f]{16}-480\.webp)"', tag)
    assert source is not None
    assert f'srcset="{source[1]} 480w, {source[1].replace("-480.", "-960.")} 960w"' in tag
    assert 'width="960" height="640"' in tag
    assert 'alt="A “pond” &amp; &lt;ducks&gt; &#34;today&#34;"' in tag
    for address, width in re.findall(r"(/c/\S+) (\d+)w", tag):
        answer = reader.get(address)
        assert (answer.status_code, answer.mimetype) == (200, "image/webp")
        assert Image.open(BytesIO(answer.data)).size == (int(width), int(width) * 2 // 3)


def test_the_picture_is_kept_for_ever_under_the_name_of_its_content(reader: FlaskClient, copy: str) -> None:
    answer = reader.get(copy)
    assert (answer.status_code, answer.mimetype) == (200, "image/webp")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    again = reader.get(copy, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert answer.headers["ETag"] != reader.get(copy.replace("-480.", "-960.")).headers["ETag"]


@pytest.mark.parametrize("query", ["", "?v=", "?v=0123456789abcdef"])
def test_the_address_a_picture_once_had_leads_to_it(reader: FlaskClient, copy: str, query: str) -> None:
    answer = reader.get(f"{PAGE}/picture-480.webp{query}")
    assert (answer.status_code, answer.location) == (302, copy)
    assert answer.headers["Cache-Control"] == "public, max-age=300"


def test_there_are_the_widths_there_are(reader: FlaskClient, runtime: Runtime, copy: str, reads: list[str]) -> None:
    for width in ("0", "1", "481", "1201", "-480", "480.0", "9" * 400, "x"):
        assert reader.get(f"{PAGE}/picture-{width}.webp").status_code == 404
        assert reader.get(copy.replace("-480.", f"-{width}.")).status_code == 404
    for name in ("picture-480.png", "picture-.webp", "picture.webp"):
        assert reader.get(f"{PAGE}/{name}").status_code == 404
    new_campaign(runtime, slug="plain")
    assert reader.get("/c/plain/picture-480.webp").status_code == 404
    assert reader.get("/c/nothing/picture-480.webp").status_code == 404
    assert reader.get(copy.replace(PAGE, "/c/nothing")).status_code == 404
    assert reads == []
    assert "picture-" not in reader.get("/c/plain").text


def test_many_readers_cost_the_store_one_read_of_each_copy(
    reader: FlaskClient, runtime: Runtime, signatory: Callable[..., Signatory], copy: str, reads: list[str]
) -> None:
    for number in range(4):
        # The campaign has another revision each time: somebody signs and is counted between two readers.
        signatory().sign(email=f"ada{number}@example.org")
        run_workers(runtime)
        expire_campaigns()
        for address in (copy, copy.replace("-480.", "-960.")):
            assert reader.get(address).status_code == 200
    assert len(reads) == 2
    assert make_app(runtime).test_client().get(copy).status_code == 200
    assert len(reads) == 3


def test_each_campaign_shows_its_own_picture(reader: FlaskClient, runtime: Runtime, copy: str) -> None:
    create_and_find.create_campaign(runtime, definition(slug="save-the-wood", picture_alt="A wood"), drawn(300, 200, "olive"))
    # It came in one size only, and is never made larger.
    page = reader.get("/c/save-the-wood").text
    olive_copy, again = re.findall(r"/c/save-the-wood/image-[0-9a-f]{16}-300\.webp", page)
    assert olive_copy == again
    assert 'width="300" height="200"' in page

    def colour(path: str) -> tuple[int, ...]:
        pixel = Image.open(BytesIO(reader.get(path).data)).convert("RGB").getpixel((100, 100))
        assert isinstance(pixel, tuple)
        return pixel

    teal, olive = colour(copy), colour(olive_copy)
    assert teal[2] > 100 > olive[2]
    assert reader.get(copy.replace("save-the-pond", "save-the-wood")).status_code == 404


def test_the_picture_of_a_campaign_that_was_taken_down_is_gone(
    reader: FlaskClient, runtime: Runtime, campaign: Campaign, copy: str
) -> None:
    assert reader.get(copy).status_code == 200
    lifecycle.take_down_campaign(runtime, campaign, COMMAND_LINE)
    expire_campaigns()
    assert reader.get(copy).status_code == 410
    lifecycle.put_back_campaign(runtime, campaign, COMMAND_LINE)
    expire_campaigns()
    assert reader.get(copy).status_code == 200


def test_a_picture_this_process_has_read_is_shown_while_the_store_is_down(
    reader: FlaskClient, runtime: Runtime, copy: str, make_runtime: Callable[..., Runtime]
) -> None:
    first = reader.get(copy)
    down = make_runtime(database_url="postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    assert make_app(down).test_client().get(copy).status_code == 503
    runtime.autocommit_engine.dispose()
    runtime.database.autocommit_engine = down.autocommit_engine
    assert reader.get(copy).data == first.data
    assert reader.get(copy.replace("-480.", "-960.")).status_code == 503


def test_the_picture_is_described_in_the_language_of_the_page(app: Flask, runtime: Runtime) -> None:
    welsh = language_version("save-the-pond", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.", picture_alt="Pwll")
    create_and_find.create_campaign(runtime, definition(picture_alt="A pond", translations=(welsh,)), drawn())
    reader = app.test_client()
    assert 'alt="A pond"' in reader.get(PAGE).text
    assert 'alt="Pwll"' in reader.get(f"{PAGE}?lang=cy").text


def test_a_picture_that_was_taken_away_can_be_given_again(
    reader: FlaskClient, runtime: Runtime, campaign: Campaign, copy: str
) -> None:
    def seen() -> int:
        return edit.open_for_edit(runtime, campaign.id).revision

    images.remove_picture(runtime, COMMAND_LINE, campaign.id, seen())
    # For a moment a process still knows the campaign as it was.
    assert reader.get(copy).status_code in (200, 404)
    expire_campaigns()
    images.change_picture(runtime, COMMAND_LINE, campaign.id, seen(), drawn(), {"en": ALT})
    expire_campaigns()
    assert reader.get(copy).status_code == 200


def test_a_form_with_a_mistake_shows_the_picture_too(campaign: Campaign, signatory: Callable[..., Signatory]) -> None:
    answer = signatory().sign(name="")
    assert answer.status_code == 422
    assert '<p class="picture"><img' in answer.text
