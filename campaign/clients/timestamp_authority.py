"""Client of a time-stamp authority (RFC 3161 over HTTP, section 3.4)."""

import time

from campaign.clients.bounded_answer import UnboundedAnswerError, read_body
from campaign.domain.exports.timestamp import (
    MAX_TIMESTAMP_BYTES,
    InvalidTimestampError,
    Timestamp,
    read_answer,
    timestamp_request,
)

TIMEOUT_SECONDS = 10.0
"""Seconds an answer may take, from the question to its last octet."""
_REQUEST_TYPE, _ANSWER_TYPE = "application/timestamp-query", "application/timestamp-reply"


class TimestampUnavailableError(Exception):
    """Nobody knows whether there will be a time stamp: no answer, or none that is one; `str()` says why in a few words."""


def request_timestamp(url: str, data: bytes) -> tuple[bytes, Timestamp]:
    """A time stamp of data: the answer to keep, and what it says. Only a hash of the data leaves the house.

    Raises TimestampUnavailableError, and TimestampRefusedError where the authority says no.
    """
    request = timestamp_request(data)
    answer = _post(url, request.as_bytes())
    try:
        return answer, read_answer(answer, data, request)
    except InvalidTimestampError as error:
        raise TimestampUnavailableError(str(error)) from None


def _post(url: str, body: bytes) -> bytes:
    import requests  # noqa: PLC0415 - large, and seldom needed
    from urllib3.exceptions import HTTPError  # noqa: PLC0415 - as above

    until = time.monotonic() + TIMEOUT_SECONDS
    headers = {"User-Agent": "countersign", "Content-Type": _REQUEST_TYPE, "Accept": _ANSWER_TYPE}
    try:
        with requests.post(
            url, data=body, headers=headers, timeout=TIMEOUT_SECONDS, stream=True, allow_redirects=False
        ) as answer:  # fmt: skip
            if answer.status_code != 200:
                raise TimestampUnavailableError(f"it answered {answer.status_code}")
            return read_body(answer, MAX_TIMESTAMP_BYTES, until)
    except UnboundedAnswerError as error:
        raise TimestampUnavailableError(str(error)) from None
    except (requests.RequestException, HTTPError, OSError) as error:
        raise TimestampUnavailableError(f"it does not answer ({type(error).__name__})") from None
