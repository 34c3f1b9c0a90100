"""SendGrid: JSON by `POST /v3/mail/send`, one mail a call.

https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send,
https://www.twilio.com/docs/sendgrid/api-reference/mail-send/errors

    {"personalizations": [{"to": [{"email": "…"}]}], "from": {"email": "…", "name": "…"}, "reply_to": {"email": "…"},
     "subject": "…", "content": [{"type": "text/plain", "value": "…"}, {"type": "text/html", "value": "…"}],
     "headers": {"Message-ID": "<…>"}, "custom_args": {"mail": "…"},
     "tracking_settings": {"click_tracking": {"enable": false}, "open_tracking": {"enable": false}}}
    202 without a body
    400 {"errors": [{"message": "Does not contain a valid address.", "field": "personalizations.0.to.0.email", "help": null}]}
    401, 403 {"errors": [{"message": "The from address does not match a verified Sender Identity. …", "field": "from"}]}

`custom_args` come back in events as fields of their own. Accounts in Europe: `?api=https://api.eu.sendgrid.com`.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from campaign.domain.mail.mail_url import MailUrl
from campaign.mail.errors import MailError
from campaign.mail.providers.api_client import ApiAnswer, ApiCall
from campaign.mail.providers.fields import mail_fields
from campaign.mail.providers.provider import Mail, api_address, deferred, json_call, refused, sender_refused


class SendGrid:
    """The API of one account."""

    name: ClassVar[str] = "SendGrid"
    max_batch: ClassVar[int] = 1
    """A call has one text, however many it goes to."""
    idempotent: ClassVar[bool] = False

    def __init__(self, url: MailUrl) -> None:
        self.url = api_address(url, "https://api.sendgrid.com")
        self._headers = {"Authorization": f"Bearer {url.key}"}

    def send_call(self, mails: Sequence[Mail]) -> ApiCall:
        """The mail in its fields."""
        fields = mail_fields(*mails[0])
        body: dict[str, Any] = {
            "personalizations": [{"to": [{"email": fields.recipient}]}],
            "from": {"email": fields.sender} | ({"name": fields.sender_name} if fields.sender_name else {}),
            "subject": fields.subject,
            "content": [{"type": "text/plain", "value": fields.text}, {"type": "text/html", "value": fields.html}],
            "headers": fields.headers,
            "custom_args": {"mail": fields.reference},
            "tracking_settings": {"click_tracking": {"enable": False}, "open_tracking": {"enable": False}},
        }
        if fields.reply_to:
            body["reply_to"] = {"email": fields.reply_to}
        return json_call("/v3/mail/send", self._headers, body)

    def read_results(self, answer: ApiAnswer, count: int) -> list[MailError | None]:
        """By the status; of 400 by the field that it complains of."""
        if 200 <= answer.status < 300:
            return [None] * count
        field = str(answer.value("errors", 0, "field") or "")
        if answer.status in (401, 403) or field.startswith("from"):
            return [sender_refused(answer.status, "from" if field.startswith("from") else "")] * count
        if answer.status == 413 or (answer.status == 400 and field.startswith("personalizations")):
            return [refused(answer.status, "to" if answer.status == 400 else "")] * count
        return [deferred(answer.status, "")] * count

    def check_call(self) -> ApiCall:
        """What the key may do."""
        return ApiCall("/v3/scopes", self._headers, method="GET")
