"""Search keys of signatures at the desk: made from what was typed, for comparing only, and never shown."""

from campaign.domain.common.text_folding import fold_text

MAX_NAME_KEY_LENGTH = 120
"""Characters of a folded name that are kept. Folding can make a name longer: "ß" becomes two letters."""


def name_key(name: str) -> str:
    """A name without case and accents: "Siân Ó Súilleabháin" is "sian o suilleabhain"."""
    return fold_text(name)[:MAX_NAME_KEY_LENGTH]


def surname_key(name: str) -> str:
    """The last word of it: what many people are looked for by, whatever it is called in their language."""
    return fold_text(name).rpartition(" ")[2][:MAX_NAME_KEY_LENGTH]


def email_domain(email_key: str) -> str:
    """The domain of a canonical address, which is in ASCII and lower case."""
    return email_key.rpartition("@")[2]
