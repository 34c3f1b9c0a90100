"""Sheets to be signed by hand: the whole text on every one, rows to write in, and a code that says which sheet it is."""

import re
from dataclasses import replace

import pypdfium2
import pytest
import zxingcpp

from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.paper.sheet import SHEET_PROFILES, default_profile
from campaign.rendering.contents import SheetContent, SheetTexts
from campaign.rendering.sheet import draw_sheets

WORDS = SheetTexts(
    sheet="Sheet %(number)d",
    page="Page %(page)d of %(pages)d",
    headings={
        "number": "No.",
        "name": "Name",
        "address": "Address",
        "address-postcode": "Address with postcode",
        "postcode": "Postcode",
        "signature": "Signature",
        "email": "Email",
        "ticks": "Optional",
        "date": "Date",
    },
    ticks=("Email me", "Show my name"),
    call_to_action="I have read this and sign it:",
    privacy="Responsible: The Pond Society.",
    text_version="Text 3f9a2c1b7d04",
)
PAPER = SheetContent(
    title="Save the village pond", recipient="To: The parish council", ask="Keep the pond.\n\nClean it once a year.",
    columns=SHEET_PROFILES["general"].columns, rows=10, texts=WORDS, site="Countersign", language="en",
)  # fmt: skip
SHEETS = [(number, f"https://sign.example.org/c/save-the-pond?sheet={number}&via=sheet") for number in (17, 18, 19)]


def said(paper: SheetContent) -> list[str]:
    """What each page says, in one line."""
    pages = pypdfium2.PdfDocument(draw_sheets(paper, SHEETS))
    return [re.sub(r"\s+", " ", page.get_textpage().get_text_bounded()) for page in pages]


def test_every_sheet_has_the_whole_text_its_number_and_its_code() -> None:
    pages = pypdfium2.PdfDocument(draw_sheets(PAPER, SHEETS))
    assert len(pages) == 3
    for at, (page, (number, address)) in enumerate(zip(pages, SHEETS, strict=True), start=1):
        words = re.sub(r"\s+", " ", page.get_textpage().get_text_bounded())
        for expected in (
            PAPER.title, PAPER.recipient, "Keep the pond.", "Clean it once a year.", f"Sheet {number}", f"Page {at} of 3",
            "Signature", "Postcode", "Email me", "Responsible: The Pond Society.", "Text 3f9a2c1b7d04", "10",
        ):  # fmt: skip
            assert expected in words, expected
        [code] = zxingcpp.read_barcodes(page.render(scale=2).to_pil())
        assert code.text == address


def test_the_same_sheets_give_the_same_bytes() -> None:
    assert draw_sheets(PAPER, SHEETS) == draw_sheets(PAPER, SHEETS)


@pytest.mark.parametrize(
    ("profile", "headings"),
    [("commons", "No. Name Address Signature"), ("council", "No. Name Address with postcode Signature Date")],
)
def test_each_recipient_has_its_columns(profile: str, headings: str) -> None:
    assert headings in said(replace(PAPER, columns=SHEET_PROFILES[profile].columns))[0]


def test_the_columns_fill_the_sheet() -> None:
    assert all(sum(share for _, share in profile.columns) == pytest.approx(1) for profile in SHEET_PROFILES.values())
    assert [default_profile(kind) for kind in ("commons", "lords", "council", "minister", "other")] == [
        "commons", "commons", "council", "general", "general"
    ]  # fmt: skip
    # Canada takes nothing on a sheet but the petition, and Australia no web address.
    assert all(SHEET_PROFILES[default_profile(kind)].plain for kind in ("canada", "australia"))


def test_a_long_text_is_printed_whole_or_refused() -> None:
    sentences = " ".join(f"Sentence number {n} says what we ask." for n in range(60))
    words = said(replace(PAPER, ask=sentences, rows=10))[0]
    assert all(f"Sentence number {n} says" in words for n in range(60))
    with pytest.raises(InvalidInputError, match="Take fewer"):
        draw_sheets(replace(PAPER, ask=sentences * 3, rows=20), SHEETS)


def test_names_and_texts_of_other_scripts_are_drawn_from_their_side() -> None:
    arabic = replace(PAPER, title="أنقذوا بركة القرية", ask="نطلب الحفاظ على البركة.")
    [left, *_] = pypdfium2.PdfDocument(draw_sheets(arabic, SHEETS[:1]))
    picture = left.render(scale=2).to_pil()
    [code] = zxingcpp.read_barcodes(picture)
    # The title begins at the right, so the code stands at the left.
    assert code.position.top_left.x < picture.width / 4
    assert "Sheet 17" in said(arabic)[0]


@pytest.mark.parametrize("field", ["title", "recipient", "ask"])
def test_a_sheet_with_letters_that_cannot_be_printed_is_refused(field: str) -> None:
    with pytest.raises(InvalidInputError, match=r"cannot be printed whole: U\+2A6D6\."):
        draw_sheets(replace(PAPER, **{field: "Save the pond 𪛖"}), SHEETS)  # type: ignore[arg-type]


def test_a_plain_sheet_has_its_number_and_the_petition_and_nothing_else() -> None:
    plain = replace(PAPER, plain=True, columns=SHEET_PROFILES["plain"].columns)
    [page, *_] = pypdfium2.PdfDocument(draw_sheets(plain, SHEETS))
    words = re.sub(r"\s+", " ", page.get_textpage().get_text_bounded())
    assert "Save the village pond" in words
    assert "Sheet 17" in words
    assert "Text 3f9a2c1b7d04" not in words
    assert zxingcpp.read_barcodes(page.render(scale=2).to_pil()) == []
