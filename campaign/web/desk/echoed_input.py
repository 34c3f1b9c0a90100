"""What was typed into a form that is shown again: as much of it as a page should carry, and nothing no page can show."""

_MAX_ECHOED_CHARACTERS = 500
"""Characters."""


def echoed_input(text: str) -> str:
    """It, without control characters: HTML has no way to write them."""
    return "".join(character for character in text[:_MAX_ECHOED_CHARACTERS] if character.isprintable())
