"""DNS of a sender's domain, asked now: for operators, by command or at the desk, never in a request of the public."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from dns.exception import DNSException
from dns.resolver import NXDOMAIN, NoAnswer, Resolver
from dns.reversename import from_address

from campaign.domain.mail.sender_records import Records, SenderRecords

DNS_SECONDS = 3.0
"""For each question."""
ALL_SECONDS = 20.0
"""For all questions together: what is not answered by then counts as not answered."""
_MAX_ADDRESSES = 4


@dataclass(frozen=True, slots=True)
class _Questions:
    """Resolver to ask, and the time until which to ask it, by the monotonic clock."""

    resolver: Resolver
    ends_at: float


def read_sender_records(
    domain: str,
    provider: str,
    mail_host: str,
    selectors: Iterable[str],
    resolver: Resolver | None,
    *,
    envelope_domain: str,
) -> SenderRecords:
    """What DNS says. `mail_host` is the SMTP server mail leaves by; "" for an API. `envelope_domain` is that of the address
    which bounces go to, where it is another than the sender's."""
    dns = _Questions(resolver or Resolver(), time.monotonic() + ALL_SECONDS)
    dmarc_domain, dmarc = _dmarc(dns, domain)
    return SenderRecords(
        domain=domain, provider=provider, mail_host=mail_host, spf=_texts(dns, envelope_domain or domain, "v=spf1"),
        envelope_domain=envelope_domain, dmarc=dmarc,
        dmarc_domain=dmarc_domain,
        dkim={name: _texts(dns, f"{name}._domainkey.{domain}") for name in selectors},
        mx=_names(dns, domain, "MX"), addresses=_addresses(dns, domain),
        ptr={address: _names_back(dns, address) for address in (_addresses(dns, mail_host) or ())[:_MAX_ADDRESSES]}
        if mail_host else {},
    )  # fmt: skip


def _dmarc(dns: "_Questions", domain: str) -> tuple[str, Records]:
    """The records of the domain, or of the nearest above it that has some (RFC 9989, which walks up the tree)."""
    labels = domain.split(".")
    found: Records = ()
    for begin in range(max(1, len(labels) - 1)):
        name = ".".join(labels[begin:])
        found = _texts(dns, f"_dmarc.{name}", "v=DMARC1")
        if found is None or found:
            return name, found
    return domain, found


def _texts(dns: "_Questions", name: str, begin: str = "") -> Records:
    found = _ask(dns, name, "TXT")
    if found is None:
        return None
    texts = (b"".join(record.strings).decode("ascii", "replace") for record in found)  # type: ignore[attr-defined]
    return tuple(text for text in texts if text.lower().startswith(begin.lower()))


def _names(dns: "_Questions", name: str, kind: str) -> Records:
    found = _ask(dns, name, kind)
    if found is None:
        return None
    if kind == "MX":
        found = sorted(found, key=lambda record: record.preference)  # type: ignore[attr-defined]
        return tuple(str(record.exchange).rstrip(".") or "." for record in found)  # type: ignore[attr-defined]
    return tuple(str(record.target).rstrip(".") for record in found)  # type: ignore[attr-defined]


def _addresses(dns: "_Questions", name: str) -> Records:
    four, six = _ask(dns, name, "A"), _ask(dns, name, "AAAA")
    if four is None and six is None:
        return None
    return tuple(str(record.address) for record in [*(four or ()), *(six or ())])


def _names_back(dns: "_Questions", address: str) -> Records:
    names = _names(dns, from_address(address).to_text(), "PTR")
    return None if names is None else tuple(name for name in names if address in (_addresses(dns, name) or ()))


def _ask(dns: "_Questions", name: str, kind: str) -> list[object] | None:
    left = dns.ends_at - time.monotonic()
    if left <= 0:
        return None
    try:
        return list(dns.resolver.resolve(name, kind, lifetime=min(DNS_SECONDS, left)))
    except (NXDOMAIN, NoAnswer):
        return []
    except DNSException:
        return None
