"""Client of a witness (C2SP tlog-witness): offers it a checkpoint and reads what it answers."""

import time
from dataclasses import dataclass

from campaign.clients.bounded_answer import UnboundedAnswerError, read_body

MAX_ANSWER_BYTES = 64 * 1024
"""Octets read of an answer; the cosignatures of one witness are a few hundred."""
TIMEOUT_SECONDS = 10.0
"""Seconds an answer may take, from the question to its last octet."""


class WitnessUnavailableError(Exception):
    """The witness does not answer, or not in time; `str()` says why in a few words."""


@dataclass(frozen=True, slots=True)
class WitnessAnswer:
    """Answer of a witness."""

    status: int
    content_type: str
    body: bytes


def add_checkpoint(address: str, body: bytes, *, timeout_seconds: float = TIMEOUT_SECONDS) -> WitnessAnswer:
    """Ask a witness to cosign. Raises WitnessUnavailableError."""
    import requests  # noqa: PLC0415 - large, and seldom needed
    from urllib3.exceptions import HTTPError  # noqa: PLC0415 - as above

    until = time.monotonic() + timeout_seconds
    headers = {"User-Agent": "countersign", "Content-Type": "text/plain; charset=utf-8"}
    try:
        with requests.post(
            f"{address}/add-checkpoint", data=body, headers=headers, timeout=timeout_seconds, stream=True,
            allow_redirects=False,
        ) as answer:  # fmt: skip
            found = read_body(answer, MAX_ANSWER_BYTES, until)
            content_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            return WitnessAnswer(answer.status_code, content_type, found)
    except UnboundedAnswerError as error:
        raise WitnessUnavailableError(str(error)) from None
    except (requests.RequestException, HTTPError, OSError) as error:
        raise WitnessUnavailableError(f"it does not answer ({type(error).__name__})") from None
