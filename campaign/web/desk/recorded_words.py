"""Words of an entry of the audit trail: who acted, and why."""

from campaign.web.translation import gettext


def recorded_words(campaigner_id: int | None, words: str) -> str:
    """Name or reason as it was typed; what the command line and the site itself have recorded, which are no campaigners and say
    it in words of ours, in the desk's language."""
    return gettext(words) if words and not campaigner_id else words
