"""Codes that prove somebody beside their mailbox: six digits of an app, each good once, and recovery codes on paper."""

import base64
import hashlib
import re
from datetime import datetime, timedelta

RECOVERY_CODE_COUNT = 10
"""How many are made at once."""
RECOVERY_CODE_BYTES = 10
"""Of chance in each: 80 bits, in sixteen letters and digits."""
TOTP_STEP_SECONDS = 30
"""How long an app shows one code (RFC 6238)."""
OPERATOR_GRACE = timedelta(days=7)
"""After the first start of a site: from then on its operators must have a second factor."""

_SEPARATORS = re.compile(r"[\s\-‐-―_.]+")
_APP_CODE = re.compile(r"[0-9]{6}")
_RECOVERY_CODE = re.compile(r"[a-z2-7]{16}")
# Digits that no recovery code has are letters read from paper.
_DIGIT_LOOKALIKES = str.maketrans("018", "olb")


def totp_steps(now: datetime) -> tuple[int, int, int]:
    """The steps whose code is taken at a moment: the one of now, the one before and the one after. Clocks differ a little."""
    step = int(now.timestamp()) // TOTP_STEP_SECONDS
    return step, step - 1, step + 1


def format_recovery_code(random_bytes: bytes) -> str:
    """A recovery code as it is written down, made of RECOVERY_CODE_BYTES of chance: "abcd-efgh-ijkl-mnop"."""
    letters = base64.b32encode(random_bytes).decode().lower()
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def read_app_code(typed: str) -> str:
    """The six digits of an app, however they were typed apart; "" where it is none."""
    found = _SEPARATORS.sub("", typed)
    return found if _APP_CODE.fullmatch(found) else ""


def read_recovery_code(typed: str) -> str:
    """A recovery code without what sets its parts apart; "" where it is none."""
    found = _SEPARATORS.sub("", typed).lower().translate(_DIGIT_LOOKALIKES)
    return found if _RECOVERY_CODE.fullmatch(found) else ""


def recovery_code_hash(code: str) -> str:
    """What is kept of a recovery code. With 80 bits of chance in it, a fast hash cannot be searched."""
    return hashlib.sha256(f"recovery:{read_recovery_code(code)}".encode()).hexdigest()
