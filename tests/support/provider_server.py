"""HTTP servers that speak the documented JSON of mail providers, and misbehave as told."""

import base64
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

KEY = "key-0123456789abcdef"


@dataclass
class TakenMail:
    """A mail as a provider has understood it."""

    recipient: str
    sender: str
    sender_name: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    reference: str


@dataclass(frozen=True)
class Reply:
    """Answer of a server that does not take the call."""

    status: int
    body: Any = None
    headers: tuple[tuple[str, str], ...] = ()
    hangs: bool = False
    """It takes no mail and says nothing."""
    takes_and_hangs: bool = False


@dataclass(frozen=True)
class Dialect:
    """One provider's API: how it reads a call, and what it answers. `read` returns the mails and whether it was a batch."""

    name: str
    url: str
    """A MAIL_URL, without `?api=`."""
    read: Callable[["Call"], tuple[list[TakenMail], bool]]
    taken: Callable[[int, bool], tuple[int, Any]]
    refusals: dict[str, Reply]
    """Refusals of one recipient."""
    sender_refusals: dict[str, Reply]
    half_refused: Callable[[list[str]], Any] | None = None
    """The answer to a batch in which the recipients given are refused; it is taken where none is."""
    idempotent: bool = False
    keeps_message_id: bool = True


@dataclass
class Call:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        assert self.headers["content-type"] == "application/json"
        return json.loads(self.body)


@dataclass
class ProviderServer:
    """A server on a port of its own. `replies` are used up one by one; after them it takes everything."""

    dialect: Dialect
    replies: list[Reply] = field(default_factory=list)
    refused_recipients: list[str] = field(default_factory=list)
    mails: list[TakenMail] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    connections: set[Any] = field(default_factory=set)
    _keys: dict[str, list[TakenMail]] = field(default_factory=dict)
    _stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        ours = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None:
                pass

            def do_POST(self) -> None:
                ours.connections.add(self.client_address)
                length = int(self.headers.get("Content-Length", 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                call = Call(self.command, self.path, headers, self.rfile.read(length))
                ours.calls.append(call)
                status, body, more = ours._answer(call)
                if status == 0:
                    ours._stopping.wait(30)
                    self.close_connection = True
                    return
                raw = b"" if body is None else json.dumps(body).encode()
                self.send_response(status)
                for name, value in more:
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            do_GET = do_POST  # noqa: N815

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=lambda: self._server.serve_forever(poll_interval=0.02), daemon=True)
        self._thread.start()

    @property
    def mail_url(self) -> str:
        mark = "&" if "?" in self.dialect.url else "?"
        return f"{self.dialect.url}{mark}api=http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def _answer(self, call: Call) -> tuple[int, Any, tuple[tuple[str, str], ...]]:
        reply = self.replies.pop(0) if self.replies else None
        if reply is not None and not reply.takes_and_hangs:
            return (0, None, ()) if reply.hangs else (reply.status, reply.body, reply.headers)
        mails, batch = self.dialect.read(call)
        refused = [mail.recipient for mail in mails if mail.recipient in self.refused_recipients]
        key = call.headers.get("idempotency-key") or (
            call.json["headers"].get("idempotencyKey") if self.dialect.name == "brevo" else None)  # fmt: skip
        if key is None or key not in self._keys:
            self.mails += [mail for mail in mails if mail.recipient not in refused]
            if key is not None:
                self._keys[key] = mails
        if reply is not None:
            return 0, None, ()
        if refused and self.dialect.half_refused is not None:
            return 200, self.dialect.half_refused([mail.recipient for mail in mails if mail.recipient]), ()
        status, body = self.dialect.taken(len(mails), batch)
        return status, body, ()


def _bearer(call: Call) -> None:
    assert call.headers["authorization"] == f"Bearer {KEY}"


def _split_sender(header: str) -> tuple[str, str]:
    name, _, address = header.rpartition(" ")
    return name.strip('"'), address.strip("<>")


def _read_postmark(call: Call) -> tuple[list[TakenMail], bool]:
    assert call.headers["x-postmark-server-token"] == KEY
    batch = call.path == "/email/batch"
    assert batch or call.path == "/email"
    mails = []
    for one in call.json if batch else [call.json]:
        assert set(one) <= {"From", "To", "Subject", "TextBody", "HtmlBody", "ReplyTo", "Headers", "Metadata", "TrackOpens",
                            "TrackLinks", "MessageStream"}  # fmt: skip
        assert one["TrackOpens"] is False
        assert one["TrackLinks"] == "None"
        headers = {each["Name"]: each["Value"] for each in one["Headers"]}
        assert headers.pop("X-PM-KeepID") == "true"
        name, address = _decode_sender(one["From"])
        mails.append(TakenMail(one["To"], address, name, one["Subject"], one["TextBody"], one["HtmlBody"], headers,
                               one["Metadata"]["mail"]))  # fmt: skip
    return mails, batch


def _decode_sender(header: str) -> tuple[str, str]:
    message = cast("EmailMessage", message_from_bytes(f"From: {header}\n\n".encode(), policy=policy.default))
    address = message["From"].addresses[0]
    return address.display_name, address.addr_spec


def _read_mime(raw: bytes, recipient: str, reference: str) -> TakenMail:
    assert b"\n" not in raw.replace(b"\r\n", b"")
    message = cast("EmailMessage", message_from_bytes(raw, policy=policy.default))
    sender = message["From"].addresses[0]
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    return TakenMail(recipient, sender.addr_spec, sender.display_name, str(message["Subject"]), text.get_content(),
                     html.get_content(), {name: str(value) for name, value in message.items()}, reference)  # fmt: skip


def _read_mailgun(call: Call) -> tuple[list[TakenMail], bool]:
    assert call.path == "/v3/mg.example.org/messages.mime"
    assert base64.b64decode(call.headers["authorization"].removeprefix("Basic ")) == f"api:{KEY}".encode()
    form = message_from_bytes(f"Content-Type: {call.headers['content-type']}\n\n".encode() + call.body, policy=policy.HTTP)
    fields: dict[str, bytes] = {}
    for part in form.iter_parts():  # type: ignore[attr-defined]
        inner = part.get_payload(decode=True)
        fields[part.get_param("name", header="content-disposition")] = (
            part.get_payload(0).as_bytes(policy=policy.HTTP) if inner is None else inner)  # fmt: skip
    assert set(fields) == {"to", "message", "o:tracking", "v:mail"}
    assert fields["o:tracking"].strip() == b"no"
    return [_read_mime(fields["message"], fields["to"].decode().strip(), fields["v:mail"].decode().strip())], False


def _read_sendgrid(call: Call) -> tuple[list[TakenMail], bool]:
    assert call.path == "/v3/mail/send"
    _bearer(call)
    one = call.json
    assert [each["type"] for each in one["content"]] == ["text/plain", "text/html"]
    assert one["tracking_settings"] == {"click_tracking": {"enable": False}, "open_tracking": {"enable": False}}
    taken = {"received", "content-type", "content-transfer-encoding", "to", "from", "subject", "reply-to", "cc", "bcc"}
    assert not taken & {name.lower() for name in one["headers"]}
    return [TakenMail(one["personalizations"][0]["to"][0]["email"], one["from"]["email"], one["from"].get("name", ""),
                      one["subject"], one["content"][0]["value"], one["content"][1]["value"], one["headers"],
                      one["custom_args"]["mail"])], False  # fmt: skip


def _read_brevo(call: Call) -> tuple[list[TakenMail], bool]:
    assert call.path == "/v3/smtp/email"
    assert call.headers["api-key"] == KEY
    one = call.json
    name, _ = _decode_sender(f"{one['sender'].get('name', '')} <a@b.example>") if "=?" in one["sender"].get("name", "") else (
        one["sender"].get("name", ""), "")  # fmt: skip
    headers = dict(one["headers"])
    reference, key = headers.pop("X-Mailin-custom"), headers.pop("idempotencyKey")
    assert len(key) == 36
    return [TakenMail(one["to"][0]["email"], one["sender"]["email"], name, one["subject"], one["textContent"],
                      one["htmlContent"], headers, reference)], False  # fmt: skip


def _read_resend(call: Call) -> tuple[list[TakenMail], bool]:
    batch = call.path == "/emails/batch"
    assert batch or call.path == "/emails"
    _bearer(call)
    assert 1 <= len(call.headers["idempotency-key"]) <= 256
    assert (call.headers.get("x-batch-validation") == "permissive") is batch
    mails = []
    for one in call.json if batch else [call.json]:
        name, address = _split_sender(one["from"])
        tags = {tag["name"]: tag["value"] for tag in one["tags"]}
        assert all(character.isalnum() or character in "_-" for character in tags["mail"])
        (recipient,) = one["to"]
        mails.append(TakenMail(recipient, address, name, one["subject"], one["text"], one["html"], one["headers"],
                               tags["mail"]))  # fmt: skip
    return mails, batch


def _read_ses(call: Call) -> tuple[list[TakenMail], bool]:
    assert call.path == "/v2/email/outbound-emails"
    scope = f"Credential={KEY}/20261123/eu-west-2/ses/aws4_request"
    assert call.headers["authorization"].startswith(f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=")
    one = call.json
    (recipient,), (tag,) = one["Destination"]["ToAddresses"], one["EmailTags"]
    assert tag["Name"] == "mail"
    assert all(character.isalnum() or character in "_-" for character in tag["Value"])
    return [_read_mime(base64.b64decode(one["Content"]["Raw"]["Data"]), recipient, tag["Value"])], False


def _ses(kind: str, status: int = 400, words: str = "") -> Reply:
    return Reply(status, {"message": words}, (("x-amzn-ErrorType", f"{kind}:http://internal.amazon.com/coral/"),))


DIALECTS = {
    dialect.name: dialect
    for dialect in (
        Dialect(
            "postmark", f"postmark://{KEY}", _read_postmark,
            lambda count, batch: (200, [{"ErrorCode": 0, "Message": "OK"}] * count if batch else {"ErrorCode": 0}),
            {"inactive": Reply(422, {"ErrorCode": 406, "Message": "You tried to send to a recipient that has been marked as "
                                                                  "inactive. Found inactive addresses: ada@example.org."}),
             "invalid": Reply(422, {"ErrorCode": 300, "Message": "Error parsing 'To': Illegal address 'ada@example.org'"})},
            {"token": Reply(401, {"ErrorCode": 10, "Message": "No Account or Server API tokens were supplied"}),
             "signature": Reply(422, {"ErrorCode": 400, "Message": "The 'From' address is not a Sender Signature"}),
             "from": Reply(422, {"ErrorCode": 300, "Message": "Invalid 'From' address."}),
             "pending": Reply(422, {"ErrorCode": 412, "Message": "While your account is pending approval, …"}),
             "credits": Reply(422, {"ErrorCode": 405, "Message": "Not allowed to send"})},
            lambda recipients: [{"ErrorCode": 406, "Message": "inactive"} if "refused" in one else {"ErrorCode": 0}
                                for one in recipients],
        ),
        Dialect(
            "mailgun", f"mailgun://{KEY}@mg.example.org", _read_mailgun,
            lambda count, batch: (200, {"id": "<1@mg.example.org>", "message": "Queued. Thank you."}),
            {"invalid": Reply(400, {"message": "to parameter is not a valid address. please check documentation"}),
             "too large": Reply(413, {"message": "Message too large"})},
            {"key": Reply(401), "domain": Reply(404, {"message": "Domain not found: mg.example.org"}),
             "disabled": Reply(403, {"message": "Domain mg.example.org is not allowed to send: The domain is disabled."}),
             "from": Reply(400, {"message": "from parameter is not a valid address. please check documentation"})},
        ),
        Dialect(
            "sendgrid", f"sendgrid://{KEY}", _read_sendgrid, lambda count, batch: (202, None),
            {"invalid": Reply(400, {"errors": [{"message": "Does not contain a valid address.",
                                                "field": "personalizations.0.to.0.email", "help": None}]}),
             "too large": Reply(413, {"errors": [{"message": "The payload is too large", "field": None}]})},
            {"key": Reply(401, {"errors": [{"message": "The provided authorization grant is invalid", "field": None}]}),
             "identity": Reply(403, {"errors": [{"message": "The from address does not match a verified Sender Identity.",
                                                 "field": "from", "help": None}]}),
             "credits": Reply(401, {"errors": [{"message": "Maximum credits exceeded", "field": None, "help": None}]}),
             "from": Reply(400, {"errors": [{"message": "The from email does not contain a valid address.",
                                             "field": "from.email", "help": None}]})},
        ),
        Dialect(
            "brevo", f"brevo://{KEY}", _read_brevo, lambda count, batch: (201, {"messageId": "<1@smtp-relay.mailin.fr>"}),
            {"invalid": Reply(400, {"code": "invalid_parameter", "message": "email is not valid in to"})},
            {"key": Reply(401, {"code": "unauthorized", "message": "Key not found"}),
             "credits": Reply(402, {"code": "not_enough_credits", "message": "You do not have enough credits"}),
             "account": Reply(403, {"code": "permission_denied", "message": "Unable to send email. Your SMTP account is not "
                                                                            "yet activated."}),
             "sender": Reply(400, {"code": "invalid_parameter", "message": "Sending has been rejected because the sender "
                                                                           "you used no-reply@example.org is not valid."})},
            idempotent=True,
        ),
        Dialect(
            "resend", f"resend://{KEY}", _read_resend,
            lambda count, batch: (200, {"data": [{"id": "1"}] * count} if batch else {"id": "1"}),
            {"invalid": Reply(422, {"statusCode": 422, "name": "validation_error", "message": "Invalid `to` field. The email "
                                                                                             "address needs to follow the …"})},
            {"key": Reply(403, {"statusCode": 403, "name": "invalid_api_key", "message": "API key is invalid"}),
             "no key": Reply(401, {"statusCode": 401, "name": "missing_api_key", "message": "Missing API Key"}),
             "domain": Reply(403, {"statusCode": 403, "name": "validation_error", "message": "The example.org domain is not "
                                                                                            "verified."}),
             "from": Reply(422, {"statusCode": 422, "name": "invalid_from_address", "message": "Invalid `from` field."})},
            lambda recipients: {"data": [{"id": "1"} for one in recipients if "refused" not in one],
                                "errors": [{"index": index, "message": "Invalid `to` field."}
                                           for index, one in enumerate(recipients) if "refused" in one]},
            idempotent=True,
        ),
        Dialect(
            "ses", f"ses://{KEY}:sec/ret+x@eu-west-2", _read_ses, lambda count, batch: (200, {"MessageId": "0102"}),
            {"content": _ses("MessageRejected", words="Message rejected: it has a virus"),
             "invalid": _ses("BadRequestException", words="Domain contains illegal character")},
            {"key": _ses("UnrecognizedClientException", 403, "The security token included in the request is invalid."),
             "signature": _ses("SignatureDoesNotMatch", 403), "suspended": _ses("AccountSuspendedException"),
             "paused": _ses("SendingPausedException"), "domain": _ses("MailFromDomainNotVerifiedException"),
             "sandbox": _ses("MessageRejected", words="Email address is not verified. The following identities failed the "
                                                      "check in region EU-WEST-2: no-reply@example.org")},
        ),
    )
}  # fmt: skip
