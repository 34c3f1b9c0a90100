"""Outages of mail around a deadline: how long verification mails were owed and none was taken, and what it adds to the grace.

An outage is measured from mails that were owed and taken, never guessed from errors. What it adds is decided once for each
deadline, shortly before the grace ends, so that a link that is pressed at its old end is judged by the new one.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

LOOK_BACK = timedelta(hours=48)
"""Time before the deadline from which on mails are looked at."""
DECIDED_BEFORE_END = timedelta(minutes=15)
"""Time before the end of the grace at which it is decided."""
MIN_OUTAGE = timedelta(minutes=30)
"""Time without a mail below which it is not called an outage."""
MAX_EXTENSION = timedelta(hours=48)
"""What outages add to a campaign's grace at most, all together."""
MIN_MAILS = 5
"""Mails that must have waited at once: a mailbox that is full, or a domain that somebody mistyped, is no outage."""
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class OwedMail:
    """A verification mail that was promised before the deadline."""

    domain: str
    owed_from: datetime
    taken_at: datetime | None
    """When a server took it; None where none has."""


@dataclass(frozen=True, slots=True)
class MailOutage:
    """A time in which mails were owed and none was taken."""

    provider: str
    """Name of the provider of the mailboxes; "" where mail to nobody was taken."""
    began_at: datetime
    ended_at: datetime
    is_over: bool
    """Whether a mail was taken at its end; else it was still going on when it was measured."""
    mails: int
    """Mails that waited all through its end."""

    @property
    def length(self) -> timedelta:
        """How long it was."""
        return self.ended_at - self.began_at


@dataclass(frozen=True, slots=True)
class GraceExtension:
    """Extension of a grace by an outage."""

    outage: MailOutage
    added: timedelta


def find_outages(mails: Sequence[OwedMail], until: datetime, provider: str = "") -> list[MailOutage]:
    """Times before `until` in which MIN_MAILS mails or more were owed, none of them was taken, and that lasted MIN_OUTAGE."""
    taken = sorted({mail.taken_at for mail in mails if mail.taken_at is not None and mail.taken_at < until})
    # Those that waited for less can have no part in an outage.
    waits = ((mail.owed_from, mail.taken_at or until) for mail in mails)
    waited = [(start, end) for start, end in waits if end - start >= MIN_OUTAGE]
    found = []
    for before, end in zip([None, *taken], [*taken, until], strict=True):
        if before is not None and end - before < MIN_OUTAGE:
            continue
        waiting = sorted(start for start, ended in waited if start < end <= ended)
        if len(waiting) < MIN_MAILS:
            continue
        began = waiting[MIN_MAILS - 1] if before is None else max(before, waiting[MIN_MAILS - 1])
        if end - began >= MIN_OUTAGE:
            found.append(MailOutage(provider, began, end, end != until, len(waiting)))
    return found


def grace_extension(
    mails: Iterable[OwedMail], provider_of: Callable[[str], str], closes_at: datetime, verify_until: datetime, now: datetime,
    added_before: timedelta,
) -> GraceExtension | None:  # fmt: skip
    """What a grace grows by: the longest outage that reached beyond the deadline and left nothing of the grace, since it was as
    long or still going on at its end. None where there was none, or MAX_EXTENSION is used up by `added_before`.

    `provider_of` names the provider that keeps a domain, "" for one that is not known: what waits for those does not count,
    since anybody may have a domain that takes no mail.
    """
    until, grace = min(now, verify_until), verify_until - closes_at
    of_provider: dict[str, list[OwedMail]] = {"": []}
    for mail in mails:
        if mail.owed_from >= until:
            continue
        if provider := provider_of(mail.domain):
            of_provider.setdefault(provider, []).append(mail)
            of_provider[""].append(mail)
        elif mail.taken_at is not None:
            # That it was taken shows that mail leaves; that it waited shows nothing.
            of_provider[""].append(replace(mail, owed_from=mail.taken_at))
    outages = [outage for provider, some in of_provider.items() for outage in find_outages(some, until, provider)]
    telling = [one for one in outages if not one.is_over or (one.length >= grace and one.ended_at > closes_at)]
    left = MAX_EXTENSION - added_before
    if not telling or left <= timedelta():
        return None
    longest = max(telling, key=lambda one: (one.length, not one.provider, one.provider))
    return GraceExtension(longest, min(left, math.ceil(longest.length / _MINUTE) * _MINUTE))
