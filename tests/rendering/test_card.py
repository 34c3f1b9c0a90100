"""The card, read back from its pixels."""

from io import BytesIO

import pytest
from PIL import Image, ImageColor

from campaign.rendering.card import HEIGHT_PIXELS, WIDTH_PIXELS, draw_card
from campaign.rendering.colours import MUTED_COLOUR, PAGE_COLOUR, TEXT_COLOUR, colour_scheme, mix
from tests.rendering.samples import HARD_TITLES, sample_card

HEAD = 388
MARGIN = 40


def read(body: bytes) -> Image.Image:
    image = Image.open(BytesIO(body))
    assert (image.format, image.size) == ("PNG", (WIDTH_PIXELS, HEIGHT_PIXELS))
    return image.convert("RGB")


def colours_in(image: Image.Image, box: tuple[int, int, int, int]) -> set[tuple[int, ...]]:
    part = image.crop(box)
    return {colour for _, colour in part.getcolors(part.width * part.height)}


def bare(image: Image.Image, box: tuple[int, int, int, int]) -> bool:
    return len(colours_in(image, box)) == 1


def test_a_card_is_a_small_png_of_the_size_other_sites_show() -> None:
    body = draw_card(sample_card())
    image = read(body)
    assert len(body) < 40_000
    assert image.getpixel((5, 5)) == ImageColor.getrgb(colour_scheme("").background)
    assert image.getpixel((5, HEIGHT_PIXELS - 5)) == ImageColor.getrgb(PAGE_COLOUR)
    assert not Image.open(BytesIO(body)).info.keys() - {"transparency"}


def test_the_same_card_is_the_same_bytes_and_another_number_is_not() -> None:
    assert draw_card(sample_card()) == draw_card(sample_card())
    assert draw_card(sample_card(number="13,000+")) != draw_card(sample_card())
    assert sample_card().version == sample_card().version != sample_card(time_left="28 days left").version


@pytest.mark.parametrize("title", HARD_TITLES.values(), ids=HARD_TITLES.keys())
def test_no_title_leaves_its_margins(title: str) -> None:
    image = read(draw_card(sample_card(title=title, recipient=f"To: {title}")))
    for top, bottom in ((0, 16), (HEAD - 16, HEAD)):
        assert bare(image, (MARGIN, top, WIDTH_PIXELS - MARGIN, bottom))
    for box in (
        (0, 0, MARGIN, HEAD),
        (WIDTH_PIXELS - MARGIN, 0, WIDTH_PIXELS, HEAD),
        (0, HEAD, MARGIN, HEIGHT_PIXELS),
        (WIDTH_PIXELS - MARGIN, HEAD, WIDTH_PIXELS, HEIGHT_PIXELS),
        (0, HEIGHT_PIXELS - 16, WIDTH_PIXELS, HEIGHT_PIXELS),
    ):
        assert bare(image, box)


def test_the_number_does_not_run_into_the_time() -> None:
    image = read(
        draw_card(
            sample_card(
                number="123,000,000+", number_suffix="o lofnodion wedi’u dilysu", last_day="Llofnodwch erbyn 31 Rhagfyr 2027"
            )
        )
    )
    # Between both there is a column of paper, from the number's top to its foot.
    assert any(bare(image, (x, 400, x + 12, 530)) for x in range(600, 1000, 4))


def test_a_right_to_left_title_stands_at_the_right_and_the_bar_grows_from_there() -> None:
    image = read(draw_card(sample_card(title="أنقذوا البركة", number="340+", progress=0.2)))
    accent, track = (ImageColor.getrgb(colour) for colour in (colour_scheme("").accent, colour_scheme("").bar_track))
    assert image.getpixel((WIDTH_PIXELS - 80, 555)) == accent
    assert image.getpixel((80, 555)) == track
    assert bare(image, (0, 0, 200, HEAD))
    assert not bare(image, (WIDTH_PIXELS - 200, 0, WIDTH_PIXELS, HEAD))


@pytest.mark.parametrize("reached", [0.0, 0.000_001, 0.5, 1.0, 7.0])
def test_the_bar_is_as_long_as_the_truth(reached: float) -> None:
    image = read(draw_card(sample_card(progress=reached)))
    accent = ImageColor.getrgb(colour_scheme("").accent)
    filled = sum(image.getpixel((x, 555)) == accent for x in range(64, WIDTH_PIXELS - 64))
    if reached == 0:
        assert filled == 0
    else:
        assert filled == pytest.approx(max(18, min(reached, 1) * 1072), abs=3)


@pytest.mark.parametrize("accent", ["#ffd400", "#c8102e", "#0a6b3b", "#ffffff", "#000000"])
def test_the_accent_colours_the_card_and_nothing_is_drawn_in_any_other(accent: str) -> None:
    image, colours = read(draw_card(sample_card(accent=accent))), colour_scheme(accent)
    assert image.getpixel((5, 5)) == ImageColor.getrgb(colours.background)
    drawn = ((colours.on_background, colours.background), (colours.muted_on_background, colours.background))
    assert colours_in(image, (0, 0, WIDTH_PIXELS, HEAD)) <= shades(drawn)
    below = (
        (TEXT_COLOUR, PAGE_COLOUR),
        (MUTED_COLOUR, PAGE_COLOUR),
        (colours.accent, PAGE_COLOUR),
        (colours.bar_track, PAGE_COLOUR),
        (colours.accent, colours.bar_track),
    )
    assert colours_in(image, (0, HEAD, WIDTH_PIXELS, HEIGHT_PIXELS)) <= shades(below)


def shades(pairs: tuple[tuple[str, str], ...]) -> set[tuple[int, ...]]:
    return {ImageColor.getrgb(mix(colour, ground, step / 15)) for colour, ground in pairs for step in range(16)}


def test_a_card_shows_what_it_says_and_nothing_where_it_says_nothing() -> None:
    image = read(draw_card(sample_card(time_left="", last_day="")))
    assert bare(image, (900, 400, WIDTH_PIXELS, 530))
    assert not bare(read(draw_card(sample_card())), (900, 400, WIDTH_PIXELS, 530))
