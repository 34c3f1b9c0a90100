"""Cards in full colour, read back from their pixels."""

from functools import cache
from io import BytesIO

import pytest
from PIL import Image, ImageStat

from campaign.domain.campaigns.colour import contrast_ratio
from campaign.rendering.contents import CARD_SIZES, CardShape
from campaign.rendering.picture_card import MAX_CARD_BYTES, draw_picture_card
from campaign.rendering.picture_import import import_picture
from tests.rendering.samples import HARD_TITLES, sample_card

SHAPES = list(CARD_SIZES)


@cache
def a_picture(colour: str = "") -> bytes:
    """Noise in the colours of a photograph, or one colour: the widest copy that is kept."""
    size, out = (800, 500), BytesIO()
    noise = Image.merge("RGB", [Image.effect_noise(size, spread) for spread in (60, 90, 120)])
    (Image.new("RGB", size, colour) if colour else noise).save(out, "JPEG", quality=92)
    return import_picture(out.getvalue())[-1].body


def read(body: bytes) -> Image.Image:
    return Image.open(BytesIO(body))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("pictured", [True, False])
def test_each_shape_is_of_its_size_and_under_the_limit_whatever_the_picture(shape: CardShape, pictured: bool) -> None:
    body = draw_picture_card(sample_card(), a_picture() if pictured else None, shape)
    image = read(body)
    assert (image.format, image.mode, image.size) == ("JPEG" if pictured else "PNG", "RGB", CARD_SIZES[shape])
    assert len(body) <= MAX_CARD_BYTES == 300_000


def test_a_photograph_keeps_more_colours_than_a_palette_has() -> None:
    image = read(draw_picture_card(sample_card(), a_picture(), "wide")).crop((0, 0, 1200, 200))
    assert len(image.getcolors(image.width * image.height) or ()) > 5_000


def test_words_can_be_read_on_the_lightest_photograph() -> None:
    image = read(draw_picture_card(sample_card(title="Oak"), a_picture("#ffffff"), "wide"))
    assert image.getpixel((600, 20)) == (255, 255, 255)
    red, green, blue = image.crop((0, 500, 20, 620)).resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
    assert contrast_ratio("#ffffff", f"#{red:02x}{green:02x}{blue:02x}") >= 4.5


@pytest.mark.parametrize("title", HARD_TITLES.values(), ids=HARD_TITLES.keys())
def test_no_words_leave_the_margins(title: str) -> None:
    image = read(draw_picture_card(sample_card(title=title, organiser=title), None, "square"))
    width, height = image.size
    for box in ((0, 0, 48, height), (width - 48, 0, width, height), (0, 0, width, 40), (0, height - 24, width, height)):
        assert ImageStat.Stat(image.crop(box)).stddev == [0, 0, 0]


def test_the_bar_grows_from_the_side_the_title_is_read_from() -> None:
    """The lighter half of the bar is the filled one."""
    for title, side in (("Save the pond", 0), ("أنقذوا البركة", 1)):
        image = read(draw_picture_card(sample_card(title=title, progress=0.4), None, "wide")).convert("L")
        rows = [[image.getpixel((x, y)) for x in (90, 1110)] for y in range(400, 620)]
        assert any(row[side] > row[1 - side] + 60 for row in rows)  # type: ignore[operator]
        assert not any(row[1 - side] > row[side] + 60 and row[side] < 100 for row in rows[180:])  # type: ignore[operator]


def test_the_same_card_is_the_same_bytes() -> None:
    assert draw_picture_card(sample_card(), a_picture(), "story") == draw_picture_card(sample_card(), a_picture(), "story")
