"""Words for updates at the desk."""

from collections.abc import Mapping

from campaign.domain.common.i18n import N_
from campaign.domain.updates.update import MailingState, UpdateKind, UpdateResult, UpdateState
from campaign.web.desk.campaign_form_fields import error_sentence

KIND_LABELS = {
    UpdateKind.NEWS: (N_("News"), N_("Something new about the campaign.")),
    UpdateKind.DELIVERED: (N_("Handed in"), N_("The signatures were handed in: when, and to whom.")),
    UpdateKind.ANSWERED: (N_("Answered"), N_("The recipient has answered: the answer in full, and what you say to it.")),
    UpdateKind.ENDED: (N_("Ended"), N_("The campaign is over: won, partly won or not, in your own words.")),
}
STATE_LABELS = {
    UpdateState.DRAFT: (N_("draft"), "plain"),
    UpdateState.SCHEDULED: (N_("scheduled"), "warn"),
    UpdateState.PUBLISHED: (N_("published"), "good"),
}
MAILING_LABELS = {
    MailingState.NONE: N_("It is not emailed."),
    MailingState.RUNNING: N_("It is being emailed, behind all other mail."),
    MailingState.ENQUEUED: N_("It is being emailed, behind all other mail."),
    MailingState.STOPPING: N_("The mailing is being stopped."),
    MailingState.STOPPED: N_("The mailing was stopped."),
}
RESULT_LABELS = (
    (UpdateResult.WON.value, N_("Won"), N_("What was asked will be done, or has been.")),
    (UpdateResult.PARTLY.value, N_("Partly won"), N_("Some of it.")),
    (UpdateResult.LOST.value, N_("Not won"), ""),
)
_FIELD_LABELS = {
    "title": N_("Title"), "body": N_("Text"), "happened_on": N_("Day"), "recipient": N_("To whom"), "answer": N_("Answer"),
    "result": N_("How it ended"), "wants_mail": N_("Email"),
}  # fmt: skip


def update_errors(errors: Mapping[str, str]) -> dict[str, str]:
    """Errors as sentences, by field, in the order of the form."""
    return {name: error_sentence(label, errors[name]) for name, label in _FIELD_LABELS.items() if name in errors}
