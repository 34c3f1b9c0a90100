"""DNS records by which a domain's mail arrives: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489), MX, PTR; what is missing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from campaign.domain.site.finding import Finding, fault, note, unknown

Records = tuple[str, ...] | None
"""What a name has; empty where it has none, None where DNS did not answer."""

SELECTORS: Mapping[str, tuple[str, ...]] = {
    "postmark": ("pm", "pm-bounces"), "mailgun": ("mailo", "pic", "mx", "k1", "krs", "smtp", "email"), "sendgrid": ("s1", "s2"),
    "brevo": ("brevo1", "brevo2", "mail"), "resend": ("resend",), "ses": (),
    "": ("default", "dkim", "mail", "selector1", "selector2", "google", "k1", "s1", "key1"),
}  # fmt: skip
"""Selectors that a provider's customers mostly have; Amazon's are random. The name "" is for any server."""
SPF_INCLUDES: Mapping[str, str] = {
    "postmark": "include:spf.mtasv.net", "mailgun": "include:mailgun.org", "sendgrid": "include:sendgrid.net",
    "brevo": "include:spf.brevo.com", "resend": "include:amazonses.com", "ses": "include:amazonses.com",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SenderRecords:
    """DNS records of a sender's domain."""

    domain: str
    provider: str
    """The provider mail leaves by; "" for any other server."""
    mail_host: str
    """The SMTP server of MAIL_URL; "" for an API."""
    spf: Records
    """Of the domain that bounces go to: that is the one receivers look at."""
    dmarc: Records
    dmarc_domain: str
    """The domain they stand at: that of the sender, or one above it."""
    dkim: Mapping[str, Records] = field(default_factory=dict)
    """By selector."""
    mx: Records = ()
    addresses: Records = ()
    envelope_domain: str = ""
    """The domain that bounces go to; "" where it is the sender's."""
    ptr: Mapping[str, Records] = field(default_factory=dict)
    """Names of each address of the SMTP server; only those that lead back to the address."""


def judge_records(found: SenderRecords, contact: str) -> Iterator[Finding]:
    """What is good, what is missing, and what to publish for it. `contact` gets the reports of DMARC."""
    yield from _judge_spf(found)
    yield from _judge_dkim(found)
    yield from _judge_dmarc(found, contact)
    yield from _judge_mx(found)
    for address, names in found.ptr.items():
        if names is None:
            yield unknown("ptr", f"{address}: DNS does not answer", "run `doctor` again")
        elif names:
            yield Finding("ptr", f"{address} is {names[0]}, and that is {address}")
        else:
            yield note(
                "ptr", f"{address} has no name that leads back to it", "let its owner set a PTR record; large providers ask"
            )


def _judge_spf(found: SenderRecords) -> Iterator[Finding]:
    domain = found.envelope_domain or found.domain
    source = SPF_INCLUDES.get(found.provider, f"a:{found.mail_host}" if found.mail_host else "mx")
    publish = f'publish: {domain}. IN TXT "v=spf1 {source} ~all"'
    if found.spf is None:
        yield unknown("spf", f"{domain}: DNS does not answer", "run `doctor` again")
    elif not found.spf:
        yield fault("spf", f"{domain} has no SPF record", publish)
    elif len(found.spf) > 1:
        yield fault("spf", f"{domain} has {len(found.spf)} SPF records, which counts as none", "join them into one")
    elif "+all" in found.spf[0].lower().split() or found.spf[0].lower().split()[-1] == "all":
        yield fault("spf", f"{domain} lets everybody send: {found.spf[0]}", publish)
    elif all(term.lstrip("+-~?") == "all" for term in found.spf[0].lower().split()[1:]):
        yield fault("spf", f"{domain} lets nobody send: {found.spf[0]}", publish)
    elif found.provider and source not in found.spf[0]:
        # With a return path of the provider's own, DKIM alone aligns.
        yield note("spf", f"{found.spf[0]!r} does not name {source}", f"add {source}, unless the provider says otherwise")
    else:
        yield Finding("spf", found.spf[0])


def _judge_dkim(found: SenderRecords) -> Iterator[Finding]:
    good = [name for name, records in found.dkim.items() if any(_has_key(record) for record in records or ())]
    revoked = [name for name, records in found.dkim.items() if records and name not in good]
    if good:
        yield Finding("dkim", f"{', '.join(f'{name}._domainkey.{found.domain}' for name in good)}: a key is published")
    elif any(records is None for records in found.dkim.values()):
        yield unknown("dkim", f"{found.domain}: DNS does not answer", "run `doctor` again")
    elif revoked:
        yield fault("dkim", f"{revoked[0]}._domainkey.{found.domain} has no key (it was revoked)", "publish the key again")
    else:
        tried = ", ".join(found.dkim) or "none"
        yield note(
            "dkim", f"no key was found (selectors tried: {tried})",
            "look for s= in the DKIM-Signature of a mail that arrived, and run `doctor --mail … --selector` with it; without "
            "one, have your provider sign for this domain and publish the record it shows",
        )  # fmt: skip


def _has_key(record: str) -> bool:
    tags = dict(part.strip().partition("=")[::2] for part in record.split(";"))
    return bool(tags.get("p", "").strip())


def _judge_dmarc(found: SenderRecords, contact: str) -> Iterator[Finding]:
    publish = f'publish: _dmarc.{found.domain}. IN TXT "v=DMARC1; p=none; rua=mailto:{contact}"'
    if found.dmarc is None:
        yield unknown("dmarc", f"{found.domain}: DNS does not answer", "run `doctor` again")
    elif not found.dmarc:
        yield fault(
            "dmarc", f"{found.domain} has no DMARC record; Google, Yahoo and Microsoft ask bulk senders for one", publish
        )
    elif len(found.dmarc) > 1:
        yield fault("dmarc", f"_dmarc.{found.dmarc_domain} has {len(found.dmarc)} records, which counts as none", "keep one")
    elif "p=" not in found.dmarc[0].replace(" ", ""):
        yield fault("dmarc", f"_dmarc.{found.dmarc_domain} has no policy: {found.dmarc[0]}", publish)
    else:
        yield Finding("dmarc", f"_dmarc.{found.dmarc_domain}: {found.dmarc[0]}")


def _judge_mx(found: SenderRecords) -> Iterator[Finding]:
    if found.mx is None or (not found.mx and found.addresses is None):
        yield unknown("mx", f"{found.domain}: DNS does not answer", "run `doctor` again")
    elif found.mx == (".",) or not (found.mx or found.addresses):
        advice = f"publish: {found.domain}. IN MX 10 the host that takes your mail"
        yield fault("mx", f"{found.domain} takes no mail: replies and bounces are lost, and some refuse such senders", advice)
    elif found.mx:
        yield Finding("mx", f"{found.domain} is served by {found.mx[0]}")
    else:
        yield note(
            "mx", f"{found.domain} has no MX record, only an address", f"publish: {found.domain}. IN MX 10 your mail host"
        )
