"""The life of a campaign: its stages, which moves each allows, and what a draft still lacks to be published."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from campaign.domain.refusal import Refused
from campaign.domain.standing import Standing
from campaign.domain.window import State


class Stage(StrEnum):
    """Where a campaign is in its life."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"
    FINAL = "final"
    TAKEN_DOWN = "taken down"


class Move(StrEnum):
    """What can be done to a campaign in the course of its life."""

    PUBLISH = "publish"
    OPENING = "opening"
    """Open at another time than was planned."""
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    CLOSE = "close"
    ADDRESS = "address"
    TAKE_DOWN = "take-down"
    PUT_BACK = "put-back"


_POSSIBLE = {
    Stage.DRAFT: (Move.PUBLISH, Move.ADDRESS),
    Stage.SCHEDULED: (Move.OPENING, Move.EXTEND, Move.ADDRESS, Move.TAKE_DOWN),
    Stage.OPEN: (Move.PAUSE, Move.EXTEND, Move.CLOSE, Move.ADDRESS, Move.TAKE_DOWN),
    Stage.PAUSED: (Move.RESUME, Move.EXTEND, Move.CLOSE, Move.ADDRESS, Move.TAKE_DOWN),
    Stage.CLOSED: (Move.EXTEND, Move.ADDRESS, Move.TAKE_DOWN),
    Stage.FINAL: (Move.ADDRESS, Move.TAKE_DOWN),
    Stage.TAKEN_DOWN: (Move.PUT_BACK,),
}


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the list that is gone through before a campaign is published."""

    field: str
    """The field it is about, as the definition of a campaign names it."""
    words: str
    """What is wanted, in a few words."""
    met: bool
    language: str = ""
    """The language it is about; empty for the whole campaign."""
    required: bool = True
    """Whether the campaign cannot be published without."""


def stage(standing: Standing, now: datetime) -> Stage:
    """Where a campaign is in its life at `now`."""
    if standing.taken_down:
        return Stage.TAKEN_DOWN
    return Stage(standing.state(now).value) if standing.published else Stage.DRAFT


def possible(standing: Standing, now: datetime) -> tuple[Move, ...]:
    """What can be done to a campaign at `now`, the most likely first."""
    return _POSSIBLE[stage(standing, now)]


def checklist(standing: Standing, now: datetime) -> tuple[Point, ...]:
    """What a draft is asked for before it is published."""
    window, looks = standing.window, standing.appearance
    points = []
    for version in standing.versions:
        text = version.text
        points += [
            Point("title", "A title", bool(text.title), version.language),
            Point("recipient", "Of whom it is asked", bool(text.recipient), version.language),
            Point("ask", "What is asked", bool(text.ask), version.language),
        ]
        if looks.picture is not None:
            points.append(
                Point("picture_alt", "What the picture shows, for those who do not see it", bool(version.words.picture_alt),
                      version.language)
            )  # fmt: skip
    ends = window.closes_at > now and window.closes_at > window.opens_at
    return (
        *points,
        Point("closes_at", "A deadline in the future, after the opening", ends),
        Point("contact", "An address for questions about data", bool(standing.contact)),
        Point("controller", "Who is responsible for the signatures", bool(looks.controller), required=False),
        Point("background", "Why it is asked", bool(standing.text.background), required=False),
    )


def lacking(standing: Standing, now: datetime) -> tuple[Point, ...]:
    """What must be there before a campaign is published, and is not."""
    return tuple(point for point in checklist(standing, now) if point.required and not point.met)


def check_opening(standing: Standing, opens_at: datetime, now: datetime) -> None:
    """Refuse a time at which the campaign cannot open. Raises Refused."""
    if opens_at < now:
        raise Refused("Choose a time in the future, or open it now.")
    if opens_at >= standing.window.closes_at:
        raise Refused("It must open before it closes.")


def check_extension(standing: Standing, closes_at: datetime, now: datetime) -> None:
    """Refuse a time to which the deadline cannot be extended. Raises Refused."""
    if standing.state(now) is State.FINAL:
        raise Refused("The total is final; nothing changes it any more.")
    if closes_at <= now:
        raise Refused("Choose a time in the future.")
    if closes_at <= standing.window.closes_at:
        raise Refused("Choose a time later than the deadline there is.")
