"""Body of an HTTP answer, read as it arrives: a server that sends an octet at a time, or without end, is not waited for."""

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import requests

_CHUNK_BYTES = 4096


class UnboundedAnswerError(Exception):
    """The body is longer than it may be, or took longer; `str()` says which, in a few words."""


def read_body(answer: "requests.Response", max_bytes: int, until: float) -> bytes:
    """The body of an answer that was asked for with `stream=True`, decoded.

    `until` is a moment of `time.monotonic`. Raises UnboundedAnswerError, and what requests and urllib3 raise.
    """
    found = bytearray()
    while chunk := answer.raw.read1(_CHUNK_BYTES, decode_content=True):
        found += chunk
        if len(found) > max_bytes:
            raise UnboundedAnswerError("its answer is too long")
        if time.monotonic() > until:
            raise UnboundedAnswerError("its answer took too long")
    return bytes(found)
