"""DNS server on a port of its own, with the records it is given."""

import socketserver
import threading
from dataclasses import dataclass, field
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
from dns.resolver import Resolver


@dataclass
class DnsServer:
    """Records by name and kind: `{"example.org": {"MX": ["10 mx.example.org."]}}`. Names in `silent` are not answered."""

    records: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    fails: bool = False
    """It answers SERVFAIL to everything."""

    def __post_init__(self) -> None:
        ours = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                raw, connection = self.request
                connection.sendto(ours._answer(raw), self.client_address)

        self._server = socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=lambda: self._server.serve_forever(poll_interval=0.02), daemon=True)
        self._thread.start()

    def resolver(self) -> Resolver:
        made = Resolver(configure=False)
        made.nameservers, made.port = ["127.0.0.1"], self._server.server_address[1]
        return made

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def _answer(self, raw: bytes) -> bytes:
        query = dns.message.from_wire(raw)
        answer: Any = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        (question,) = query.question
        name, kind = question.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(question.rdtype)
        if self.fails:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif name not in self.records:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif found := self.records[name].get(kind):
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *found))
        return bytes(answer.to_wire())
