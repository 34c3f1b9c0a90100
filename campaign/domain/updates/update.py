"""Update: a post on a campaign's page, with or without a mail. Some tell a step of its outcome: handed in, answered, ended."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from campaign.domain.common.field_reader import FieldReader
from campaign.domain.common.invalid_input import InvalidInputError

MAX_TITLE_LENGTH = 150
MAX_BODY_LENGTH = 20_000
MAX_RECIPIENT_LENGTH = 200
MAX_ANSWER_LENGTH = 50_000
"""Characters; of the answer as the recipient wrote it, in full."""
MAILS_WINDOW = timedelta(days=7)
"""The time in which a campaign may mail so many updates as the operator allows (`UPDATE_MAILS_PER_WEEK`)."""
_FIRST_YEAR = 1900


class UpdateKind(StrEnum):
    """Kind of update: what it tells of."""

    NEWS = "news"
    DELIVERED = "delivered"
    """The signatures were handed in."""
    ANSWERED = "answered"
    """The recipient has answered."""
    ENDED = "ended"
    """The campaign is over: what has become of what it asked."""


class UpdateState(StrEnum):
    """State of an update."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"


class UpdateResult(StrEnum):
    """Result of a campaign, as its campaigners say."""

    NONE = ""
    WON = "won"
    PARTLY = "partly"
    LOST = "lost"


class Outcome(StrEnum):
    """Outcome of a campaign, as far as it is known."""

    NONE = ""
    DELIVERED = "delivered"
    ANSWERED = "answered"
    WON = "won"
    PARTLY = "partly"
    LOST = "lost"


def outcome_of(steps: Iterable[tuple[UpdateKind, UpdateResult]]) -> Outcome:
    """The outcome that a campaign's steps come to, the latest last: how it ended, else that it was answered or handed in."""
    known = list(steps)
    ends = [result for kind, result in known if kind is UpdateKind.ENDED and result]
    if ends:
        return Outcome(ends[-1].value)
    kinds = {kind for kind, _ in known}
    return next((Outcome(kind.value) for kind in (UpdateKind.ANSWERED, UpdateKind.DELIVERED) if kind in kinds), Outcome.NONE)


class MailingState(StrEnum):
    """State of the mailing of an update."""

    NONE = ""
    """It is not mailed, or not yet."""
    RUNNING = "running"
    """Mails are being promised, step by step."""
    ENQUEUED = "enqueued"
    """Every mail is promised; those not yet sent wait in the outbox."""
    STOPPING = "stopping"
    """Stopped; what is owed is being dropped, step by step."""
    STOPPED = "stopped"


MAILED_STATES = frozenset({MailingState.RUNNING, MailingState.ENQUEUED})
"""States in which a promised mail is still owed."""


@dataclass(frozen=True, slots=True)
class UpdateText:
    """Text of an update, checked. Title and texts are the campaigners' own; `body` and `answer` are Markdown."""

    kind: UpdateKind
    title: str
    body: str
    happened_on: date | None = None
    """The day it was handed in, answered or over; None for news."""
    recipient: str = ""
    """Who it was handed to, or who answered."""
    answer: str = ""
    """The recipient's answer in full."""
    result: UpdateResult = UpdateResult.NONE


def read_update(fields: FieldReader, kind: UpdateKind, today: date) -> UpdateText:
    """The text of an update of a kind; `today` is the date where the campaign is. Errors are collected in `fields`."""
    title = fields.text("title", MAX_TITLE_LENGTH)
    if not title:
        fields.add_error("title", "is missing; say in a few words what is new")
    body = fields.text("body", MAX_BODY_LENGTH)
    if not body and kind is not UpdateKind.ANSWERED:
        fields.add_error("body", "is missing; say what is new")
    happened_on, recipient, answer, result = None, "", "", UpdateResult.NONE
    if kind is not UpdateKind.NEWS:
        happened_on = fields.read("happened_on", lambda value: _read_day(value, today), "", None)
    if kind in (UpdateKind.DELIVERED, UpdateKind.ANSWERED):
        recipient = fields.text("recipient", MAX_RECIPIENT_LENGTH)
        if not recipient:
            fields.add_error("recipient", "is missing; say who it was")
    if kind is UpdateKind.ANSWERED:
        answer = fields.text("answer", MAX_ANSWER_LENGTH)
        if not answer:
            fields.add_error("answer", "is missing; paste the answer in full")
    if kind is UpdateKind.ENDED:
        result = fields.read("result", _read_result, "", UpdateResult.NONE)
    return UpdateText(kind, " ".join(title.split()), body, happened_on, recipient, answer, result)


def mails_too_often(times: Sequence[datetime], at: datetime, limit: int) -> bool:
    """Whether one more mailing at a time would make more than `limit` of a campaign's mailings lie within MAILS_WINDOW."""
    together = sorted([*times, at])
    return any(later - earlier < MAILS_WINDOW for earlier, later in zip(together, together[limit:], strict=False))


def next_mailing_at(times: Sequence[datetime], now: datetime, limit: int) -> datetime | None:
    """The first time from `now` on at which a campaign may mail an update; None where it never may."""
    if limit <= 0:
        return None
    candidates = [now, *(at + MAILS_WINDOW for at in sorted(times) if at + MAILS_WINDOW > now)]
    return next(at for at in candidates if not mails_too_often(times, at, limit))


def _read_day(value: object, today: date) -> date:
    try:
        day = date.fromisoformat(value.strip() if isinstance(value, str) else "")
    except ValueError:
        raise InvalidInputError("Write a date, as in 2027-03-31.") from None
    if day.year < _FIRST_YEAR:
        raise InvalidInputError("Write a year from 1900 on.")
    if day > today:
        raise InvalidInputError("That day is still to come. Tell of it once it has happened.")
    return day


def _read_result(value: object) -> UpdateResult:
    if not isinstance(value, str) or value not in (UpdateResult.WON, UpdateResult.PARTLY, UpdateResult.LOST):
        raise InvalidInputError("Choose how it ended.")
    return UpdateResult(value)
