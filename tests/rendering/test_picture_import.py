"""A campaigner's picture: what comes out is small, upright and says nothing about the camera; what is no picture is refused."""

import struct
import subprocess
import sys
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageDraw

from campaign.domain.campaigns.text import MAX_PAGE_WIDTH_PIXELS
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.rendering.picture_import import MAX_BYTES_BY_WIDTH, import_picture

RED, BLUE = (208, 16, 32), (16, 32, 208)


def encoded_image(image: Image.Image, kind: str = "JPEG", **how: Any) -> bytes:
    out = BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def two_coloured_image(width: int = 1200, height: int = 800) -> Image.Image:
    """Red above, blue below."""
    image = Image.new("RGB", (width, height), RED)
    ImageDraw.Draw(image).rectangle((0, height // 2, width, height), fill=BLUE)
    return image


def noise(width: int, height: int) -> Image.Image:
    return Image.merge("RGB", [Image.effect_noise((width, height), 120) for _ in range(3)])


def opened(body: bytes) -> Image.Image:
    return Image.open(BytesIO(body)).convert("RGB")


def is_near_colour(image: Image.Image, at: tuple[int, int], colour: tuple[int, int, int]) -> bool:
    found = image.getpixel(at)
    assert isinstance(found, tuple)
    return all(abs(a - b) < 30 for a, b in zip(found, colour, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "MPO", "PNG", "WEBP", "GIF", "AVIF"])
def test_a_picture_comes_out_in_the_widths_of_pages_as_webp(kind: str) -> None:
    copies = import_picture(encoded_image(two_coloured_image(), kind))
    assert [(copy.width, copy.height) for copy in copies] == [(480, 320), (960, 640), (1200, 800)]
    for copy in copies:
        image = Image.open(BytesIO(copy.body))
        assert (image.format, image.size, copy.format) == ("WEBP", (copy.width, copy.height), "webp")
        assert is_near_colour(image.convert("RGB"), (copy.width // 2, 20), RED)
        assert is_near_colour(image.convert("RGB"), (copy.width // 2, copy.height - 20), BLUE)


@pytest.mark.parametrize(("width", "widths"), [(200, [200]), (479, [479]), (480, [480]), (700, [480, 700]), (960, [480, 960])])
def test_a_picture_is_never_made_larger_nor_kept_twice(width: int, widths: list[int]) -> None:
    assert [copy.width for copy in import_picture(encoded_image(two_coloured_image(width, 400)))] == widths


def test_where_and_when_a_picture_was_taken_is_nowhere_in_it() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0132] = "SpyCam", "2026:11:23 12:00:00"
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 26.0)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    told = encoded_image(
        two_coloured_image(), exif=exif, icc_profile=profile, comment=b"At home", xmp=b"<x:xmpmeta>Ada</x:xmpmeta>"
    )
    assert Image.open(BytesIO(told)).getexif().get_ifd(0x8825)
    for copy in import_picture(told):
        image = Image.open(BytesIO(copy.body))
        assert not image.getexif()
        assert not image.info.keys() & {"exif", "icc_profile", "xmp", "comment"}
        chunks = copy.body[12:16]
        assert chunks in (b"VP8 ", b"VP8L")  # the picture, and no room for anything else
        for secret in (b"SpyCam", b"2026", b"home", b"Ada"):
            assert secret not in copy.body


@pytest.mark.parametrize(
    ("orientation", "above", "size"), [(3, BLUE, (480, 320)), (6, None, (480, 720)), (8, None, (480, 720))]
)
def test_a_picture_taken_with_the_camera_on_its_side_stands_upright(
    orientation: int, above: tuple[int, int, int] | None, size: tuple[int, int]
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    copy = import_picture(encoded_image(two_coloured_image(), exif=exif))[0]
    image = opened(copy.body)
    assert image.size == size
    if above:
        assert is_near_colour(image, (240, 20), above)
    else:
        left, right = (BLUE, RED) if orientation == 6 else (RED, BLUE)
        assert is_near_colour(image, (20, 360), left)
        assert is_near_colour(image, (460, 360), right)


def test_colours_of_another_space_are_carried_over() -> None:
    # A profile that calls green what sRGB calls red: its table of contents with two entries swapped.
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    image = Image.new("RGB", (600, 400), (255, 0, 0))
    copy = import_picture(encoded_image(image, icc_profile=bytes(profile)))[0]
    assert is_near_colour(opened(copy.body), (100, 100), (0, 255, 0))
    broken = import_picture(encoded_image(image, icc_profile=b"no profile at all"))[0]
    assert is_near_colour(opened(broken.body), (100, 100), (255, 0, 0))


@pytest.mark.parametrize("size", [(1600, 1067), (520, 2000), (2000, 520)])
def test_even_noise_is_made_to_fit_its_budget(size: tuple[int, int]) -> None:
    for copy in import_picture(encoded_image(noise(*size), quality=60)):
        assert len(copy.body) <= next(budget for width, budget in MAX_BYTES_BY_WIDTH.items() if copy.width <= width)
    # Beside it a first visit has some 42 KB, and 60 in all.
    assert max(budget for width, budget in MAX_BYTES_BY_WIDTH.items() if width <= MAX_PAGE_WIDTH_PIXELS) <= 16_000


def test_what_can_be_seen_through_stands_on_white() -> None:
    clear = Image.new("RGBA", (400, 300), (0, 0, 0, 0))
    ImageDraw.Draw(clear).rectangle((0, 0, 400, 100), fill=(*RED, 255))
    image = opened(import_picture(encoded_image(clear, "PNG"))[0].body)
    assert is_near_colour(image, (200, 50), RED)
    assert is_near_colour(image, (200, 250), (255, 255, 255))


def test_pictures_of_printers_and_of_scanners_are_read() -> None:
    cmyk = opened(import_picture(encoded_image(two_coloured_image().convert("CMYK")))[0].body)
    assert is_near_colour(cmyk, (240, 20), RED)
    grey = Image.new("I;16", (400, 300), 32_768)
    assert is_near_colour(opened(import_picture(encoded_image(grey, "PNG"))[0].body), (100, 100), (128, 128, 128))


def huge_png(width: int, height: int) -> bytes:
    """A PNG of a few octets that says it is huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not a picture we can read"),
        (b"Dear council,\n", "not a picture we can read"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture we can read"),
        (b"%PDF-1.7\n%\xe2\xe3", "not a picture we can read"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "not a picture we can read"),
        (encoded_image(two_coloured_image(), "TIFF"), "not a picture we can read"),
        (encoded_image(noise(800, 600))[:20_000], "not a picture we can read"),
        (b"\xff" * 10_000_001, "10 MB or smaller"),
        (huge_png(6_400, 6_400), "24 million pixels or fewer"),
        (huge_png(10_000, 10_000), "24 million pixels or fewer"),
        (huge_png(60_000, 60_000), "24 million pixels or fewer"),
        (encoded_image(two_coloured_image(199, 300)), "at least 200 pixels wide. It has 199."),
        (encoded_image(two_coloured_image(300, 1300)), "long and narrow"),
        (encoded_image(two_coloured_image(1300, 300)), "long and narrow"),
    ],
)
def test_what_is_no_fit_picture_is_refused_in_words(body: bytes, words: str) -> None:
    with pytest.raises(InvalidInputError, match=words):
        import_picture(body)


def test_a_large_picture_is_made_smaller_before_it_is_copied() -> None:
    program = (
        "import resource, sys; from campaign.rendering.picture_import import import_picture; "
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; import_picture(sys.stdin.buffer.read()); "
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)"
    )
    out = BytesIO()
    # 12 million pixels with transparency: 48 MB each time they are copied whole.
    Image.new("RGBA", (4_000, 3_000), (20, 40, 60, 200)).save(out, "PNG")
    peak = subprocess.run([sys.executable, "-c", program], input=out.getvalue(), capture_output=True, check=True, timeout=60)
    assert int(peak.stdout) < 150
