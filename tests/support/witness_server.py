"""Witnesses for tests: ours, over real HTTP, and one that answers whatever it is told to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from campaign.cli.witness_server import WitnessServer
from campaign.domain.log.note import ED25519_COSIGNATURE, SignerKey, VerifierKey
from campaign.services.log.witness_service import WitnessService


def witness_key(name: str = "watch.example.org") -> SignerKey:
    """The key of a witness, by its name."""
    return SignerKey(name, name.encode().ljust(32)[:32], ED25519_COSIGNATURE)


@dataclass
class RunningWitness:
    """A witness of ours that listens."""

    service: WitnessService
    server: WitnessServer
    key: SignerKey
    said: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Its submission prefix."""
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    @property
    def setting(self) -> str:
        """What WITNESSES says of it."""
        return f"{self.key.verifier_key.serialise()} {self.address}"


@contextmanager
def running_witness(folder: Path, log: VerifierKey, name: str = "watch.example.org") -> Iterator[RunningWitness]:
    """A witness that knows one log; its memory is in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    key, said = witness_key(name), list[str]()
    service = WitnessService(key, folder, {log.name: log}, lambda: 1_790_000_000)
    server = WitnessServer(service, ("127.0.0.1", 0), lambda: "a witness\n", said.append)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield RunningWitness(service, server, key, said)
    finally:
        server.shutdown()
        server.server_close()


class ScriptedWitness:
    """Answers `add-checkpoint` with what it is told: status, content type, body; None to answer nothing until `close`."""

    def __init__(self, name: str = "watch.example.org") -> None:
        self.key = witness_key(name)
        self.answer: tuple[int, str, bytes] | None = (503, "text/plain", b"")
        self.requests: list[bytes] = []
        self._released = threading.Event()
        scripted = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                scripted.requests.append(self.rfile.read(int(self.headers["Content-Length"])))
                if scripted.answer is None:
                    scripted._released.wait(30)
                    return
                status, content_type, body = scripted.answer
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def setting(self) -> str:
        """What WITNESSES says of it."""
        return f"{self.key.verifier_key.serialise()} http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Stop, and let go of those that wait."""
        self._released.set()
        self._server.shutdown()
        self._server.server_close()
