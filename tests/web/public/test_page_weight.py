"""Weight of the pages, and how long their parts are kept: measured without a browser, so that nothing grows unseen."""

import gzip
import re

from flask import Flask
from werkzeug.test import TestResponse

from campaign.runtime import Runtime
from tests.support import performance_budget
from tests.support.factories import new_campaign

ZIPPED = {"Accept-Encoding": "gzip"}

_OF_PAGE = re.compile(r'(?:src|href)="(/static/[^"]+)"')
_OF_STYLE = re.compile(r'url\("?(/static/[^")]+)"?\)')


def parts(app: Flask, page: str) -> dict[str, TestResponse]:
    """What a page loads by name, and what its style sheet loads, as they are sent."""
    client = app.test_client()
    addresses = list(dict.fromkeys(_OF_PAGE.findall(page)))
    sheets = [client.get(address, headers=ZIPPED) for address in addresses if ".css" in address]
    addresses += [address for sheet in sheets for address in _OF_STYLE.findall(gzip.decompress(sheet.data).decode())]
    return {address: client.get(address, headers=ZIPPED) for address in dict.fromkeys(addresses)}


def test_a_campaign_page_and_its_parts_are_small(app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime, background="It is old, and it is loved by everybody here. " * 100, contact="pond@example.org")
    answer = app.test_client().get("/c/save-the-pond", headers=ZIPPED)
    assert answer.headers.get("Content-Encoding") == "gzip"
    sizes = {"html": len(answer.data)}
    for address, part in parts(app, gzip.decompress(answer.data).decode()).items():
        kind = address.split("?")[0].rsplit(".", 1)[1]
        sizes[kind] = sizes.get(kind, 0) + len(part.data)
    assert sizes["html"] <= performance_budget.HTML_MAX_BYTES, sizes
    assert 0 < sizes["js"] <= performance_budget.SCRIPT_MAX_BYTES, sizes
    # What remains of the first visit is for headers, the count and a picture.
    assert sum(sizes.values()) <= performance_budget.FIRST_VISIT_MAX_BYTES * 0.9, sizes


def test_parts_are_kept_for_ever_and_compressed_once(app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime)
    found = parts(app, app.test_client().get("/c/save-the-pond").text)
    assert len(found) >= 3
    for address, part in found.items():
        assert part.status_code == 200, address
        assert part.headers["Cache-Control"] == "public, max-age=31536000, immutable", address
        again = app.test_client().get(address, headers=ZIPPED | {"If-None-Match": part.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b""), address
        if part.mimetype in ("text/css", "text/javascript", "image/svg+xml"):
            assert part.headers["Content-Encoding"] == "gzip", address
            assert "Accept-Encoding" in part.headers["Vary"], address
            plain = app.test_client().get(address)
            assert "Content-Encoding" not in plain.headers, address
            assert plain.data == gzip.decompress(part.data), address
            assert plain.headers["ETag"] != part.headers["ETag"], address
        # What has the address of another content is not kept for ever under this one.
        other = app.test_client().get(re.sub(r"v=\w+", "v=0000000000000000", address))
        assert "immutable" not in other.headers["Cache-Control"], address
