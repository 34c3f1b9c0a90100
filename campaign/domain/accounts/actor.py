"""Actor at the desk or by command line: what the audit trail says of them."""

from dataclasses import dataclass

from campaign.domain.common.i18n import N_


@dataclass(frozen=True, slots=True)
class Actor:
    """Actor: who acts, and from where."""

    name: str
    """The name the audit trail keeps; for the public, the name of a campaigner is not told but their team is."""
    campaigner_id: int | None = None
    """None for the command line and for the site itself."""
    network: str = ""
    """The /24 or /48 they act from; empty for the command line and the site."""


COMMAND_LINE = Actor(N_("command line"))
"""Actor of commands: a person with access to the machine."""
SITE = Actor(N_("the site itself"))
"""What happens by itself, because its time has come."""
