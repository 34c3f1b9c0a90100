"""Codes, read by a reader."""

import re
from io import BytesIO
from xml.etree import ElementTree

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from campaign.rendering.qr import QUIET_ZONE_MODULES, qr_modules, qr_png, qr_svg
from tests.rendering.samples import CAMPAIGN_URL

ADDRESSES = [
    CAMPAIGN_URL,
    f"{CAMPAIGN_URL}?via=poster",
    f"{CAMPAIGN_URL}?lang=cy&via=Ab-_xyzABCDEFGHIJKL012",
    f"https://x.org/c/{'a' * 80}?via=b",
]


def drawn(svg: bytes, scale: int = 6) -> Image.Image:
    """The boxes of the SVG, painted one by one."""
    root = ElementTree.fromstring(svg)
    size = int(root.attrib["viewBox"].split()[2])
    image = Image.new("L", (size * scale, size * scale), "white")
    path = root.findall("{http://www.w3.org/2000/svg}path")[1].attrib["d"]
    boxes = re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", path)
    assert "".join(f"M{x} {y}h{n}v1h-{n}z" for x, y, n in boxes) == path
    for x, y, n in boxes:
        left, top = int(x) * scale, int(y) * scale
        ImageDraw.Draw(image).rectangle((left, top, left + int(n) * scale - 1, top + scale - 1), fill="black")
    return image


@pytest.mark.parametrize("address", ADDRESSES)
def test_both_codes_lead_to_the_exact_address(address: str) -> None:
    for image in (Image.open(BytesIO(qr_png(address))), drawn(qr_svg(address, "QR code"))):
        found = zxingcpp.read_barcodes(image)
        assert [code.text for code in found] == [address]
        assert found[0].format == zxingcpp.BarcodeFormat.QRCode
        assert found[0].ec_level in ("M", "Q", "H")


def test_a_code_has_four_modules_of_white_around_it() -> None:
    image = Image.open(BytesIO(qr_png(CAMPAIGN_URL))).convert("L")
    scale = image.width // (len(qr_modules(CAMPAIGN_URL)) + 2 * QUIET_ZONE_MODULES)
    ink = image.point([255 if value == 0 else 0 for value in range(256)]).getbbox()
    assert QUIET_ZONE_MODULES == 4
    assert ink == (4 * scale, 4 * scale, image.width - 4 * scale, image.height - 4 * scale)


def test_a_code_says_what_it_is_to_those_who_do_not_see_it() -> None:
    root = ElementTree.fromstring(qr_svg(CAMPAIGN_URL, 'Sign <"this"> & that'))
    assert root.attrib["aria-label"] == 'Sign <"this"> & that'
    assert root.attrib["role"] == "img"
    title = root.find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.text == 'Sign <"this"> & that'
