"""Ways to send a campaign on: plain links that carry its address and its text, whatever is in them."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from campaign.domain.common.invalid_input import InvalidInputError
from campaign.web.public.share_links import ShareLink, mastodon_link, read_mastodon_server, share_links, with_via

URL = "https://sign.example.org/c/park?lang=cy&via=Abc_def-ghi123456789XY"
TEXT = "Save the pond & park: 100% of us, “now”! #pond + newts?\nSign"
SUBJECT = "Save the pond & park?"


def links(text: str = TEXT) -> dict[str, str]:
    return {share.name: share.url for share in share_links(URL, text, SUBJECT)}


def query(link: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(link).query, keep_blank_values=True, strict_parsing=True)


def test_a_campaign_can_be_shared_in_ten_ways() -> None:
    assert share_links("https://e.org/c/a", "Sign now", "A pond") == (
        ShareLink("WhatsApp", "https://wa.me/?text=Sign%20now%20https%3A%2F%2Fe.org%2Fc%2Fa"),
        ShareLink("Messenger", "fb-messenger://share/?link=https%3A%2F%2Fe.org%2Fc%2Fa"),
        ShareLink("Text message", "sms:?body=Sign%20now%20https%3A%2F%2Fe.org%2Fc%2Fa"),
        ShareLink("Email", "mailto:?subject=A%20pond&body=Sign%20now%0D%0A%0D%0Ahttps%3A%2F%2Fe.org%2Fc%2Fa"),
        ShareLink("Facebook", "https://www.facebook.com/sharer/sharer.php?u=https%3A%2F%2Fe.org%2Fc%2Fa"),
        ShareLink("Bluesky", "https://bsky.app/intent/compose?text=Sign%20now%20https%3A%2F%2Fe.org%2Fc%2Fa"),
        ShareLink("X", "https://x.com/intent/post?text=Sign%20now&url=https%3A%2F%2Fe.org%2Fc%2Fa"),
        ShareLink("Telegram", "https://t.me/share/url?url=https%3A%2F%2Fe.org%2Fc%2Fa&text=Sign%20now"),
        ShareLink("LinkedIn", "https://www.linkedin.com/sharing/share-offsite/?url=https%3A%2F%2Fe.org%2Fc%2Fa"),
        ShareLink("Threads", "https://www.threads.net/intent/post?text=Sign%20now%20https%3A%2F%2Fe.org%2Fc%2Fa"),
    )


@pytest.mark.parametrize(
    ("name", "carried"),
    [
        ("WhatsApp", {"text": [f"{TEXT} {URL}"]}),
        ("Messenger", {"link": [URL]}),
        ("Facebook", {"u": [URL]}),
        ("X", {"text": [TEXT], "url": [URL]}),
        ("Bluesky", {"text": [f"{TEXT} {URL}"]}),
        ("Telegram", {"url": [URL], "text": [TEXT]}),
        ("Text message", {"body": [f"{TEXT} {URL}"]}),
        ("LinkedIn", {"url": [URL]}),
        ("Threads", {"text": [f"{TEXT} {URL}"]}),
    ],
)
def test_a_link_carries_address_and_text_unharmed(name: str, carried: dict[str, list[str]]) -> None:
    link = links()[name]
    assert query(link) == carried
    assert link.isascii()
    assert "+" not in link
    assert not set(link) & set(" \"'<>\n")


def test_an_email_has_subject_and_body_as_rfc_6068_writes_them() -> None:
    link = links()["Email"]
    assert link.startswith("mailto:?subject=Save%20the%20pond%20%26%20park%3F&body=")
    assert "+" not in link
    body = unquote(link.partition("&body=")[2])
    assert body == f"{TEXT}\n\n{URL}".replace("\n", "\r\n")


def test_a_subject_stays_in_one_line() -> None:
    email = next(way.url for way in share_links(URL, "", "a\r\nBcc: b@example.org") if way.name == "Email")
    assert email.startswith("mailto:?subject=a%20Bcc%3A%20b%40example.org&body=https")


def test_a_campaign_without_a_text_shares_its_address_alone() -> None:
    assert query(links("")["WhatsApp"]) == {"text": [URL]}
    assert query(links("")["X"]) == {"text": [""], "url": [URL]}
    assert links("")["Email"].endswith(
        "&body=https%3A%2F%2Fsign.example.org%2Fc%2Fpark%3Flang%3Dcy%26via%3DAbc_def-ghi123456789XY"
    )


def test_mastodon_is_shared_on_by_way_of_ones_own_server() -> None:
    link = mastodon_link("mastodon.social", URL, TEXT)
    assert link.startswith("https://mastodon.social/share?text=")
    assert query(link) == {"text": [f"{TEXT} {URL}"]}


@pytest.mark.parametrize(
    ("typed", "server"),
    [
        ("mastodon.social", "mastodon.social"),
        (" Mastodon.Social \n", "mastodon.social"),
        ("https://toot.wales/", "toot.wales"),
        ("http://toot.wales/@ann/123?x#y", "toot.wales"),
        ("@ann@toot.wales", "toot.wales"),
        ("https://toot.wales\\@example.org", "toot.wales"),
        ("ann@toot.wales", "toot.wales"),
        ("social.example.co.uk", "social.example.co.uk"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
    ],
)
def test_a_mastodon_server_is_read_in_every_way_people_write_it(typed: str, server: str) -> None:
    assert read_mastodon_server(typed) == server


@pytest.mark.parametrize(
    "text",
    [
        "mastodon", "localhost", "127.0.0.1", "[::1]", "https://", "@ann", "toot.wales:8080", "a b.example",
        "javascript:alert(1)", "-a.example", "a..example", "<b>.example", "a." * 200 + "example", "a" * 64 + ".example",
        "toot.wales\x00", "toot_wales.example", "\ud800.example", "x" * 100_000, "@@", "https://https://toot.wales",
    ],
)  # fmt: skip
def test_what_is_no_server_is_refused_in_words(text: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        read_mastodon_server(text)
    assert str(refused.value) == "Enter the name of a server, like mastodon.social."


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_server_is_asked_for(text: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        read_mastodon_server(text)
    assert str(refused.value) == "Enter the name of your Mastodon server, like mastodon.social."


@pytest.mark.parametrize(
    ("url", "tagged"),
    [
        ("https://e.org/c/a", "https://e.org/c/a?via=leaflet"),
        ("https://e.org/c/a?lang=cy", "https://e.org/c/a?lang=cy&via=leaflet"),
        ("https://e.org/c/a?lang=cy#sign", "https://e.org/c/a?lang=cy&via=leaflet#sign"),
        ("https://e.org/c/a?via=other&lang=cy", "https://e.org/c/a?lang=cy&via=leaflet"),
        ("https://e.org/c/a?q=a%20b&empty=", "https://e.org/c/a?q=a%20b&empty=&via=leaflet"),
        ("/c/a", "/c/a?via=leaflet"),
    ],
)
def test_an_address_takes_one_label_and_keeps_the_rest(url: str, tagged: str) -> None:
    assert with_via(url, "leaflet") == tagged


def test_a_label_is_encoded_and_none_changes_nothing() -> None:
    assert with_via("https://e.org/", "a&b c") == "https://e.org/?via=a%26b%20c"
    assert with_via("https://e.org/?x=a+b", "") == "https://e.org/?x=a+b"
