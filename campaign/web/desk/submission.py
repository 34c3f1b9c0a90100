"""Handing in: whom a campaign can be handed to, what each accepts, what is still to be done, and the words that go along."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import abort, request
from flask.typing import ResponseReturnValue

from campaign import submission
from campaign.domain.fields import Wrong
from campaign.domain.role import Act
from campaign.runtime import Runtime
from campaign.submission import Facts, Overtaken, Profile
from campaign.web.desk.form_words import printable
from campaign.web.desk.furniture import done, show
from campaign.web.desk.gate import Desk, Gate, Visit
from campaign.web.desk.speech_form import seen_revision
from campaign.web.markdown import render

_SAVED = "That is kept. Whoever makes the papers next gets it."
_NAMES = {
    "all": ("Everybody who signed", "By name, as they were told when they signed."),
    "public": ("Who chose to be shown", "Only those who ticked that their name may be shown."),
    "none": ("Nobody", "The papers hold totals alone."),
}
"""Whose names are listed, in words."""


@dataclass(frozen=True, slots=True)
class SubmissionForm:
    """The form for one recipient, as it is shown."""

    profile: Profile
    facts: Facts
    seen: int
    """The revision that saving it would replace."""
    options: Mapping[str, str]
    """As they were typed, or as they are kept."""
    errors: Mapping[str, str] = field(default_factory=dict)
    overtaken: bool = False

    @property
    def values(self) -> dict[str, str]:
        """What stands in each field: where nothing was decided, what would be taken."""
        typed = dict(self.options)
        answers = submission.answers(self.profile, self.facts, self.options)
        return {**answers, **typed, "listed": self.profile.listed(self.options.get("listed", ""))}

    @property
    def names(self) -> list[tuple[str, str, str]]:
        """Whose names may be listed here: value, words and hint."""
        if self.profile.listing is None:
            return []
        allowed = [name for name in _NAMES if self.profile.listed(name) == name]
        return [(name, *_NAMES[name]) for name in allowed]


def submission_room(runtime: Runtime, gate: Gate) -> Desk:
    """`/desk/c/<slug>/submission`."""
    room = gate.room("submission")

    def facts_of(visit: Visit) -> Facts:
        with runtime.reading() as connection:
            return submission.gather(runtime, connection, visit.campaign.id, whole=False)

    def page(visit: Visit, form: SubmissionForm, status: int = 200) -> ResponseReturnValue:
        # What cannot be kept is not in the papers either: they are shown with what is kept.
        kept = form.options if not form.errors else submission.decided(runtime, visit.campaign.id, form.profile).options
        return show(
            "submission_profile.html", status, form=form, profile=form.profile, values=printable(form.values),
            findings=submission.checks(form.profile, form.facts, kept), confirmation=submission.confirmation,
            papers=[(paper, render(words)) for paper, words in submission.shown(form.profile, form.facts, kept)],
            may_export=visit.may(Act.EXPORT), may_take_in=visit.may(Act.TAKE_IN),
        )  # fmt: skip

    @room.at("/c/<slug>/submission", Act.EDIT, "GET")
    def recipients(visit: Visit) -> ResponseReturnValue:
        return show(
            "submission.html", profiles=submission.profiles(), suggested=submission.suggested(visit.campaign.recipient_kind)
        )  # fmt: skip

    @room.at("/c/<slug>/submission/<profile>", Act.EDIT, "GET")
    def one(visit: Visit, profile: str) -> ResponseReturnValue:
        found = _found(profile)
        kept = submission.decided(runtime, visit.campaign.id, found)
        return page(visit, SubmissionForm(found, facts_of(visit), kept.revision, kept.options))

    @room.at("/c/<slug>/submission/<profile>", Act.EDIT, "POST")
    def save(visit: Visit, profile: str) -> ResponseReturnValue:
        found, seen = _found(profile), seen_revision()
        typed = {name: value for name, value in request.form.items() if name in _names(found)}
        try:
            submission.decide(runtime, visit.actor, visit.campaign, found, typed, seen)
        except Wrong as wrong:
            return page(visit, SubmissionForm(found, facts_of(visit), seen, typed, wrong.errors), 422)
        except Overtaken as overtaken:
            return page(visit, SubmissionForm(found, facts_of(visit), overtaken.now.revision, typed, overtaken=True), 409)
        return done(runtime.links, f"/desk/c/{visit.campaign.slug}/submission/{found.key}", _SAVED)

    return room


def _found(key: str) -> Profile:
    try:
        return submission.profile(key)
    except LookupError:
        abort(404)


def _names(profile: Profile) -> set[str]:
    """The fields of a profile's form."""
    confirmed = (submission.confirmation(rule.name) for rule in profile.confirmations)
    return {"listed", *(question.name for question in profile.questions), *confirmed}
