"""What a first visit to a campaign costs somebody on a phone, as Chromium counts it on the wire."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests import limits
from tests.browser.visitor import PHONE, Visitor
from tests.up import CAMPAIGN, Up

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.timeout(300)]


@dataclass
class Wire:
    """What came over the wire, headers included."""

    kinds: dict[str, tuple[str, str]] = field(default_factory=dict)
    octets: dict[str, int] = field(default_factory=dict)

    def asked(self, event: dict[str, Any]) -> None:
        self.kinds[event["requestId"]] = (event.get("type", ""), event["request"]["url"])

    def finished(self, event: dict[str, Any]) -> None:
        self.octets[event["requestId"]] = int(event["encodedDataLength"])

    def requests(self) -> int:
        """How many went over the wire: what the page had a moment ago comes from memory, without an octet."""
        return sum(1 for octets in self.octets.values() if octets)

    def of(self, kind: str) -> int:
        return sum(self.octets.get(number, 0) for number, (each, _) in self.kinds.items() if each == kind)

    def table(self) -> str:
        rows = [f"{self.octets.get(number, 0):>8} {kind:<12} {url}" for number, (kind, url) in self.kinds.items()]
        return "\n".join(["", *rows, f"{sum(self.octets.values()):>8} in {self.requests()} requests"])


def test_a_first_visit_to_a_campaign_is_light(site: Up, visitor: Callable[..., Visitor]) -> None:
    reader, wire = visitor(screen=PHONE), Wire()
    devtools = reader.context.new_cdp_session(reader.page)
    devtools.on("Network.requestWillBeSent", wire.asked)
    devtools.on("Network.loadingFinished", wire.finished)
    devtools.send("Network.enable")
    # The first look at the count is part of the visit.
    with reader.page.expect_response("**/count.json"):
        reader.go(CAMPAIGN)
    reader.page.wait_for_load_state("networkidle")
    devtools.detach()

    table = wire.table()
    assert wire.octets.keys() == wire.kinds.keys(), table
    assert sum(wire.octets.values()) <= limits.FIRST_VISIT, table
    assert wire.requests() <= limits.FIRST_VISIT_REQUESTS, table
    assert 0 < wire.of("Document") <= limits.HTML, table
    assert 0 < wire.of("Script") <= limits.SCRIPT, table
    assert {urlsplit(url).netloc for _, url in wire.kinds.values()} == {urlsplit(site.url).netloc}, table
