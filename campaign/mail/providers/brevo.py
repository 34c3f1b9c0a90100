"""Brevo: JSON by `POST /v3/smtp/email`, one mail a call.

https://developers.brevo.com/reference/sendtransacemail, https://developers.brevo.com/docs/heterogenous-versions-batch-emails

    {"sender": {"email": "…", "name": "…"}, "to": [{"email": "…"}], "replyTo": {"email": "…"}, "subject": "…",
     "textContent": "…", "htmlContent": "…",
     "headers": {"Message-ID": "<…>", "X-Mailin-custom": "…", "idempotencyKey": "a UUID, good for 30 minutes"}}
    201 {"messageId": "<…@smtp-relay.mailin.fr>"}
    400 {"code": "invalid_parameter", "message": "email is not valid in to"}
    401 {"code": "unauthorized", …}; 402 {"code": "not_enough_credits", …}; 403 {"code": "permission_denied", …}

`X-Mailin-custom` comes back in events. Its batches say only of the whole whether they were taken, so there is one mail a call.
"""

from collections.abc import Sequence
from email.header import Header
from typing import Any, ClassVar
from uuid import NAMESPACE_URL, uuid5

from campaign.domain.mail.mail_url import MailUrl
from campaign.mail.errors import MailError
from campaign.mail.providers.api_client import ApiAnswer, ApiCall
from campaign.mail.providers.fields import mail_fields
from campaign.mail.providers.provider import Mail, api_address, deferred, json_call, refused, sender_refused


class Brevo:
    """The API of one account."""

    name: ClassVar[str] = "Brevo"
    max_batch: ClassVar[int] = 1
    idempotent: ClassVar[bool] = True

    def __init__(self, url: MailUrl) -> None:
        self.url = api_address(url, "https://api.brevo.com")
        self._headers = {"api-key": url.key}

    def send_call(self, mails: Sequence[Mail]) -> ApiCall:
        """The mail in its fields."""
        fields = mail_fields(*mails[0])
        name = fields.sender_name
        # It drops a name that has both letters outside ASCII and signs of the grammar, unless it is encoded.
        if not name.isascii() and any(sign in name for sign in ',;:<>()[]@"\\.'):
            name = Header(name, "utf-8", maxlinelen=998).encode()
        key = str(uuid5(NAMESPACE_URL, fields.headers.get("Message-ID", fields.reference)))
        body: dict[str, Any] = {
            "sender": {"email": fields.sender} | ({"name": name} if name else {}),
            "to": [{"email": fields.recipient}],
            "subject": fields.subject,
            "textContent": fields.text,
            "htmlContent": fields.html,
            "headers": fields.headers | {"X-Mailin-custom": fields.reference, "idempotencyKey": key},
        }
        if fields.reply_to:
            body["replyTo"] = {"email": fields.reply_to}
        return json_call("/v3/smtp/email", self._headers, body)

    def read_results(self, answer: ApiAnswer, count: int) -> list[MailError | None]:
        """By the status; of 400 by its code and what its words are about."""
        code, words = str(answer.value("code") or ""), str(answer.value("message") or "").lower()
        # The same mail with the same key was taken before.
        if 200 <= answer.status < 300 or code.startswith("duplicate"):
            return [None] * count
        if answer.status in (401, 402, 403) or "sender" in words:
            return [sender_refused(answer.status, code)] * count
        if answer.status == 400 and (words.endswith(" in to") or "recipient" in words):
            return [refused(answer.status, code)] * count
        return [deferred(answer.status, code)] * count

    def check_call(self) -> ApiCall:
        """The account of the key."""
        return ApiCall("/v3/account", {"Accept": "application/json", **self._headers}, method="GET")
