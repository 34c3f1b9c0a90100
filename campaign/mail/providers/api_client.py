"""API client: HTTP calls to a provider, with bounds on time and size, that can be broken off from another thread."""

import contextlib
import json
import re
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from campaign.mail.errors import MailOutcomeUnknownError, MailServerUnavailableError

CONNECT_SECONDS = 10.0
"""To connect, TLS included."""
ANSWER_SECONDS = 60.0
"""From the whole call to the end of its answer. Providers answer within a second; after a minute none comes."""
MAX_ANSWER_BYTES = 1_000_000
MAX_RETRY_AFTER_SECONDS = 3600.0
"""The longest a provider may ask to be left alone for."""


@dataclass(frozen=True, slots=True)
class ApiTimeouts:
    """Seconds to wait in each phase of a call."""

    connect: float = CONNECT_SECONDS
    answer: float = ANSWER_SECONDS


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One call."""

    path: str
    headers: Mapping[str, str]
    body: bytes = b""
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """Answer of an API."""

    status: int
    body: Any
    """The JSON, decoded; None where it is none."""
    headers: Mapping[str, str]
    """Names in any case."""

    @property
    def retry_after_seconds(self) -> float | None:
        """How long to leave the provider alone (RFC 9110, 10.2.3): at most an hour; None where it says nothing."""
        value = self.headers.get("Retry-After", "").strip()
        if re.fullmatch(r"[0-9]{1,9}", value):
            seconds = float(value)
        else:
            try:
                at = parsedate_to_datetime(value)
                now = parsedate_to_datetime(self.headers.get("Date", ""))
            except ValueError:
                return None
            seconds = (_aware(at) - _aware(now)).total_seconds()
        return min(max(seconds, 1.0), MAX_RETRY_AFTER_SECONDS)

    def value(self, *path: str | int) -> Any:
        """The value under some keys of the JSON; None where it is not there."""
        found = self.body
        for key in path:
            if isinstance(key, int):
                found = found[key] if isinstance(found, list) and key < len(found) else None
            else:
                found = found.get(key) if isinstance(found, dict) else None
        return found


class ApiClient:
    """Calls to one API, over a connection kept from call to call."""

    def __init__(self, url: str, timeouts: ApiTimeouts) -> None:
        self.url = url
        self._timeouts = timeouts
        self._session = requests.Session()
        # No password file, no proxy of the environment decides where mail goes.
        self._session.trust_env = False
        self._session.headers["User-Agent"] = "countersign"
        self._adapter = _AbortableAdapter()
        self._session.mount("https://", self._adapter)
        self._session.mount("http://", self._adapter)

    def call(self, call: ApiCall) -> ApiAnswer:
        """Make a call. Raises MailServerUnavailableError where it did not leave, MailOutcomeUnknownError where it did and no
        answer came."""
        until = time.monotonic() + self._timeouts.connect + self._timeouts.answer
        try:
            with self._answer_begun(call) as answer:
                body = bytearray()
                # As it arrives, so that one who sends an octet at a time is not waited for.
                while chunk := answer.raw.read1(65_536, decode_content=True):
                    body += chunk
                    if len(body) > MAX_ANSWER_BYTES or time.monotonic() > until:
                        # What the mail came to stands in the status line.
                        break
                return ApiAnswer(answer.status_code, _json(bytes(body)), answer.headers)
        except (requests.RequestException, HTTPError, OSError) as error:
            # Its words can hold the address with a key; its kind says enough.
            if _never_connected(error):
                raise MailServerUnavailableError(f"no connection: {type(error).__name__}") from None
            raise MailOutcomeUnknownError(f"no answer to the whole call: {type(error).__name__}") from None

    def _answer_begun(self, call: ApiCall) -> requests.Response:
        """The answer, its body still to be read. One whose head comes an octet at a time is given up too."""
        ended, changing = False, threading.Lock()

        def give_up() -> None:
            with changing:
                if not ended:
                    self.abort()

        watch = threading.Timer(self._timeouts.connect + self._timeouts.answer, give_up)
        watch.daemon = True
        watch.start()
        try:
            return self._session.request(
                call.method, f"{self.url}{call.path}", data=call.body or None, headers=dict(call.headers),
                timeout=(self._timeouts.connect, self._timeouts.answer), stream=True, allow_redirects=False,
            )  # fmt: skip
        finally:
            with changing:
                ended = True
            watch.cancel()

    def close(self) -> None:
        """Give the connection back."""
        self._session.close()

    def abort(self) -> None:
        """Break the call off from another thread."""
        self._adapter.abort()


class _AbortableAdapter(HTTPAdapter):
    """An adapter that knows its newest connection."""

    newest: Any = None

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        adapter = self

        class Http(HTTPConnectionPool):
            def _new_conn(self) -> Any:
                adapter.newest = made = super()._new_conn()
                return made

        class Https(HTTPSConnectionPool):
            def _new_conn(self) -> Any:
                adapter.newest = made = super()._new_conn()
                return made

        self.poolmanager.pool_classes_by_scheme = {"http": Http, "https": Https}

    def abort(self) -> None:
        connection = self.newest.sock if self.newest is not None else None
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


def _never_connected(error: BaseException) -> bool:
    """Whether a call failed before anything of it left."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError | requests.exceptions.ProxyError):
        return True
    seen: set[int] = set()
    pending: list[Any] = [error]
    while pending:
        one = pending.pop()
        if isinstance(one, NewConnectionError | ConnectTimeoutError):
            return True
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            pending += [*one.args, getattr(one, "reason", None), one.__cause__, one.__context__]
    return False


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)
