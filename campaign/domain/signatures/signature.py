"""The states of a signature and the moves between them.

             sign                verify
    (none) ───────▶ pending ──────────────▶ verified ◀──┐
                    ▲     │                  │     │     │ restore
         sign again │     │ withdraw         │     │     │
                    │     ▼        withdraw  │     ▼     │
                    └─ withdrawn ◀───────────┘   invalidated
                                                 ▲
                          (pending) ─ invalidate ┘

Moves are named for the event and not for the state they lead to, so that an old verification link can never undo an
invalidation: VERIFY leads out of `pending` only, RESTORE out of `invalidated` only.
"""

from dataclasses import dataclass
from enum import StrEnum


class SignatureState(StrEnum):
    """The state of one signature. Only verified signatures count."""

    PENDING = "pending"
    VERIFIED = "verified"
    INVALIDATED = "invalidated"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Transition:
    """One event in the life of a signature: the states it may start from and the one it leads to."""

    event: str
    to_state: SignatureState
    from_states: tuple[SignatureState, ...]


VERIFY = Transition("verify", SignatureState.VERIFIED, (SignatureState.PENDING,))
WITHDRAW = Transition("withdraw", SignatureState.WITHDRAWN, (SignatureState.PENDING, SignatureState.VERIFIED))
INVALIDATE = Transition("invalidate", SignatureState.INVALIDATED, (SignatureState.PENDING, SignatureState.VERIFIED))
# Restoring gives back what was taken: a signature that had not been verified must not become a counted one by way of a
# mistake at the desk. So there are two moves, told apart by whether the signature was ever verified.
RESTORE_VERIFIED = Transition("restore", SignatureState.VERIFIED, (SignatureState.INVALIDATED,))
RESTORE_PENDING = Transition("restore", SignatureState.PENDING, (SignatureState.INVALIDATED,))
