"""A stand-in for postcodes.io: it speaks the JSON that is documented there, over real HTTP, and goes wrong as it is told to."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PLACES_BY_OUTWARD_CODE = {
    "SW1A": ("Cities of London and Westminster", "E14001172", "Westminster", "E09000033", "London", "England"),
    "N1": ("Islington South and Finsbury", "E14001306", "Islington", "E09000019", "London", "England"),
    "LS1": ("Leeds Central and Headingley", "E14001328", "Leeds", "E08000035", "Yorkshire and The Humber", "England"),
    "CF10": ("Cardiff South and Penarth", "W07000090", "Cardiff", "W06000015", None, "Wales"),
    "EH1": ("Edinburgh East and Musselburgh", "S14000080", "City of Edinburgh", "S12000036", None, "Scotland"),
    "BT1": ("Belfast South and Mid Down", "N05000004", "Belfast", "N09000003", None, "Northern Ireland"),
    "IM1": (None, "M99999999", None, "M99999999", None, "Isle of Man"),
}
"""By outward code: constituency, council, region and country, as the service says them."""


def lookup_result(postcode: str) -> dict[str, Any] | None:
    """One result; None for a postcode that is not in AREAS."""
    area = PLACES_BY_OUTWARD_CODE.get(postcode.split(maxsplit=1)[0])
    if area is None:
        return None
    constituency, code, council, council_code, region, country = area
    return {
        "postcode": postcode, "quality": 1, "eastings": 529090, "northings": 179645, "country": country, "region": region,
        "longitude": -0.141563, "latitude": 51.50101, "parliamentary_constituency": "Of older boundaries",
        "parliamentary_constituency_2024": constituency, "admin_district": council,
        "codes": {
            "admin_district": council_code, "parliamentary_constituency": "E14000639", "parliamentary_constituency_2024": code,
            "lsoa": "E01004736",
        },
    }  # fmt: skip


class _SilentHttpServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """The client has gone."""


@dataclass
class PostcodesIoServer:
    """Answers `POST /postcodes` until told otherwise."""

    behaviour: str = "up"
    retry_after: str = ""
    requests: list[list[str]] = field(default_factory=list)
    """What was asked for, question by question."""

    def __post_init__(self) -> None:
        self._server = _SilentHttpServer(("127.0.0.1", 0), _handler(self))
        self.released = threading.Event()
        """Lets go of those that are kept waiting."""
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()


def _handler(server: PostcodesIoServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path != "/postcodes" or not 1 <= len(body["postcodes"]) <= 100:
                self.send_error(404)
                return
            server.requests.append(body["postcodes"])
            getattr(self, f"be_{server.behaviour.replace(' ', '_')}")(body["postcodes"])

        def send(self, status: int, body: bytes, **headers: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def tell(self, result: Any) -> None:
            self.send(200, json.dumps({"status": 200, "result": result}).encode(), Content_Type="application/json")

        def be_up(self, postcodes: list[str]) -> None:
            self.tell([{"query": postcode, "result": lookup_result(postcode)} for postcode in postcodes])

        def be_silent(self, postcodes: list[str]) -> None:
            server.released.wait()
            self.close_connection = True

        def be_slow(self, postcodes: list[str]) -> None:
            """An octet now and then, for as long as somebody listens."""
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            while not server.released.wait(0.05):
                try:
                    self.wfile.write(b" ")
                except OSError:
                    return

        def be_broken_off(self, postcodes: list[str]) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            self.wfile.write(b'{"status": 200')
            self.close_connection = True

        def be_endless(self, postcodes: list[str]) -> None:
            self.send_response(200)
            self.end_headers()
            self.close_connection = True
            try:
                for _ in range(1_000):
                    self.wfile.write(b" " * 65_536)
            except OSError:
                return

        def be_wrong_JSON(self, postcodes: list[str]) -> None:  # noqa: N802
            self.send(200, b"<!doctype html><title>It works</title>")

        def be_wrong_shape(self, postcodes: list[str]) -> None:
            self.tell([{"query": postcode, "result": {"codes": [], "country": 44}} for postcode in postcodes])

        def be_without_result(self, postcodes: list[str]) -> None:
            self.send(200, b'{"status": 200}')

        def be_forgetful(self, postcodes: list[str]) -> None:
            self.tell([{"query": postcode, "result": lookup_result(postcode)} for postcode in postcodes[1:]])

        def be_of_nulls(self, postcodes: list[str]) -> None:
            self.tell([{"query": postcode, "result": None} for postcode in postcodes])

        def be_over_quota(self, postcodes: list[str]) -> None:
            self.send(429, b'{"status": 429, "error": "Too Many Requests"}', Retry_After=server.retry_after)

        def be_at_fault(self, postcodes: list[str]) -> None:
            self.send(500, b'{"status": 500, "error": "Internal"}')

        def be_refusing(self, postcodes: list[str]) -> None:
            self.send(400, b'{"status": 400, "error": "Invalid JSON submitted"}')

        def be_elsewhere(self, postcodes: list[str]) -> None:
            self.send(307, b"", Location=f"{server.url}/elsewhere")

    return Handler
