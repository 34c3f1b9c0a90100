"""Slow and broken senders do nothing to everybody else. Against the real web server, without a proxy."""

import http.client
import select
import socket
import urllib.parse
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import psutil
import pytest

from campaign.runtime import Runtime
from tests.support.factories import new_campaign
from tests.support.processes import run_command, shared_settings, web_process
from tests.support.servers import free_port

PATH = "/c/save-the-pond/signatures"
HEAD = f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
FORM_HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def sending(stack: ExitStack, port: int, text: str) -> socket.socket:
    """A connection on which something was sent, and more is to come."""
    connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
    connection.sendall(text.encode("latin-1"))
    return connection


def answer_to(port: int, text: str) -> str:
    """The first octets of the answer to what is sent on a connection of its own."""
    with ExitStack() as stack:
        return sending(stack, port, text).recv(65_536).decode("latin-1")


def status_of(port: int, text: str) -> str:
    return answer_to(port, text)[9:12]


def status_at(port: int, method: str, path: str, body: str | None = None) -> int:
    """The status of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, body, FORM_HEADERS if body else {})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def form(number: int) -> str:
    return urllib.parse.urlencode(
        {"name": "Ada", "email": f"person{number}@example.org", "country": "GB", "postcode": "SW1A 1AA"}
    )


def test_slow_and_broken_senders_hold_up_nobody(make_runtime: Callable[..., Runtime]) -> None:
    port = free_port()
    runtime = make_runtime(base_url=f"http://127.0.0.1:{port}", clock=lambda: datetime.now(UTC))
    opens_at = runtime.now() - timedelta(hours=1)
    new_campaign(runtime, opens_at=opens_at, closes_at=opens_at + timedelta(days=1))
    with web_process(runtime, port) as server:
        _trickle(port)
        _say_too_much(port)
        _speak_oddly(port)
        _start_a_second_server(runtime, port)
        children = psutil.Process(server.popen.pid).children()
        server.popen.kill()
        # None of its processes serves on.
        psutil.wait_procs(children, timeout=30)
        assert not any(child.is_running() for child in children)


def _trickle(port: int) -> None:
    with ExitStack() as stack:
        trickling = [sending(stack, port, HEAD + "Content-Length: 60000\r\n\r\nname=A") for _ in range(48)]
        trickling += [sending(stack, port, HEAD + "Transfer-Encoding: chunked\r\n\r\n6\r\nname=A\r\n") for _ in range(16)]
        assert status_at(port, "GET", "/healthz") == 200
        assert status_at(port, "POST", PATH, form(0)) == 303
        # Nobody had to wait for one of those: each of them is still on its way, and more than there are threads.
        assert select.select(trickling, [], [], 0)[0] == []
        for _ in range(300):
            sending(stack, port, "")
        for _ in range(100):
            sending(stack, port, "GET / HTTP/1.1\r\nHost: 127")
        for number in range(1, 30):
            for connection in trickling[number:48:30]:
                connection.sendall(b"x")
            assert status_at(port, "GET", "/healthz") == 200
            assert status_at(port, "POST", PATH, form(number)) == 303


def _say_too_much(port: int) -> None:
    assert status_of(port, HEAD + "Content-Length: 99999999\r\n\r\nname=A") == "413"
    assert status_of(port, HEAD + "Content-Length: 70000\r\nExpect: 100-continue\r\n\r\n") == "413"
    assert status_of(port, HEAD + "Transfer-Encoding: chunked\r\n\r\n12000\r\n" + "x" * 0x12000) == "413"
    # Nobody reads what no form was asked for.
    assert status_of(port, HEAD.replace(PATH, "/no/such/page") + "Content-Length: 60000\r\n\r\nname=A") == "404"
    assert status_of(port, HEAD.replace(PATH, "/healthz") + "Content-Length: 60000\r\n\r\nname=A") == "405"
    assert status_of(port, HEAD.replace(PATH, "/healthz").replace("POST", "GET") + "Content-Length: 9\r\n\r\nn") == "200"
    # Its sender is told in words, once all is sent.
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("POST", PATH, "x" * 2_000_000, FORM_HEADERS)
    answer = connection.getresponse()
    assert (answer.status, "too long" in answer.read().decode()) == (413, True)


def _speak_oddly(port: int) -> None:
    # Two forms on one connection, one of them in pieces; then a page without its body.
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    for number, in_pieces in ((100, False), (101, True), (102, False)):
        body = iter([form(number)[:20].encode(), form(number)[20:].encode()]) if in_pieces else form(number)
        connection.request("POST", PATH, body, FORM_HEADERS, encode_chunked=in_pieces)
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (303, b"")
    connection.request("HEAD", "/")
    answer = connection.getresponse()
    assert (answer.status, answer.read(), int(answer.headers["Content-Length"]) > 1000) == (200, b"", True)
    connection.close()
    assert status_of(port, "GET /c/%ff HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n") == "400"
    assert status_of(port, "GET /c/n\xc3\xb6 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n") == "404"
    assert status_of(port, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: \xff\r\nAccept-Language: \xc3\xa9\r\n\r\n") == "200"
    assert status_of(port, "GET / HTTP/1.0\r\n\r\n") == "200"


def _start_a_second_server(runtime: Runtime, port: int) -> None:
    settings = shared_settings(runtime) | {"port": str(port), "redis_url": runtime.settings.redis_url}
    second = run_command(runtime.settings.data_dir, "web", settings=settings)
    assert (second.returncode, second.stderr.count("\n")) == (1, 1)
    assert f"PORT: cannot listen on 127.0.0.1:{port}" in second.stderr
