"""Outages of mail: found where nothing was taken and several waited, and nowhere else; what they add is bounded."""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from campaign.domain.campaigns.mail_outage import (
    MAX_EXTENSION,
    MIN_MAILS,
    MIN_OUTAGE,
    GraceExtension,
    OwedMail,
    find_outages,
    grace_extension,
)
from campaign.domain.mail.delay import provider_name

CLOSES_AT = datetime(2026, 12, 1, 23, 59, tzinfo=UTC)
DAY = timedelta(hours=24)
MINUTE = timedelta(minutes=1)


def at(hours: float) -> datetime:
    """Hours after the deadline."""
    return CLOSES_AT + timedelta(hours=hours)


def mails(domain: str, owed: float, taken: float | None, amount: int = MIN_MAILS) -> list[OwedMail]:
    return [OwedMail(domain, at(owed), None if taken is None else at(taken))] * amount


def extension(
    found: list[OwedMail], *, grace: timedelta = DAY, now: float | None = None, before: timedelta = timedelta()
) -> GraceExtension | None:
    ends = CLOSES_AT + grace
    moment = ends - timedelta(minutes=15) if now is None else at(now)
    return grace_extension(found, lambda domain: provider_name(f"@{domain}"), CLOSES_AT, ends, moment, before)


def test_an_outage_that_leaves_nothing_of_the_grace_is_added_to_it() -> None:
    others = [OwedMail("example.org", at(hour), at(hour + 0.01)) for hour in range(-40, 0)]
    taken_before = mails("gmail.com", -10, -9.5, 1)
    # It went on at the end.
    found = extension([*others, *taken_before, *mails("gmail.com", -9.4, None)])
    assert found is not None
    assert (found.outage.provider, found.outage.began_at, found.outage.is_over) == ("Gmail", at(-9.4), False)
    assert found.added == found.outage.length == timedelta(hours=9.4 + 23.75)
    # It ended before, and was as long as the grace.
    found = extension([*others, *mails("gmail.com", -20, 4)])
    assert found is not None
    assert (found.outage.is_over, found.added) == (True, DAY)


@pytest.mark.parametrize(
    "found",
    [
        mails("gmail.com", -20, 3.9),  # some of the grace was left
        mails("gmail.com", -40, -1),  # it was over before the deadline
        mails("gmail.com", -9, None, MIN_MAILS - 1),  # too few: a mailbox may be full
        [*mails("gmail.com", -9, None), *mails("gmail.com", -9, 8, 1), *mails("gmail.com", -9, 23.6, 1)],  # it takes mail
        mails("anybodys.example", -9, None),  # a domain that nobody knows
        [*mails("anybodys.example", -9, None), *mails("gmail.com", -9, None, MIN_MAILS - 1)],
        [],
    ],
)
def test_what_adds_nothing(found: list[OwedMail]) -> None:
    assert extension(found) is None


def test_an_outage_of_all_mail_counts_no_matter_who_waited() -> None:
    domains = ("gmail.com", "hotmail.co.uk", "icloud.com", "aol.com", "btinternet.com")
    assert len(domains) == MIN_MAILS
    waiting = [OwedMail(domain, at(-2), None) for domain in domains]
    taken = [*mails("example.org", -1, 10, 1), *mails("example.org", -1, 23.5, 1)]
    assert extension([*waiting, *taken]) is None
    found = extension(waiting)
    assert found is not None
    assert (found.outage.provider, found.outage.mails) == ("", MIN_MAILS)


def test_without_a_grace_an_outage_at_the_deadline_is_added() -> None:
    found = extension(mails("gmail.com", -3, None), grace=timedelta(), now=-0.25)
    assert found is not None
    assert found.added == timedelta(hours=2.75)


def test_all_extensions_together_are_bounded() -> None:
    long = mails("gmail.com", -48, None)
    found = extension(long)
    assert found is not None
    assert found.added == MAX_EXTENSION
    found = extension(long, before=timedelta(hours=40))
    assert found is not None
    assert found.added == timedelta(hours=8)
    assert extension(long, before=MAX_EXTENSION) is None
    # A site that was away for a week after the grace measures no longer outage.
    found = extension(mails("gmail.com", 0, None), now=24 * 7)
    assert found is not None
    assert found.added == DAY


@pytest.mark.parametrize("seed", range(60))
def test_outages_are_the_minutes_in_which_several_waited_and_nothing_was_taken(seed: int) -> None:
    chance = random.Random(seed)
    length = 300
    some = []
    for _ in range(chance.choice([4, 8, 20])):
        owed = chance.randrange(length)
        taken = owed + chance.choice([1, 5, 40, 200])
        some.append(OwedMail("", CLOSES_AT + owed * MINUTE, CLOSES_AT + taken * MINUTE if taken < 320 else None))
    until = CLOSES_AT + length * MINUTE
    found = find_outages(some, until)
    for outage in found:
        assert outage.length >= MIN_OUTAGE
        assert not any(mail.taken_at and outage.began_at < mail.taken_at < outage.ended_at for mail in some)
    inside = {
        minute
        for minute in range(length)
        if any(
            one.began_at <= CLOSES_AT + minute * MINUTE and CLOSES_AT + (minute + 1) * MINUTE <= one.ended_at for one in found
        )
    }

    def is_stalled(minute: int) -> bool:
        """By the words of it: in this minute several waited, of whom none was taken until its run of minutes ended."""
        start = CLOSES_AT + minute * MINUTE
        waiting = [mail for mail in some if mail.owed_from <= start and (mail.taken_at is None or mail.taken_at > start)]
        return len(waiting) >= MIN_MAILS

    taken_minutes = sorted(
        {int((mail.taken_at - CLOSES_AT) / MINUTE) for mail in some if mail.taken_at and mail.taken_at < until}
    )
    edges = [0, *taken_minutes, length]
    expected = set()
    for begin, end in pairwise(edges):
        run = [minute for minute in range(begin, end) if is_stalled(minute)]
        if len(run) >= MIN_OUTAGE / MINUTE:
            expected |= set(run)
    assert inside == expected
