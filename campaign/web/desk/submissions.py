"""Submission of a campaign: its recipients, what each accepts, what is still to be done, and the covering letter."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import abort, request
from flask.typing import ResponseReturnValue

from campaign.domain.accounts.role import Permission
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.eligibility import eligible_sentence
from campaign.domain.common.field_reader import InvalidFieldsError
from campaign.domain.common.i18n import N_
from campaign.rendering.markdown_html import render_markdown
from campaign.services import submissions
from campaign.services.submissions import OvertakenError, Profile, SubmissionFacts
from campaign.web.app_context import runtime
from campaign.web.desk.access import DeskBlueprint, DeskContext, requires
from campaign.web.desk.request_values import submitted_revision
from campaign.web.desk.submission_labels import LISTED_LABEL
from campaign.web.desk.template_context import redirect_with_message, render_page
from campaign.web.translation import translated

MAX_SUBMISSION_FORM_BYTES = 200_000
"""Octets a form with the answers for a recipient may have: the longest ones, in any script, with what a browser adds."""
_SAVED_MESSAGE = N_("Saved. The next papers are made with it.")
_LISTING_LABELS = {
    "all": (N_("Everybody who signed"), N_("By name, as they were told when they signed.")),
    "public": (N_("Who chose to be shown"), N_("Only those who ticked that their name may be shown.")),
    "none": (N_("Nobody"), N_("The papers hold totals alone.")),
}
"""Whose names are listed, in words."""


@dataclass(frozen=True, slots=True)
class SubmissionForm:
    """The form for one recipient, as it is shown."""

    profile: Profile
    facts: SubmissionFacts
    base_revision: int
    """The revision that saving it would replace."""
    options: Mapping[str, str]
    """As they were typed, or as they are kept."""
    errors: Mapping[str, str] = field(default_factory=dict)
    conflict: bool = False

    @property
    def values(self) -> dict[str, str]:
        """What stands in each field: where nothing was decided, what would be taken."""
        typed = dict(self.options)
        answers = submissions.answers_or_defaults(self.profile, self.facts, self.options)
        return {**answers, **typed, "listed": self.profile.listed_names(self.options.get("listed", ""))}

    @property
    def listing_choices(self) -> list[tuple[str, str, str]]:
        """Whose names may be listed here: value, words and hint."""
        if self.profile.listing is None:
            return []
        allowed = [name for name in _LISTING_LABELS if self.profile.listed_names(name) == name]
        return [(name, *_LISTING_LABELS[name]) for name in allowed]


blueprint = DeskBlueprint("submissions")


def _facts_of(context: DeskContext) -> SubmissionFacts:
    with runtime().reading() as connection:
        return submissions.gather_facts(runtime(), connection, context.campaign.id, with_signed_versions=False)


def _submission_page(context: DeskContext, form: SubmissionForm, status: int = 200) -> ResponseReturnValue:
    # What cannot be kept is not in the papers either: they are shown with what is kept.
    kept = form.options if not form.errors else submissions.get_decision(runtime(), context.campaign.id, form.profile).options
    return render_page(
        "submission_profile.html",
        status,
        form=form,
        profile=form.profile,
        values=form.values,
        findings=submissions.run_checks(form.profile, form.facts, kept),
        confirmation=submissions.confirmation_option,
        listed_label=LISTED_LABEL,
        names_nobody=submissions.names_nobody(form.profile, form.facts, kept),
        papers=[(paper, render_markdown(words)) for paper, words in submissions.editable_texts(form.profile, form.facts, kept)],
        may_export=context.may(Permission.EXPORT),
        may_take_in=context.may(Permission.ADD_PAPER),
    )


def eligible_label(campaign: Campaign) -> str:
    """How many signatures stand under the recipient's rule, as a sentence; "" where nobody is asked whether they may sign."""
    found = submissions.count_eligible(runtime(), campaign)
    return eligible_sentence(found.signed, found.totals, found.needed) if found else ""


@blueprint.get("/desk/c/<slug>/submission")
@requires(Permission.EDIT)
def list_profiles(context: DeskContext) -> ResponseReturnValue:
    """Page of the recipients a campaign can be handed in to."""
    suggested = submissions.suggested_profile(context.campaign.recipient_kind)
    return render_page(
        "submissions.html",
        eligible=eligible_label(context.campaign),
        threshold=submissions.next_threshold(context.campaign),
        # The one that fits first: on a phone it would stand screens below the others.
        profiles=sorted(submissions.list_profiles(), key=lambda profile: profile.key != suggested.key),
        suggested=suggested,
    )


@blueprint.get("/desk/c/<slug>/submission/<profile>")
@requires(Permission.EDIT)
def show_profile(context: DeskContext, profile: str) -> ResponseReturnValue:
    """Page of the submission to one recipient: checks, papers, facts."""
    found = _profile_or_404(profile)
    kept = submissions.get_decision(runtime(), context.campaign.id, found)
    return _submission_page(context, SubmissionForm(found, _facts_of(context), kept.revision, kept.options))


@blueprint.post("/desk/c/<slug>/submission/<profile>")
@requires(Permission.EDIT, max_bytes=MAX_SUBMISSION_FORM_BYTES)
def save_profile(context: DeskContext, profile: str) -> ResponseReturnValue:
    """Form: save facts and decisions of a submission."""
    found, seen = _profile_or_404(profile), submitted_revision()
    typed = {name: value for name, value in request.form.items() if name in _field_names(found)}
    try:
        submissions.save_decision(runtime(), context.actor, context.campaign, found, typed, seen)
    except InvalidFieldsError as wrong:
        return _submission_page(
            context,
            SubmissionForm(
                found, _facts_of(context), seen, typed, {name: translated(words) for name, words in wrong.errors.items()}
            ),
            422,
        )
    except OvertakenError as overtaken:
        return _submission_page(
            context, SubmissionForm(found, _facts_of(context), overtaken.now.revision, typed, conflict=True), 409
        )
    return redirect_with_message(f"/desk/c/{context.campaign.slug}/submission/{found.key}", _SAVED_MESSAGE)


def _profile_or_404(key: str) -> Profile:
    try:
        return submissions.get_profile(key)
    except LookupError:
        abort(404)


def _field_names(profile: Profile) -> set[str]:
    """The fields of a profile's form."""
    confirmed = (submissions.confirmation_option(rule.name) for rule in profile.confirmations)
    return {"listed", *(question.name for question in profile.questions), *confirmed}
