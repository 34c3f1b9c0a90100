"""Mailgun: MIME by `POST /v3/<domain>/messages.mime`, one mail a call.

https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/messages/post-v3--domain-name--messages.mime

A form (multipart/form-data) with `to`, the file `message`, and options: `o:tracking=no`, and `v:mail=…`, which comes back in
events as `user-variables`. Basic authentication: `api` and the key. Domains in Europe have an address of their own.

    200 {"id": "<…@…>", "message": "Queued. Thank you."}
    400 {"message": "to parameter is not a valid address. please check documentation"}
    401 Forbidden; 403 {"message": "Domain … is not allowed to send: …"}; 404 for a domain that is not theirs; 429
"""

from base64 import b64encode
from collections.abc import Sequence
from typing import ClassVar
from urllib.parse import quote

from urllib3.fields import RequestField
from urllib3.filepost import encode_multipart_formdata

from campaign.domain.mail.mail_url import MailUrl
from campaign.mail.errors import MailError
from campaign.mail.providers.api_client import ApiAnswer, ApiCall
from campaign.mail.providers.fields import message_reference
from campaign.mail.providers.provider import Mail, api_address, deferred, refused, sender_refused
from campaign.mail.wire_format import wire_bytes

_ADDRESSES = {"eu": "https://api.eu.mailgun.net"}


class Mailgun:
    """The API of one sending domain."""

    name: ClassVar[str] = "Mailgun"
    max_batch: ClassVar[int] = 1
    """Their batches are one text with slots for many recipients."""
    idempotent: ClassVar[bool] = False

    def __init__(self, url: MailUrl) -> None:
        self.url = api_address(url, _ADDRESSES.get(url.region, "https://api.mailgun.net"))
        self._path = f"/v3/{quote(url.place, safe='')}"
        self._headers = {"Authorization": f"Basic {b64encode(f'api:{url.key}'.encode()).decode()}"}

    def send_call(self, mails: Sequence[Mail]) -> ApiCall:
        """The mail as it is written."""
        ((message, recipient),) = mails
        raw = RequestField("message", wire_bytes(message), filename="message.mime", headers={"Content-Type": "message/rfc822"})
        raw.make_multipart(content_type="message/rfc822")
        fields = [
            *(RequestField.from_tuples(name, value) for name, value in (
                ("to", recipient), ("o:tracking", "no"), ("v:mail", message_reference(message)))),
            raw,
        ]  # fmt: skip
        body, content_type = encode_multipart_formdata(fields)
        return ApiCall(f"{self._path}/messages.mime", {**self._headers, "Content-Type": content_type}, body)

    def read_results(self, answer: ApiAnswer, count: int) -> list[MailError | None]:
        """By the status; of 400 by what its words are about, since it has no code."""
        if 200 <= answer.status < 300:
            return [None] * count
        words = str(answer.value("message") or "").lower()
        if answer.status in (401, 402, 403, 404) or "from parameter" in words or "'from'" in words:
            return [sender_refused(answer.status, "")] * count
        if answer.status == 413 or (answer.status == 400 and ("to parameter" in words or "'to'" in words)):
            return [refused(answer.status, "")] * count
        return [deferred(answer.status, "")] * count

    def check_call(self) -> ApiCall:
        """A mail to nobody, in test mode: a key that may only send may ask nothing else. It is answered 400."""
        headers = {**self._headers, "Content-Type": "application/x-www-form-urlencoded"}
        return ApiCall(f"{self._path}/messages", headers, b"o:testmode=yes")
