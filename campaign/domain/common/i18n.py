"""Messages made before a language is known: marked for extraction, and translated where they are shown."""


def N_(message: str) -> str:  # noqa: N802 - what every tool for translations calls it
    """The message itself, unchanged: a mark for the extraction of messages."""
    return message
