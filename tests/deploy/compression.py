"""Compression by a proxy: of what is everybody's, never of what is made for one person."""

from http.client import HTTPConnection
from urllib.parse import urlencode


def _encoding(port: int, path: str, body: str | None = None) -> str | None:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {
        "Host": "sign.example.org",
        "Accept-Encoding": "gzip",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection.request("POST" if body else "GET", path, body, headers)
    answer = connection.getresponse()
    assert len(answer.read()) > 500
    connection.close()
    return answer.getheader("Content-Encoding")


def assert_only_what_is_everybodys_is_compressed(port: int, page: str) -> None:
    """Raises AssertionError where the proxy at a port, before a site with a campaign at `page`, does otherwise."""
    assert [_encoding(port, path) for path in (page, f"{page}.json", "/privacy", "/petitions.json")] == ["gzip"] * 4
    for path in ("/desk/sign-in", "/v/no-link", "/s/no-link", f"{page}/check-your-email"):
        assert (path, _encoding(port, path)) == (path, None)
    # What was typed stands in the page.
    assert _encoding(port, f"{page}/signatures", urlencode({"name": "Ada Lovelace", "email": "nobody"})) is None
