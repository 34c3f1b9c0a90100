"""Proof of work: a calculation that takes a browser seconds to do and the server no time to check (ALTCHA, PBKDF2).

A challenge is signed with a key of ours and kept nowhere. Who solved it shows it to us with its solution; that each is taken
once is the caller's to see to.
"""

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

LIFETIME = timedelta(minutes=10)
"""How long a challenge can be solved."""
ITERATIONS = 5_000
"""Iterations of PBKDF2 for each number that is tried."""
LEAST_TRIES, MOST_TRIES = 60, 140
"""Numbers to be tried until one fits: half a million iterations, some three seconds on an old phone and a third of one on a
computer."""
MAX_PAYLOAD_LENGTH = 4_000
"""Characters: a solved challenge has some 900."""
_ALGORITHM = "PBKDF2/SHA-256"


@dataclass(frozen=True, slots=True)
class SolvedChallenge:
    """A challenge that is solved, and not over."""

    id: str
    """Its signature: by this it is told whether it was shown before."""
    seconds_left: int
    """Until it is over."""


def new_challenge(key: str, now: datetime) -> dict[str, Any]:
    """A challenge, as JSON has it."""
    import altcha  # noqa: PLC0415 - large, and needed in floods alone

    challenge = altcha.create_challenge(
        _ALGORITHM, ITERATIONS, counter=LEAST_TRIES + secrets.randbelow(MOST_TRIES - LEAST_TRIES),
        data={"until": int((now + LIFETIME).timestamp())}, hmac_secret=key, hmac_key_secret=_solution_key(key),
    )  # fmt: skip
    return dict(challenge.to_dict())


def read_solution(key: str, payload: str, now: datetime) -> SolvedChallenge | None:
    """The challenge that a form says is solved (ALTCHA's payload); None where it is not, is none of ours, or is over."""
    if not payload or len(payload) > MAX_PAYLOAD_LENGTH:
        return None
    import altcha  # noqa: PLC0415 - as above

    try:
        if not altcha.verify_solution(payload, key, hmac_key_secret=_solution_key(key)).verified:
            return None
        challenge = json.loads(base64.b64decode(payload))["challenge"]
        seconds_left = int(challenge["parameters"]["data"]["until"] - now.timestamp())
        return SolvedChallenge(str(challenge["signature"]), seconds_left) if seconds_left > 0 else None
    # The library reads what a stranger sends: whatever else it makes of that is no solution.
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return None


def _solution_key(key: str) -> str:
    """Another key than that of challenges: the two signatures stand side by side."""
    return f"solution {key}"
