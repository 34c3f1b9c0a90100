"""Replies of an SMTP server: what is kept of one, and whether a refusal concerns our account rather than one recipient."""

import re

_ACCOUNT_CODES = frozenset({530, 534, 535, 538})
"""Authentication required, too weak, invalid, encryption required (RFC 4954, 6)."""
_ACCOUNT_STATUSES = frozenset({"5.7.8", "5.7.9", "5.7.11", "5.7.54", "5.7.57"})
"""Of credentials (RFC 4954, RFC 5248), and those of Exchange for relaying and for who has not signed in."""
_NO_RELAY = re.compile(
    r"relay(?:ing)? (?:access )?(?:is )?(?:denied|prohibited|not (?:permitted|allowed))"
    r"|(?:un|not )able to relay|(?:do|can|will)(?: ?not|n't) relay|not (?:permitted|allowed) to relay|allowed rcpthosts"
    r"|authentication (?:is )?required|client was not authenticated|must (?:authenticate|be authenticated) (?:first|before)",
    re.IGNORECASE,
)


def reply_words(code: int, answer: bytes | str) -> str:
    """The reply code and the enhanced status code (RFC 3463) if there is one; the rest may quote the address, so it goes."""
    first = _text(answer).split(" ", 1)[0]
    return f"{code} {first}" if first[:2] in ("4.", "5.") else str(code)


def refuses_account(code: int, answer: bytes | str) -> bool:
    """Whether a refusal for good would be the same for any mail of ours: we are not signed in, or may not send to others.

    Servers say so at RCPT, where it looks like the recipient's fault. What is quoted of an address decides nothing, since
    strangers choose those.
    """
    if not 500 <= code < 600:
        return False
    words = " ".join(word for word in _text(answer).split() if "@" not in word)
    status = words.split(" ", 1)[0]
    if status.startswith(("5.1.", "5.2.")):
        return False
    return code in _ACCOUNT_CODES or status in _ACCOUNT_STATUSES or bool(_NO_RELAY.search(words))


def _text(answer: bytes | str) -> str:
    return answer.decode("ascii", "replace") if isinstance(answer, bytes) else answer
