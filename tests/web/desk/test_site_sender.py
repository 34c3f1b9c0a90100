"""The operator's page of the sender: what DNS says, what to publish, and a mistake at its field."""

from collections.abc import Callable

import pytest
from flask import Flask

from campaign.runtime import Runtime
from campaign.web.desk import site_sender
from tests.html_validator import html_problems
from tests.support.compile_cache import make_app
from tests.support.desk_client import new_campaigner, page_text
from tests.support.dns_server import DnsServer
from tests.support.servers import MailServer
from workers.mail import Mailer


def test_it_says_what_to_publish_ready_to_paste(make_runtime: Callable[..., Runtime], monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = make_runtime(mail_from="no-reply@example.org", mail_url="smtp://mail.example.net")
    dns = DnsServer({"example.org": {"MX": ["10 mx.example.org."]}})
    look_up = site_sender.check_sender_records
    # The machine's own resolver is not asked in a test.
    monkeypatch.setattr(site_sender, "check_sender_records", lambda runtime, names: look_up(runtime, names, dns.resolver()))
    try:
        operator = new_campaigner(runtime, make_app(runtime), operator=True)
        assert "no-reply@example.org" in page_text(operator.get("/desk/site/sender"))
        page = operator.post("/desk/site/sender", {"selector": "pond1"})
    finally:
        dns.close()
    assert html_problems(page.text) == []
    said = page_text(page)
    assert "example.org. IN TXT &#34;v=spf1 a:mail.example.net ~all&#34;" in said
    assert "example.org is served by mx.example.org" in said
    assert "selectors tried: pond1" in said


def test_a_mistyped_selector_is_told_at_its_field(runtime: Runtime, app: Flask) -> None:
    operator = new_campaigner(runtime, app, operator=True)
    page = operator.post("/desk/site/sender", {"selector": "s1 _domainkey"})
    assert page.status_code == 422
    assert "Write the part before ._domainkey alone" in page.text
    assert 'value="s1 _domainkey"' in page.text


def test_a_test_mail_goes_to_the_operator_and_its_fate_is_told(make_runtime: Callable[..., Runtime], mail: MailServer) -> None:
    runtime = make_runtime(mail_url=mail.url)
    operator = new_campaigner(runtime, make_app(runtime), operator=True, email="ada@campaign.example")
    sent = operator.post("/desk/site/sender/test-mail", {})
    assert sent.status_code == 303
    page = operator.get(sent.location)
    assert html_problems(page.text) == []
    assert "on its way" in page_text(page)
    mail.rcpt_reply = "451 4.7.1 later"
    Mailer(runtime, gather_seconds=0).deliver()
    assert "the test mail is put off: 451 4.7.1" in page_text(operator.get(sent.location))
    mail.rcpt_reply = "250 OK"
    sent = operator.post("/desk/site/sender/test-mail", {})
    Mailer(runtime, gather_seconds=0).deliver()
    page = operator.get(sent.location)
    assert html_problems(page.text) == []
    assert "a test mail was taken by the server" in page_text(page)
    assert len(mail.mails_to("ada@campaign.example")) == 1
    for unknown in ("0", "999", "x", "1" * 30, "-1", "²"):
        assert operator.get(f"/desk/site/sender?mail={unknown}").status_code == 404


def test_test_mails_are_bounded(runtime: Runtime, app: Flask) -> None:
    operator = new_campaigner(runtime, app, operator=True)
    for _ in range(10):
        assert "?mail=" in operator.post("/desk/site/sender/test-mail", {}).location
    refused = operator.post("/desk/site/sender/test-mail", {})
    assert "?mail=" not in refused.location
    assert "You sent 10 test mails within an hour" in operator.get(refused.location).text
