"""Relying party that passkeys are bound to, from the address of the site."""

import pytest

from campaign.domain.accounts.relying_party import relying_party


@pytest.mark.parametrize(
    ("base_url", "host", "origin", "possible"),
    [
        ("https://sign.example.org", "sign.example.org", "https://sign.example.org", True),
        ("https://Sign.Example.org:443", "sign.example.org", "https://sign.example.org", True),
        ("https://sign.example.org:8443", "sign.example.org", "https://sign.example.org:8443", True),
        ("http://localhost:8000", "localhost", "http://localhost:8000", True),
        ("https://pŵll.example", "xn--pll-b2a.example", "https://xn--pll-b2a.example", True),
        ("http://sign.example.org", "sign.example.org", "http://sign.example.org", False),
        ("http://127.0.0.1:8000", "127.0.0.1", "http://127.0.0.1:8000", False),
        ("https://[::1]:8000", "::1", "https://[::1]:8000", False),
    ],
)
def test_the_site_is_named_as_browsers_name_it(base_url: str, host: str, origin: str, possible: bool) -> None:
    found = relying_party(base_url)
    assert (found.host, found.origin, found.supports_passkeys) == (host, origin, possible)
