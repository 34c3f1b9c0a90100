"""Postmark: JSON by `POST /email` and, up to 500 at once, `POST /email/batch`.

https://postmarkapp.com/developer/api/email-api#send-a-single-email, https://postmarkapp.com/developer/api/overview#error-codes

    {"From": "Our name <no-reply@example.org>", "To": "…", "Subject": "…", "TextBody": "…", "HtmlBody": "…", "ReplyTo": "…",
     "Headers": [{"Name": "Message-ID", "Value": "<…>"}, {"Name": "X-PM-KeepID", "Value": "true"}], "Metadata": {"mail": "…"},
     "TrackOpens": false, "TrackLinks": "None", "MessageStream": "outbound"}
    200 {"ErrorCode": 0, "Message": "OK", "MessageID": "…", "SubmittedAt": "…", "To": "…"}; of a batch a list of these
    422 {"ErrorCode": 406, "Message": "You tried to send to a recipient that has been marked as inactive. …"}
    401 {"ErrorCode": 10, "Message": "Bad or missing API token."}

Without `X-PM-KeepID` the Message-ID is replaced.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from campaign.domain.mail.mail_url import MailUrl
from campaign.domain.mail.sender import Sender
from campaign.mail.errors import MailError, MailServerUnavailableError
from campaign.mail.providers.api_client import ApiAnswer, ApiCall
from campaign.mail.providers.fields import mail_fields
from campaign.mail.providers.provider import Mail, api_address, deferred, json_call, refused, sender_refused

_INACTIVE_RECIPIENT = 406
_INVALID_REQUEST = 300
_OF_OUR_ACCOUNT = frozenset({10, 400, 401, 402, 403, 405, 409, 410, 412, 413, 1235})
"""Token, sender signature, form of the call, credits, pending or closed account, message stream."""
_MAINTENANCE = frozenset({100, 500})


class Postmark:
    """The API of one Postmark server."""

    name: ClassVar[str] = "Postmark"
    max_batch: ClassVar[int] = 20
    idempotent: ClassVar[bool] = False

    def __init__(self, url: MailUrl) -> None:
        self.url = api_address(url, "https://api.postmarkapp.com")
        self._headers = {"X-Postmark-Server-Token": url.key}

    def send_call(self, mails: Sequence[Mail]) -> ApiCall:
        """`/email` for one, `/email/batch` for more."""
        bodies = [_body(mail) for mail in mails]
        return json_call("/email", self._headers, bodies[0]) if len(bodies) == 1 else json_call(
            "/email/batch", self._headers, bodies
        )  # fmt: skip

    def read_results(self, answer: ApiAnswer, count: int) -> list[MailError | None]:
        """Of each mail by its ErrorCode."""
        if answer.status == 401:
            return [sender_refused(401, "its token")] * count
        results = answer.body if isinstance(answer.body, list) else [answer.body] * count
        return [_result(answer.status, one) for one in results]

    def check_call(self) -> ApiCall:
        """The server the token is for."""
        return ApiCall("/server", {"Accept": "application/json", **self._headers}, method="GET")


def _body(mail: Mail) -> dict[str, Any]:
    fields = mail_fields(*mail)
    headers = [{"Name": name, "Value": value} for name, value in fields.headers.items()]
    return {
        "From": Sender(fields.sender_name, fields.sender).header,
        "To": fields.recipient,
        "Subject": fields.subject,
        "TextBody": fields.text,
        "HtmlBody": fields.html,
        "Headers": [*headers, {"Name": "X-PM-KeepID", "Value": "true"}],
        "Metadata": {"mail": fields.reference},
        "TrackOpens": False,
        "TrackLinks": "None",
        "MessageStream": "outbound",
    } | ({"ReplyTo": fields.reply_to} if fields.reply_to else {})


def _result(status: int, result: Any) -> MailError | None:
    code = result.get("ErrorCode") if isinstance(result, dict) else None
    if code == 0 and 200 <= status < 300:
        return None
    words = str(result.get("Message", "")) if isinstance(result, dict) else ""
    if code in _OF_OUR_ACCOUNT or (code == _INVALID_REQUEST and "'From'" in words):
        return sender_refused(status, code)
    if code in (_INACTIVE_RECIPIENT, _INVALID_REQUEST):
        return refused(status, code)
    if code in _MAINTENANCE:
        return MailServerUnavailableError(f"{status} {code}")
    return deferred(status, code)
