"""Resend: JSON by `POST /emails` and, up to 100 at once, `POST /emails/batch`.

https://resend.com/docs/api-reference/emails/send-email, https://resend.com/docs/api-reference/emails/send-batch-emails,
https://resend.com/docs/api-reference/errors, https://resend.com/docs/dashboard/emails/idempotency-keys

    {"from": "Our name <no-reply@example.org>", "to": ["…"], "reply_to": ["…"], "subject": "…", "text": "…", "html": "…",
     "headers": {"Message-ID": "<…>"}, "tags": [{"name": "mail", "value": "…"}]}
    200 {"id": "…"}; of a batch {"data": [{"id": "…"}], "errors": [{"index": 1, "message": "…"}]}
    422 {"statusCode": 422, "name": "validation_error", "message": "Invalid `to` field. …"}
    401 missing_api_key; 403 invalid_api_key, or validation_error for a domain that is not verified
    409 concurrent_idempotent_requests, invalid_idempotent_request; 429 rate_limit_exceeded, daily_quota_exceeded

`Idempotency-Key` is kept for 24 hours: what was sent is not sent again, and the first answer comes back. `x-batch-validation:
permissive` sends what is good in a batch. `from` takes a name neither quoted nor encoded. The Message-ID that arrives is
theirs; ours is in the headers of their events.
"""

import hashlib
from collections.abc import Sequence
from typing import Any, ClassVar

from campaign.domain.mail.mail_url import MailUrl
from campaign.mail.errors import MailError, MailOutcomeUnknownError
from campaign.mail.providers.api_client import ApiAnswer, ApiCall
from campaign.mail.providers.fields import mail_fields
from campaign.mail.providers.provider import Mail, api_address, deferred, json_call, refused, sender_refused

_OF_OUR_ACCOUNT = frozenset({"invalid_from_address", "missing_api_key", "invalid_api_key", "restricted_api_key",
                             "security_error"})  # fmt: skip


class Resend:
    """The API of one team."""

    name: ClassVar[str] = "Resend"
    max_batch: ClassVar[int] = 20
    idempotent: ClassVar[bool] = True

    def __init__(self, url: MailUrl) -> None:
        self.url = api_address(url, "https://api.resend.com")
        self._headers = {"Authorization": f"Bearer {url.key}"}

    def send_call(self, mails: Sequence[Mail]) -> ApiCall:
        """`/emails` for one, `/emails/batch` for more."""
        bodies, references = [], []
        for mail in mails:
            fields = mail_fields(*mail)
            # Signs that its own reading of `from` takes for the end of the name.
            name = " ".join("".join(" " if sign in ',;<>"()' else sign for sign in fields.sender_name).split())
            body: dict[str, Any] = {
                "from": f"{name} <{fields.sender}>" if name else fields.sender,
                "to": [fields.recipient],
                "subject": fields.subject,
                "text": fields.text,
                "html": fields.html,
                "headers": fields.headers,
                "tags": [{"name": "mail", "value": fields.reference}],
            }
            bodies.append(body | ({"reply_to": [fields.reply_to]} if fields.reply_to else {}))
            references.append(fields.reference)
        if len(bodies) == 1:
            return json_call("/emails", {**self._headers, "Idempotency-Key": references[0]}, bodies[0])
        key = hashlib.sha256("\n".join(references).encode()).hexdigest()
        headers = {**self._headers, "Idempotency-Key": key, "x-batch-validation": "permissive"}
        return json_call("/emails/batch", headers, bodies)

    def read_results(self, answer: ApiAnswer, count: int) -> list[MailError | None]:
        """Of each mail by its index among the errors; of a call that failed as a whole by its name."""
        if 200 <= answer.status < 300:
            errors = answer.value("errors")
            wrong = {one.get("index") for one in errors if isinstance(one, dict)} if isinstance(errors, list) else set()
            return [refused(422, "validation_error") if index in wrong else None for index in range(count)]
        name, words = str(answer.value("name") or ""), str(answer.value("message") or "")
        if answer.status == 409:
            # The call that was made before is still going on, or spoke of other words.
            return [MailOutcomeUnknownError(f"409 {name}")] * count
        if answer.status in (401, 403, 451) or name in _OF_OUR_ACCOUNT or "`from`" in words:
            return [sender_refused(answer.status, name)] * count
        if answer.status in (400, 422) and "`to`" in words and count == 1:
            return [refused(answer.status, name)] * count
        return [deferred(answer.status, name)] * count

    def check_call(self) -> ApiCall:
        """A mail without anything: a key that may only send may ask nothing else. It is answered 422."""
        return json_call("/emails", self._headers, {})
