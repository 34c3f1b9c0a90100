"""DNS records by which a domain's mail arrives: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489), MX, PTR; what is missing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import Sentence, say
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
_LOOK_AGAIN = N_("look again later")


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
            yield _unanswered("ptr", address)
        elif names:
            yield Finding("ptr", say("%(address)s is %(name)s, and that is %(address)s", address=address, name=names[0]))
        else:
            yield note(
                "ptr", say("%(address)s has no name that leads back to it", address=address),
                say("let its owner set a PTR record; large providers ask"),
            )  # fmt: skip


def _unanswered(subject: str, name: str) -> Finding:
    return unknown(subject, say("%(name)s: DNS does not answer", name=name), Sentence(_LOOK_AGAIN, {}))


def _judge_spf(found: SenderRecords) -> Iterator[Finding]:
    domain = found.envelope_domain or found.domain
    source = SPF_INCLUDES.get(found.provider, f"a:{found.mail_host}" if found.mail_host else "mx")
    record = f'{domain}. IN TXT "v=spf1 {source} ~all"'
    if found.spf is None:
        yield _unanswered("spf", domain)
        return
    if not found.spf:
        yield fault("spf", say("%(domain)s has no SPF record", domain=domain), record=record)
        return
    there, terms = found.spf[0], found.spf[0].lower().split()
    if len(found.spf) > 1:
        message = say("%(domain)s has %(count)s SPF records, which counts as none", domain=domain, count=len(found.spf))
        yield fault("spf", message, say("join them into one"))
    elif "+all" in terms or terms[-1] == "all":
        yield fault("spf", say("%(domain)s lets everybody send: %(record)s", domain=domain, record=there), record=record)
    elif all(term.lstrip("+-~?") == "all" for term in terms[1:]):
        yield fault("spf", say("%(domain)s lets nobody send: %(record)s", domain=domain, record=there), record=record)
    elif found.provider and source not in there:
        # With a return path of the provider's own, DKIM alone aligns.
        yield note(
            "spf", say("“%(record)s” does not name %(source)s", record=there, source=source),
            say("add %(source)s, unless the provider says otherwise", source=source),
        )  # fmt: skip
    else:
        yield Finding("spf", there)


def _judge_dkim(found: SenderRecords) -> Iterator[Finding]:
    good = [name for name, records in found.dkim.items() if any(_has_key(record) for record in records or ())]
    revoked = [name for name, records in found.dkim.items() if records and name not in good]
    if good:
        names = ", ".join(f"{name}._domainkey.{found.domain}" for name in good)
        yield Finding("dkim", say("%(names)s: a key is published", names=names))
    elif any(records is None for records in found.dkim.values()):
        yield _unanswered("dkim", found.domain)
    elif revoked:
        name = f"{revoked[0]}._domainkey.{found.domain}"
        yield fault("dkim", say("%(name)s has no key (it was revoked)", name=name), say("publish the key again"))
    else:
        yield note(
            "dkim", say("no key was found (selectors tried: %(tried)s)", tried=", ".join(found.dkim)),
            say(
                "look for s= in the DKIM-Signature of a mail that arrived, and look again with it as the selector "
                "(`doctor --mail … --selector`); without one, have your provider sign for this domain and publish the record "
                "it shows"
            ),
        )  # fmt: skip


def _has_key(record: str) -> bool:
    tags = dict(part.strip().partition("=")[::2] for part in record.split(";"))
    return bool(tags.get("p", "").strip())


def _judge_dmarc(found: SenderRecords, contact: str) -> Iterator[Finding]:
    name, record = f"_dmarc.{found.dmarc_domain}", f'_dmarc.{found.domain}. IN TXT "v=DMARC1; p=none; rua=mailto:{contact}"'
    if found.dmarc is None:
        yield _unanswered("dmarc", found.domain)
    elif not found.dmarc:
        message = say(
            "%(domain)s has no DMARC record; Google, Yahoo and Microsoft ask bulk senders for one", domain=found.domain
        )
        yield fault("dmarc", message, record=record)
    elif len(found.dmarc) > 1:
        message = say("%(name)s has %(count)s records, which counts as none", name=name, count=len(found.dmarc))
        yield fault("dmarc", message, say("keep one"))
    elif "p=" not in found.dmarc[0].replace(" ", ""):
        yield fault("dmarc", say("%(name)s has no policy: %(record)s", name=name, record=found.dmarc[0]), record=record)
    else:
        yield Finding("dmarc", f"{name}: {found.dmarc[0]}")


def _judge_mx(found: SenderRecords) -> Iterator[Finding]:
    domain = found.domain
    record = say("%(domain)s. IN MX 10 the host that takes your mail", domain=domain)
    if found.mx is None or (not found.mx and found.addresses is None):
        yield _unanswered("mx", domain)
    elif found.mx == (".",) or not (found.mx or found.addresses):
        message = say("%(domain)s takes no mail: replies and bounces are lost, and some refuse such senders", domain=domain)
        yield fault("mx", message, record=record)
    elif found.mx:
        yield Finding("mx", say("%(domain)s is served by %(host)s", domain=domain, host=found.mx[0]))
    else:
        yield note("mx", say("%(domain)s has no MX record, only an address", domain=domain), record=record)
