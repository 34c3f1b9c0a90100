"""Labels of a team's tasks: what each says at the desk, where it leads, and the permission for that."""

from collections.abc import Sequence
from dataclasses import dataclass

from campaign.domain.accounts.role import Permission
from campaign.domain.campaigns.team_tasks import TaskKind, TeamTask
from campaign.domain.common.i18n import N_
from campaign.web import localised
from campaign.web.desk.access import DeskContext
from campaign.web.translation import gettext


@dataclass(frozen=True, slots=True)
class TaskLink:
    """Task as the desk shows it."""

    title: str
    reason: str
    address: str


@dataclass(frozen=True, slots=True)
class _TaskLabel:
    one: str
    many: str
    """Title for an amount other than 1; `%(amount)s` is the amount."""
    reason: str
    page: str
    permission: Permission


def _label(title: str, reason: str, page: str, permission: Permission, many: str = "") -> _TaskLabel:
    return _TaskLabel(title, many or title, reason, page, permission)


_LABELS = {
    TaskKind.ANSWER_COMPLAINTS: _label(
        N_("Answer a complaint"),
        N_("Somebody complains about what is done with their data. The law gives 30 days."),
        "complaints",
        Permission.ANSWER_COMPLAINTS,
        N_("Answer %(amount)s complaints"),
    ),
    TaskKind.JUDGE_FLAGS: _label(
        N_("Look at a flag"),
        N_("Some signatures do not look like those of people. Decide whether they count."),
        "flags",
        Permission.MODERATE,
        N_("Look at %(amount)s flags"),
    ),
    TaskKind.CONFIRM_IMPORTS: _label(
        N_("Confirm a list that was read"),
        N_("Its signatures count once you have looked at it."),
        "paper",
        Permission.ADD_PAPER,
        N_("Confirm %(amount)s lists that were read"),
    ),
    TaskKind.RESUME: _label(
        N_("Let people sign again"), N_("The campaign is paused: nobody can sign."), "running/resume", Permission.RUN_LIFECYCLE
    ),
    TaskKind.HAND_IN: _label(
        N_("Hand it in"), N_("The papers for whom you ask are ready to be made."), "submission", Permission.EDIT
    ),
    TaskKind.TELL_HANDED_IN: _label(
        N_("Say that it was handed in"),
        N_("Once you have. It stands on the page, and who asked for updates gets a mail."),
        "updates/new?kind=delivered",
        Permission.EDIT,
    ),
    TaskKind.TELL_ANSWER: _label(
        N_("Has there been an answer?"),
        N_("Put it on the page, in full, or say how it ended."),
        "updates/new?kind=answered",
        Permission.EDIT,
    ),
    TaskKind.TELL_DEADLINE: _label(
        N_("Last day: post an update"),
        N_("Ask supporters to bring one more person before it closes."),
        "updates/new",
        Permission.EDIT,
        N_("%(amount)s days left: post an update"),
    ),
    TaskKind.SHARE: _label(
        N_("Share it with the first people"),
        N_("Most campaigns that grow begin with ten friends who are asked one by one."),
        "share",
        Permission.VIEW,
    ),
    TaskKind.TELL_GOAL: _label(
        N_("A goal is reached: post an update"),
        N_("Thank everybody, and say what comes next."),
        "updates/new",
        Permission.EDIT,
        N_("%(amount)s signatures reached: post an update"),
    ),
    TaskKind.TELL_NEWS: _label(
        N_("Post an update"), N_("Supporters have heard nothing for two weeks."), "updates/new", Permission.EDIT
    ),
    TaskKind.ADD_PICTURE: _label(
        N_("Add a picture"), N_("It is what people see where the campaign is shared."), "text/picture", Permission.EDIT
    ),
    TaskKind.INVITE_OWNER: _label(
        N_("Invite a second owner"), N_("So that somebody can act when you cannot."), "team", Permission.MANAGE_TEAM
    ),
}


def task_links(context: DeskContext, tasks: Sequence[TeamTask]) -> list[TaskLink]:
    """Links of the tasks that the campaigner may do."""
    labels = [(task, _LABELS[task.kind]) for task in tasks]
    return [
        TaskLink(
            gettext(label.one) if task.amount == 1 else gettext(label.many, amount=localised.number(task.amount)),
            gettext(label.reason),
            f"/desk/c/{context.campaign.slug}/{label.page}",
        )
        for task, label in labels
        if context.may(label.permission)
    ]
