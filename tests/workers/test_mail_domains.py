"""Domains that DNS is asked about before they are written to, where the operator wants that."""

from collections.abc import Callable, Iterator

import pytest

from campaign.runtime import Runtime
from campaign.services.signatures import sign
from tests.support.dns_server import DnsServer
from tests.support.factories import new_campaign, sign_form_data
from tests.support.queries import query_rows
from tests.support.servers import MailServer
from workers import mail_domains
from workers.mail import Mailer

RECORDS = {
    "mx.example": {"MX": ["10 mx.example.org."]}, "null-mx.example": {"MX": ["0 ."]}, "old.example": {"A": ["8.8.8.8"]},
    "nothing.example": {},
}  # fmt: skip


@pytest.fixture
def dns(monkeypatch: pytest.MonkeyPatch) -> Iterator[DnsServer]:
    made = DnsServer({name: dict(records) for name, records in RECORDS.items()})
    resolver = made.resolver()
    monkeypatch.setattr(mail_domains, "_resolver", lambda: resolver)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("domain", "takes"),
    [
        ("mx.example", True), ("old.example", True), ("null-mx.example", False), ("nothing.example", False),
        ("no-such.example", False), ("anything.test", True),
    ],
)  # fmt: skip
def test_only_a_domain_that_dns_knows_to_take_no_mail_takes_none(dns: DnsServer, domain: str, takes: bool) -> None:
    assert mail_domains.domain_takes_mail(f"ada@{domain}") is takes
    dns.fails = True
    assert mail_domains.domain_takes_mail(f"eve@{domain}") is True


@pytest.mark.parametrize("asks", [True, False])
def test_a_mail_to_a_domain_that_takes_none_is_refused_before_it_leaves(
    dns: DnsServer, make_runtime: Callable[..., Runtime], mail: MailServer, asks: bool
) -> None:
    runtime = make_runtime(mail_url=mail.url, check_mail_domains=asks)
    assert dns.records
    pond = new_campaign(runtime)
    for domain in ("no-such.example", "mx.example"):
        sign.sign_campaign(runtime, pond.id, pond.text.hash, sign_form_data(f"ada@{domain}"))
    assert Mailer(runtime, gather_seconds=0).deliver() == (1 if asks else 2)
    found = query_rows(runtime, "SELECT state, reason FROM outbox ORDER BY id")
    refused = ("refused", "the domain takes no mail") if asks else ("sent", "")
    assert [tuple(row) for row in found] == [refused, ("sent", "")]


def test_the_resolver_of_the_machine_is_asked_and_made_once() -> None:
    mail_domains._resolver.cache_clear()
    assert mail_domains._resolver() is mail_domains._resolver()
    assert mail_domains._resolver().lifetime == mail_domains.DNS_TIMEOUT_SECONDS
