"""Labels of the roles in a team."""

from campaign.domain.accounts.role import Role
from campaign.domain.common.i18n import N_

ROLE_LABELS = {
    Role.OWNER: (N_("Owner"), N_("Does everything, also exports and the team.")),
    Role.EDITOR: (N_("Editor"), N_("Writes the text and settings, publishes, pauses and closes.")),
    Role.MODERATOR: (N_("Moderator"), N_("Looks after signatures and comments, and sees addresses.")),
    Role.VIEWER: (N_("Viewer"), N_("Sees the numbers, and signatures without addresses.")),
    Role.TYPIST: (N_("Typist"), N_("Types in signatures on paper. Sees no signatures, and no numbers that are not public.")),
}
"""Name of each role, and what it is for."""
ROLE_WORDS = (N_("owner"), N_("editor"), N_("moderator"), N_("viewer"), N_("typist"))
"""What a role is called within a sentence: the role itself, marked for translation."""
ROLE_CHOICES = tuple((role.value, *words) for role, words in ROLE_LABELS.items())
"""For a form: value, words and hint."""


def read_role(text: str) -> Role | None:
    """The role a form names; None where it names none."""
    return Role(text) if text in {role.value for role in Role} else None
