"""People and processes the tests speak of: a signatory with a browser, and the workers that do what is asked for."""

import re
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from rq.serializers import JSONSerializer
from werkzeug.test import TestResponse

from campaign.jobs import QUEUES
from campaign.runtime import Runtime, job_queue
from tests.support.caches import expire_campaigns
from tests.support.servers import MailServer
from workers import clock
from workers.worker import JobFailedError, job_class, job_functions


def run_workers(runtime: Runtime) -> None:
    """Two rounds of the clock, each followed by the jobs that are in the queues, until these are empty.

    What RQ does around a job (a worker's birth, heartbeats, registries) takes longer than our jobs do, and is tested in
    `tests/workers` and `tests/journeys`, where workers are processes.
    """
    ours = job_class(job_functions(runtime, gather_seconds=0, round_interval_seconds=0))
    with Redis.from_url(runtime.settings.redis_url) as redis:
        for _ in range(2):
            clock.tick(runtime, {}, 1.0)
            for name in QUEUES:
                queue = job_queue(redis, name)
                while job_id := redis.lpop(queue.key):
                    job = ours.fetch(job_id.decode(), redis, JSONSerializer)
                    with suppress(JobFailedError):  # Its trace is in the log, and the clock asks for it again.
                        job.perform()
                    redis.delete(job.key)


def link_path_in(mail: EmailMessage, kind: str) -> str:
    """The path of the first link of a kind (v: verify, s: my signature) in a mail's text."""
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(rf"https?://\S+?/{kind}/\S+", body.get_content())
    assert found is not None, f"no /{kind}/ link in {body.get_content()!r}"
    return urlsplit(found[0]).path


@dataclass
class Signatory:
    """Somebody with an address, a mailbox and a browser."""

    app: Flask
    mail: MailServer
    email: str = "ada@example.org"
    name: str = "Ada Lovelace"
    slug: str = "save-the-pond"

    def __post_init__(self) -> None:
        self.browser: FlaskClient = self.app.test_client()

    def form(self, **changes: str) -> dict[str, str]:
        plain = {"name": self.name, "email": self.email, "country": "GB", "postcode": "sw1a1aa", "comment": ""}
        return {**plain, **changes}

    def sign(self, **changes: str) -> TestResponse:
        return self.browser.post(f"/c/{self.slug}/signatures", data=self.form(**changes))

    @property
    def mails(self) -> list[EmailMessage]:
        return self.mail.mails_to(self.email)

    def verify_path(self) -> str:
        return link_path_in(next(mail for mail in reversed(self.mails) if "/v/" in str(mail.get_body(("plain",)))), "v")

    def manage_path(self) -> str:
        return link_path_in(self.mails[-1], "s")

    def open_verification(self) -> TestResponse:
        return self.browser.get(self.verify_path())

    def confirm(self, path: str | None = None, **data: Any) -> TestResponse:
        return self.browser.post(path or self.verify_path(), data=data)

    def withdraw(self) -> TestResponse:
        return self.browser.post(self.manage_path(), data={"action": "withdraw"})


def public_count(app: Flask) -> int:
    """The number the public sees, once this process believes nothing it read half a second ago."""
    expire_campaigns()
    data = app.test_client().get("/c/save-the-pond/count.json").get_json()
    return int(data["signatures"])
