"""Client of a witness (C2SP tlog-witness): offers it a checkpoint and reads what it answers."""

import time
from dataclasses import dataclass

import requests
from urllib3.exceptions import HTTPError

MAX_ANSWER_BYTES = 64 * 1024
"""Octets read of an answer; the cosignatures of one witness are a few hundred."""
TIMEOUT_SECONDS = 10.0
"""Seconds an answer may take, from the question to its last octet."""
_CHUNK_BYTES = 4096


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
    until = time.monotonic() + timeout_seconds
    headers = {"User-Agent": "countersign", "Content-Type": "text/plain; charset=utf-8"}
    found = bytearray()
    try:
        with requests.post(
            f"{address}/add-checkpoint", data=body, headers=headers, timeout=timeout_seconds, stream=True,
            allow_redirects=False,
        ) as answer:  # fmt: skip
            # As it arrives: a server that sends an octet at a time is not waited for.
            while chunk := answer.raw.read1(_CHUNK_BYTES, decode_content=True):
                found += chunk
                if len(found) > MAX_ANSWER_BYTES:
                    raise WitnessUnavailableError("its answer is too long")
                if time.monotonic() > until:
                    raise WitnessUnavailableError("its answer took too long")
            content_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            return WitnessAnswer(answer.status_code, content_type, bytes(found))
    except (requests.RequestException, HTTPError, OSError) as error:
        raise WitnessUnavailableError(f"it does not answer ({type(error).__name__})") from None
