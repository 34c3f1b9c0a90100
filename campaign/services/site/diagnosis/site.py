"""Check of the public address: the site answers at BASE_URL, and behind a proxy the addresses of visitors arrive."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from campaign.config import is_loopback
from campaign.domain.site.finding import Finding, fault, note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from campaign.runtime import Runtime

_TIMEOUT_SECONDS = 8.0
_MAX_BYTES = 10_000


def check_address(runtime: Runtime) -> Iterator[Finding]:
    """`/readyz` answers at BASE_URL and has seen where we come from."""
    base = runtime.settings.base_url
    try:
        with urllib.request.urlopen(f"{base}/readyz", timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - http or https, by config
            body = answer.read(_MAX_BYTES)
    except urllib.error.HTTPError as error:
        if error.code != 503:
            yield note("address", f"{base} answers {error.code}", "see what answers there; is it this site?")
            return
        body = error.read(_MAX_BYTES)
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        yield note(
            "address",
            f"{base} does not answer from here ({reason})",
            "start `countersign web`, see to the proxy; or ask from outside, where this machine cannot reach its own address",
        )
        return
    try:
        kind = json.loads(body).get("your_address", "")
    except (ValueError, AttributeError):
        yield note("address", f"{base} is answered by something else", "see what answers there; is it this site?")
        return
    public = not is_loopback(urlsplit(base).hostname or "")
    if public and kind in ("loopback", "none"):
        yield fault(
            "address",
            f"no visitor's address arrives through {base}: all seem to come from the proxy, and share one limit",
            "have the proxy send X-Forwarded-For, and set TRUSTED_PROXIES to the number of proxies",
        )
    elif public and kind == "private":
        yield note(
            "address",
            f"{base} sees us come from a private address",
            "right if you ask from inside; else the proxy hides its visitors: X-Forwarded-For and TRUSTED_PROXIES",
        )
    else:
        yield Finding("address", f"{base} answers and sees where we come from")
