"""Probe of a site under attack: people who sign, each from a network of their own, and a balancer that asks for its health.

    python -m benchmarks.attack_probe PORT PATH PREFIX SECONDS

A process of its own, so that what the attack costs its sender is not taken for what it costs the site. Prints JSON.
"""

import http.client
import json
import sys
import time
from urllib.parse import urlencode

PAUSE_SECONDS = 0.1
"""Seconds between two people: more than a site of one campaign sees on most days."""
TIMEOUT_SECONDS = 30


def probe(port: int, path: str, prefix: str, seconds: float) -> dict[str, list[float] | int]:
    """Milliseconds of each answer to /healthz and to a signature, and how many were not answered well."""
    health: list[float] = []
    sign: list[float] = []
    failed, number = 0, 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        number += 1
        form = {"name": "Ada Lovelace", "email": f"{prefix}{number}@example.org", "country": "GB", "postcode": "SW1A 1AA"}
        network = f"198.{18 + number // 250 % 2}.{number % 250}.7"
        for times, wanted, given in (
            (health, 200, ("GET", "/healthz", None)),
            (sign, 303, ("POST", path, urlencode(form))),
        ):
            began = time.perf_counter()
            failed += _status(port, network, *given) != wanted
            times.append((time.perf_counter() - began) * 1000)
        time.sleep(PAUSE_SECONDS)
    return {"health": health, "sign": sign, "failed": failed}


def _status(port: int, network: str, method: str, path: str, body: str | None) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    headers = {"X-Forwarded-For": network} | ({"Content-Type": "application/x-www-form-urlencoded"} if body else {})
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return 0
    else:
        return answer.status
    finally:
        connection.close()


if __name__ == "__main__":
    print(json.dumps(probe(int(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4]))))
