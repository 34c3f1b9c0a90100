"""Weight of a first visit to a campaign, as Chromium counts it on the wire."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image, ImageDraw, ImageFilter

from tests.browser.visitor import DESKTOP, PHONE, Visitor
from tests.support import performance_budget
from tests.support.processes import TIMEOUT_SECONDS
from tests.support.up_process import CAMPAIGN_PATH, UpProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


@dataclass
class NetworkLog:
    """Octets and requests that came over the wire, headers included."""

    resources: dict[str, tuple[str, str]] = field(default_factory=dict)
    bytes_received: dict[str, int] = field(default_factory=dict)

    def asked(self, event: dict[str, Any]) -> None:
        self.resources[event["requestId"]] = (event.get("type", ""), event["request"]["url"])

    def finished(self, event: dict[str, Any]) -> None:
        self.bytes_received[event["requestId"]] = int(event["encodedDataLength"])

    @property
    def is_complete(self) -> bool:
        return self.bytes_received.keys() == self.resources.keys()

    def requests(self) -> int:
        """How many went over the wire: what the page had a moment ago comes from memory, without an octet."""
        return sum(1 for octets in self.bytes_received.values() if octets)

    def bytes_of_type(self, kind: str) -> int:
        return sum(self.bytes_received.get(number, 0) for number, (each, _) in self.resources.items() if each == kind)

    def table(self) -> str:
        rows = [
            f"{self.bytes_received.get(number, 0):>8} {kind:<12} {url[:100]}" for number, (kind, url) in self.resources.items()
        ]
        return "\n".join(["", *rows, f"{sum(self.bytes_received.values()):>8} in {self.requests()} requests"])


def first_visit(reader: Visitor, path: str) -> NetworkLog:
    """Open a campaign in a browser without a past, and wait for the first look at the count, which is part of the visit."""
    wire = NetworkLog()
    devtools = reader.context.new_cdp_session(reader.page)
    devtools.on("Network.requestWillBeSent", wire.asked)
    devtools.on("Network.loadingFinished", wire.finished)
    devtools.send("Network.enable")
    with reader.page.expect_response("**/count.json"):
        reader.go(path)
    reader.page.wait_for_load_state("networkidle")
    # That the network rests can be known before it is told that the last answer has come to its end.
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not wire.is_complete and time.monotonic() < deadline:
        reader.page.wait_for_timeout(20)
    devtools.detach()
    print(wire.table())  # noqa: T201 - `pytest -s` shows what to save on
    return wire


def assert_within_budget(wire: NetworkLog, site: UpProcess) -> None:
    """Raises AssertionError, with what came, where a visit is not."""
    table = wire.table()
    assert wire.is_complete, table
    assert sum(wire.bytes_received.values()) <= performance_budget.FIRST_VISIT_MAX_BYTES, table
    assert wire.requests() <= performance_budget.FIRST_VISIT_MAX_REQUESTS, table
    assert 0 < wire.bytes_of_type("Document") <= performance_budget.HTML_MAX_BYTES, table
    assert 0 < wire.bytes_of_type("Script") <= performance_budget.SCRIPT_MAX_BYTES, table
    assert {urlsplit(url).netloc for _, url in wire.resources.values() if not url.startswith("data:")} == {
        urlsplit(site.url).netloc
    }


def test_a_first_visit_to_a_campaign_is_light(site: UpProcess, visitor: Callable[..., Visitor]) -> None:
    assert_within_budget(first_visit(visitor(screen=PHONE), CAMPAIGN_PATH), site)


def write_photo(path: Path) -> None:
    """Shapes of every size, an edge to each, and the grain of a sensor over all of it."""
    chance = random.Random(1)
    picture = Image.new("RGB", (2400, 1600))
    drawing = ImageDraw.Draw(picture)
    for number in range(600):
        x, y, size = chance.randrange(2400), chance.randrange(1600), 600 / (1 + number / 40) + 4
        drawing.ellipse((x - size, y - size, x + size, y + size), tuple(chance.randrange(256) for _ in range(3)))
    grain = Image.merge("RGB", [Image.effect_noise(picture.size, 60) for _ in range(3)])
    Image.blend(picture.filter(ImageFilter.GaussianBlur(1)), grain, 0.1).save(path, "JPEG", quality=90)


def prose(length: int) -> str:
    """Words that shrink no better than anybody's do."""
    chance = random.Random(2)
    words = ("".join(chance.choices("etaoinshrdlucmfw", k=chance.randrange(2, 9))) for _ in range(length))
    return " ".join(words)[:length].strip()


@pytest.fixture(scope="module")
def pictured(_sqlite_site: UpProcess) -> str:
    """The path of a campaign with much to say, in two languages, and a picture as full of detail as a camera's."""
    folder = _sqlite_site.folder
    write_photo(folder / "photograph.jpg")
    (folder / "pictured.toml").write_text(
        f"""
        slug = "pictured"
        title = "Give the children of Mill Street their library back"
        recipient = "The council"
        ask = "Open the **library** again, on six days of the week."
        background = "{prose(4_000)}"
        contact = "library@example.org"
        accent = "#0b6e4f"
        closes_at = 2099-12-31T23:59:59
        picture = "photograph.jpg"
        picture_alt = "Children reading on the floor"
        [translations.cy]
        title = "Rhowch y llyfrgell yn ôl i blant Stryd y Felin, a’r tŷ a’r dŵr"
        ask = "Agorwch y **llyfrgell** eto, ar chwe diwrnod o’r wythnos."
        background = "{prose(4_000)}"
        picture_alt = "Plant yn darllen ar y llawr"
        """
    )
    _sqlite_site.run_command("campaign", "create", str(folder / "pictured.toml"))
    return "/c/pictured"


@pytest.mark.parametrize(
    "how", [{"screen": PHONE, "density": 3}, {"screen": DESKTOP}], ids=["a phone of three pixels to one", "a desktop"]
)
@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_first_visit_to_a_campaign_with_a_picture_is_light(
    site: UpProcess, visitor: Callable[..., Visitor], pictured: str, how: dict[str, Any], language: str
) -> None:
    reader = visitor(**how)
    wire = first_visit(reader, f"{pictured}?lang={language}")
    assert_within_budget(wire, site)
    assert wire.bytes_of_type("Image") > 15_000, "a picture that uses all it may is part of the visit"
