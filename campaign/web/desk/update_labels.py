"""Words for updates at the desk."""

from collections.abc import Mapping

from campaign.domain.updates.update import MailingState, UpdateKind, UpdateResult, UpdateState

KIND_LABELS = {
    UpdateKind.NEWS: ("News", "Something new about the campaign."),
    UpdateKind.DELIVERED: ("Handed in", "The signatures were handed in: when, and to whom."),
    UpdateKind.ANSWERED: ("Answered", "The recipient has answered: the answer in full, and what you say to it."),
    UpdateKind.ENDED: ("Ended", "The campaign is over: won, partly won or not, in your own words."),
}
STATE_LABELS = {
    UpdateState.DRAFT: ("draft", "plain"),
    UpdateState.SCHEDULED: ("scheduled", "warn"),
    UpdateState.PUBLISHED: ("published", "good"),
}
MAILING_LABELS = {
    MailingState.NONE: "It is not emailed.",
    MailingState.RUNNING: "It is being emailed, behind all other mail.",
    MailingState.ENQUEUED: "It is being emailed, behind all other mail.",
    MailingState.STOPPING: "The mailing is being stopped.",
    MailingState.STOPPED: "The mailing was stopped.",
}
RESULT_LABELS = (
    (UpdateResult.WON.value, "Won", "What was asked will be done, or has been."),
    (UpdateResult.PARTLY.value, "Partly won", "Some of it."),
    (UpdateResult.LOST.value, "Not won", ""),
)
_FIELD_LABELS = {
    "title": "Title", "body": "Text", "happened_on": "Day", "recipient": "To whom", "answer": "Answer",
    "result": "How it ended", "wants_mail": "Email",
}  # fmt: skip
_PREDICATE_STARTS = ("must ", "is ", "contains ")


def update_errors(errors: Mapping[str, str]) -> dict[str, str]:
    """Errors as sentences, by field, in the order of the form."""
    return {name: _sentence(label, errors[name]) for name, label in _FIELD_LABELS.items() if name in errors}


def _sentence(label: str, words: str) -> str:
    if words.endswith("."):
        return words
    return f"{label} {words}." if words.startswith(_PREDICATE_STARTS) else f"{label}: {words}."
