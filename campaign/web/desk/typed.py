"""What was typed into a form that is shown again: as much of it as a page should carry, and nothing no page can show."""

_MOST = 500
"""Characters."""


def shown_again(text: str) -> str:
    """It, without control characters: HTML has no way to write them."""
    return "".join(character for character in text[:_MOST] if character.isprintable())
