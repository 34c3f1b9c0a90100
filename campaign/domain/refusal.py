"""The one error of the domain: something typed that cannot be accepted, in words that say what to do instead."""


class Refused(ValueError):  # noqa: N818 - it reads as what happened to the input
    """What was typed cannot be accepted; `str()` of it is a sentence for the person who typed it."""
