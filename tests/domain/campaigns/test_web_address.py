"""Web addresses that campaigners give: shown as links, so they lead where they seem to."""

import pytest

from campaign.domain.campaigns.web_address import MAX_WEB_ADDRESS_LENGTH, read_web_address, web_host
from campaign.domain.common.invalid_input import InvalidInputError


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org",
        "https://example.org/",
        "https://www.example.co.uk/give?for=pond&amount=5#now",
        "https://example.org:8443/a/b_c-d~e/%20",
        "https://bücher.example/über",
        "https://xn--bcher-kva.example",
        "https://example.org/@friends",
    ],
)
def test_an_https_address_with_a_host_is_taken_as_it_was_typed(address: str) -> None:
    assert read_web_address(f" {address}\n") == address


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org",
        "example.org",
        "javascript:alert(1)",
        "https:example.org",
        "https://",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://example.org@evil.example/",
        "https://user:pw@example.org/",
        "https://example.org\\@evil.example/",
        "https://exa mple.org/",
        "https://example.org/\x00",
        "https://example.org/\u202egro.live",
        'https://example.org/"onclick=',
        "https://example.org:port/",
        "https://-example.org/",
        "ftp://example.org/",
        "//example.org/",
        f"https://example.org/{'a' * MAX_WEB_ADDRESS_LENGTH}",
    ],
)
def test_what_could_lead_elsewhere_than_it_seems_is_refused(address: str) -> None:
    with pytest.raises(InvalidInputError):
        read_web_address(address)


def test_no_address_is_none_and_what_is_no_text_is_refused() -> None:
    assert read_web_address(" \n") == ""
    with pytest.raises(InvalidInputError, match="must be text"):
        read_web_address(7)


def test_a_host_is_named_as_people_say_it() -> None:
    assert web_host("https://www.Example.org:8443/give") == "example.org"
    assert web_host("") == ""
