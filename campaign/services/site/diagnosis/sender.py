"""Checks of the sender: a mail goes the way every mail goes, and DNS says what receivers ask of its domain."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import Sentence, say
from campaign.domain.mail.delivery import Delivery
from campaign.domain.mail.mail_url import event_provider, read_mail_url
from campaign.domain.mail.sender_records import SELECTORS, judge_records
from campaign.domain.site.finding import Finding, fault, note, unknown
from campaign.jobs import DELIVER_MAIL
from campaign.store.mail import trial_mail
from campaign.store.mail.trial_mail import TrialMailResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from dns.resolver import Resolver

    from campaign.runtime import Runtime

WAIT_SECONDS = 60.0
"""Seconds the answer of the mail server is waited for."""
DELIVERY_WAIT_SECONDS = 20.0
"""Seconds longer that the provider's word on the delivery is waited for, where it sends any."""
_POLL_SECONDS = 0.25
_CAME_BACK = {
    Delivery.SOFT_BOUNCE: N_("the test mail came back, for a reason that may pass"),
    Delivery.HARD_BOUNCE: N_("the test mail came back: there is no such mailbox"),
    Delivery.COMPLAINT: N_("the test mail was reported as spam by its recipient"),
}


def send_trial_mail(runtime: Runtime, address: str) -> int:
    """Have a test mail sent by outbox, queue, worker and server; the number of the mail."""
    facts = {"sealed": runtime.text_cipher.encrypt(0, f"{address} ")}
    with runtime.transaction() as connection:
        mail_id = trial_mail.enqueue_trial_mail(connection, facts, runtime.now())
    runtime.enqueue_once(DELIVER_MAIL)
    return mail_id


def check_trial_mail(
    runtime: Runtime, address: str, seconds: float = WAIT_SECONDS, delivery_seconds: float = DELIVERY_WAIT_SECONDS
) -> Iterator[Finding]:
    """Send a test mail, and wait for what worker, server and provider say."""
    mail_id = send_trial_mail(runtime, address)
    result = _wait(runtime, mail_id, seconds, lambda one: one.state != "owed")
    if result.state == "owed" and not result.attempts:
        reason = f" ({result.reason})" if result.reason else ""
        advice = "see that `countersign worker` runs, and what it logs; the mail stays owed for an hour"
        yield fault("mail", f"nobody has sent the test mail within {seconds:.0f} s{reason}", advice)
        return
    yield _judge_sending(result)
    if result.state != "sent":
        return
    if not _is_told_of_deliveries(runtime):
        yield note("mail", "nothing is told of what comes back", "set MAIL_WEBHOOK_SECRET, or BOUNCE_URL with plain SMTP")
        return
    result = _wait(runtime, mail_id, delivery_seconds, lambda one: one.delivery is not Delivery.NOT_KNOWN)
    yield from _judge_delivery(result)


def trial_mail_findings(runtime: Runtime, mail_id: int) -> list[Finding] | None:
    """What is known by now of a test mail; None where there is no such, and empty where nobody has tried to send it yet."""
    with runtime.reading() as connection:
        result = trial_mail.trial_mail_result(connection, mail_id)
    if result is None:
        return None
    if result.state == "owed" and not result.attempts:
        return []
    return [_judge_sending(result), *_judge_delivery(result)]


def _judge_sending(result: TrialMailResult) -> Finding:
    match result.state:
        case "sent":
            return Finding("mail", say("a test mail was taken by the server; look for it, and at its Authentication-Results"))
        case "refused":
            message = say("a test mail was refused for good: %(reason)s", reason=result.reason)
            return fault("mail", message, say("try another address, or see operations.md"))
        case "owed":
            message = say("the test mail is put off: %(reason)s", reason=result.reason or say("no answer yet"))
            return fault("mail", message, say("see operations.md"))
        case "unknown":
            message = say("the test mail was sent, but the server never said whether it took it")
            return unknown("mail", message, say("send another"))
        case _:
            message = say("the test mail was not sent: %(reason)s", reason=result.reason)
            return unknown("mail", message, say("send another"))


def _judge_delivery(result: TrialMailResult) -> Iterator[Finding]:
    if result.delivery is Delivery.DELIVERED:
        yield Finding("mail", say("it was told that the test mail is delivered"))
    elif result.delivery is not Delivery.NOT_KNOWN:
        yield fault("mail", Sentence(_CAME_BACK[result.delivery], {}), say("see that the address exists"))


def _is_told_of_deliveries(runtime: Runtime) -> bool:
    settings = runtime.settings
    return bool(settings.mail_webhook_secret.get_secret_value() or settings.bounce_url.get_secret_value())


def check_sender_records(
    runtime: Runtime, selectors: Sequence[str] = (), resolver: Resolver | None = None
) -> Iterator[Finding]:
    """SPF, DKIM, DMARC, MX and PTR of the sender's domain, with what to publish."""
    settings = runtime.settings
    sender = settings.sender
    if "." not in sender.domain or sender.address.endswith("]"):
        message = say("%(domain)s is no domain of the public DNS", domain=sender.domain)
        yield note("dns", message, say("set MAIL_FROM before you ask the public to sign"))
        return
    provider = event_provider(settings.mail_url)
    by_smtp = bool(settings.mail_url) and not read_mail_url(settings.mail_url).provider
    host = (urlsplit(settings.mail_url).hostname or "") if by_smtp and not provider else ""
    tried = tuple(selectors) or SELECTORS[provider] or SELECTORS[""]
    from campaign.mail.sender_dns import read_sender_records  # noqa: PLC0415 - large, and seldom needed

    envelope = settings.envelope_address.rpartition("@")[2]
    records = read_sender_records(
        sender.domain, provider, host, tried, resolver, envelope_domain=envelope if host and envelope != sender.domain else ""
    )
    yield from judge_records(records, f"postmaster@{sender.domain}")


def _wait(runtime: Runtime, mail_id: int, seconds: float, done: Callable[[TrialMailResult], bool]) -> TrialMailResult:
    until = time.monotonic() + seconds
    while True:
        with runtime.reading() as connection:
            result = trial_mail.trial_mail_result(connection, mail_id) or TrialMailResult("dropped", 0, "", Delivery.NOT_KNOWN)
        if done(result) or time.monotonic() > until:
            return result
        time.sleep(_POLL_SECONDS)
