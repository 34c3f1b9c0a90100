"""HTTP server of a witness (C2SP tlog-witness): `POST /add-checkpoint`, and `GET /<hash of the origin>/checkpoint`."""

import re
import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import click

from campaign.domain.log.add_checkpoint import MAX_REQUEST_BYTES, SIZE_CONTENT_TYPE, RefusedCheckpointError
from campaign.services.log.witness_service import Cosigned, WitnessService

MAX_CONNECTIONS = 64
"""Connections at once; further ones are closed."""
CONNECTION_SECONDS = 60.0
"""Seconds a connection lasts, however slowly somebody sends."""
READ_TIMEOUT_SECONDS = 10.0
_CHECKPOINT_PATH = re.compile(r"/([0-9a-f]{64})/checkpoint")
_TEXT = "text/plain; charset=utf-8"


class WitnessServer(ThreadingHTTPServer):
    """The server of one witness, in a thread of its own; `about` is what `GET /` says."""

    daemon_threads = True

    def __init__(
        self, witness: WitnessService, address: tuple[str, int], about: Callable[[], str], report: Callable[[str], None]
    ) -> None:
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        self.witness, self.about, self.report = witness, about, report
        self._connections: dict[socket.socket, float] = {}
        self._guard = threading.Lock()
        super().__init__(address, _Handler)

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002 - as socketserver calls it
        """Whether there is room for one more connection."""
        with self._guard:
            if len(self._connections) >= MAX_CONNECTIONS:
                return False
            self._connections[request] = time.monotonic()
            return True

    def shutdown_request(self, request: Any) -> None:
        """End a connection."""
        with self._guard:
            self._connections.pop(request, None)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        """Twice a second: close connections that have lasted too long, so that nobody can keep others out by being slow."""
        with self._guard:
            over = [each for each, since in self._connections.items() if time.monotonic() - since > CONNECTION_SECONDS]
        for each in over:
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def handle_error(self, *_: Any) -> None:
        """Nothing: the client has gone."""


class _Handler(BaseHTTPRequestHandler):
    server: WitnessServer
    protocol_version = "HTTP/1.1"
    timeout = READ_TIMEOUT_SECONDS

    def do_POST(self) -> None:
        if self.path != "/add-checkpoint":
            self._answer(404, "see add-checkpoint\n")
            return
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()) or int(length) > MAX_REQUEST_BYTES:
            self.close_connection = True
            self._answer(413 if length else 411, "the request is too long, or does not say how long it is\n")
            return
        body = self.rfile.read(int(length))
        try:
            cosigned = self.server.witness.add_checkpoint(body)
        except RefusedCheckpointError as refusal:
            if refusal.is_fork:
                self.server.report(f"REFUSED a checkpoint that was offered: {refusal}")
            if refusal.size is not None:
                self._answer(refusal.status, f"{refusal.size}\n", SIZE_CONTENT_TYPE)
            else:
                self._answer(refusal.status, f"{refusal}\n")
            return
        self.server.report(cosigned_line(cosigned))
        self._answer(200, cosigned.line)

    def do_GET(self) -> None:
        found = _CHECKPOINT_PATH.fullmatch(self.path)
        note = self.server.witness.published(found[1]) if found else None
        if self.path == "/":
            self._answer(200, self.server.about())
        elif note is not None:
            self._answer(200, note)
        else:
            self._answer(404, "nothing is known of that\n")

    def _answer(self, status: int, text: str, content_type: str = _TEXT) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing: what was cosigned or refused is reported by itself."""


def cosigned_line(cosigned: Cosigned) -> str:
    """What the witness says of a checkpoint that it has cosigned."""
    grown = f"from {cosigned.old_size:,} to {cosigned.checkpoint.size:,} entries"
    same = f"still {cosigned.checkpoint.size:,} entries"
    return f"cosigned {cosigned.checkpoint.origin}: {same if cosigned.old_size == cosigned.checkpoint.size else grown}"


def read_listen_address(text: str) -> tuple[str, int]:
    """Host and port from `host:port`, `[::1]:port` or `port`. Raises click.BadParameter."""
    host, _, port = text.rpartition(":")
    if not (port.isascii() and port.isdigit() and int(port) < 65536):
        raise click.BadParameter("must be an address and a port, as in 127.0.0.1:7380")
    return host.strip("[]") or "127.0.0.1", int(port)
