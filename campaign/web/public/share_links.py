"""Ways to send a campaign on: plain links that work without a script, and tell nobody anything until they are followed.

A link says no word of its own, only the text and the address it is given. Names are brands and never translated, except
"Email" and "Text message", which the template translates.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import idna

from campaign.domain.common.invalid_input import InvalidInputError

EMAIL_LINK_NAME = "Email"
SMS_LINK_NAME = "Text message"
_MAX_HOST_CHARACTERS = 253
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")


@dataclass(frozen=True, slots=True)
class ShareLink:
    """One way to share."""

    name: str
    url: str


def share_links(url: str, text: str, subject: str) -> tuple[ShareLink, ...]:
    """Links that share `url` with a text of the campaign's, and with a subject where there is one. `text` may be empty."""
    both = f"{text} {url}".strip()
    letter = f"{text}\n\n{url}".strip()
    return (
        ShareLink("WhatsApp", _link("https://wa.me/", text=both)),
        # Only its app has a way to share without an account of ours with Meta; Signal has none at all.
        ShareLink("Messenger", _link("fb-messenger://share/", link=url)),
        # RFC 5724 says "body"; without a number the phone asks for one.
        ShareLink(SMS_LINK_NAME, _link("sms:", body=both)),
        # RFC 6068: no "+" for a space, and a line break is two characters.
        ShareLink(EMAIL_LINK_NAME, _link("mailto:", subject=" ".join(subject.split()), body="\r\n".join(letter.splitlines()))),
        ShareLink("Facebook", _link("https://www.facebook.com/sharer/sharer.php", u=url)),
        ShareLink("Bluesky", _link("https://bsky.app/intent/compose", text=both)),
        ShareLink("X", _link("https://x.com/intent/post", text=text, url=url)),
        ShareLink("Telegram", _link("https://t.me/share/url", url=url, text=text)),
        ShareLink("LinkedIn", _link("https://www.linkedin.com/sharing/share-offsite/", url=url)),
        ShareLink("Threads", _link("https://www.threads.net/intent/post", text=both)),
    )


def mastodon_link(server: str, url: str, text: str) -> str:
    """The link that shares on one Mastodon server, whose name `read_mastodon_server` has read."""
    return _link(f"https://{server}/share", text=f"{text} {url}".strip())


def read_mastodon_server(text: str) -> str:
    """Read the name of a server, also from its address or from that of an account (@me@server). Raises InvalidInputError."""
    typed = text.strip().lower()
    if not typed:
        raise InvalidInputError("Enter the name of your Mastodon server, like mastodon.social.")
    host = re.split(r"[/?#\\]", re.sub(r"\Ahttps?://", "", typed), maxsplit=1)[0].rpartition("@")[2]
    try:
        host = idna.encode(host, uts46=True).decode() if len(host) <= _MAX_HOST_CHARACTERS else ""
    except UnicodeError:
        host = ""
    if len(host) > _MAX_HOST_CHARACTERS or not _HOST.fullmatch(host):
        raise InvalidInputError("Enter the name of a server, like mastodon.social.")
    return host


def with_via(url: str, via: str) -> str:
    """The address with `via` in its query, in place of any it had; unchanged for an empty one."""
    if not via:
        return url
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "via"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("via", via)], quote_via=quote)))


def _link(base_url: str, **query: str) -> str:
    # An address is percent-encoded throughout: some of these read "+" as a plus sign.
    return f"{base_url}?{urlencode(query, safe='', errors='replace', quote_via=quote)}"
