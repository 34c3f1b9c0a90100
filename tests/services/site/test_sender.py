"""The sender's DNS, read from a real server, and a test mail by the real way."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from campaign.domain.mail.delivery import Delivery
from campaign.domain.site.finding import Outcome
from campaign.runtime import Runtime
from campaign.services.site.diagnosis.sender import check_sender_records, check_trial_mail
from campaign.store.mail import deliveries
from tests.support.dns_server import DnsServer
from tests.support.processes import TIMEOUT_SECONDS, wait_until
from tests.support.queries import execute_sql, query_scalar
from tests.support.servers import MailServer
from workers.mail import Mailer

GOOD: dict[str, dict[str, list[str]]] = {
    "example.org": {"TXT": ['"v=spf1 a:mail.example.net -all"', '"something else"'], "A": ["192.0.2.7"],
                    "MX": ["20 b.example.org.", "10 a.example.org."]},
    "_dmarc.example.org": {"TXT": ['"v=DMARC1; p=quarantine"']},
    # In two strings, as long keys are.
    "mail._domainkey.example.org": {"TXT": ['"v=DKIM1; k=rsa; " "p=MIGfMA0"']},
    "mail.example.net": {"A": ["192.0.2.25"]},
    "25.2.0.192.in-addr.arpa": {"PTR": ["mail.example.net."]},
}  # fmt: skip


@pytest.fixture
def dns() -> Iterator[DnsServer]:
    made = DnsServer(dict(GOOD))
    yield made
    made.close()


MakeRuntime = Callable[..., Runtime]


def found(runtime: Runtime, dns: DnsServer, *selectors: str) -> dict[str, tuple[str, str]]:
    """Outcome, and message with advice, by subject."""
    findings = check_sender_records(runtime, selectors, dns.resolver())
    return {one.subject: (one.outcome.value, f"{one.message} → {one.next_step}") for one in findings}


def site(make_runtime: MakeRuntime, sender: str = "no-reply@example.org", url: str = "smtp://mail.example.net") -> Runtime:
    return make_runtime(mail_from=sender, mail_url=url)


def test_a_domain_that_has_everything(make_runtime: MakeRuntime, dns: DnsServer) -> None:
    told = found(site(make_runtime), dns)
    assert {subject: outcome for subject, (outcome, _) in told.items()} == dict.fromkeys(
        ("spf", "dkim", "dmarc", "mx", "ptr"), "ok"
    )
    assert "mail._domainkey.example.org" in told["dkim"][1]
    assert "a.example.org" in told["mx"][1]
    assert "192.0.2.25 is mail.example.net" in told["ptr"][1]


def test_a_domain_that_has_nothing_is_told_what_to_publish(make_runtime: MakeRuntime, dns: DnsServer) -> None:
    dns.records = {}
    told = found(site(make_runtime), dns)
    assert [told[subject][0] for subject in ("spf", "dkim", "dmarc", "mx")] == ["FAULT", "note", "FAULT", "FAULT"]
    assert 'example.org. IN TXT "v=spf1 a:mail.example.net ~all"' in told["spf"][1]
    assert '_dmarc.example.org. IN TXT "v=DMARC1; p=none; rua=mailto:postmaster@example.org"' in told["dmarc"][1]
    told = found(site(make_runtime, url="postmark://k"), dns)
    assert '"v=spf1 include:spf.mtasv.net ~all"' in told["spf"][1]
    assert "ptr" not in told


@pytest.mark.parametrize(
    ("name", "kind", "records", "subject", "outcome"),
    [
        ("example.org", "TXT", ['"v=spf1 -all"', '"v=spf1 mx ~all"'], "spf", "FAULT"),
        ("example.org", "TXT", ['"v=spf1 +all"'], "spf", "FAULT"),
        ("example.org", "TXT", ['"v=spf1 -all"'], "spf", "FAULT"),
        ("example.org", "TXT", ['"v=spf1 redirect=_spf.example.net"'], "spf", "ok"),
        ("_dmarc.example.org", "TXT", ['"v=DMARC1; p=none"', '"v=DMARC1; p=reject"'], "dmarc", "FAULT"),
        ("_dmarc.example.org", "TXT", ['"v=DMARC1"'], "dmarc", "FAULT"),
        ("mail._domainkey.example.org", "TXT", ['"v=DKIM1; p="'], "dkim", "FAULT"),
        ("example.org", "MX", ["0 ."], "mx", "FAULT"),
        ("25.2.0.192.in-addr.arpa", "PTR", ["elsewhere.example."], "ptr", "note"),
    ],
)
def test_records_that_are_wrong(
    make_runtime: MakeRuntime, dns: DnsServer, name: str, kind: str, records: list[str], subject: str, outcome: str
) -> None:
    dns.records[name] = {**dns.records[name], kind: records}
    assert found(site(make_runtime), dns)[subject][0] == outcome


def test_a_subdomain_has_the_dmarc_record_of_the_domain_above(make_runtime: MakeRuntime, dns: DnsServer) -> None:
    told = found(site(make_runtime, "no-reply@sign.example.org"), dns)
    assert told["dmarc"][0] == "ok"
    assert "_dmarc.example.org" in told["dmarc"][1]


def test_spf_is_that_of_the_domain_bounces_go_to(make_runtime: MakeRuntime, dns: DnsServer) -> None:
    runtime = make_runtime(
        mail_from="no-reply@example.org", mail_url="smtp://mail.example.net", bounce_address="bounces+@back.example"
    )
    told = found(runtime, dns)["spf"]
    assert (told[0], "publish: back.example. IN TXT" in told[1]) == ("FAULT", True)
    dns.records["back.example"] = {"TXT": ['"v=spf1 mx -all"']}
    assert found(runtime, dns)["spf"][0] == "ok"


def test_a_selector_of_ones_own_is_looked_for(make_runtime: MakeRuntime, dns: DnsServer) -> None:
    dns.records["x7._domainkey.example.org"] = {"TXT": ['"p=abc"']}
    assert "x7._domainkey.example.org" in found(site(make_runtime), dns, "x7")["dkim"][1]
    assert found(site(make_runtime), dns, "x8")["dkim"][0] == "note"


def test_dns_that_does_not_answer_is_no_fault_of_the_domain(make_runtime: MakeRuntime, dns: DnsServer) -> None:
    dns.fails = True
    told = found(site(make_runtime), dns)
    assert {outcome for outcome, _ in told.values()} == {"UNKNOWN"}
    # A sender that is no domain of the public DNS is not asked for.
    assert set(found(site(make_runtime, "no-reply@localhost"), dns)) == {"dns"}


def is_owed(runtime: Runtime) -> bool:
    """Whether a mail waits for a worker."""
    return bool(query_scalar(runtime, "SELECT count(*) FROM outbox WHERE state = 'owed' AND attempts = 0"))


def trial(runtime: Runtime, work: Callable[[], object], seconds: float = TIMEOUT_SECONDS) -> list[tuple[str, str]]:
    """What is told of a test mail while a worker is at work."""

    def work_once_it_is_owed() -> None:
        wait_until(lambda: is_owed(runtime), "the test mail is owed")
        work()

    thread = threading.Thread(target=work_once_it_is_owed)
    thread.start()
    findings = list(check_trial_mail(runtime, "ada@example.net", seconds, TIMEOUT_SECONDS))
    thread.join(TIMEOUT_SECONDS)
    assert all("ada" not in finding.message for finding in findings)
    return [(finding.outcome.value, finding.message) for finding in findings]


def real(make_runtime: MakeRuntime, mail: MailServer, **settings: str) -> Runtime:
    return make_runtime(mail_url=mail.url, clock=lambda: datetime.now(UTC), **settings)


def test_a_test_mail_goes_by_the_worker_and_the_answer_is_told(make_runtime: MakeRuntime, mail: MailServer) -> None:
    runtime = real(make_runtime, mail)
    (taken, coming) = trial(runtime, Mailer(runtime, gather_seconds=0).deliver)
    assert taken[0] == "ok"
    assert coming == ("note", "nothing is told of what comes back")
    (message,) = mail.mails_to("ada@example.net")
    assert message["Subject"].startswith("Test mail")
    mail.rcpt_reply = "550 5.1.1 <ada@example.net> is unknown"
    assert trial(runtime, Mailer(runtime, gather_seconds=0).deliver) == [
        ("FAULT", "a test mail was refused for good: 550 5.1.1")
    ]
    mail.rcpt_reply = "451 4.7.1 later"
    assert trial(runtime, Mailer(runtime, gather_seconds=0).deliver, 3.0) == [("FAULT", "the test mail is put off: 451 4.7.1")]
    (nobody,) = trial(runtime, lambda: None, 0.6)
    assert nobody[0] == Outcome.FAULT.value
    assert "nobody has sent" in nobody[1]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("delivery", "told"),
    [
        (Delivery.DELIVERED, ("ok", "it was told that the test mail is delivered")),
        (Delivery.SOFT_BOUNCE, ("FAULT", "the test mail came back, for a reason that may pass")),
        (Delivery.HARD_BOUNCE, ("FAULT", "the test mail came back: there is no such mailbox")),
        (Delivery.COMPLAINT, ("FAULT", "the test mail was reported as spam by its recipient")),
    ],
)
def test_what_comes_of_a_test_mail_is_waited_for(
    make_runtime: MakeRuntime, mail: MailServer, delivery: Delivery, told: tuple[str, str]
) -> None:
    runtime = real(make_runtime, mail, bounce_url="imap://ada:pw@127.0.0.1:9")

    def deliver() -> None:
        Mailer(runtime, gather_seconds=0).deliver()
        with runtime.transaction() as connection:
            assert deliveries.set_delivery(connection, 1, delivery, "5.1.1", runtime.now()) == ""

    assert trial(runtime, deliver)[-1] == told


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("unknown", "the test mail was sent, but the server never said whether it took it"),
        ("dropped", "the test mail was not sent: no answer"),
    ],
)
def test_a_test_mail_of_which_nothing_is_known_is_no_fault(
    make_runtime: MakeRuntime, mail: MailServer, state: str, told: str
) -> None:
    runtime = real(make_runtime, mail)

    def settle() -> None:
        execute_sql(runtime, "UPDATE outbox SET state = :state, attempts = 2, reason = 'no answer'", state=state)

    assert trial(runtime, settle) == [("UNKNOWN", told)]
