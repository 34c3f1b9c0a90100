"""Choices of a form and labels of states in the language of the page."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from campaign.web.language import gettext

T = TypeVar("T")


def translated_choices(choices: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Choices, each a value and its words (a name, and perhaps a hint), with the words translated."""
    return [(value, *(gettext(one) if one else "" for one in words)) for value, *words in choices]


def translated_states(labels: Mapping[T, tuple[str, str]]) -> dict[T, tuple[str, str]]:
    """Labels of states, each words and the tone of their badge, with the words translated."""
    return {state: (gettext(words), tone) for state, (words, tone) in labels.items()}
