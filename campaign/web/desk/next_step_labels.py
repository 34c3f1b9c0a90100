"""Labels of next steps: what each says at the desk, where it leads, and the permission for that."""

from collections.abc import Sequence
from dataclasses import dataclass

from campaign.domain.accounts.role import Permission
from campaign.domain.campaigns.next_steps import NextStep, StepKind
from campaign.web import localised
from campaign.web.desk.access import DeskContext


@dataclass(frozen=True, slots=True)
class StepLink:
    """Next step as the desk shows it."""

    title: str
    reason: str
    address: str


@dataclass(frozen=True, slots=True)
class _StepLabel:
    one: str
    many: str
    """Title for an amount other than 1; `{}` is the amount."""
    reason: str
    page: str
    permission: Permission


def _label(title: str, reason: str, page: str, permission: Permission, many: str = "") -> _StepLabel:
    return _StepLabel(title, many or title, reason, page, permission)


_LABELS = {
    StepKind.ANSWER_COMPLAINTS: _label(
        "Answer a complaint", "Somebody complains about what is done with their data. The law gives 30 days.",
        "complaints", Permission.ANSWER_COMPLAINTS, "Answer {} complaints",
    ),
    StepKind.JUDGE_FLAGS: _label(
        "Look at a flag", "Some signatures do not look like those of people. Decide whether they count.",
        "flags", Permission.MODERATE, "Look at {} flags",
    ),
    StepKind.CONFIRM_IMPORTS: _label(
        "Confirm a list that was read", "Its signatures count once you have looked at it.",
        "paper", Permission.ADD_PAPER, "Confirm {} lists that were read",
    ),
    StepKind.RESUME: _label(
        "Let people sign again", "The campaign is paused: nobody can sign.", "running/resume", Permission.RUN_LIFECYCLE
    ),
    StepKind.HAND_IN: _label(
        "Hand it in", "The papers for whom you ask are ready to be made.", "submission", Permission.EDIT
    ),
    StepKind.TELL_HANDED_IN: _label(
        "Say that it was handed in", "Once you have. It stands on the page, and who asked for updates gets a mail.",
        "updates/new?kind=delivered", Permission.EDIT,
    ),
    StepKind.TELL_ANSWER: _label(
        "Has there been an answer?", "Put it on the page, in full, or say how it ended.",
        "updates/new?kind=answered", Permission.EDIT,
    ),
    StepKind.TELL_DEADLINE: _label(
        "Last day: post an update", "Ask supporters to bring one more person before it closes.",
        "updates/new", Permission.EDIT, "{} days left: post an update",
    ),
    StepKind.SHARE: _label(
        "Share it with the first people", "Most campaigns that grow begin with ten friends who are asked one by one.",
        "share", Permission.VIEW,
    ),
    StepKind.TELL_GOAL: _label(
        "A goal is reached: post an update", "Thank everybody, and say what comes next.", "updates/new", Permission.EDIT,
        "{} signatures reached: post an update",
    ),
    StepKind.TELL_NEWS: _label(
        "Post an update", "Supporters have heard nothing for two weeks.", "updates/new", Permission.EDIT
    ),
    StepKind.ADD_PICTURE: _label(
        "Add a picture", "It is what people see where the campaign is shared.", "text/picture", Permission.EDIT
    ),
    StepKind.INVITE_OWNER: _label(
        "Invite a second owner", "So that somebody can act when you cannot.", "team", Permission.MANAGE_TEAM
    ),
}  # fmt: skip


def step_links(context: DeskContext, steps: Sequence[NextStep]) -> list[StepLink]:
    """Links of the steps that the campaigner may take."""
    labels = [(step, _LABELS[step.kind]) for step in steps]
    return [
        StepLink(
            label.one if step.amount == 1 else label.many.format(localised.number(step.amount)),
            label.reason,
            f"/desk/c/{context.campaign.slug}/{label.page}",
        )
        for step, label in labels
        if context.may(label.permission)
    ]
