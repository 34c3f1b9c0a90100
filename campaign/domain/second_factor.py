"""Codes that prove somebody beside their mailbox: six digits of an app, each good once, and recovery codes on paper."""

import base64
import hashlib
import re
from datetime import datetime

RECOVERY_CODES = 10
"""How many are made at once."""
RECOVERY_OCTETS = 10
"""Of chance in each: 80 bits, in sixteen letters and digits."""
STEP_SECONDS = 30
"""How long an app shows one code (RFC 6238)."""

_APART = re.compile(r"[\s\-‐-―_.]+")
_APP_CODE = re.compile(r"[0-9]{6}")
_RECOVERY_CODE = re.compile(r"[a-z2-7]{16}")
# Digits that no recovery code has are letters read from paper.
_READ_AS = str.maketrans("018", "olb")


def steps(now: datetime) -> tuple[int, int, int]:
    """The steps whose code is taken at a moment: the one of now, the one before and the one after. Clocks differ a little."""
    step = int(now.timestamp()) // STEP_SECONDS
    return step, step - 1, step + 1


def recovery_code(chance: bytes) -> str:
    """A recovery code as it is written down, made of RECOVERY_OCTETS of chance: "abcd-efgh-ijkl-mnop"."""
    letters = base64.b32encode(chance).decode().lower()
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def read_app_code(typed: str) -> str:
    """The six digits of an app, however they were typed apart; "" where it is none."""
    found = _APART.sub("", typed)
    return found if _APP_CODE.fullmatch(found) else ""


def read_recovery_code(typed: str) -> str:
    """A recovery code without what sets its parts apart; "" where it is none."""
    found = _APART.sub("", typed).lower().translate(_READ_AS)
    return found if _RECOVERY_CODE.fullmatch(found) else ""


def recovery_hash(code: str) -> str:
    """What is kept of a recovery code. With 80 bits of chance in it, a fast hash cannot be searched."""
    return hashlib.sha256(f"recovery:{read_recovery_code(code)}".encode()).hexdigest()
