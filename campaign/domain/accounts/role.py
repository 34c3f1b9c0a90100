"""Roles at the desk: those of a campaign's team, and the one table that says what each may do."""

from collections.abc import Collection
from enum import StrEnum


class Role(StrEnum):
    """Role of a campaigner in the team of one campaign."""

    OWNER = "owner"
    EDITOR = "editor"
    MODERATOR = "moderator"
    VIEWER = "viewer"
    TYPIST = "typist"
    """Types in what was signed on paper, and is shown nothing of who has signed."""


class Permission(StrEnum):
    """Permission for one thing that can be done at the desk. Each of its routes names one."""

    SIGN_IN = "enter"
    """Sign in: for everybody, also for who is nobody yet."""
    OWN_ACCOUNT = "own account"
    """Look after one's own account, see the list of one's campaigns, begin a new one."""
    BELONG = "belong"
    """What everybody in a team may do: leave it."""
    VIEW = "watch"
    """See a campaign's dashboard and its numbers."""
    READ_SIGNATURES = "read signatures"
    """See who signed and what they say, without addresses and networks."""
    READ_ADDRESSES = "read addresses"
    """See email addresses and networks of signatures, and search by them."""
    EDIT = "edit"
    """Change what a campaign says and how it looks."""
    RUN_LIFECYCLE = "run"
    """Publish, pause, resume, close early, extend, give it another address."""
    TAKE_DOWN = "take down"
    """Hide a campaign from everybody, and show it again."""
    MODERATE = "moderate"
    """Invalidate, restore, hide comments, dismiss flags."""
    ERASE = "erase"
    """Erase all that is personal in a signature, for ever."""
    EXPORT = "export"
    TYPE_IN = "type in"
    """See which sheets were printed, and type in what was signed on them."""
    ADD_PAPER = "take in"
    """Print sheets, bring in lists of what was signed on paper, see what came of it, and undo it."""
    MANAGE_TEAM = "lead"
    """Change the team, and what is asked of it."""
    READ_AUDIT = "read audit"
    SET_RETENTION = "set retention"
    """Choose until when personal data is kept."""
    ANSWER_COMPLAINTS = "answer complaints"
    """See who has complained about what is done with their data, and close a complaint."""
    OPERATE_SITE = "operate"
    """Look after the whole site: campaigns, people, switches."""


_ALL_ROLES = frozenset(Role)
_SEEING_ROLES = _ALL_ROLES - {Role.TYPIST}

ROLES_BY_PERMISSION: dict[Permission, frozenset[Role]] = {
    Permission.BELONG: _ALL_ROLES,
    Permission.VIEW: _SEEING_ROLES,
    Permission.READ_SIGNATURES: _SEEING_ROLES,
    Permission.READ_ADDRESSES: frozenset({Role.OWNER, Role.MODERATOR}),
    Permission.EDIT: frozenset({Role.OWNER, Role.EDITOR}),
    Permission.RUN_LIFECYCLE: frozenset({Role.OWNER, Role.EDITOR}),
    Permission.TAKE_DOWN: frozenset({Role.OWNER}),
    Permission.MODERATE: frozenset({Role.OWNER, Role.MODERATOR}),
    Permission.ERASE: frozenset({Role.OWNER}),
    Permission.EXPORT: frozenset({Role.OWNER}),
    Permission.TYPE_IN: frozenset({Role.OWNER, Role.EDITOR, Role.MODERATOR, Role.TYPIST}),
    Permission.ADD_PAPER: frozenset({Role.OWNER, Role.EDITOR, Role.MODERATOR}),
    Permission.MANAGE_TEAM: frozenset({Role.OWNER}),
    Permission.READ_AUDIT: frozenset({Role.OWNER}),
    Permission.SET_RETENTION: frozenset({Role.OWNER}),
    Permission.ANSWER_COMPLAINTS: frozenset({Role.OWNER}),
}
"""Which roles may do what with their campaign."""

OPERATOR_PERMISSIONS = frozenset(
    {
        Permission.BELONG, Permission.VIEW, Permission.RUN_LIFECYCLE, Permission.TAKE_DOWN, Permission.READ_AUDIT,
        Permission.ANSWER_COMPLAINTS, Permission.OPERATE_SITE,
    }
)  # fmt: skip
"""What the operator of the site may do, with every campaign: keep it running. Not read who signed."""

REAUTHENTICATION_REQUIRED = frozenset({Permission.EXPORT, Permission.ERASE, Permission.MANAGE_TEAM})
"""What is only done by who has just proved again who they are."""


def is_allowed(permission: Permission, roles: Collection[Role], *, operator: bool = False) -> bool:
    """Whether somebody with these roles in a campaign, or none, may do something with it: where one of them allows it."""
    allowed = ROLES_BY_PERMISSION.get(permission, frozenset())
    return any(role in allowed for role in roles) or (operator and permission in OPERATOR_PERMISSIONS)


def highest_role(roles: Collection[Role]) -> Role:
    """The role to name where somebody has several; Role lists them from the highest down. Raises ValueError for none."""
    return min(roles, key=list(Role).index)
