"""Metrics server: `/metrics` on a port of its own, served by the clock's process. Off unless METRICS_PORT is set."""

import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import structlog

from campaign.runtime import Runtime
from campaign.services.site.metrics import prometheus_text, read_metrics

log = structlog.get_logger(__name__)

REMEMBERED_SECONDS = 2.0
"""Seconds for which an answer is given again."""
REQUEST_TIMEOUT_SECONDS = 5.0
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class MetricsServer:
    """Answers one request at a time: a slow client keeps only the next one who measures waiting."""

    def __init__(self, runtime: Runtime, host: str, port: int) -> None:
        self._runtime = runtime
        self._text, self._until = b"", 0.0
        measure = self.text

        class Handler(BaseHTTPRequestHandler):
            timeout = REQUEST_TIMEOUT_SECONDS

            def do_GET(self) -> None:
                known = self.path.partition("?")[0] == "/metrics"
                body = measure() if known else b"see /metrics\n"
                self.send_response(200 if known else 404)
                self.send_header("Content-Type", CONTENT_TYPE)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Nothing: who measures is no news."""

        self._server = HTTPServer((host, port), Handler)
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True).start()

    def text(self) -> bytes:
        """All metrics, two seconds old at most."""
        if time.monotonic() >= self._until:
            self._text = prometheus_text(read_metrics(self._runtime)).encode()
            self._until = time.monotonic() + REMEMBERED_SECONDS
        return self._text

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()


def start_metrics_server(runtime: Runtime) -> MetricsServer | None:
    """The server, where the settings want one. A port that is taken is told, and stops nothing else."""
    settings = runtime.settings
    if not settings.metrics_port:
        return None
    try:
        return MetricsServer(runtime, settings.metrics_host, settings.metrics_port)
    except OSError as error:
        log.error(  # noqa: TRY400 - the reason is in the line
            "METRICS_PORT cannot be listened on; there are no metrics", port=settings.metrics_port, reason=error.strerror
        )
        return None
