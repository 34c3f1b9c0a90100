"""Rules that every template keeps to."""

import re
from pathlib import Path

from jinja2 import Environment, nodes

from campaign.config import TEMPLATES

_OF_SOME = frozenset({"first", "last", "max", "min", "random"})
"""Filters that are undefined for an empty list, which no page survives. A template that says the list itself may use them."""


def taken_from_lists(source: str) -> list[str]:
    """The filters by which a template takes one element of a list that may be empty, and their lines."""
    found = Environment(extensions=["jinja2.ext.i18n"]).parse(source).find_all(nodes.Filter)
    return [
        f"line {filtered.lineno}: {filtered.name}" for filtered in found
        if filtered.name in _OF_SOME and not isinstance(filtered.node, nodes.List | nodes.Tuple)
    ]  # fmt: skip


_OF_THEIR_DIRECTION = re.compile(r'<(\w+)\b[^<>]*\bdir="auto"[^<>]*>(.*?)</\1>', re.DOTALL)


def mixed_directions(source: str) -> list[str]:
    """What takes its direction from what somebody typed, and holds words of ours or a time: they would run the other way."""
    return [whole for _, whole in _OF_THEIR_DIRECTION.findall(source) if "_('" in whole or "<time" in whole or " · " in whole]


def test_no_words_of_ours_take_their_direction_from_what_somebody_typed() -> None:
    files = [path for path in TEMPLATES.rglob("*.html") if path.parent.name != "email"]
    found: dict[Path, list[str]] = {path: wrong for path in files if (wrong := mixed_directions(path.read_text()))}
    assert not found
    assert mixed_directions('<p lang="en" dir="auto">{{ name }} <time>9 minutes ago</time></p>') != []


def test_no_template_takes_one_element_of_a_list_that_may_be_empty() -> None:
    files = [path for path in TEMPLATES.rglob("*.*") if path.is_file()]
    found: dict[Path, list[str]] = {path: wrong for path in files if (wrong := taken_from_lists(path.read_text()))}
    assert not found
    assert len(files) > 100
    assert taken_from_lists("{{ [1, 2]|min }}{% set next = all|selectattr('next')|first %}") == ["line 1: first"]
