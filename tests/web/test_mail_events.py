"""POST /mail/events/<provider>: believed from the provider of MAIL_URL alone, bounded, and silent."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from campaign.runtime import Runtime
from campaign.web.mail_events import MAX_EVENT_BYTES
from tests.services.mail.test_delivery_events import reference, sent
from tests.support.compile_cache import make_app
from tests.support.provider_events import EVENT_SOURCES, Posted, post_of

WITHOUT_AMAZON = [name for name in EVENT_SOURCES if name != "ses"]
MakeRuntime = Callable[..., Runtime]


def site(make_runtime: MakeRuntime, provider: str, **settings: Any) -> tuple[Runtime, FlaskClient]:
    source = EVENT_SOURCES[provider]
    runtime = make_runtime(**{"mail_url": source.mail_url, "mail_webhook_secret": source.secret, **settings})
    return runtime, make_app(runtime).test_client()


def post(client: FlaskClient, provider: str, posted: Posted) -> int:
    answer = client.post(f"/mail/events/{provider}", data=posted.body, headers=posted.headers)
    assert answer.status_code in (404, 405, 413) or (answer.data == b"" and answer.headers["Cache-Control"] == "no-store")
    assert "Set-Cookie" not in answer.headers
    return answer.status_code


def deliveries(runtime: Runtime) -> list[str]:
    with runtime.reading() as connection:
        return list(connection.execute(text("SELECT delivery FROM outbox ORDER BY id")).scalars())


@pytest.mark.parametrize("provider", WITHOUT_AMAZON)
def test_events_of_the_provider_are_taken_in_once(make_runtime: MakeRuntime, provider: str) -> None:
    runtime, client = site(make_runtime, provider)
    first, second = sent(runtime, "ada@example.org", "eve@example.org")
    posted = post_of(EVENT_SOURCES[provider], "delivered", reference(runtime, first), "event-1", runtime.now())
    assert [post(client, provider, posted) for _ in range(2)] == [200, 200]
    assert deliveries(runtime) == ["delivered", ""]
    ours = post_of(EVENT_SOURCES[provider], "hard", reference(runtime, second), "event-2", runtime.now())
    theirs = post_of(EVENT_SOURCES[provider], "hard", "1_0123456789abcdef01234567", "event-3", runtime.now())
    # The answer is the same, whether there is such a mail or not.
    assert [post(client, provider, one) for one in (ours, theirs)] == [200, 200]
    assert deliveries(runtime) == ["delivered", "hard"]


def test_what_mailgun_has_signed_once_is_good_for_no_other_mail_and_no_other_fate(make_runtime: MakeRuntime) -> None:
    # Its signature covers a token and a time, and nothing of what is said.
    runtime, client = site(make_runtime, "mailgun")
    first, second = sent(runtime, "ada@example.org", "eve@example.org")
    for mail_id, kind in ((first, "delivered"), (second, "complaint"), (first, "hard")):
        posted = post_of(EVENT_SOURCES["mailgun"], kind, reference(runtime, mail_id), "event-1", runtime.now())
        assert post(client, "mailgun", posted) == 200
    assert deliveries(runtime) == ["delivered", ""]


@pytest.mark.parametrize("provider", EVENT_SOURCES)
def test_forged_events_are_refused_and_others_have_no_page(make_runtime: MakeRuntime, provider: str) -> None:
    runtime, client = site(make_runtime, provider)
    (mail_id,) = sent(runtime, "ada@example.org")
    for other in (*EVENT_SOURCES, "smtp", "..%2f", "é"):
        expected = 404 if other != provider else 403
        body = b'{"TopicArn": "arn:aws:sns:eu-west-2:1:x", "Type": "Notification"}'
        assert post(client, other, Posted(body, {"Authorization": "Basic eDp5"})) == expected
    assert client.get(f"/mail/events/{provider}").status_code == 405
    assert post(client, provider, Posted(b"x" * (MAX_EVENT_BYTES + 1), {})) == 413
    assert deliveries(runtime) == [""]
    assert mail_id


def test_without_a_secret_or_a_provider_there_is_no_page(make_runtime: MakeRuntime) -> None:
    for settings in ({"mail_webhook_secret": ""}, {"mail_url": "smtp://mail.example.org"}):
        runtime, client = site(make_runtime, "postmark", **settings)
        posted = post_of(EVENT_SOURCES["postmark"], "hard", "1_0", "event-1", runtime.now())
        assert post(client, "postmark", posted) == 404
