"""Who may do what at the desk: the roles of a campaign's team, and the one table that says what each may do."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody is in the team of one campaign."""

    OWNER = "owner"
    EDITOR = "editor"
    MODERATOR = "moderator"
    VIEWER = "viewer"


class Act(StrEnum):
    """What can be done at the desk. Each of its routes names one."""

    ENTER = "enter"
    """Sign in: for everybody, also for who is nobody yet."""
    OWN = "own account"
    """Look after one's own account, see the list of one's campaigns, begin a new one."""
    WATCH = "watch"
    """See a campaign's dashboard and its numbers."""
    READ_SIGNATURES = "read signatures"
    """See who signed and what they say, without addresses and networks."""
    READ_ADDRESSES = "read addresses"
    """See email addresses and networks of signatures, and search by them."""
    EDIT = "edit"
    """Change what a campaign says and how it looks."""
    RUN = "run"
    """Publish, pause, resume, close early, extend, give it another address."""
    TAKE_DOWN = "take down"
    """Hide a campaign from everybody, and show it again."""
    MODERATE = "moderate"
    """Invalidate, restore, hide comments, dismiss flags."""
    ERASE = "erase"
    """Erase all that is personal in a signature, for ever."""
    EXPORT = "export"
    TAKE_IN = "take in"
    """Print sheets, type in what was signed on paper, bring in lists of it, and undo that."""
    LEAD = "lead"
    """Change the team, and what is asked of it."""
    READ_AUDIT = "read audit"
    OPERATE = "operate"
    """Look after the whole site: campaigns, people, switches."""


_EVERYBODY = frozenset(Role)

MAY: dict[Act, frozenset[Role]] = {
    Act.WATCH: _EVERYBODY,
    Act.READ_SIGNATURES: _EVERYBODY,
    Act.READ_ADDRESSES: frozenset({Role.OWNER, Role.MODERATOR}),
    Act.EDIT: frozenset({Role.OWNER, Role.EDITOR}),
    Act.RUN: frozenset({Role.OWNER, Role.EDITOR}),
    Act.TAKE_DOWN: frozenset({Role.OWNER}),
    Act.MODERATE: frozenset({Role.OWNER, Role.MODERATOR}),
    Act.ERASE: frozenset({Role.OWNER}),
    Act.EXPORT: frozenset({Role.OWNER}),
    Act.TAKE_IN: frozenset({Role.OWNER, Role.EDITOR, Role.MODERATOR}),
    Act.LEAD: frozenset({Role.OWNER}),
    Act.READ_AUDIT: frozenset({Role.OWNER}),
}
"""Which roles may do what with their campaign."""

OPERATOR_MAY = frozenset({Act.WATCH, Act.RUN, Act.TAKE_DOWN, Act.READ_AUDIT, Act.OPERATE})
"""What the operator of the site may do, with every campaign: keep it running. Not read who signed."""

CONFIRMED = frozenset({Act.EXPORT, Act.ERASE, Act.LEAD})
"""What is only done by who has just proved again who they are."""


def may(act: Act, role: Role | None, *, operator: bool = False) -> bool:
    """Whether somebody with this role in a campaign's team, or none, may do something with it."""
    return role in MAY.get(act, ()) or (operator and act in OPERATOR_MAY)
