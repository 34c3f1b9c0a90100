"""Provider: what differs between the APIs, and the transport that is the same for all."""

import json
from collections.abc import Mapping, Sequence
from email.message import Message
from typing import Any, ClassVar, Protocol

import structlog

from campaign.domain.mail.mail_url import MailUrl
from campaign.mail.errors import (
    MailError,
    MailOutcomeUnknownError,
    MailRefusedError,
    MailSenderRefusedError,
    MailServerBusyError,
    MailServerUnavailableError,
    MailUnavailableError,
)
from campaign.mail.providers.api_client import ApiAnswer, ApiCall, ApiClient, ApiTimeouts

log = structlog.get_logger(__name__)

Mail = tuple[Message, str]
"""A message and the address it goes to."""


class Provider(Protocol):
    """One API. Made anew for each connection; it keeps nothing between calls."""

    name: ClassVar[str]
    """As its users write it."""
    max_batch: ClassVar[int]
    """Mails of one call."""
    idempotent: ClassVar[bool]
    """Whether the same call made again sends nothing twice."""

    @property
    def url(self) -> str:
        """Address of the API, without the paths of its calls."""

    def send_call(self, mails: Sequence[Mail]) -> ApiCall:
        """The call that sends these mails: `max_batch` at most."""

    def read_results(self, answer: ApiAnswer, count: int) -> list[MailError | None]:
        """What each mail of the call came to: None for taken."""

    def check_call(self) -> ApiCall:
        """A call that sends nothing and needs the same key."""


class ApiTransport:
    """Mail by a provider's API."""

    def __init__(self, provider: Provider, timeouts: ApiTimeouts | None = None) -> None:
        self._provider = provider
        self._client = ApiClient(provider.url, timeouts or ApiTimeouts())
        self.max_batch = provider.max_batch

    def open(self) -> None:
        """Nothing: a call connects by itself."""

    def send(self, message: Message, recipient: str) -> None:
        """Hand one mail over. Raises MailRefusedError, MailUnavailableError or MailOutcomeUnknownError."""
        (error,) = self.send_batch([(message, recipient)])
        if error is not None:
            raise error

    def send_batch(self, mails: Sequence[Mail]) -> list[MailError | None]:
        """Hand several mails over in one call; what each came to, None for taken."""
        try:
            call = self._provider.send_call(mails)
        except Exception as error:  # whatever it is, it says nothing about the others
            if len(mails) > 1:
                return [result for mail in mails for result in self.send_batch([mail])]
            log.error("A mail cannot be written for the provider", provider=self._provider.name, exc_info=error)  # noqa: TRY400
            return [MailUnavailableError(f"it cannot be written: {type(error).__name__}")]
        try:
            answer = self._call(call)
        except MailError as error:
            return [error] * len(mails)
        if (failed := self._error_of_call(answer)) is not None:
            return [failed] * len(mails)
        try:
            results = self._provider.read_results(answer, len(mails))
        except (TypeError, ValueError, LookupError, AttributeError):
            results = []
        if len(results) != len(mails):
            return [MailOutcomeUnknownError("an answer about other mails than were sent")] * len(mails)
        return results

    def _error_of_call(self, answer: ApiAnswer) -> MailError | None:
        """What an answer says of the whole call, the same with every provider; None where the provider's own words count."""
        if answer.status == 429:
            return MailServerBusyError("429: too many calls", answer.retry_after_seconds)
        if answer.status >= 500:
            # Every provider documents these as "not taken, try again".
            return MailServerUnavailableError(f"{self._provider.name} answered {answer.status}", answer.retry_after_seconds)
        if 300 <= answer.status < 400:
            return MailSenderRefusedError(f"{answer.status}: its API is somewhere else")
        return None

    def check(self) -> str:
        """See whether the API answers and knows the key. Raises MailUnavailableError."""
        try:
            answer = self._client.call(self._provider.check_call())
        except MailOutcomeUnknownError as error:
            raise MailServerUnavailableError(str(error)) from error
        if answer.status >= 500 or answer.status == 429:
            raise MailServerUnavailableError(f"{self._provider.name} answered {answer.status}", answer.retry_after_seconds)
        # Some are asked to send nothing: 400 and 422 say that the key was good for it.
        if not (200 <= answer.status < 300 or answer.status in (400, 422)):
            raise MailSenderRefusedError(f"{self._provider.name} answered {answer.status} to our key")
        return f"the API of {self._provider.name}"

    def close(self) -> None:
        """End the connection."""
        self._client.close()

    def abort(self) -> None:
        """Break the call off from another thread."""
        self._client.abort()

    def _call(self, call: ApiCall) -> ApiAnswer:
        try:
            return self._client.call(call)
        except MailOutcomeUnknownError:
            if not self._provider.idempotent:
                raise
        # Asked again at once: the provider says what became of the first call, and sends nothing twice.
        try:
            return self._client.call(call)
        except MailServerUnavailableError as error:
            raise MailOutcomeUnknownError(str(error)) from error


def json_call(path: str, headers: Mapping[str, str], body: Any) -> ApiCall:
    """A call with a body of JSON."""
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return ApiCall(path, {"Content-Type": "application/json", "Accept": "application/json", **headers}, raw)


def api_address(url: MailUrl, usual: str) -> str:
    """The address of an API: the provider's usual one, unless MAIL_URL names another."""
    return url.api or usual


def sender_refused(status: int, code: object) -> MailSenderRefusedError:
    """What concerns our key, sender or account: no mail of ours is at fault."""
    return MailSenderRefusedError(f"{status} {code}".strip())


def refused(status: int, code: object) -> MailError:
    """What concerns this mail alone."""
    return MailRefusedError(f"{status} {code}".strip())


def deferred(status: int, code: object) -> MailError:
    """Not this mail, not now."""
    return MailUnavailableError(f"{status} {code}".strip())
