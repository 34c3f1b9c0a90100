"""DNS of a sender's domain, asked now: for operators, never in a request of the public."""

from collections.abc import Iterable

from dns.exception import DNSException
from dns.resolver import NXDOMAIN, NoAnswer, Resolver
from dns.reversename import from_address

from campaign.domain.mail.sender_records import Records, SenderRecords

DNS_SECONDS = 3.0
"""For each question."""
_MAX_ADDRESSES = 4


def read_sender_records(
    domain: str, provider: str, mail_host: str, selectors: Iterable[str], resolver: Resolver | None = None
) -> SenderRecords:
    """What DNS says. `mail_host` is the SMTP server mail leaves by; "" for an API."""
    dns = resolver or Resolver()
    dns.lifetime = DNS_SECONDS
    dmarc_domain, dmarc = _dmarc(dns, domain)
    return SenderRecords(
        domain=domain, provider=provider, mail_host=mail_host, spf=_texts(dns, domain, "v=spf1"), dmarc=dmarc,
        dmarc_domain=dmarc_domain,
        dkim={name: _texts(dns, f"{name}._domainkey.{domain}") for name in selectors},
        mx=_names(dns, domain, "MX"), addresses=_addresses(dns, domain),
        ptr={address: _names_back(dns, address) for address in (_addresses(dns, mail_host) or ())[:_MAX_ADDRESSES]}
        if mail_host else {},
    )  # fmt: skip


def _dmarc(dns: Resolver, domain: str) -> tuple[str, Records]:
    """The records of the domain, or of the nearest above it that has some (RFC 9989, which walks up the tree)."""
    labels = domain.split(".")
    found: Records = ()
    for begin in range(max(1, len(labels) - 1)):
        name = ".".join(labels[begin:])
        found = _texts(dns, f"_dmarc.{name}", "v=DMARC1")
        if found is None or found:
            return name, found
    return domain, found


def _texts(dns: Resolver, name: str, begin: str = "") -> Records:
    found = _ask(dns, name, "TXT")
    if found is None:
        return None
    texts = (b"".join(record.strings).decode("ascii", "replace") for record in found)  # type: ignore[attr-defined]
    return tuple(text for text in texts if text.lower().startswith(begin.lower()))


def _names(dns: Resolver, name: str, kind: str) -> Records:
    found = _ask(dns, name, kind)
    if found is None:
        return None
    if kind == "MX":
        found = sorted(found, key=lambda record: record.preference)  # type: ignore[attr-defined]
        return tuple(str(record.exchange).rstrip(".") or "." for record in found)  # type: ignore[attr-defined]
    return tuple(str(record.target).rstrip(".") for record in found)  # type: ignore[attr-defined]


def _addresses(dns: Resolver, name: str) -> Records:
    four, six = _ask(dns, name, "A"), _ask(dns, name, "AAAA")
    if four is None and six is None:
        return None
    return tuple(str(record.address) for record in [*(four or ()), *(six or ())])


def _names_back(dns: Resolver, address: str) -> Records:
    names = _names(dns, from_address(address).to_text(), "PTR")
    return None if names is None else tuple(name for name in names if address in (_addresses(dns, name) or ()))


def _ask(dns: Resolver, name: str, kind: str) -> list[object] | None:
    try:
        return list(dns.resolve(name, kind))
    except (NXDOMAIN, NoAnswer):
        return []
    except DNSException:
        return None
