"""Labels of who acted, as the audit trail names them, and of why."""

from campaign.web.translation import gettext


def actor_label(campaigner_id: int | None, name: str) -> str:
    """Name of who acted; the command line and the site itself, which are no campaigners, in the desk's language."""
    return gettext(name) if name and not campaigner_id else name


def reason_label(campaigner_id: int | None, reason: str) -> str:
    """Reason as it was typed; that of the site itself, which is in words of ours, in the desk's language."""
    return gettext(reason) if reason and not campaigner_id else reason
