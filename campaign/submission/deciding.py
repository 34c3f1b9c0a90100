"""What a campaigner decides about handing in: who hands in, how the recipient is addressed, the words of the petition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaign.domain.actor import Actor
from campaign.domain.fields import Wrong, read_text
from campaign.domain.refusal import Refused
from campaign.domain.standing import Standing
from campaign.runtime import Runtime
from campaign.store import audit, submissions
from campaign.submission.checks import CONFIRMED, confirmation
from campaign.submission.recipients import Profile, Question
from campaign.submission.writing import Written

if TYPE_CHECKING:
    from sqlalchemy import Connection

_SLACK = 4
"""How many times as long as a counted answer may be what is kept of it: it is shortened step by step."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided for one recipient."""

    options: Mapping[str, str]
    revision: int


class Overtaken(Exception):  # noqa: N818 - it says what happened
    """Somebody else has decided since the form was opened."""

    def __init__(self, now: Decision) -> None:
        super().__init__("overtaken")
        self.now = now


def options_of(connection: Connection, campaign_id: int, profile: Profile) -> dict[str, str]:
    """The options for one recipient, by name; those nobody decided are left out."""
    return dict(submissions.decided(connection, campaign_id, profile.key).options)


def decided(runtime: Runtime, campaign_id: int, profile: Profile) -> Decision:
    """The same with the revision that deciding anew would replace."""
    with runtime.reading() as connection:
        found = submissions.decided(connection, campaign_id, profile.key)
    return Decision(found.options, found.revision)


def decide(
    runtime: Runtime, actor: Actor, standing: Standing, profile: Profile, typed: Mapping[str, str], seen: int
) -> dict[str, str]:
    """Keep what was decided for one recipient. Raises Wrong with every error at its field, and Overtaken."""
    options, now = read_options(profile, typed), runtime.now()
    with runtime.transaction() as connection:
        before = submissions.decided(connection, standing.id, profile.key)
        if dict(before.options) == options:
            return options
        if before.revision != seen or not submissions.decide(connection, standing.id, profile.key, options, seen, now):
            raise Overtaken(Decision(before.options, before.revision))
        names = sorted(name for name in {*options, *before.options} if options.get(name) != before.options.get(name))
        audit.record(
            connection,
            actor,
            "prepare submission",
            now,
            campaign_id=standing.id,
            subject=profile.key,
            became={"changed": names},
        )
    return options


def note(runtime: Runtime, actor: Actor, standing: Standing, profile: Profile, written: Sequence[Written]) -> None:
    """Say in the audit trail that somebody has written a profile's papers."""
    with runtime.transaction() as connection:
        audit.record(
            connection, actor, "write submission", runtime.now(), campaign_id=standing.id, subject=profile.key,
            became={"papers": len(written), "names": sum(paper.rows for paper in written)},
        )  # fmt: skip


def read_options(profile: Profile, typed: Mapping[str, str]) -> dict[str, str]:
    """Options as they were typed. What is empty is left out: then the default of its question stands. Raises Wrong."""
    found, errors = dict[str, str](), dict[str, str]()
    for question in profile.questions:
        try:
            if answer := _read(question, typed.get(question.name, "")):
                found[question.name] = answer
        except Refused as refused:
            errors[question.name] = str(refused)
    if typed.get("listed") and profile.listing is not None:
        if profile.listed(typed["listed"]) != typed["listed"]:
            errors["listed"] = "Choose from the list."
        else:
            found["listed"] = typed["listed"]
    for rule in profile.confirmations:
        if typed.get(confirmation(rule.name)):
            found[confirmation(rule.name)] = CONFIRMED
    if errors:
        raise Wrong(errors)
    return found


def _read(question: Question, typed: str) -> str:
    text = read_text(typed.replace("\r\n", "\n"), question.longest * (_SLACK if question.counted else 1))
    if question.kind == "choose":
        if text and text not in {value for value, _ in question.choices}:
            raise Refused("Choose from the list.")
        return text
    return " ".join(text.split()) if question.kind == "line" else text.strip()
