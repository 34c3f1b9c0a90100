"""Octets of a mail as they go over the wire, octet for octet what Python's own generator writes for the messages we build.

That generator is made for any message: it looks at every line of every part anew, which took longer than rendering the mail.
Ours are always two texts in quoted-printable, of which all lines but those with a name or a link are the same in a campaign.
"""

from email.message import Message
from email.quoprimime import body_encode
from functools import lru_cache
from typing import cast

BOUNDARY = "=_countersign"
"""What stands between the parts of a mail. "=_" cannot occur in a quoted-printable part, so no part need be searched for it
(RFC 2045, 6.7 suggests it)."""
_MAX_LINES_KEPT = 4_096
"""Lines of texts: some fifty mails of other campaigns, kinds or languages at once."""


def wire_bytes(message: Message) -> bytes:
    """The octets of a message that `build_message` has made: `message.as_bytes()` with CRLF."""
    if not message.is_multipart():
        return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
    boundary = f"\r\n--{BOUNDARY}".encode("ascii")
    written = [_headers(message)]
    for place, part in enumerate(cast("list[Message]", message.get_payload())):
        written += (boundary[2:] if place == 0 else boundary, b"\r\n", _headers(part), _body(part))
    return b"".join((*written, boundary, b"--\r\n"))


def quoted_printable(text: str) -> str:
    """A text as quoted-printable, in lines of 76 characters at most."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").encode().decode("latin-1").split("\n")
    return "\n".join(map(_quoted_printable_line, lines))


@lru_cache(maxsize=_MAX_LINES_KEPT)
def _quoted_printable_line(line: str) -> str:
    # Line by line is how it is defined, and most lines are those of the mail before.
    return body_encode(line)


def _headers(message: Message) -> bytes:
    fold = message.policy.fold_binary
    return b"".join(fold(name, value) for name, value in message.raw_items()).replace(b"\n", b"\r\n") + b"\r\n"


def _body(part: Message) -> bytes:
    return str(part.get_payload()).encode("ascii").replace(b"\n", b"\r\n")
