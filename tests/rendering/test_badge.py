"""The badge: escaped, as wide as its words, and told to those who do not see it."""

from xml.etree import ElementTree

import pytest

from campaign.rendering.badge import badge_svg
from campaign.rendering.colours import colour_scheme

SVG = "{http://www.w3.org/2000/svg}"


def width(label: str, value: str) -> int:
    return int(ElementTree.fromstring(badge_svg(label, value, "")).attrib["width"])


@pytest.mark.parametrize("label", ["signatures", "<script>alert(1)</script>", 'a"b&c', "توقيع", "🐸", ""])
def test_a_badge_is_well_formed_and_says_what_it_shows(label: str) -> None:
    root = ElementTree.fromstring(badge_svg(label, "12,345", ""))
    title = root.find(f"{SVG}title")
    assert title is not None
    assert title.text == root.attrib["aria-label"] == f"{label}: 12,345"
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {"svg", "title", "clipPath", "rect", "g", "path"}


def test_a_badge_is_as_wide_as_its_words() -> None:
    assert width("signatures", "3") < width("signatures", "12,345") < width("signatures", "1,234,567")
    assert width("W" * 30, "1") > 2 * width("i" * 30, "1")


def test_a_badge_wears_the_accent() -> None:
    body = badge_svg("signatures", "3", "#ffd400").decode()
    assert 'fill="#ffd400"' in body
    assert f'<g fill="{colour_scheme("#ffd400").on_background}">' in body


def test_a_badge_asks_for_nothing_from_elsewhere_and_no_font() -> None:
    body = badge_svg("signatures", "12,345", "").decode()
    assert "font" not in body
    assert "href" not in body
    assert body.count("http") == 1  # the name of the SVG namespace
    assert len(body) < 10_000
