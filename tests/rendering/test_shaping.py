"""Letters in their places: both directions, every script we have fonts for, nothing outside its box."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.languages import BUNDLED_LANGUAGES, load_catalogue
from campaign.rendering.bidi import embedding_levels, is_right_to_left, visual_order
from campaign.rendering.fit_text import fit_text
from campaign.rendering.fonts import FONT_FALLBACKS, FONTS_FOLDER, font_with_glyph
from campaign.rendering.printable import ELLIPSIS
from campaign.rendering.shaping import can_draw, shape_line, spell_unprintable, unprintable_letters
from tests.rendering.samples import HARD_TITLES


def seen(text: str, *, right_to_left: bool) -> str:
    """The letters from left to right, as they stand on the page."""
    return "".join(text[at] for at in visual_order(embedding_levels(text, right_to_left=right_to_left)))


@pytest.mark.parametrize(
    ("text", "right_to_left", "on_the_page"),
    [
        ("save it", False, "save it"),
        ("אבג", True, "גבא"),
        ("אב 12 גד", True, "דג 12 בא"),
        ("אב 1,234.5 גד", True, "דג 1,234.5 בא"),
        ("اب 12-34", True, "34-12 با"),
        ("pond אב גד pond", False, "pond דג בא pond"),
        ("אב pond 12 גד", True, "דג pond 12 בא"),
        ("אב!", True, "!בא"),
        ("אב!", False, "בא!"),
        ("50% אב", True, "בא 50%"),
    ],
)
def test_letters_of_both_directions_stand_where_unicode_says(text: str, right_to_left: bool, on_the_page: str) -> None:
    assert seen(text, right_to_left=right_to_left) == on_the_page


def test_a_title_runs_as_its_first_letter_does() -> None:
    assert is_right_to_left("2027: أنقذوا")
    assert not is_right_to_left("Save بركة")
    assert not is_right_to_left("2027!")


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60), st.booleans())
def test_no_letter_is_lost_or_doubled_when_a_line_is_put_in_order(text: str, right_to_left: bool) -> None:
    order = visual_order(embedding_levels(text, right_to_left=right_to_left))
    assert sorted(order) == list(range(len(text)))


def test_arabic_letters_join_and_run_from_the_right() -> None:
    line = shape_line("سلام", "heavy", right_to_left=True)
    alone = sum(shape_line(letter, "heavy").width for letter in "سلام")
    assert line.width < alone * 0.9
    letters = [glyph.text_index for run in line.runs for glyph in run.glyphs]
    assert letters == sorted(letters, reverse=True)


@pytest.mark.parametrize(
    ("text", "font"),
    [
        ("Tŷ dŵr", "Figtree-ExtraBold"),
        ("пруд", "DejaVuSans-Bold"),
        ("λίμνη", "DejaVuSans-Bold"),
        ("أنقذوا", "NotoSansArabic-Bold"),
        ("ہماری جھیل بچائیے۔", "NotoSansArabic-Bold"),
        ("পুকুর", "NotoSansBengali-Bold"),
        ("तालाब", "NotoSansDevanagari-Bold"),
        ("તળાવ", "NotoSansGujarati-Bold"),
        ("ਛੱਪੜ", "NotoSansGurmukhi-Bold"),
        ("குளம்", "NotoSansTamil-Bold"),
        ("สมชาย ใจดี", "NotoSansThai-Bold"),
        ("ഉണ്ണികൃഷ്ണൻ", "NotoSansMalayalam-Bold"),
        ("శ్రీనివాస్", "NotoSansTelugu-Bold"),
        ("ಕೃಷ್ಣಮೂರ್ತಿ", "NotoSansKannada-Bold"),
        ("ශ්‍රී කුමාර", "NotoSansSinhala-Bold"),
        ("የመንደሩን ኩሬ አድኑ", "NotoSansEthiopic-Bold"),
        ("ស្រីមុំ", "NotoSansKhmer-Bold"),
        ("အောင်ဆန်း", "NotoSansMyanmar-Bold"),
        ("ଶ୍ରୀକୃଷ୍ଣ", "NotoSansOriya-Bold"),
        ("བསྒྲིམས་རྒྱ་མཚོ", "NotoSerifTibetan-Bold"),
        ("ᓄᓇᕗᑦ", "NotoSansCanadianAboriginal-Bold"),
        ("𞤀𞤣𞤢𞤥", "NotoSansAdlam-Bold"),
        ("ᏍᏏᏉᏯ", "NotoSansCherokee-Bold"),
        ("李小龍", "DroidSansFallback"),
        ("ひらがなカタカナ", "DroidSansFallback"),
        ("김민수", "DroidSansFallback"),
        ("𠮷𣘺𡈽", "HanaMin"),
        ("䶮㛃鿍𬀩𨳒", "HanaMin"),
    ],
)
def test_each_script_is_set_in_a_font_that_has_it(text: str, font: str) -> None:
    line = shape_line(text, "heavy")
    assert {run.font.name for run in line.runs} == {font}
    assert all(glyph.id != 0 for run in line.runs for glyph in run.glyphs)
    assert can_draw(text, "heavy")


def test_each_language_of_the_site_can_be_drawn_in_every_weight() -> None:
    said = {
        language.code: "".join(set("".join(map(str, load_catalogue(language.code)._catalog.values()))))  # type: ignore[attr-defined]
        for language in BUNDLED_LANGUAGES.offered
    }
    assert len(said["ur"]) > 50
    lacking = {
        (code, weight): letters
        for code, text in said.items()
        for weight in FONT_FALLBACKS
        if (letters := [c for c in text if c.isprintable() and font_with_glyph(c, weight) is None])
    }
    assert lacking == {}


def test_what_no_font_has_leaves_no_box_and_no_gap() -> None:
    assert [run.text for run in shape_line("our 🐸 frogs", "heavy").runs] == ["our frogs"]
    assert "".join(run.text for run in shape_line("👩‍👩‍👧 our 👩‍👩‍👧 ❤️ frogs", "heavy").runs) == "our ❤ frogs"
    assert can_draw("our 🐸 frogs", "heavy")
    assert not can_draw("𪛖𪛕", "heavy")


def test_letters_that_no_font_has_are_named_and_spelled_and_signs_are_not() -> None:
    assert unprintable_letters("Li 𪛖 and 𪛕, 𪛖 ❤️🐸") == "𪛖𪛕"
    assert spell_unprintable("Li 𪛖") == "Li [U+2A6D6]"
    assert unprintable_letters("Nguyễn Thị Ánh, דָּוִד, བསྒྲིམས") == ""


def test_every_font_is_asked_for_letters_and_has_its_licence() -> None:
    asked = {name for chain in FONT_FALLBACKS.values() for name in chain}
    assert asked == {path.stem for path in FONTS_FOLDER.glob("*.ttf")}
    assert "Noto" in (FONTS_FOLDER / "OFL.txt").read_text(encoding="utf-8")


@settings(deadline=None)  # a machine may be busy
@given(st.text(max_size=150) | st.sampled_from(sorted(HARD_TITLES.values())), st.integers(200, 1000))
def test_any_title_stays_in_its_box(title: str, width: int) -> None:
    block = fit_text(title, "heavy", width=width, height=260, largest=104, smallest=34)
    assert block.height <= 260
    assert 34 <= block.size <= 104
    for line in block.lines:
        assert line.width * block.size <= width + 0.5


def test_a_title_too_long_for_the_smallest_size_ends_in_an_ellipsis_after_a_word() -> None:
    block = fit_text("Reinstate the National Health Service " * 20, "bold", width=400, height=90, largest=60, smallest=30)
    assert block.size == 30
    last = block.lines[-1].text
    assert last.endswith(ELLIPSIS)
    assert last.rstrip(ELLIPSIS).split()[-1] in ("Reinstate", "the", "National", "Health", "Service")


def test_lines_are_about_equally_long() -> None:
    block = fit_text("Save the old village pond from the new car park", "heavy", width=900, height=240, largest=80, smallest=34)
    widths = [line.width for line in block.lines]
    assert len(widths) == 2
    assert min(widths) > 0.75 * max(widths)


def test_an_address_is_broken_after_its_hyphens_and_keeps_every_letter() -> None:
    address = "sign.example.org/c/reinstate-a-publicly-owned-national-health-service"
    block = fit_text(address, "bold", width=150, height=80, largest=14, smallest=8, address=True)
    assert len(block.lines) > 1
    assert "".join(line.text for line in block.lines) == address
    assert all(line.text.endswith(("-", "/")) for line in block.lines[:-1])
