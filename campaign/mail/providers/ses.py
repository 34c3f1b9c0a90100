"""Amazon SES: MIME by `POST /v2/email/outbound-emails` (API version 2), one mail a call, signed with Signature Version 4.

https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html

    {"FromEmailAddress": "…", "Destination": {"ToAddresses": ["…"]}, "Content": {"Raw": {"Data": "base64"}},
     "EmailTags": [{"Name": "mail", "Value": "…"}]}
    200 {"MessageId": "…"}
    400 with the header x-amzn-ErrorType: MessageRejected, MailFromDomainNotVerifiedException, AccountSuspendedException,
    SendingPausedException, BadRequestException; 403 for the key; 404 NotFoundException; 429 TooManyRequestsException

The Message-ID that arrives is Amazon's; ours is among the headers in its events, beside the tags. Batches of version 2 are one
template with slots.
"""

from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, ClassVar

from campaign.domain.mail.mail_url import MailUrl
from campaign.mail.errors import MailError, MailServerBusyError
from campaign.mail.providers.api_client import ApiAnswer, ApiCall
from campaign.mail.providers.aws_signature import signed_call
from campaign.mail.providers.fields import message_reference
from campaign.mail.providers.provider import Mail, api_address, deferred, json_call, refused, sender_refused
from campaign.mail.wire_format import wire_bytes

_PATH = "/v2/email/outbound-emails"
_OF_OUR_ACCOUNT = frozenset({"MailFromDomainNotVerifiedException", "AccountSuspendedException", "SendingPausedException",
                             "NotFoundException"})  # fmt: skip
_BUSY = frozenset({"TooManyRequestsException", "LimitExceededException"})


class AmazonSes:
    """The API of one account in one region."""

    name: ClassVar[str] = "Amazon SES"
    max_batch: ClassVar[int] = 1
    idempotent: ClassVar[bool] = False

    def __init__(self, url: MailUrl, now: Callable[[], datetime]) -> None:
        self.url = api_address(url, f"https://email.{url.place}.amazonaws.com")
        self._url, self._now = url, now

    def send_call(self, mails: Sequence[Mail]) -> ApiCall:
        """The mail as it is written."""
        ((message, recipient),) = mails
        return self._signed({
            "Destination": {"ToAddresses": [recipient]},
            "Content": {"Raw": {"Data": b64encode(wire_bytes(message)).decode()}},
            "EmailTags": [{"Name": "mail", "Value": message_reference(message)}],
        })  # fmt: skip

    def read_results(self, answer: ApiAnswer, count: int) -> list[MailError | None]:
        """By the kind of error."""
        if 200 <= answer.status < 300:
            return [None] * count
        kind = answer.headers.get("x-amzn-ErrorType", "") or str(answer.value("__type") or "")
        kind = kind.rpartition("#")[2].partition(":")[0]
        words = str(answer.value("message") or answer.value("Message") or "").lower()
        if kind in _BUSY:
            return [MailServerBusyError(f"{answer.status} {kind}", answer.retry_after_seconds)] * count
        # In its sandbox nothing leaves for an address that is not verified: that is the account's fault too.
        if answer.status in (401, 403) or kind in _OF_OUR_ACCOUNT or "not verified" in words:
            return [sender_refused(answer.status, kind)] * count
        if kind in ("MessageRejected", "BadRequestException"):
            return [refused(answer.status, kind)] * count
        return [deferred(answer.status, kind)] * count

    def check_call(self) -> ApiCall:
        """A mail without anything: a key that may only send may ask nothing else. It is answered 400."""
        return self._signed({"Content": {}})

    def _signed(self, body: dict[str, Any]) -> ApiCall:
        call = json_call(_PATH, {}, body)
        return signed_call(call, self.url, self._url.key, self._url.secret, self._url.place, "ses", self._now())
