"""Proof of work: what a browser solves is taken, whatever else a stranger sends is not, and nothing makes it fail."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import altcha
import pytest

from campaign.security.proof_of_work import (
    ITERATIONS,
    LEAST_TRIES,
    LIFETIME,
    MAX_PAYLOAD_LENGTH,
    MOST_TRIES,
    new_challenge,
    read_solution,
)

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
KEY = "k" * 64


def solved(challenge: dict[str, Any]) -> str:
    found = altcha.solve_challenge(altcha.Challenge.from_dict(challenge))
    assert found is not None
    assert LEAST_TRIES <= found.counter < MOST_TRIES
    return str(altcha.Payload(altcha.Challenge.from_dict(challenge), found).to_base64())


@pytest.fixture(scope="module")
def challenge() -> dict[str, Any]:
    return new_challenge(KEY, NOW)


@pytest.fixture(scope="module")
def payload(challenge: dict[str, Any]) -> str:
    return solved(challenge)


def changed(payload: str, *path: str, value: object) -> str:
    whole = json.loads(base64.b64decode(payload))
    part = whole
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = value
    return base64.b64encode(json.dumps(whole).encode()).decode()


def test_a_solution_is_taken_until_its_challenge_is_over(challenge: dict[str, Any], payload: str) -> None:
    assert challenge["parameters"]["cost"] == ITERATIONS
    assert len(payload) < MAX_PAYLOAD_LENGTH
    found = read_solution(KEY, payload, NOW)
    assert found is not None
    assert (found.id, found.seconds_left) == (challenge["signature"], LIFETIME.total_seconds())
    last = read_solution(KEY, payload, NOW + LIFETIME - timedelta(seconds=1))
    assert last is not None
    assert last.seconds_left == 1
    assert read_solution(KEY, payload, NOW + LIFETIME) is None
    assert read_solution("l" * 64, payload, NOW) is None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("solution", "derivedKey"), "00" * 32), (("solution", "derivedKey"), None), (("solution", "derivedKey"), "é"),
        (("challenge", "signature"), ""), (("challenge", "signature"), None), (("challenge", "signature"), "0" * 64),
        (("challenge", "parameters", "cost"), 1), (("challenge", "parameters", "keyPrefix"), ""),
        (("challenge", "parameters", "keySignature"), None), (("challenge", "parameters", "nonce"), "zz"),
        (("challenge", "parameters", "data"), {"until": 2**40}), (("challenge", "parameters", "data"), None),
        (("challenge", "parameters", "expiresAt"), 1e400), (("challenge", "parameters"), []), (("challenge",), None),
        (("solution",), 7),
    ],
)  # fmt: skip
def test_what_was_changed_is_no_solution(payload: str, path: tuple[str, ...], value: object) -> None:
    assert read_solution(KEY, changed(payload, *path, value=value), NOW) is None


@pytest.mark.parametrize(
    "payload",
    ["", "x", "\x00", "é", "=" * 8, "bnVsbA==", "W10=", "e30=", "MQ==", "A" * (MAX_PAYLOAD_LENGTH + 1), "\ud800",
     base64.b64encode(b"[" * 2_900).decode(), base64.b64encode(b'{"challenge": {}, "solution": {}}').decode()],
)  # fmt: skip
def test_what_is_none_at_all_is_none(payload: str) -> None:
    assert read_solution(KEY, payload, NOW) is None
