"""The poster, read back from the PDF."""

import re
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageOps

from campaign.rendering.poster import draw_poster
from campaign.rendering.printable import shorten_to_sentences
from tests.rendering.samples import CAMPAIGN_URL, HARD_TITLES, sample_poster


def page(**changes: Any) -> pypdfium2.PdfPage:
    document = pypdfium2.PdfDocument(draw_poster(sample_poster(**changes)))
    assert len(document) == 1
    return document[0]


def words(page: pypdfium2.PdfPage) -> str:
    return " ".join(page.get_textpage().get_text_range().split())


def image(page: pypdfium2.PdfPage, scale: float = 2) -> Image.Image:
    drawn: Image.Image = page.render(scale=scale).to_pil()
    return drawn.convert("RGB")


def test_a_poster_is_one_page_of_a4_that_says_everything_in_text() -> None:
    found = page()
    assert found.get_size() == pytest.approx((595.28, 841.89), abs=0.1)
    text = words(found)
    for said in (
        "Save the village pond", "Keep the pond. Let nobody build on it.", "To: The parish council", "Scan to sign",
        "Sign here", "Sign by 31 March 2027 at 11:59 pm BST", "sign.example.org/c/save-the-pond",
    ):  # fmt: skip
        assert said in text


@pytest.mark.parametrize("grey", [False, True])
@pytest.mark.parametrize("accent", ["", "#ffd400", "#111111"])
def test_its_code_leads_to_the_exact_address_printed_in_grey_too(accent: str, grey: bool) -> None:
    drawn = image(page(accent=accent))
    found = zxingcpp.read_barcodes(drawn.convert("L") if grey else drawn)
    assert [code.text for code in found] == [f"{CAMPAIGN_URL}?via=poster"]
    assert found[0].ec_level in ("M", "Q", "H")


def test_its_code_is_large_and_keeps_its_white() -> None:
    drawn = image(page(), scale=4)
    place = zxingcpp.read_barcodes(drawn)[0].position
    side = place.top_right.x - place.top_left.x
    assert side / drawn.width * 210 > 60  # millimetres
    module = side / 33
    white = drawn.crop((
        int(place.top_left.x - 3.8 * module), int(place.top_left.y - 3.8 * module),
        int(place.bottom_right.x + 3.8 * module), int(place.top_left.y - 0.3 * module),
    ))  # fmt: skip
    assert white.getcolors() == [(white.width * white.height, (255, 255, 255))]


def test_the_same_poster_is_the_same_bytes() -> None:
    assert draw_poster(sample_poster()) == draw_poster(sample_poster())
    assert draw_poster(sample_poster(deadline="Closed")) != draw_poster(sample_poster())


def test_every_font_is_in_the_file_and_only_the_letters_used() -> None:
    body = draw_poster(sample_poster(title="Save the pond: أنقذوا البركة"))
    fonts = re.findall(rb"/BaseFont /([A-Za-z+-]+)", body)
    assert fonts
    assert all(re.fullmatch(rb"[A-Z]{6}\+(Figtree|DejaVu|Noto)[A-Za-z-]+", font) for font in fonts)
    assert body.count(b"/FontFile2") == len(set(fonts))
    assert len(draw_poster(sample_poster())) < 60_000


def test_arabic_is_shaped_and_stands_at_the_right_and_can_be_read_out() -> None:
    found = page(title="أنقذوا بركة القرية", language="ar")
    assert "أنقذوا" in words(found)
    drawn = image(found).convert("L")
    title = drawn.crop((0, 260, drawn.width, 560))
    ink = ImageOps.invert(title).point([0 if value < 40 else value for value in range(256)]).getbbox()
    assert ink is not None
    assert drawn.width - ink[2] < 120


@pytest.mark.parametrize("title", HARD_TITLES.values(), ids=HARD_TITLES.keys())
def test_nothing_leaves_the_margins(title: str) -> None:
    drawn = image(
        page(title=title, recipient=title, ask=f"{title}. " * 30, deadline=title[:60], scan_label="Sganiwch i lofnodi")
    )
    margin = round(drawn.width * 12 / 210)
    ink = ImageOps.invert(drawn.convert("L")).getbbox()
    assert ink is not None
    assert ink[0] >= margin
    assert ink[1] >= margin
    assert ink[2] <= drawn.width - margin
    assert ink[3] <= drawn.height - margin
    # The words above end before the code begins.
    code = zxingcpp.read_barcodes(drawn)[0].position.top_left.y
    assert drawn.crop((0, code - 90, drawn.width, code - 80)).getcolors() == [(drawn.width * 10, (255, 255, 255))]


def test_what_is_asked_is_shortened_at_a_sentence() -> None:
    assert shorten_to_sentences("Keep it.", 50) == "Keep it."
    assert (
        shorten_to_sentences("Keep the pond. Plant reeds. Remove the car park for good.", 30) == "Keep the pond. Plant reeds."
    )
    assert shorten_to_sentences("Is it 3.5 m deep? It is! And more than that it is clean.", 30) == "Is it 3.5 m deep? It is!"
    assert shorten_to_sentences("One sentence that never comes to its end however long", 20) == "One sentence that…"
    assert shorten_to_sentences("Wort" * 40, 20) == "Wort" * 5 + "…"
    assert shorten_to_sentences("احموا البركة. هل تسمعون؟ " * 5, 30) == "احموا البركة. هل تسمعون؟"


def test_a_poster_says_in_which_language_it_is() -> None:
    assert b"/Lang (cy)" in draw_poster(sample_poster(language="cy"))
    document = pypdfium2.PdfDocument(draw_poster(sample_poster()))
    assert document.get_metadata_dict()["Title"] == "Save the village pond"
