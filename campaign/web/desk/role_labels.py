"""Labels of the roles in a team."""

from campaign.domain.accounts.role import Role

ROLE_LABELS = {
    Role.OWNER: ("Owner", "Does everything, also exports and the team."),
    Role.EDITOR: ("Editor", "Writes the text and settings, publishes, pauses and closes."),
    Role.MODERATOR: ("Moderator", "Looks after signatures and comments, and sees addresses."),
    Role.VIEWER: ("Viewer", "Sees the numbers, and signatures without addresses."),
    Role.TYPIST: ("Typist", "Types in signatures on paper. Sees no signatures, and no numbers that are not public."),
}
"""Name of each role, and what it is for."""
ROLE_CHOICES = tuple((role.value, *words) for role, words in ROLE_LABELS.items())
"""For a form: value, words and hint."""


def read_role(text: str) -> Role | None:
    """The role a form names; None where it names none."""
    return Role(text) if text in {role.value for role in Role} else None
