"""Adapter of the web server's asynchronous interface (RSGI) to the application, which is WSGI.

The server's own WSGI reads a body in the thread that answers, for as long as its sender likes. Here bodies are read in the
event loop, under a deadline, and a thread is taken only for a request that is here whole. Answers leave from their threads.
"""

import asyncio
import sys
from collections.abc import Callable, Iterable
from contextvars import Context
from io import BytesIO
from typing import Any, Protocol, cast

from flask import Flask

from campaign.cli.request_body import BodyReader, RefusedBodyError
from campaign.cli.request_threads import QueueFullError, RequestThreads
from campaign.web.admission import ROUTE_KEY, Threads, admission
from campaign.web.security_headers import REFUSAL_KEY, WAITED_KEY

MAX_WHOLE_BYTES = 1024 * 1024
"""Octets of an answer that is sent in one piece; a longer one, or one of unknown length, is sent as it is made."""
SEND_TIMEOUT_SECONDS = 60.0
"""Seconds a reader may take for one piece of a long answer."""

Headers = list[tuple[str, str]]


class Scope(Protocol):
    """Head of a request, as the server gives it."""

    proto: str
    http_version: str
    client: str
    server: str
    scheme: str
    method: str
    path: str
    query_string: str
    authority: str | None
    headers: Any


class RsgiAdapter:
    """RSGI application that answers by a WSGI one."""

    def __init__(self, app: Flask, threads: int) -> None:
        self._app = app
        self._bodies = BodyReader()
        self._threads = {
            Threads.HEALTH: RequestThreads("health", 1),
            Threads.READINESS: RequestThreads("readiness", 1),
            Threads.CACHED: RequestThreads("cached", threads),
            Threads.STORE: RequestThreads("store", threads),
        }

    async def __rsgi__(self, scope: Scope, proto: Any) -> None:
        """Answer one request."""
        environ = wsgi_environ(scope)
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        admitted = admission(self._app, method, path, environ.get("HTTP_COOKIE", ""))
        if admitted.route is not None:
            environ[ROUTE_KEY] = admitted.route
        threads = self._threads[admitted.threads]
        if admitted.max_body_bytes:
            declared = None if "HTTP_TRANSFER_ENCODING" in environ else int(environ.get("CONTENT_LENGTH") or 0)
            if declared != 0:
                try:
                    body = await self._bodies.read(
                        proto, declared, admitted.max_body_bytes, drains="HTTP_EXPECT" not in environ
                    )
                except RefusedBodyError as refused:
                    environ[REFUSAL_KEY] = refused.status
                    threads = self._threads[Threads.CACHED]
                else:
                    environ["wsgi.input"] = body
                    if declared is None:
                        environ["CONTENT_LENGTH"] = str(body.seek(0, 2))
                        body.seek(0)
        elif method not in ("GET", "HEAD"):
            environ["CONTENT_LENGTH"] = "0"
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        try:
            await self._answer(threads, environ, proto)
        finally:
            environ["wsgi.input"].close()

    async def _answer(self, threads: RequestThreads, environ: dict[str, Any], proto: Any) -> None:
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[_LongAnswer | None] = loop.create_future()
        context = Context()

        def work(waited: float) -> None:
            environ[WAITED_KEY] = waited
            try:
                long = context.run(self._respond, environ, proto)
            except BaseException as error:
                loop.call_soon_threadsafe(answered.set_exception, error)
            else:
                loop.call_soon_threadsafe(answered.set_result, long)

        try:
            threads.submit(work)
        except QueueFullError:
            # No thread for a page in words either.
            proto.response_str(503, [("content-type", "text/plain"), ("retry-after", "5")], "Very busy right now.\n")
            return
        long = await answered
        if long is not None:
            await _send_long(threads, long, context, proto)

    def _respond(self, environ: dict[str, Any], proto: Any) -> "_LongAnswer | None":
        status, headers, chunks = call_wsgi(self._app, environ)
        length = next((value for name, value in headers if name.lower() == "content-length"), "")
        if environ["REQUEST_METHOD"] != "HEAD" and not (
            length.isascii() and length.isdecimal() and int(length) <= MAX_WHOLE_BYTES
        ):
            return _LongAnswer(status, headers, chunks)
        try:
            body = b"".join(chunks)
        finally:
            _close(chunks)
        if REFUSAL_KEY in environ:
            headers.append(("Connection", "close"))
        if body:
            proto.response_bytes(status, headers, body)
        else:
            proto.response_empty(status, headers)
        return None


class _LongAnswer:
    """Answer that is sent piece by piece: no thread is held while its reader takes a piece."""

    def __init__(self, status: int, headers: Headers, chunks: Iterable[bytes]) -> None:
        self.status, self.headers, self._chunks = status, headers, chunks
        self._iterator = iter(chunks)

    def next_chunk(self) -> bytes | None:
        """The next piece; None at the end."""
        return next((chunk for chunk in self._iterator if chunk), None)

    def close(self) -> None:
        """Let the application give back what it holds for it."""
        _close(self._chunks)


async def _send_long(threads: RequestThreads, answer: _LongAnswer, context: Context, proto: Any) -> None:
    transport = proto.response_stream(answer.status, answer.headers)
    try:
        while (chunk := await _in_thread(threads, context, answer.next_chunk)) is not None:
            async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
                await transport.send_bytes(chunk)
    finally:
        await _in_thread(threads, context, answer.close)


async def _in_thread(threads: RequestThreads, context: Context, function: Callable[[], Any]) -> Any:
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Any] = loop.create_future()

    def work(_waited: float) -> None:
        try:
            value = context.run(function)
        except BaseException as error:
            loop.call_soon_threadsafe(done.set_exception, error)
        else:
            loop.call_soon_threadsafe(done.set_result, value)

    threads.submit(work, is_begun=True)
    return await done


def call_wsgi(app: Callable[..., Iterable[bytes]], environ: dict[str, Any]) -> tuple[int, Headers, Iterable[bytes]]:
    """Status, headers and body of an answer."""
    said: list[tuple[str, Headers]] = []

    def start_response(status: str, headers: Headers, _exc_info: Any = None) -> Callable[[bytes], object]:
        said[:] = [(status, headers)]
        return cast("Callable[[bytes], object]", _refuse_write)

    chunks = app(environ, start_response)
    status, headers = said[0]
    return int(status[:3]), headers, chunks


def wsgi_environ(scope: Scope) -> dict[str, Any]:
    """The WSGI environment (PEP 3333) of a request without its body."""
    server, _, port = scope.server.rpartition(":")
    client, _, client_port = scope.client.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        # The server has put this character where the octets were no UTF-8; 255 is none either.
        "PATH_INFO": _native(scope.path).replace("\xef\xbf\xbd", "\xff"),
        "QUERY_STRING": _native(scope.query_string),
        "SERVER_NAME": server.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": client.strip("[]"),
        "REMOTE_PORT": client_port,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        # A name with "_" would be taken for one with "-", which a proxy may have checked or removed.
        if "_" in name:
            continue
        key = name.upper().replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = f"HTTP_{key}"
        text = value if value.isascii() else _native(value)
        if key in environ:
            environ[key] += ("; " if key == "HTTP_COOKIE" else ",") + text
        else:
            environ[key] = text
    if scope.authority:
        # A target with a host goes before the header (RFC 9112, 3.2.2).
        environ["HTTP_HOST"] = _native(scope.authority)
    return environ


def _native(text: str) -> str:
    """Text as WSGI wants it: each octet of its UTF-8 one character."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("latin-1")


def _close(chunks: Iterable[bytes]) -> None:
    close = getattr(chunks, "close", None)
    if close is not None:
        close()


def _refuse_write(_data: bytes) -> None:
    raise NotImplementedError("the write function of PEP 3333 is not offered")
