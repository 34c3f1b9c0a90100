"""Fair order of mails that strangers can cause: a flood waits behind itself.

Each mail has a place in the queue, a moment: when it was promised, or, where its network or its recipient's domain has others
owed, so much after the last of them (the virtual clock of L. Zhang, 1990). Mails are sent in the order of these moments, as
fast as the server takes them, so an empty queue costs nobody a moment; but of ten thousand promised to one network at once,
the last has its place a day later, and somebody from elsewhere goes before it.
"""

from dataclasses import dataclass

from campaign.domain.signatures.mail_domains import COMMON_DOMAINS

NETWORK_GAP_MS = 10_000
"""Milliseconds between the places of two mails caused from one network (/24 or /48)."""
DOMAIN_GAP_MS = 10_000
"""Milliseconds between the places of two mails to one domain."""
UNPROVED_MS = 3_600_000
"""Milliseconds by which a mail is put behind others that was asked for from a flooding network without a proof of work."""
COMMON_DOMAIN_GAP_MS = 100
"""The same for a domain where half of all people have their mailbox: ten a second are no flood there."""


@dataclass(frozen=True, slots=True)
class MailFlow:
    """Flow of a mail: what it shares with the others that it is to wait behind: keyed hashes, as numbers of 63 bits."""

    network_key: int | None = None
    """None where no network is known: the unknown ones are not one network."""
    domain_key: int | None = None
    domain_gap_ms: int = DOMAIN_GAP_MS
    behind_ms: int = 0
    """Milliseconds by which its place is behind the moment it is promised: UNPROVED_MS, where it is to go after all others."""


NO_FLOW = MailFlow()
"""Of a mail that waits behind no other."""


def domain_gap_ms(domain: str) -> int:
    """Milliseconds between the places of two mails to a domain."""
    return COMMON_DOMAIN_GAP_MS if domain in COMMON_DOMAINS else DOMAIN_GAP_MS
