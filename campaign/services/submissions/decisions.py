"""Decisions of a campaigner about handing in: who hands in, how the recipient is addressed, the words of the petition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaign.domain.accounts.actor import Actor
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.field_reader import InvalidFieldsError, read_text
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.runtime import Runtime
from campaign.services.submissions.checks import CONFIRMED, confirmation_option
from campaign.services.submissions.profiles import Profile, Question
from campaign.store.accounts import audit_log
from campaign.store.submissions import submissions

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from campaign.services.submissions.papers import WrittenPaper

_MAX_LENGTH_FACTOR = 4
"""How many times as long as a counted answer may be what is kept of it: it is shortened step by step."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Decision for one recipient."""

    options: Mapping[str, str]
    revision: int


class OvertakenError(Exception):
    """Somebody else has decided since the form was opened."""

    def __init__(self, now: Decision) -> None:
        super().__init__("overtaken")
        self.now = now


def get_options(connection: Connection, campaign_id: int, profile: Profile) -> dict[str, str]:
    """The options for one recipient, by name; those nobody decided are left out."""
    return dict(submissions.get_options(connection, campaign_id, profile.key).options)


def get_decision(runtime: Runtime, campaign_id: int, profile: Profile) -> Decision:
    """The same with the revision that deciding anew would replace."""
    with runtime.reading() as connection:
        found = submissions.get_options(connection, campaign_id, profile.key)
    return Decision(found.options, found.revision)


def save_decision(
    runtime: Runtime, actor: Actor, campaign: Campaign, profile: Profile, typed: Mapping[str, str], revision: int
) -> dict[str, str]:
    """Keep what was decided for one recipient. Raises InvalidFieldsError with every error at its field, and OvertakenError."""
    options, now = read_options(profile, typed), runtime.now()
    with runtime.transaction() as connection:
        before = submissions.get_options(connection, campaign.id, profile.key)
        if dict(before.options) == options:
            return options
        if before.revision != revision or not submissions.store_options(
            connection, campaign.id, profile.key, options, revision, now
        ):
            raise OvertakenError(Decision(before.options, before.revision))
        names = sorted(name for name in {*options, *before.options} if options.get(name) != before.options.get(name))
        audit_log.record(
            connection,
            actor,
            "prepare submission",
            now,
            campaign_id=campaign.id,
            subject=profile.key,
            after={"changed": names},
        )
    return options


def record_written(
    runtime: Runtime, actor: Actor, campaign: Campaign, profile: Profile, written: Sequence[WrittenPaper]
) -> None:
    """Say in the audit trail that somebody has written a profile's papers."""
    with runtime.transaction() as connection:
        audit_log.record(
            connection,
            actor,
            "write submission",
            runtime.now(),
            campaign_id=campaign.id,
            subject=profile.key,
            after={"papers": len(written), "names": sum(paper.rows for paper in written)},
        )


def read_options(profile: Profile, typed: Mapping[str, str]) -> dict[str, str]:
    """Options as they were typed. What is empty is left out: then the default of its question stands. Raises
    InvalidFieldsError."""
    found, errors = dict[str, str](), dict[str, str]()
    for question in profile.questions:
        try:
            if answer := _read_answer(question, typed.get(question.name, "")):
                found[question.name] = answer
        except InvalidInputError as refused:
            errors[question.name] = str(refused)
    if typed.get("listed") and profile.listing is not None:
        if profile.listed_names(typed["listed"]) != typed["listed"]:
            errors["listed"] = "Choose from the list."
        else:
            found["listed"] = typed["listed"]
    for rule in profile.confirmations:
        if typed.get(confirmation_option(rule.name)):
            found[confirmation_option(rule.name)] = CONFIRMED
    if errors:
        raise InvalidFieldsError(errors)
    return found


def _read_answer(question: Question, typed: str) -> str:
    text = read_text(typed.replace("\r\n", "\n"), question.longest * (_MAX_LENGTH_FACTOR if question.counted else 1))
    if question.kind == "choose":
        if text and text not in {value for value, _ in question.choices}:
            raise InvalidInputError("Choose from the list.")
        return text
    return " ".join(text.split()) if question.kind == "line" else text.strip()
