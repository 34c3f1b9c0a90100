"""IMAP server with one folder, of as much of RFC 9051 as reading it needs."""

import re
import socketserver
import threading
from dataclasses import dataclass, field
from typing import Any


@dataclass
class ImapServer:
    """A server on a port of its own. Mails by number; flags of each."""

    mails: dict[int, bytes] = field(default_factory=dict)
    flags: dict[int, set[str]] = field(default_factory=dict)
    password: str = "secret word"
    folder: str = "INBOX"
    drops_at: str = ""
    """A command at which it closes the connection."""
    visits: int = 0

    def __post_init__(self) -> None:
        ours = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                ours.visits += 1
                self.wfile.write(b"* OK ready\r\n")
                while line := self.rfile.readline():
                    tag, _, rest = line.decode().strip().partition(" ")
                    verb = rest.split(" ")[0].upper()
                    if ours.drops_at and rest.upper().startswith(ours.drops_at):
                        return
                    answer = ours._answer(rest, verb)
                    done = "NO" if ours._refuses(rest, verb) else "OK"
                    self.wfile.write(answer + f"{tag} {done} done\r\n".encode())
                    if verb == "LOGOUT":
                        return

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=lambda: self._server.serve_forever(poll_interval=0.02), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"imap://bounces%40example.org:secret%20word@127.0.0.1:{self._server.server_address[1]}/{self.folder}"

    def add(self, raw: bytes) -> int:
        number = max(self.flags, default=0) + 1
        self.mails[number], self.flags[number] = raw, set()
        return number

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def _refuses(self, rest: str, verb: str) -> bool:
        if verb == "LOGIN":
            return rest != f'LOGIN bounces@example.org "{self.password}"'
        return verb == "SELECT" and rest != f'SELECT "{self.folder}"'

    def _answer(self, rest: str, verb: str) -> bytes:
        match verb, rest.upper().split(" ")[1:2]:
            case "CAPABILITY", _:
                return b"* CAPABILITY IMAP4rev1\r\n"
            case "SELECT", _:
                return f"* {len(self.mails)} EXISTS\r\n".encode()
            case "UID", ["SEARCH"] if header := re.fullmatch(r'UID SEARCH HEADER Message-ID "(.+)"', rest):
                numbers = [str(number) for number, raw in self.mails.items() if f"Message-ID: {header[1]}".encode() in raw]
                return f"* SEARCH {' '.join(numbers)}".strip().encode() + b"\r\n"
            case "UID", ["SEARCH"]:
                unread = [str(number) for number in self.mails if r"\Seen" not in self.flags[number]]
                return f"* SEARCH {' '.join(unread)}".strip().encode() + b"\r\n"
            case "UID", ["FETCH"]:
                found: Any = re.fullmatch(r"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", rest)
                raw = self.mails[int(found[1])][: int(found[2])]
                return b"* %d FETCH (UID %d BODY[]<0> {%d}\r\n%b)\r\n" % (int(found[1]), int(found[1]), len(raw), raw)
            case "UID", ["STORE"]:
                found = re.fullmatch(r"UID STORE (\d+) \+FLAGS \((.*)\)", rest)
                self.flags[int(found[1])] |= set(found[2].split())
            case "EXPUNGE", _:
                for number in [number for number in self.mails if r"\Deleted" in self.flags[number]]:
                    del self.mails[number]
        return b""
