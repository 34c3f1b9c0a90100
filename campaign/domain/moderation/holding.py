"""Holding: verified signatures of a burst wait uncounted until somebody at the desk has judged its flag, a day at most.

Only in campaigns that ask for it. Who is held hears nothing of it, and the public is told a number.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaign.domain.moderation.flag import SERIOUS_SCORE, FlagKind

HOLD_SCORE = SERIOUS_SCORE
"""The score from which a flag holds: that from which the team is told at once."""
HOLD_LIFETIME = timedelta(days=1)
"""How long a flag holds at most, from when it began to."""
HOLD_MARGIN = timedelta(minutes=5)
"""How long after its last known signature a flag holds: what goes on is looked at every minute."""
HOLDING_KINDS = (FlagKind.NETWORK, FlagKind.DOMAIN, FlagKind.NAME, FlagKind.SOURCE)
"""Kinds of flags that hold. What a domain refused was never verified."""


@dataclass(frozen=True, slots=True)
class HoldingFlag:
    """A flag that holds at present."""

    id: int
    kind: FlagKind
    subject: str
    since: datetime
    before: datetime
    """Just after its last signature that is known."""


@dataclass(frozen=True, slots=True)
class HoldSubject:
    """Subject of holding: what flags are asked about a signature that is about to be counted."""

    id: int
    network: str
    domain: str
    name_key: str
    source: str
    signed_at: datetime

    def value_of(self, kind: FlagKind) -> str:
        """What a flag of a kind is about."""
        values = {
            FlagKind.NETWORK: self.network, FlagKind.DOMAIN: self.domain, FlagKind.NAME: self.name_key,
            FlagKind.SOURCE: self.source,
        }  # fmt: skip
        return values.get(kind, "")


def flag_that_holds(flags: Iterable[HoldingFlag], signature: HoldSubject) -> HoldingFlag | None:
    """The first flag whose burst a signature belongs to; None where it belongs to none."""
    return next(
        (
            flag
            for flag in flags
            if flag.subject and flag.subject == signature.value_of(flag.kind)
            and flag.since <= signature.signed_at < flag.before + HOLD_MARGIN
        ),
        None,
    )  # fmt: skip
