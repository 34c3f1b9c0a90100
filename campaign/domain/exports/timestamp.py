"""Time stamps (RFC 3161): that data were there at a time, by the word of an authority outside.

The library is loaded where it is used: most processes know of time stamps, and few ever see one.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from rfc3161_client import TimeStampRequest, TimeStampResponse

MAX_TIMESTAMP_BYTES = 64 * 1024
"""Octets of an answer; one with a chain of certificates has some seven thousand."""
_GRANTED = (0, 1)
"""PKIStatus of an answer that holds a token."""
_WAITING = 3
_SHA256 = "2.16.840.1.101.3.4.2.1"


class InvalidTimestampError(ValueError):
    """An answer that is no time stamp of the data; `str()` says why."""


class TimestampRefusedError(Exception):
    """The authority has answered that it gives none; `str()` is its reason."""


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A time stamp of some data."""

    at: datetime
    """By the clock of the authority."""
    is_verified: bool
    """Whether it was signed under a certificate that is known; else only what it says was compared."""


def timestamp_request(data: bytes) -> TimeStampRequest:
    """A request for a time stamp of the SHA-256 of data, with a random nonce; certificates are asked for."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    return TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()


def read_answer(answer: bytes, data: bytes, request: TimeStampRequest) -> Timestamp:
    """The time stamp in an answer to a request. Raises InvalidTimestampError and TimestampRefusedError."""
    response = _decode(answer)
    if response.status == _WAITING:
        raise InvalidTimestampError("it has put it off")
    if response.status not in _GRANTED:
        reason = "; ".join(response.status_string)
        raise TimestampRefusedError(f"it refuses ({reason or f'status {response.status}'})")
    found = _compare(response, data)
    if response.tst_info.nonce != request.nonce:
        raise InvalidTimestampError("its answer is to another question")
    return found


def verify_timestamp(answer: bytes, data: bytes, certificates: bytes = b"") -> Timestamp:
    """A kept time stamp, compared with the data; its signature too, where the authority's certificates are known (PEM, with the
    root).

    Raises InvalidTimestampError.
    """
    response = _decode(answer)
    if response.status not in _GRANTED:
        raise InvalidTimestampError("it is a refusal")
    found = _compare(response, data)
    if not certificates:
        return found
    from cryptography import x509
    from rfc3161_client import VerificationError, VerifierBuilder

    try:
        known = x509.load_pem_x509_certificates(certificates)
    except ValueError:
        raise InvalidTimestampError("the certificates of the authority are no PEM file") from None
    roots = [one for one in known if one.issuer == one.subject]
    if not roots:
        raise InvalidTimestampError("the certificates of the authority have no root among them")
    builder = VerifierBuilder(roots=roots, intermediates=[one for one in known if one not in roots])
    try:
        builder.build().verify(response, hashlib.sha256(data).digest())
    except (VerificationError, ValueError):
        raise InvalidTimestampError("it was not signed under the certificates you gave") from None
    return Timestamp(found.at, is_verified=True)


def _decode(answer: bytes) -> TimeStampResponse:
    from rfc3161_client import decode_timestamp_response

    try:
        return decode_timestamp_response(answer)
    except ValueError:
        raise InvalidTimestampError("it is no time stamp") from None


def _compare(response: TimeStampResponse, data: bytes) -> Timestamp:
    try:
        info = response.tst_info
        imprint, at = info.message_imprint, info.gen_time
    except ValueError:
        raise InvalidTimestampError("it is no time stamp") from None
    if imprint.hash_algorithm.dotted_string != _SHA256 or imprint.message != hashlib.sha256(data).digest():
        raise InvalidTimestampError("it is of something else")
    return Timestamp(at, is_verified=False)
